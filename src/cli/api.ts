import type { ServiceAccess } from './access.ts';
import { CliError, EXIT } from './exit.ts';
import type { Problem } from './views.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export interface Query {
  readonly [name: string]: string | undefined;
}

/** The administrators' API. Every call raises CliError with what the service said. */
export interface Api {
  readonly url: string;
  call<T>(method: Method, path: string, body?: unknown): Promise<T>;
  get<T>(path: string, query?: Query): Promise<T>;
  /** All pages of a list, or its first `most`. */
  all<T>(path: string, query?: Query, most?: number): Promise<T[]>;
}

const TIMEOUT_MS = 60_000;
const A_PAGE = '200';

export function createApi({ url, token }: ServiceAccess, deps: { fetch: typeof fetch; signal: AbortSignal }): Api {
  async function call<T>(method: Method, path: string, body?: unknown): Promise<T> {
    if (token === null)
      throw new CliError(
        EXIT.denied,
        'No token: set WEBCRM_FORTNOX_TOKEN, or name a file with --token-file. The root token is in admin.token of the DATA_DIR.',
      );
    const response = await reach(method, path, body);
    const text = await response.text();
    const json = parse(text);
    if (!response.ok) throw refusal(response.status, json, `${method} ${path}`);
    return json as T;
  }

  async function reach(method: Method, path: string, body: unknown): Promise<Response> {
    try {
      return await deps.fetch(`${url}/api${path}`, {
        method,
        signal: AbortSignal.any([deps.signal, AbortSignal.timeout(TIMEOUT_MS)]),
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      if (deps.signal.aborted) throw new CliError(EXIT.interrupted, 'Interrupted.');
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : '';
      throw new CliError(
        EXIT.unreachable,
        `No service answers at ${url}${cause === '' ? '' : ` (${cause})`}. Is it running, and is the address right (--url, WEBCRM_FORTNOX_URL)?`,
      );
    }
  }

  const get = <T>(path: string, query: Query = {}): Promise<T> => call('GET', `${path}${queryText(query)}`);

  return {
    url,
    call,
    get,
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
