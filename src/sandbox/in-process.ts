import type { SandboxResponse, SandboxVendor } from './chassis.ts';

/** What `promise` gives, or the signal's reason as soon as it is aborted, as the platform's fetch does. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

const bodiless = (status: number): boolean => status === 204 || status === 205 || status === 304;

/**
 * A fetch that hands calls to the stand-ins by origin, without sockets. `delay` is awaited once on the way there and
 * once on the way back: a call aborted between has taken effect all the same. An origin that has no stand-in goes to
 * `fallback`, or fails as an unreachable host does. A connection that a stand-in breaks raises TypeError.
 */
export function sandboxFetch(
  routes: Readonly<Record<string, Pick<SandboxVendor, 'handle'>>>,
  options: { delay?: () => Promise<void>; fallback?: typeof fetch } = {},
): typeof fetch {
  const travel = options.delay ?? (() => Promise.resolve());
  return async (input, init) => {
    const request = new Request(input, init);
    const { origin, pathname, search } = new URL(request.url);
    const vendor = routes[origin];
    if (!vendor) {
      if (options.fallback) return options.fallback(request);
      throw new TypeError('fetch failed', { cause: new Error(`No stand-in for ${origin}`) });
    }
    const { signal } = request;
    const body = await unlessAborted(request.text(), signal);
    await unlessAborted(travel(), signal);
    let answer: SandboxResponse;
    try {
      answer = vendor.handle({
        method: request.method,
        url: `${pathname}${search}`,
        headers: Object.fromEntries(request.headers),
        body,
      });
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ConnectionLost') throw error;
      await unlessAborted(travel(), signal);
      throw new TypeError('fetch failed', { cause: error });
    }
    await unlessAborted(travel(), signal);
    return new Response(bodiless(answer.status) ? null : answer.body, {
      status: answer.status,
      headers: answer.headers,
    });
  };
}
