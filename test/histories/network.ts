import type { SandboxVendor } from '../../src/sandbox/chassis.ts';

/**
 * The stand-ins by origin as a fetch of few moving parts: a history makes hundreds of calls, and the platform's own
 * Response with its streams takes longer than the stand-ins. Gives what the service reads of an answer: status, ok,
 * headers.get and text. `delay` is awaited on the way there and on the way back; nobody aborts a call here.
 */
export function createNetwork(
  vendors: Readonly<Record<string, Pick<SandboxVendor, 'handle'>>>,
  delay: () => Promise<void>,
): typeof fetch {
  return async (input) => {
    if (!(input instanceof Request)) throw new TypeError('this network takes requests only');
    const { origin, pathname, search } = new URL(input.url);
    const vendor = vendors[origin];
    if (vendor === undefined) throw new TypeError(`fetch failed: there is no ${origin}`);
    const body = input.body === null ? '' : await input.text();
    await delay();
    const answer = vendor.handle({
      method: input.method,
      url: `${pathname}${search}`,
      headers: Object.fromEntries(input.headers),
      body,
    });
    await delay();
    const headers = new Map(Object.entries(answer.headers));
    return {
      status: answer.status,
      ok: answer.status >= 200 && answer.status < 300,
      headers: { get: (name: string) => headers.get(name.toLowerCase()) ?? null },
      text: async () => answer.body,
    } as unknown as Response;
  };
}
