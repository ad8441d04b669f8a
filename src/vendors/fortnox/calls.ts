import type { Priority } from '../../../schemas/records.ts';
import { SyncError } from '../../errors/sync-error.ts';
import type { Gate } from '../gate.ts';
import {
  type Call,
  field,
  type HttpAnswer,
  type HttpRequest,
  isNumber,
  isRecord,
  type Send,
  sameText,
} from '../http.ts';
import { type MayWrite, writeOf } from '../writes.ts';
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
  /** What every row is known by. */
  readonly numberField: string;
  readonly query: Readonly<Record<string, string>>;
}

/** One record, as its kind is answered. */
export interface Wanted {
  /** The name that it stands under. */
  readonly key: string;
  readonly numberField: string;
  /** null: any will do. */
  readonly number: string | null;
}

/** What other records point to, always a text (fortnox.md 11); read as one also where it comes as a number. */
const TEXTS = [
  'CustomerNumber',
  'DocumentNumber',
  'ArticleNumber',
  'PriceList',
  'Code',
  'InvoiceReference',
  'OrderReference',
  'CreditInvoiceReference',
  'ExternalInvoiceReference1',
] as const;

/** What all resources send with; every call goes through the gate. */
export interface FortnoxCalls {
  /** Answers every status below 500 but 429; after a 401 it is sent once more with a new token. */
  exchange(call: Call): Promise<HttpAnswer>;
  /** As `exchange`; raises the error of `errors.ts` when it is no success. */
  succeed(call: Call): Promise<HttpAnswer>;
  /** The record of a success; raises `vendor-answer-unreadable` when it is none, or another one: it becomes the image (R1). */
  obtain<T>(call: Call, record: Wanted): Promise<T>;
  /**
   * GETs the record; null on a 404 with the code of its kind. Raises `vendor-answer-unreadable` when another record is answered, which
   * would be written to the other side in its place.
   */
  find<T>(call: Omit<Call, 'method'>, record: Wanted, notFound: number): Promise<T | null>;
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
    const write = writeOf('fortnox', call, mayWrite);
    const attempt = (token: string) => gate().run(call.priority, () => send(requestOf(apiUrl, call, token)), write);
    const token = await auth.token();
    const answer = await attempt(token);
    if (answer.status !== 401) return answer;
    return attempt(await auth.token(token));
  };

  const succeed: FortnoxCalls['succeed'] = async (call) => successOf(call, await exchange(call));

  return {
    exchange,
    succeed,
    obtain: async <T>(call: Call, record: Wanted) => recordOf<T>(await succeed(call), record, call.route),
    async find<T>(where: Omit<Call, 'method'>, record: Wanted, notFound: number) {
      const call: Call = { ...where, method: 'GET' };
      const answer = await exchange(call);
      if (answer.status === 404 && faultOf(answer.json).code === notFound) return null;
      return recordOf<T>(successOf(call, answer), record, call.route);
    },
    async pages({ path, key, numberField, query }, priority, onPage) {
      let serverDate: number | null = null;
      for (let number = 1; ; number++) {
        const search = new URLSearchParams({ ...query, limit: String(PAGE_SIZE), page: String(number) });
        const answer = await succeed({ method: 'GET', path: `${path}?${search}`, route: path, priority });
        serverDate ??= answer.date;
        const rows = field(answer.json, key);
        if (!Array.isArray(rows) || !rows.every(isRecord)) throw unreadable(path);
        for (const row of rows) if (!isNumber(asDocumented(row)[numberField])) throw unreadable(path);
        const told = Number(field(field(answer.json, 'MetaInformation'), '@TotalPages') ?? Number.NaN);
        const of = Number.isNaN(told) ? number + (rows.length < PAGE_SIZE ? 0 : 1) : told;
        if (rows.length === 0) return { serverDate };
        const goesOn = await onPage(rows as never[], { number, of });
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

function recordOf<T>(answer: HttpAnswer, { key, numberField, number }: Wanted, route: string): T {
  const record = field(answer.json, key);
  if (!isRecord(record)) throw unreadable(route);
  const found = asDocumented(record)[numberField];
  if (!isNumber(found) || (number !== null && !sameText(found, number))) throw unreadable(route);
  return record as T;
}

function asDocumented(record: Record<string, unknown>): Record<string, unknown> {
  for (const name of TEXTS) if (typeof record[name] === 'number') record[name] = String(record[name]);
  return record;
}

/** The error of a success whose body has another form than the documented one. */
export const unreadable = (route: string) =>
  new SyncError('vendor-answer-unreadable', `Fortnox ${route} was answered in a form that we do not know.`);
