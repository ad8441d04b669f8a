import type { Priority } from '../../../schemas/records.ts';
import { SyncError } from '../../errors/sync-error.ts';
import type { Gate } from '../gate.ts';
import { type Call, field, type HttpAnswer, type HttpRequest, type Send } from '../http.ts';
import { beforeWrite, type MayWrite } from '../writes.ts';
import type { FortnoxAuth } from './auth.ts';
import { faultOf, fortnoxError } from './errors.ts';

/** The most rows that Fortnox gives in a page (fortnox.md 5.2). */
const PAGE_SIZE = 500;

export interface Page {
  readonly number: number;
  /** How many pages there are, as far as known. */
  readonly of: number;
}
export interface List {
  readonly path: string;
  /** The plural name that the rows stand under. */
  readonly key: string;
  readonly query: Readonly<Record<string, string>>;
}

/** What all resources send with; every call goes through the gate. */
export interface FortnoxCalls {
  /** Answers every status below 500 but 429; after a 401 it is sent once more with a new token. */
  exchange(call: Call): Promise<HttpAnswer>;
  /** As `exchange`; raises the error of `errors.ts` when it is no success. */
  succeed(call: Call): Promise<HttpAnswer>;
  /** The object under `key` of a success; raises `vendor-answer-unreadable` when it is none. */
  obtain<T>(call: Call, key: string): Promise<T>;
  /** GETs the object under `key`; null on a 404 with this code. */
  find<T>(call: Omit<Call, 'method'>, key: string, notFound: number): Promise<T | null>;
  /** All pages of a list until `onPage` answers false. `serverDate`: the `Date` header of the first page, ms. */
  pages<T>(
    list: List,
    priority: Priority,
    // biome-ignore lint/suspicious/noConfusingVoidType: most readers want every page and answer nothing.
    onPage: (rows: T[], page: Page) => Promise<boolean | void>,
  ): Promise<{ serverDate: number }>;
}

export function createFortnoxCalls(deps: {
  apiUrl: string;
  send: Send;
  auth: FortnoxAuth;
  gate: () => Gate;
  mayWrite?: MayWrite | undefined;
}): FortnoxCalls {
  const { apiUrl, send, auth, gate, mayWrite } = deps;

  const exchange: FortnoxCalls['exchange'] = async (call) => {
    const before = beforeWrite('fortnox', call, mayWrite);
    const attempt = (token: string) => gate().run(call.priority, () => send(requestOf(apiUrl, call, token)), before);
    const token = await auth.token();
    const answer = await attempt(token);
    if (answer.status !== 401) return answer;
    return attempt(await auth.token(token));
  };

  const succeed: FortnoxCalls['succeed'] = async (call) => successOf(call, await exchange(call));

  return {
    exchange,
    succeed,
    obtain: async <T>(call: Call, key: string) => objectOf<T>(await succeed(call), key, call.route),
    async find<T>(where: Omit<Call, 'method'>, key: string, notFound: number) {
      const call: Call = { ...where, method: 'GET' };
      const answer = await exchange(call);
      if (answer.status === 404 && faultOf(answer.json).code === notFound) return null;
      return objectOf<T>(successOf(call, answer), key, call.route);
    },
    async pages({ path, key, query }, priority, onPage) {
      let serverDate: number | null = null;
      for (let number = 1; ; number++) {
        const search = new URLSearchParams({ ...query, limit: String(PAGE_SIZE), page: String(number) });
        const answer = await succeed({ method: 'GET', path: `${path}?${search}`, route: path, priority });
        serverDate ??= answer.date;
        const rows = field(answer.json, key);
        if (!Array.isArray(rows)) throw unreadable(path);
        const told = Number(field(field(answer.json, 'MetaInformation'), '@TotalPages') ?? Number.NaN);
        const of = Number.isNaN(told) ? number + (rows.length < PAGE_SIZE ? 0 : 1) : told;
        if (rows.length === 0) return { serverDate };
        const goesOn = await onPage(rows, { number, of });
        if (goesOn === false || number >= of) return { serverDate };
      }
    },
  };
}

/** A call of Fortnox's API under an access token. */
export function requestOf(apiUrl: string, call: Call, token: string): HttpRequest {
  return {
    method: call.method,
    url: `${apiUrl}${call.path}`,
    route: call.route,
    // Content-Type always: without it Fortnox answers 1000031 (fortnox.md 2.6).
    headers: { accept: 'application/json', authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
  };
}

function successOf(call: Call, answer: HttpAnswer): HttpAnswer {
  if (answer.status >= 400) throw fortnoxError(`${call.method} ${call.route}`, answer);
  return answer;
}

function objectOf<T>(answer: HttpAnswer, key: string, route: string): T {
  const object = field(answer.json, key);
  if (typeof object !== 'object' || object === null) throw unreadable(route);
  return object as T;
}

/** The error of a success whose body has another form than the documented one. */
export const unreadable = (route: string) =>
  new SyncError('vendor-answer-unreadable', `Fortnox ${route} was answered in a form that we do not know.`);
