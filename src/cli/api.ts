import type { ServiceAccess } from './access.ts';
import { CliError, EXIT } from './exit.ts';
import type { Problem } from './views.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export interface Query {
  readonly [name: string]: string | undefined;
}

export interface ServerEvent {
  readonly event: string;
  readonly id: string | null;
  readonly data: unknown;
}

/** The administrators' API. Every call raises CliError with what the service said. */
export interface Api {
  readonly url: string;
  call<T>(method: Method, path: string, body?: unknown): Promise<T>;
  get<T>(path: string, query?: Query): Promise<T>;
  /**
   * Server-sent events until the service ends them, after that of the id `after` when one is given. Raises CliError `unreachable` when
   * the line breaks.
   */
  events(path: string, query: Query, after: string | null): AsyncGenerator<ServerEvent>;
  /** All pages of a list, or its first `most`. */
  all<T>(path: string, query?: Query, most?: number): Promise<T[]>;
}

const TIMEOUT_MS = 60_000;
const A_PAGE = '200';

export function createApi({ url, token }: ServiceAccess, deps: { fetch: typeof fetch; signal: AbortSignal }): Api {
  async function call<T>(method: Method, path: string, body?: unknown): Promise<T> {
    const signal = AbortSignal.any([deps.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await reach(method, path, { signal, ...(body === undefined ? {} : { body }) });
    const text = await response.text();
    const json = parse(text);
    if (!response.ok) throw refusal(response.status, json, `${method} ${path}`);
    return json as T;
  }

  async function reach(
    method: Method,
    path: string,
    { signal, body, headers }: { signal: AbortSignal; body?: unknown; headers?: Record<string, string> },
  ): Promise<Response> {
    if (token === null)
      throw new CliError(
        EXIT.denied,
        'No token: set WEBCRM_FORTNOX_TOKEN, or name a file with --token-file. The root token is in admin.token of the DATA_DIR.',
      );
    try {
      return await deps.fetch(`${url}/api${path}`, {
        method,
        signal,
        headers: {
          authorization: `Bearer ${token}`,
          ...headers,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      throw broken(error);
    }
  }

  function broken(error: unknown): CliError {
    if (deps.signal.aborted) return new CliError(EXIT.interrupted, 'Interrupted.');
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : '';
    return new CliError(
      EXIT.unreachable,
      `No service answers at ${url}${cause === '' ? '' : ` (${cause})`}. Is it running, and is the address right (--url, WEBCRM_FORTNOX_URL)?`,
    );
  }

  async function* events(path: string, query: Query, after: string | null): AsyncGenerator<ServerEvent> {
    const headers = after === null ? {} : { 'last-event-id': after };
    const where = `${path}${queryText(query)}`;
    const response = await reach('GET', where, { signal: deps.signal, headers });
    if (!response.ok || response.body === null)
      throw refusal(response.status, parse(await response.text()), `GET ${where}`);
    let text = '';
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        text += decoder.decode(part.value, { stream: true });
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) {
          const event = eventOf(block);
          if (event !== null) yield event;
        }
      }
    } catch (error) {
      throw error instanceof CliError ? error : broken(error);
    }
  }

  const get = <T>(path: string, query: Query = {}): Promise<T> => call('GET', `${path}${queryText(query)}`);

  return {
    url,
    call,
    get,
    events,
    async all<T>(path: string, query: Query = {}, most = Number.POSITIVE_INFINITY) {
      const items: T[] = [];
      let cursor: string | undefined;
      do {
        const page: { items: T[]; next: string | null } = await get(path, { limit: A_PAGE, ...query, cursor });
        items.push(...page.items);
        cursor = page.next ?? undefined;
      } while (cursor !== undefined && items.length < most);
      return items.slice(0, most);
    },
  };
}

/** One event of a text/event-stream as this service writes it; null for a comment. */
function eventOf(block: string): ServerEvent | null {
  const field = (name: string): string | null =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2) ?? null;
  const event = field('event');
  return event === null ? null : { event, id: field('id'), data: parse(field('data') ?? '') };
}

function queryText(query: Query): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}

function parse(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function refusal(status: number, json: unknown, what: string): CliError {
  // Another program at this address may answer with anything.
  const problem = (json ?? {}) as Partial<Problem>;
  const faults = (problem.faults ?? []).map(({ field, message }) => `\n  ${field}: ${message}`).join('');
  const trace = problem.requestId === undefined ? '' : `\n  (${problem.code}, request ${problem.requestId})`;
  const text = `${problem.detail ?? problem.title ?? `${what} was answered with ${status}: is this the right service?`}${faults}${trace}`;
  const exit = status === 401 || status === 403 ? EXIT.denied : status >= 500 ? EXIT.failed : EXIT.refused;
  return new CliError(exit, text, { status, ...problem });
}
