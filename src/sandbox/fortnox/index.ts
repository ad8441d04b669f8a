import type { SandboxRequest, SandboxResponse, SandboxVendor, SendNotification } from '../chassis.ts';
import { createCallLog } from '../common/call-log.ts';
import { createFaultRules } from '../common/fault-rules.ts';
import { SlidingWindow } from '../common/sliding-window.ts';
import { createCompany, type FortnoxCustomerRecord } from './company.ts';
import { createEvents } from './events.ts';
import { answer, Refusal, refusalAnswer } from './refusal.ts';
import { type CustomerWrite, createRoutes, forbiddenCall } from './routes.ts';
import { DEFAULT_SWITCHES, type FortnoxSwitches } from './switches.ts';
import { createTokens } from './tokens.ts';
import { API_BLANK } from './validate.ts';

export type { FortnoxCustomerRecord } from './company.ts';
export type { CustomerWrite } from './routes.ts';
export { type FortnoxSwitches, SWITCH_VALUES } from './switches.ts';

/** 25 calls in a sliding 5 s per client and tenant (fortnox.md 5.1). */
const LIMIT = 25;
const WINDOW_MS = 5_000;
const TOKEN_PATH = '/oauth-v1/token';

export interface FortnoxSandbox extends SandboxVendor {
  readonly name: 'fortnox';
  /** May be changed at any time; a reset keeps them. */
  readonly switches: FortnoxSwitches;
  /** Where events go; `secret` is whsec_ and base64. Raises Error for another form. */
  setWebhook(url: string, secret: string): void;
  /** What people do in Fortnox's own screens: no token, no limit, but events. They raise Error on what Fortnox refuses. */
  readonly person: {
    createCustomer(fields: Record<string, unknown>): string;
    editCustomer(number: string, fields: Record<string, unknown>): void;
    deleteCustomer(number: string): void;
  };
  /** Copies, in order of creation. */
  customers(): FortnoxCustomerRecord[];
  customer(number: string): FortnoxCustomerRecord | null;
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
}

/**
 * A strict stand-in of Fortnox's API for customers and of its token endpoint: what it refuses for its form is a
 * violation. A reset empties the company and the logs; the consent (tokens) and the webhook stay.
 */
export function createFortnoxSandbox(deps: {
  now: () => number;
  random: () => number;
  notify: SendNotification;
  switches?: Partial<FortnoxSwitches>;
}): FortnoxSandbox {
  const { now } = deps;
  const switches: FortnoxSwitches = { ...DEFAULT_SWITCHES, ...deps.switches };
  const log = createCallLog(now);
  const faults = createFaultRules();
  const writes: CustomerWrite[] = [];
  let window = new SlidingWindow(LIMIT, WINDOW_MS);
  const tokens = createTokens({ now, random: deps.random, lifetimeMs: () => sandbox.accessTokenLifetimeMs });
  const events = createEvents({ now, switches, notify: deps.notify });
  const company = createCompany({ now, switches, changed: events.send });
  const routes = createRoutes({
    company,
    switches,
    wrote: (method, number, body) => void writes.push({ at: now(), method, number, body: structuredClone(body) }),
  });

  function find(request: SandboxRequest): { pattern: string; run: () => SandboxResponse } {
    const url = new URL(request.url, 'http://fortnox.invalid');
    const path = url.pathname;
    const told = `${request.method} ${request.url}`;
    if (path === TOKEN_PATH && request.method === 'POST')
      return { pattern: TOKEN_PATH, run: () => tokens.exchange(request) };
    const route = routes.find(({ method, match }) => method === request.method && match.test(path));
    const run = (): SandboxResponse => {
      // A token that ended is no mistake: the service renews it and calls again.
      if (!tokens.valid(request.headers.authorization)) return answer(401, { message: 'unauthorized' });
      const forbidden = route ? route.forbidden : forbiddenCall(request.method, path);
      if (forbidden !== undefined) log.violation(told, forbidden);
      if (!route) throw new Refusal(404, 2000729, 'Adressen finns inte.');
      const id = decodeURIComponent(route.match.exec(path)?.[1] ?? '');
      return route.answer({ request, query: url.searchParams, id });
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
    if (pattern !== TOKEN_PATH && !window.admit(now())) return respond(throttle(request));
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
    person: {
      createCustomer: (fields) => company.create(fields, 'person').CustomerNumber,
      editCustomer(number, fields) {
        // A field that is emptied on the screen is empty; only the API needs a word for it.
        const emptied = Object.entries(fields).map(([name, value]) => [name, value === '' ? API_BLANK : value]);
        company.edit(number, Object.fromEntries(emptied), 'person');
      },
      deleteCustomer: (number) => company.delete(number, 'person'),
    },
    customers: () => company.list().map(({ fields }) => fields),
    customer: (number) => (company.has(number) ? company.get(number) : null),
    issueCode: tokens.issueCode,
    issueRefreshToken: tokens.issueRefreshToken,
    expireTokens: tokens.expire,
    accessTokenLifetimeMs: 3_600_000,
    writes,
    reset() {
      log.reset();
      faults.reset();
      window = new SlidingWindow(LIMIT, WINDOW_MS);
      writes.length = 0;
      company.reset();
    },
  };
  return sandbox;
}
