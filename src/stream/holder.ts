import { polled, type StreamState } from './state.ts';
import type { Stream } from './stream.ts';

export interface StreamHolder {
  start(): void;
  /** As Stream.stop; it may be started again. */
  stop(): Promise<void>;
  stateOf(tenantId: string): StreamState;
  /** As Stream.settle. */
  settle(): Promise<void>;
  /** Whether this instance is the one that holds it. */
  isHere(): boolean;
}

/** The stream while this instance is the one that holds it: a new one each time, which reads anew how far the last one came. */
export function createStreamHolder(make: () => Stream): StreamHolder {
  let current: Stream | null = null;
  return {
    start() {
      current ??= make();
      current.start();
    },
    async stop() {
      const ending = current;
      current = null;
      await ending?.stop();
    },
    settle: async () => current?.settle(),
    isHere: () => current !== null,
    stateOf: (tenantId) => current?.stateOf(tenantId) ?? polled('stream-down'),
  };
}
