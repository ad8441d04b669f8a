import { type Remote, startRemote } from './remote.ts';
import type { SenderMethods } from './sender-child.ts';

/** Whoever calls hooks, as a process of its own: it sends at its times whatever the service's process does. */
export const startSender = (): Promise<Remote<SenderMethods>> =>
  startRemote<SenderMethods>(new URL('./sender-child.ts', import.meta.url));
