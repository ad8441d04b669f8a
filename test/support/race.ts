import type { Runtime } from '../../src/runtime.ts';

/** Lets a person act just before the first PUT to such an address leaves: after our read, before our write (R2). Tells whether it came to that. */
export function beforePut(runtime: Pick<Runtime, 'fetch'>, path: string, act: () => void): () => boolean {
  const send = runtime.fetch;
  let raced = false;
  runtime.fetch = async (input, init) => {
    if (!raced && input instanceof Request && input.method === 'PUT' && input.url.includes(path)) {
      raced = true;
      act();
    }
    return send(input, init);
  };
  return () => raced;
}
