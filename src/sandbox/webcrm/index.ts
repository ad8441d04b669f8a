import type { SandboxRequest, SandboxResponse, SandboxVendor, SendNotification } from '../chassis.ts';
import { createCallLog } from '../common/call-log.ts';
import { createFaultRules } from '../common/fault-rules.ts';
import { SlidingWindow } from '../common/sliding-window.ts';
import { createCompany, type OrganisationWrite } from './company.ts';
import type { Organisation } from './fields.ts';
import { createHooks, type SandboxHook } from './hooks.ts';
import { Refusal } from './refusal.ts';
import { createRoutes, failure, json } from './routes.ts';
import { DEFAULT_SWITCHES, type WebcrmSwitches } from './switches.ts';
import { APPLICATION_TOKEN, createTokens } from './tokens.ts';

export type { OrganisationWrite } from './company.ts';
export type { Organisation } from './fields.ts';
export type { SandboxHook } from './hooks.ts';
export { SWITCH_VALUES, type WebcrmSwitches } from './switches.ts';

/** webCRM's documented limit: 250 requests in a sliding minute per application token. */
const LIMIT = 250;
const WINDOW_MS = 60_000;

export interface WebcrmSandbox extends SandboxVendor {
  readonly name: 'webcrm';
  /** May be changed at any time; a reset keeps them. */
  readonly switches: WebcrmSwitches;
  /** What people do in webCRM's own screens: no call is counted, the hooks are called. They raise Error on fields that webCRM refuses and on an unknown id. */
  readonly person: {
    createOrganisation(fields: Record<string, unknown>): number;
    editOrganisation(id: number, fields: Record<string, unknown>): void;
    deleteOrganisation(id: number): void;
  };
  /** All organisations as the API would answer them, in order of id. */
  organisations(): Organisation[];
  organisation(id: number): Organisation | null;
  readonly applicationToken: string;
  /** The administrator withdraws the application token: no login and no access token is accepted any more. */
  revokeToken(): void;
  /** All access tokens end early; a new login is accepted. */
  expireTokens(): void;
  /** Writes to organisations through the API that took effect, oldest first. */
  readonly writes: readonly OrganisationWrite[];
  hooks(): SandboxHook[];
}

/** A strict stand-in of webCRM's API for organisations: what it refuses for its form is a violation. */
export function createWebcrmSandbox(deps: {
  now: () => number;
  random: () => number;
  notify: SendNotification;
  switches?: Partial<WebcrmSwitches>;
}): WebcrmSandbox {
  const { now } = deps;
  const switches: WebcrmSwitches = { ...DEFAULT_SWITCHES, ...deps.switches };
  const log = createCallLog(now);
  const faults = createFaultRules();
  let window = new SlidingWindow(LIMIT, WINDOW_MS);
  const tokens = createTokens(deps);
  const hooks = createHooks({ now, switches, notify: deps.notify });
  const company = createCompany({ now, switches, changed: hooks.fire });
  const routes = createRoutes({ company, hooks, tokens, switches });

  function answer(request: SandboxRequest): { pattern: string; run: () => SandboxResponse } {
    const url = new URL(request.url, 'http://webcrm.invalid');
    for (const route of routes) {
      const match = route.method === request.method ? route.match.exec(url.pathname) : null;
      if (!match) continue;
      const run = () =>
        route.open || tokens.valid(request.headers.authorization)
          ? route.answer({ request, url, params: match.slice(1) })
          : failure(401, 'The access token is not valid');
      return { pattern: route.pattern, run };
    }
    const unknown = () => {
      if (request.method !== 'GET') throw new Refusal('No such address', 404);
      return failure(404, 'No such address');
    };
    return { pattern: url.pathname, run: unknown };
  }

  function handle(request: SandboxRequest): SandboxResponse {
    const { pattern, run } = answer(request);
    const told = `${request.method} ${request.url}`;
    const respond = (response: SandboxResponse): SandboxResponse => {
      log.answered(response.status);
      return { ...response, headers: { date: new Date(now()).toUTCString(), ...response.headers } };
    };
    const effect = (): SandboxResponse => {
      try {
        return run();
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        log.violation(told, error.message);
        return failure(error.status, error.message);
      }
    };

    log.arrived(request.method, pattern);
    if (!window.admit(now())) {
      const seconds = Math.ceil(window.retryAfterMs(now()) / 1000);
      log.violation(told, `More than ${LIMIT} calls in ${WINDOW_MS / 1000} s`);
      const body = {
        RetryAfterSeconds: seconds,
        Message: 'API calls quota exceeded',
        Type: 'TooManyRequestsException',
      };
      return respond(json(429, body, { 'retry-after': String(seconds) }));
    }
    const fault = faults.next(request.method, pattern);
    if (!fault) return respond(effect());
    if (fault.applied) effect();
    if (fault.status === 0) {
      log.answered(0);
      throw Object.assign(new Error('The connection broke'), { name: 'ConnectionLost' });
    }
    const type = { 'content-type': 'application/json; charset=utf-8' };
    const body = fault.body ?? JSON.stringify({ Message: 'Injected', Type: 'ApiException' });
    return respond({ status: fault.status, headers: { ...type, ...fault.headers }, body });
  }

  function known(found: boolean, id: number): void {
    if (!found) throw new Error(`Organisation ${id} does not exist`);
  }

  return {
    name: 'webcrm',
    handle,
    violations: log.violations,
    counts() {
      const counts = log.counts();
      // A login changes no data.
      return { ...counts, writes: counts.writes - (counts.byRoute['POST /Auth/ApiLogin'] ?? 0) };
    },
    failNext: faults.add,
    switches,
    person: {
      createOrganisation: (fields) => company.create(fields, 'person'),
      editOrganisation: (id, fields) => known(company.edit(id, fields, 'person'), id),
      deleteOrganisation: (id) => known(company.delete(id, 'person'), id),
    },
    organisations: () => company.list(),
    organisation: company.get,
    applicationToken: APPLICATION_TOKEN,
    revokeToken: () => tokens.revoke(),
    expireTokens: () => tokens.expire(),
    writes: company.writes,
    hooks: hooks.list,
    reset() {
      log.reset();
      faults.reset();
      window = new SlidingWindow(LIMIT, WINDOW_MS);
      tokens.reset();
      hooks.reset();
      company.reset();
    },
  };
}
