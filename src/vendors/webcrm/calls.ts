import type { Priority } from '../../../schemas/records.ts';
import { SyncError } from '../../errors/sync-error.ts';
import { type Call, field, type HttpAnswer, type HttpRequest, isRecord, type Send } from '../http.ts';
import { type MayWrite, writeOf } from '../writes.ts';
import type { WebcrmAuth, WebcrmSession } from './auth.ts';
import { webcrmError } from './errors.ts';
import { idText } from './ids.ts';

/** The most rows that webCRM gives in a page (webcrm.md 3). */
const PAGE_SIZE = 1000;

export interface List {
  readonly path: string;
  readonly route: string;
  readonly query?: Readonly<Record<string, string>>;
  /** The id of every row; a query that asks for other columns has none. */
  readonly idField?: string;
  /** Told when the first answer is a 404, which is raised otherwise, or says that there is nothing (204, or null). */
  readonly onNothing?: () => void;
}

/** What all resources send with; every call goes through the token's gate. */
export interface WebcrmCalls {
  /** Answers every status below 500 but 429; after a 401 it is sent once more after a new login. */
  exchange(call: Call): Promise<HttpAnswer>;
  /** As `exchange`; raises the error of `errors.ts` for a status of 400 and up, but for the permitted one. */
  succeed(call: Call, permitted?: number): Promise<HttpAnswer>;
  /**
   * GETs the record that holds `id` in `idField`; null on 404, 204 and null. Raises `vendor-answer-unreadable` for anything else:
   * what was taken for a record that is gone, or for another one, would be written to the other side.
   */
  find<T>(call: Omit<Call, 'method'>, idField: string, id: string): Promise<T | null>;
  /** Lists are bare arrays without a total: read until a short page. `serverDate`: `Date` header of the first page, ms. */
  pages<T>(list: List, priority: Priority, onPage: (rows: T[]) => Promise<void>): Promise<{ serverDate: number }>;
  /** All rows of all pages. */
  all<T>(list: List, priority: Priority): Promise<T[]>;
}

export function createWebcrmCalls(deps: {
  apiUrl: string;
  send: Send;
  auth: WebcrmAuth;
  mayWrite?: MayWrite | undefined;
}): WebcrmCalls {
  const { apiUrl, send, auth, mayWrite } = deps;

  const exchange: WebcrmCalls['exchange'] = async (call) => {
    const write = writeOf('webcrm', call, mayWrite);
    const attempt = ({ gate, accessToken }: WebcrmSession) =>
      gate.run(call.priority, () => send(requestOf(apiUrl, call, accessToken)), write);
    const session = await auth.session();
    const answer = await attempt(session);
    if (answer.status !== 401) return answer;
    return attempt(await auth.session(session.accessToken));
  };

  const succeed: WebcrmCalls['succeed'] = async (call, permitted) => {
    const answer = await exchange(call);
    if (answer.status >= 400 && answer.status !== permitted) throw webcrmError(`${call.method} ${call.route}`, answer);
    return answer;
  };

  const pages: WebcrmCalls['pages'] = async <T>(
    list: List,
    priority: Priority,
    onPage: (rows: T[]) => Promise<void>,
  ) => {
    let serverDate: number | null = null;
    for (let page = 1; ; page++) {
      const search = new URLSearchParams({ ...list.query, Page: String(page), Size: String(PAGE_SIZE) });
      const call: Call = { method: 'GET', path: `${list.path}?${search}`, route: list.route, priority };
      const answer = await succeed(call, list.onNothing && page === 1 ? 404 : undefined);
      serverDate ??= answer.date;
      if (list.onNothing && page === 1 && (answer.status === 404 || saysNothing(answer))) {
        list.onNothing();
        return { serverDate };
      }
      const rows = rowsOf<T>(answer, list.route, list.idField);
      if (rows.length > 0) await onPage(rows);
      if (rows.length < PAGE_SIZE) return { serverDate };
    }
  };

  return {
    exchange,
    succeed,
    pages,
    async find<T>(where: Omit<Call, 'method'>, idField: string, id: string) {
      const answer = await succeed({ ...where, method: 'GET' }, 404);
      if (answer.status === 404 || saysNothing(answer)) return null;
      if (idText(field(answer.json, idField)) !== id) throw unreadable(where.route);
      return answer.json as T;
    },
    async all<T>(list: List, priority: Priority) {
      const found: T[] = [];
      await pages<T>(list, priority, async (rows) => {
        found.push(...rows);
      });
      return found;
    },
  };
}

function requestOf(apiUrl: string, call: Call, accessToken: string): HttpRequest {
  const headers = { accept: 'application/json', authorization: `Bearer ${accessToken}` };
  const { method, route } = call;
  const url = `${apiUrl}${call.path}`;
  if (call.body === undefined) return { method, url, route, headers };
  return {
    method,
    url,
    route,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(call.body),
  };
}

/** 204, or null as a body. Nothing at all under another status is half an answer: a search that found it empty would lead to a double. */
const saysNothing = ({ status, json, empty }: HttpAnswer): boolean => status === 204 || (json === null && !empty);

/** The rows of a list's answer, each with its id; none when it says that there is nothing. */
export function rowsOf<T>(answer: HttpAnswer, route: string, idField?: string): T[] {
  const rows = saysNothing(answer) ? [] : answer.json;
  if (!Array.isArray(rows) || !rows.every(isRecord)) throw unreadable(route);
  if (idField !== undefined && rows.some((row) => idText(row[idField]) === null)) throw unreadable(route);
  return rows as T[];
}

/** The error of a success whose body has another form than the documented one. */
export const unreadable = (route: string) =>
  new SyncError('vendor-answer-unreadable', `webCRM ${route} was answered in a form that we do not know.`);
