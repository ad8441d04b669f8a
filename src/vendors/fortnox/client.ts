import type { Priority } from '../../../schemas/records.ts';
import { SyncError } from '../../errors/sync-error.ts';
import type { Gate } from '../gate.ts';
import { field, type HttpAnswer, type HttpRequest, type Send, sameText, segment } from '../http.ts';
import type { FortnoxAuth } from './auth.ts';
import { CUSTOMER_NOT_FOUND, faultOf, fortnoxError } from './errors.ts';
import { stockholmTime } from './stockholm-time.ts';
import type { FortnoxClient, FortnoxCustomer, FortnoxCustomerRow } from './types.ts';

/** The most rows that Fortnox gives in a page (fortnox.md 5.2). */
const PAGE_SIZE = 500;
/** Clears a field in a PUT; the empty text would leave it as it is (fortnox.md 8.1). */
const CLEAR = 'API_BLANK';
const CUSTOMER_ROUTE = '/3/customers/{number}';

const SEARCHED: Record<'customernumber' | 'name' | 'organisationnumber', keyof FortnoxCustomerRow & string> = {
  customernumber: 'CustomerNumber',
  name: 'Name',
  organisationnumber: 'OrganisationNumber',
};

interface Call {
  readonly method: HttpRequest['method'];
  readonly path: string;
  readonly route: string;
  readonly priority: Priority;
  readonly body?: unknown;
}

/** The typed client of one tenant's Fortnox company. Every call goes through the gate; errors as in `errors.ts`. */
export function createFortnoxClient(deps: {
  apiUrl: string;
  send: Send;
  auth: FortnoxAuth;
  gate: () => Gate;
}): FortnoxClient {
  const { apiUrl, send, auth, gate } = deps;

  /** Sends the call, and once more with a new token after a 401; answers whatever the status is. */
  async function exchange(call: Call): Promise<HttpAnswer> {
    const attempt = (token: string) => gate().run(call.priority, () => send(requestOf(apiUrl, call, token)));
    const token = await auth.token();
    const answer = await attempt(token);
    if (answer.status !== 401) return answer;
    return attempt(await auth.token(token));
  }

  async function succeed(call: Call): Promise<HttpAnswer> {
    const answer = await exchange(call);
    if (answer.status >= 400) throw fortnoxError(`${call.method} ${call.route}`, answer);
    return answer;
  }

  async function pages<T>(
    path: string,
    key: string,
    query: Record<string, string>,
    priority: Priority,
    onPage: (rows: T[]) => Promise<void>,
  ): Promise<{ serverDate: number }> {
    let serverDate: number | null = null;
    for (let page = 1; ; page++) {
      const search = new URLSearchParams({ ...query, limit: String(PAGE_SIZE), page: String(page) });
      const answer = await succeed({ method: 'GET', path: `${path}?${search}`, route: path, priority });
      serverDate ??= answer.date;
      const rows = field(answer.json, key);
      if (!Array.isArray(rows)) throw unreadable(path);
      if (rows.length > 0) await onPage(rows as T[]);
      const last = Number(field(field(answer.json, 'MetaInformation'), '@TotalPages') ?? Number.NaN);
      if (rows.length === 0 || (Number.isNaN(last) ? rows.length < PAGE_SIZE : page >= last)) return { serverDate };
    }
  }

  async function codes(path: string, key: string, priority: Priority): Promise<string[]> {
    const found: string[] = [];
    await pages<{ Code: unknown }>(path, key, {}, priority, async (rows) => {
      for (const row of rows) found.push(String(row.Code));
    });
    return found;
  }

  const customerPath = (number: string) => `/3/customers/${segment(number)}`;

  return {
    async getCustomer(number, priority) {
      const call: Call = { method: 'GET', path: customerPath(number), route: CUSTOMER_ROUTE, priority };
      const answer = await exchange(call);
      if (answer.status === 404 && faultOf(answer.json).code === CUSTOMER_NOT_FOUND) return null;
      if (answer.status >= 400) throw fortnoxError(`${call.method} ${call.route}`, answer);
      return customerOf(answer, call.route);
    },
    async createCustomer(fields, priority) {
      const filled = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
      const body = { Customer: filled };
      return customerOf(
        await succeed({ method: 'POST', path: '/3/customers', route: '/3/customers', priority, body }),
        '/3/customers',
      );
    },
    async updateCustomer(number, fields, priority) {
      const marked = Object.fromEntries(
        Object.entries(fields).map(([name, value]) => [name, value === '' ? CLEAR : value]),
      );
      const body = { Customer: marked };
      const answer = await succeed({
        method: 'PUT',
        path: customerPath(number),
        route: CUSTOMER_ROUTE,
        priority,
        body,
      });
      return customerOf(answer, CUSTOMER_ROUTE);
    },
    async searchCustomers(by, value, priority) {
      const wanted = value.trim();
      // An empty search matches every customer.
      if (wanted === '') return [];
      const found: FortnoxCustomerRow[] = [];
      await pages<FortnoxCustomerRow>('/3/customers', 'Customers', { [by]: wanted }, priority, async (rows) => {
        found.push(...rows.filter((row) => sameText(row[SEARCHED[by]], wanted)));
      });
      return found;
    },
    listCustomers: (since, priority, onPage) =>
      pages(
        '/3/customers',
        'Customers',
        since === null ? {} : { lastmodified: stockholmTime(since) },
        priority,
        onPage,
      ),
    async companyInformation(priority) {
      const path = '/3/companyinformation';
      const company = field((await succeed({ method: 'GET', path, route: path, priority })).json, 'CompanyInformation');
      const databaseNumber = field(company, 'DatabaseNumber');
      if (typeof databaseNumber !== 'number' && typeof databaseNumber !== 'string') throw unreadable(path);
      return { databaseNumber: String(databaseNumber), name: String(field(company, 'CompanyName') ?? '') };
    },
    termsOfPayment: (priority) => codes('/3/termsofpayments', 'TermsOfPayments', priority),
    currencies: (priority) => codes('/3/currencies', 'Currencies', priority),
    async probeDocuments(mode, priority) {
      const route = mode === 'order' ? '/3/orders' : '/3/invoices';
      await succeed({ method: 'GET', path: `${route}?limit=1`, route, priority });
    },
  };
}

function requestOf(apiUrl: string, call: Call, token: string): HttpRequest {
  return {
    method: call.method,
    url: `${apiUrl}${call.path}`,
    route: call.route,
    // Content-Type always: without it Fortnox answers 1000031 (fortnox.md 2.6).
    headers: { accept: 'application/json', authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
  };
}

function customerOf(answer: HttpAnswer, route: string): FortnoxCustomer {
  const customer = field(answer.json, 'Customer');
  if (typeof customer !== 'object' || customer === null) throw unreadable(route);
  return customer as FortnoxCustomer;
}

const unreadable = (route: string) =>
  new SyncError('vendor-answer-unreadable', `Fortnox ${route} was answered in a form that we do not know.`);
