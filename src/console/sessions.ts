import { createHmac } from 'node:crypto';
import { createSeal } from '../admin/seal.ts';
import { newId, type Runtime } from '../runtime.ts';
import type { Store } from '../store/port.ts';

/** How long a sign-in holds, at most; a new one is asked for then. */
export const SESSION_MS = 12 * 3_600_000;

const BOUND_TO = 'console/session';
/** Sessions that were signed out are kept as a state document of no tenant. */
const NO_TENANT = '-';
const ENDED = 'console-sessions-ended';

interface Ticket {
  readonly id: string;
  readonly token: string;
  readonly until: number;
}
type EndedList = readonly { readonly id: string; readonly until: number }[];

export interface Sessions {
  /** A sealed text that stands for the token until `expiresAt` (ms). */
  open(token: string): { readonly ticket: string; readonly expiresAt: number };
  /** The token behind it; null when it is none of ours, has expired or was signed out. */
  tokenOf(ticket: string): Promise<{ readonly token: string; readonly expiresAt: number } | null>;
  /** Signs out: the text is worth nothing from now on, whoever has a copy. */
  close(ticket: string): Promise<void>;
}

/**
 * Sign-ins of the console. The ticket holds the admin token itself, sealed: whatever ends the token ends the session too, no
 * instance has to know of another's sessions, and the page's script never sees the token.
 */
export function createSessions(deps: { runtime: Runtime; store: Pick<Store, 'states'>; key: Buffer }): Sessions {
  const { runtime, store } = deps;
  const key = createHmac('sha256', deps.key).update(BOUND_TO).digest();
  const seal = createSeal(key, runtime.randomBytes);

  function read(ticket: string): Ticket | null {
    const opened = seal.open(ticket, BOUND_TO);
    if ('fault' in opened) return null;
    const found = JSON.parse(opened.text) as Ticket;
    return found.until > runtime.now() ? found : null;
  }
  const ended = async (): Promise<EndedList> => ((await store.states.get(NO_TENANT, ENDED)) ?? []) as EndedList;

  return {
    open(token) {
      const expiresAt = runtime.now() + SESSION_MS;
      const ticket: Ticket = { id: newId(runtime), token, until: expiresAt };
      return { ticket: seal.seal(JSON.stringify(ticket), BOUND_TO), expiresAt };
    },
    async tokenOf(ticket) {
      const found = read(ticket);
      if (found === null || (await ended()).some(({ id }) => id === found.id)) return null;
      return { token: found.token, expiresAt: found.until };
    },
    async close(ticket) {
      const found = read(ticket);
      if (found === null) return;
      // Another sign-out may overwrite the list at the same moment: it is looked at until ours stands in it.
      for (let list = await ended(); !list.some(({ id }) => id === found.id); list = await ended()) {
        const kept = list.filter(({ until }) => until > runtime.now());
        await store.states.put(NO_TENANT, ENDED, [...kept, { id: found.id, until: found.until }], runtime.now());
      }
    },
  };
}
