import type { SandboxResponse, SandboxVendor } from '../../src/sandbox/chassis.ts';

/** What befalls one call between the service and a vendor. */
export type Fate =
  /** The connection breaks before the vendor gets the call, or after it acted on it. */
  | { readonly kind: 'broken'; readonly acted: boolean }
  /** No answer ever comes. */
  | { readonly kind: 'silent'; readonly acted: boolean }
  /**
   * A create takes so much longer to the vendor, also when the process that sent it has ended meanwhile; every answer so much longer back, ms.
   * An update of a dead process that arrives after its successor's read would be refused for what nobody can know any more.
   */
  | { readonly kind: 'slow'; readonly thereMs: number; readonly backMs: number }
  /**
   * Only the first half of the body comes, and the connection closes as if that were all. A bare number comes whole: nobody
   * could tell that digits are missing, but for HTTP's own framing, and that is what `broken` stands for.
   */
  | { readonly kind: 'cut' }
  /** Something between the two answers in the vendor's place. */
  | { readonly kind: 'replaced'; readonly acted: boolean; readonly answer: SandboxResponse };

const never = () => new Promise<never>(() => {});

/**
 * The stand-ins by origin as a fetch of few moving parts: a history makes hundreds of calls, and the platform's own
 * Response with its streams takes longer than the stand-ins. Gives what the service reads of an answer: status, ok,
 * headers.get and text. `delay` is awaited on the way there and on the way back; `fateOf` says what befalls a call, null:
 * nothing. An abort is not heard: the service does not wait for one either.
 */
export function createNetwork(
  vendors: Readonly<Record<string, Pick<SandboxVendor, 'handle'>>>,
  delay: (moreMs?: number) => Promise<void>,
  fateOf: (call: { method: string; path: string }) => Fate | null = () => null,
): typeof fetch {
  return async (input) => {
    if (!(input instanceof Request)) throw new TypeError('this network takes requests only');
    const { origin, pathname, search } = new URL(input.url);
    const vendor = vendors[origin];
    if (vendor === undefined) throw new TypeError(`fetch failed: there is no ${origin}`);
    const body = input.body === null ? '' : await input.text();
    const { method } = input;
    const act = () =>
      vendor.handle({ method, url: `${pathname}${search}`, headers: Object.fromEntries(input.headers), body });
    const fate = fateOf({ method, path: pathname });
    await delay(fate?.kind === 'slow' && method === 'POST' ? fate.thereMs : 0);
    const answer = answerOf(fate, act);
    if (answer === null) return never();
    await delay(fate?.kind === 'slow' ? fate.backMs : 0);
    if (answer === 'broken') throw new TypeError('fetch failed', { cause: new Error('ECONNRESET') });
    const headers = new Map(Object.entries(answer.headers));
    return {
      status: answer.status,
      ok: answer.status >= 200 && answer.status < 300,
      headers: { get: (name: string) => headers.get(name.toLowerCase()) ?? null },
      body: { getReader: () => readerOf(answer.body) },
    } as unknown as Response;
  };
}

/** The body in one piece. */
function readerOf(body: string): { read(): Promise<{ done: boolean; value?: Uint8Array }> } {
  let isRead = body === '';
  return {
    async read() {
      if (isRead) return { done: true };
      isRead = true;
      return { done: false, value: Buffer.from(body) };
    },
  };
}

/** null: none ever comes. */
function answerOf(fate: Fate | null, act: () => SandboxResponse): SandboxResponse | 'broken' | null {
  switch (fate?.kind) {
    case 'broken':
    case 'silent':
      if (fate.acted) act();
      return fate.kind === 'broken' ? 'broken' : null;
    case 'replaced':
      if (fate.acted) act();
      return fate.answer;
    case 'cut': {
      const answer = act();
      if (/^\d*$/.test(answer.body)) return answer;
      return { ...answer, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) };
    }
    default:
      return act();
  }
}
