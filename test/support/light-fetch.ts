/**
 * Request, Headers, AbortController and AbortSignal.any of few moving parts, put in the place of the platform's: those take a third of a
 * millisecond for each call of ky, several times what the stand-ins need to answer it. For processes that play histories, and
 * nothing else. Of two calls that begin at once the other may be the first with it, so a seed is another history without it.
 */
class LightHeaders {
  readonly #values = new Map<string, string>();

  constructor(from?: LightHeaders | Readonly<Record<string, string | undefined>>) {
    const entries = from instanceof LightHeaders ? from.entries() : Object.entries(from ?? {});
    for (const [name, value] of entries) if (value !== undefined) this.set(name, value);
  }
  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null;
  }
  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }
  set(name: string, value: string): void {
    this.#values.set(name.toLowerCase(), String(value).trim());
  }
  delete(name: string): void {
    this.#values.delete(name.toLowerCase());
  }
  entries(): IterableIterator<[string, string]> {
    return this.#values.entries();
  }
  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }
}

interface Init {
  readonly method?: string;
  readonly headers?: LightHeaders | Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: LightSignal;
}

const cancelled = Promise.resolve();

class LightRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: LightHeaders;
  readonly signal: LightSignal | undefined;
  readonly #text: string | null;

  constructor(input: string | URL | LightRequest, init: Init = {}) {
    const from = input instanceof LightRequest ? input : null;
    this.url = from === null ? String(input) : from.url;
    this.method = init.method ?? from?.method ?? 'GET';
    this.headers = new LightHeaders(init.headers ?? from?.headers);
    this.signal = init.signal ?? from?.signal;
    this.#text = init.body ?? (from === null ? null : from.#text);
  }
  get body(): { cancel(): Promise<void> } | null {
    return this.#text === null ? null : { cancel: () => cancelled };
  }
  clone(): LightRequest {
    return new LightRequest(this);
  }
  async text(): Promise<string> {
    return this.#text ?? '';
  }
}

/** Tells its listeners once that it has ended. */
class LightSignal {
  readonly #listeners = new Set<() => void>();
  aborted = false;
  reason: unknown;

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.add(listener);
  }
  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.delete(listener);
  }
  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }
  end(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }
}

class LightAbortController {
  readonly signal = new LightSignal();

  abort(reason: unknown = Object.assign(new Error('This operation was aborted'), { name: 'AbortError' })): void {
    this.signal.end(reason);
  }
}

/** Ends with the first of them. Unlike the platform's it keeps its sources' listeners until one ends. */
function any(signals: Iterable<LightSignal>): LightSignal {
  const both = new LightSignal();
  for (const signal of signals) {
    if (signal.aborted) both.end(signal.reason);
    else signal.addEventListener('abort', () => both.end(signal.reason));
  }
  return both;
}

/** For the whole process, and for good. */
export function installLightFetch(): void {
  Object.assign(globalThis, { Request: LightRequest, Headers: LightHeaders, AbortController: LightAbortController });
  Object.assign(AbortSignal, { any });
}
