import type { SandboxRequest, SandboxResponse, SandboxVendor, SendNotification } from '../chassis.ts';
import { createCallLog } from '../common/call-log.ts';
import { clone } from '../common/clone.ts';
import { createFaultRules } from '../common/fault-rules.ts';
import { SlidingWindow } from '../common/sliding-window.ts';
import { createArticles, type FortnoxArticleRecord } from './articles.ts';
import { createCompany, type FortnoxCustomerRecord } from './company.ts';
import { createConsent } from './consent.ts';
import { createDocumentActions } from './document-actions.ts';
import type { FortnoxDocumentRecord } from './document-head.ts';
import { createDocuments, type LostRace } from './documents.ts';
import { createEvents } from './events.ts';
import { DEFAULT_PRICE_LIST } from './fields.ts';
import { forbiddenCall } from './forbidden.ts';
import { createPeople, type FortnoxPerson } from './people.ts';
import { createPrices } from './prices.ts';
import { answer, Refusal, refusalAnswer } from './refusal.ts';
import { type CustomerWrite, createRoutes, type DocumentWriteRecord } from './routes.ts';
import { createRows } from './rows.ts';
import { createFortnoxStream, type FortnoxStream } from './stream.ts';
import { DEFAULT_SWITCHES, type FortnoxSwitches } from './switches.ts';
import { CLIENT_SECRET, createTokens, TENANT_ID } from './tokens.ts';

export type { FortnoxArticleRecord } from './articles.ts';
export type { FortnoxCustomerRecord } from './company.ts';
export type { FortnoxDocumentRecord } from './document-head.ts';
export type { LostRace } from './documents.ts';
export type { FortnoxPerson } from './people.ts';
export type { CustomerWrite, DocumentWriteRecord } from './routes.ts';
export type { FortnoxRowRecord } from './row-fields.ts';
export { type FortnoxSwitches, SWITCH_VALUES } from './switches.ts';

/** 25 calls in a sliding 5 s per client and tenant (fortnox.md 5.1). */
const LIMIT = 25;
const WINDOW_MS = 5_000;
const TOKEN_PATH = '/oauth-v1/token';
const AUTH_PATH = '/oauth-v1/auth';

export interface FortnoxSandbox extends SandboxVendor {
  readonly name: 'fortnox';
  /** May be changed at any time; a reset keeps them. */
  readonly switches: FortnoxSwitches;
  /** Where events go; `secret` is whsec_ and base64. Raises Error for another form. */
  setWebhook(url: string, secret: string): void;
  readonly person: FortnoxPerson;
  /** The notification stream, and what may befall its connections. */
  readonly stream: FortnoxStream;
  /** Copies, in order of creation. */
  customers(): FortnoxCustomerRecord[];
  customer(number: string): FortnoxCustomerRecord | null;
  /** Copies as the single GET answers them, in order of creation. */
  articles(): FortnoxArticleRecord[];
  article(number: string): FortnoxArticleRecord | null;
  /** In the list A unless another is named. */
  priceOf(article: string, priceList?: string): number | null;
  orders(): FortnoxDocumentRecord[];
  order(number: string): FortnoxDocumentRecord | null;
  invoices(): FortnoxDocumentRecord[];
  invoice(number: string): FortnoxDocumentRecord | null;
  /** An authorization code, good once within 10 minutes. */
  issueCode(): string;
  /** A refresh token, good once. */
  issueRefreshToken(): string;
  /** All access tokens end early. */
  expireTokens(): void;
  /** Of the access tokens issued from now on; an hour at first. */
  accessTokenLifetimeMs: number;
  /** Writes to customers through the API that took effect, oldest first. */
  readonly writes: readonly CustomerWrite[];
  /** Writes to orders and invoices through the API that took effect, oldest first. */
  readonly documentWrites: readonly DocumentWriteRecord[];
  /** Writes of the API refused because the document was frozen, or its rows renewed, after the API last saw it. */
  readonly lostRaces: readonly LostRace[];
  /** Of invoices made from now on. */
  accountingMethod: 'ACCRUAL' | 'CASH';
}

/**
 * A strict stand-in of Fortnox's API and of its token endpoint: what it refuses is a violation, unless somebody else
 * caused it meanwhile. A reset empties the company and the logs; the consent (tokens) and the webhook stay.
 */
export function createFortnoxSandbox(deps: {
  now: () => number;
  random: () => number;
  notify: SendNotification;
  switches?: Partial<FortnoxSwitches>;
  /** Of the company, where there are several. */
  databaseNumber?: number;
}): FortnoxSandbox {
  const { now, databaseNumber = TENANT_ID } = deps;
  const switches: FortnoxSwitches = { ...DEFAULT_SWITCHES, ...deps.switches };
  const log = createCallLog(now);
  const faults = createFaultRules();
  const writes: CustomerWrite[] = [];
  let window = new SlidingWindow(LIMIT, WINDOW_MS);
  const tokens = createTokens({
    now,
    random: deps.random,
    databaseNumber,
    lifetimeMs: () => sandbox.accessTokenLifetimeMs,
  });
  const consent = createConsent({ issueCode: tokens.issueCode });
  const stream = createFortnoxStream({
    now,
    switches,
    clientSecret: CLIENT_SECRET,
    tenantOf: (bearer) => (tokens.valid(bearer) ? databaseNumber : null),
    violation: log.violation,
  });
  const events = createEvents({ now, switches, notify: deps.notify, stream, databaseNumber });
  const documentWrites: DocumentWriteRecord[] = [];
  const lostRaces: LostRace[] = [];
  const company = createCompany({
    now,
    switches,
    changed: (number, change, actor) => events.send('customer', change, number, actor),
  });
  const prices = createPrices({ now });
  const articles = createArticles({
    now,
    switches,
    prices,
    changed: (number, change, actor) => events.send('article', change, number, actor),
  });
  const documents = createDocuments({
    now,
    switches,
    company,
    rows: createRows({ articles, prices, switches }),
    accountingMethod: () => sandbox.accountingMethod,
    changed: (kind, number, change, actor) => events.send(kind, change, number, actor),
    lostRace: (race) => void lostRaces.push(race),
  });
  const actions = createDocumentActions({ now, documents, events, switches });
  const routes = createRoutes({
    now,
    databaseNumber,
    company,
    articles,
    prices,
    documents,
    switches,
    wroteDocument: (write) => void documentWrites.push({ at: now(), ...write, body: clone(write.body) }),
    wrote: (method, number, body) => void writes.push({ at: now(), method, number, body: clone(body) }),
  });

  function find(request: SandboxRequest): { pattern: string; run: () => SandboxResponse } {
    const url = new URL(request.url, 'http://fortnox.invalid');
    const path = url.pathname;
    const told = `${request.method} ${request.url}`;
    if (path === TOKEN_PATH && request.method === 'POST')
      return { pattern: TOKEN_PATH, run: () => tokens.exchange(request) };
    if (path === AUTH_PATH)
      return { pattern: AUTH_PATH, run: () => consent.answer(request, (why) => log.violation(told, why)) };
    const route = routes.find(({ method, match }) => method === request.method && match.test(path));
    const run = (): SandboxResponse => {
      // A token that ended is no mistake: the service renews it and calls again.
      if (!tokens.valid(request.headers.authorization)) return answer(401, { message: 'unauthorized' });
      const forbidden = forbiddenCall(request.method, path);
      if (forbidden !== undefined) log.violation(told, forbidden);
      if (!route) throw new Refusal(404, 2000729, 'Adressen finns inte.', forbidden !== undefined);
      const ids = (route.match.exec(path) ?? []).slice(1).map(decodeURIComponent);
      return route.answer({ request, query: url.searchParams, ids });
    };
    const guarded = (): SandboxResponse => {
      try {
        return run();
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const blamed = error.status === 404 ? request.method !== 'GET' || !route : true;
        if (blamed && !error.race) log.violation(told, `${error.code} ${error.message}`);
        return refusalAnswer(error);
      }
    };
    return { pattern: route?.pattern ?? path, run: guarded };
  }

  function throttle(request: SandboxRequest): SandboxResponse {
    log.violation(`${request.method} ${request.url}`, `More than ${LIMIT} calls in ${WINDOW_MS / 1000} s`);
    const seconds = String(Math.ceil(window.retryAfterMs(now()) / 1000));
    return {
      status: 429,
      headers: {
        'content-type': 'text/plain',
        ...(switches.throttleHeader === 'retry-after' ? { 'retry-after': seconds } : {}),
      },
      body: 'Too Many Requests',
    };
  }

  function handle(request: SandboxRequest): SandboxResponse {
    const { pattern, run } = find(request);
    const respond = (response: SandboxResponse): SandboxResponse => {
      log.answered(response.status);
      return { ...response, headers: { date: new Date(now()).toUTCString(), ...response.headers } };
    };
    log.arrived(request.method, pattern);
    if (pattern !== TOKEN_PATH && pattern !== AUTH_PATH && !window.admit(now())) return respond(throttle(request));
    const fault = faults.next(request.method, pattern);
    if (!fault) return respond(run());
    if (fault.applied) run();
    if (fault.status === 0) {
      log.answered(0);
      throw Object.assign(new Error('The connection broke'), { name: 'ConnectionLost' });
    }
    const headers = { 'content-type': 'application/json', ...fault.headers };
    return respond({ status: fault.status, headers, body: fault.body ?? '{"message":"injected"}' });
  }

  const sandbox: FortnoxSandbox = {
    name: 'fortnox',
    handle,
    violations: log.violations,
    counts: log.counts,
    failNext: faults.add,
    switches,
    setWebhook: events.setWebhook,
    stream,
    person: createPeople({ company, articles, documents, actions }),
    customers: () => company.list().map(({ fields }) => fields),
    customer: (number) => (company.has(number) ? company.get(number) : null),
    articles: () => articles.numbers().map(articles.get),
    article: (number) => (articles.has(number) ? articles.get(number) : null),
    priceOf: (article, priceList = DEFAULT_PRICE_LIST) => prices.get(article, priceList),
    orders: () => documents.list('order').map(({ fields }) => fields),
    order: (number) => (documents.has('order', number) ? documents.get('order', number) : null),
    invoices: () => documents.list('invoice').map(({ fields }) => fields),
    invoice: (number) => (documents.has('invoice', number) ? documents.get('invoice', number) : null),
    issueCode: () => tokens.issueCode(),
    issueRefreshToken: tokens.issueRefreshToken,
    expireTokens: tokens.expire,
    accessTokenLifetimeMs: 3_600_000,
    writes,
    documentWrites,
    lostRaces,
    accountingMethod: 'ACCRUAL',
    reset() {
      log.reset();
      faults.reset();
      window = new SlidingWindow(LIMIT, WINDOW_MS);
      for (const writesOrRaces of [writes, documentWrites, lostRaces]) writesOrRaces.length = 0;
      for (const part of [company, articles, prices, documents, actions, stream]) part.reset();
    },
  };
  return sandbox;
}
