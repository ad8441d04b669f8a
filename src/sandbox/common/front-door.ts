import type { SandboxRequest, SandboxResponse, SandboxVendor } from '../chassis.ts';
import { createCallLog } from './call-log.ts';
import { createFaultRules } from './fault-rules.ts';
import { SlidingWindow } from './sliding-window.ts';

export interface Call {
  readonly request: SandboxRequest;
  readonly url: URL;
  /** What the groups of the route's `match` hold, still encoded. */
  readonly params: readonly string[];
  /** A violation of a call that takes effect all the same. */
  regret(why: string): void;
}
export interface Route {
  readonly method: string;
  /** As it is counted, e.g. /Organisations/{id}. */
  readonly pattern: string;
  readonly match: RegExp;
  /** Needs no access token. */
  readonly open?: true;
  readonly answer: (call: Call) => SandboxResponse;
}
/** A refused write that could not know better: a person's change came between our read and our write. */
export interface LostRace {
  readonly at: number;
  readonly request: string;
  readonly why: string;
}
/** An error of a route in the vendor's own form, and whose fault it is. */
export interface Refused {
  readonly response: SandboxResponse;
  readonly why: string;
  readonly blame: 'violation' | 'race';
}

/** What differs between the vendors. */
export interface Manners {
  readonly routes: readonly Route[];
  readonly limit: { readonly calls: number; readonly windowMs: number };
  authorised(request: SandboxRequest): boolean;
  unauthorised(): SandboxResponse;
  /** Answers an address that is not in the table, or raises a refusal. */
  unknown(request: SandboxRequest): SandboxResponse;
  throttled(seconds: number): SandboxResponse;
  /** null: the error is none of the vendor's and goes on. */
  refused(error: unknown): Refused | null;
  /** Headers and body of an injected fault that names none. */
  readonly injected: { readonly headers: Readonly<Record<string, string>>; readonly body: string };
}
export interface FrontDoor extends Pick<SandboxVendor, 'handle' | 'violations' | 'counts' | 'failNext'> {
  readonly lostRaces: readonly LostRace[];
  reset(): void;
}

/**
 * The way of every request: counted, throttled, failed on demand, matched to a route, its refusals sorted into violations
 * and lost races. Raises an error named ConnectionLost for a fault of status 0.
 */
export function createFrontDoor(deps: { now: () => number; manners: Manners }): FrontDoor {
  const { now, manners } = deps;
  const { calls, windowMs } = manners.limit;
  const log = createCallLog(now);
  const faults = createFaultRules();
  const lostRaces: LostRace[] = [];
  let window = new SlidingWindow(calls, windowMs);

  function find(request: SandboxRequest): { pattern: string; run: () => SandboxResponse } {
    const url = new URL(request.url, 'http://sandbox.invalid');
    const regret = (why: string) => log.violation(`${request.method} ${request.url}`, why);
    for (const route of manners.routes) {
      const match = route.method === request.method ? route.match.exec(url.pathname) : null;
      if (!match) continue;
      const run = () =>
        route.open || manners.authorised(request)
          ? route.answer({ request, url, params: match.slice(1), regret })
          : manners.unauthorised();
      return { pattern: route.pattern, run };
    }
    return { pattern: url.pathname, run: () => manners.unknown(request) };
  }

  function handle(request: SandboxRequest): SandboxResponse {
    const { pattern, run } = find(request);
    const told = `${request.method} ${request.url}`;
    const respond = (response: SandboxResponse): SandboxResponse => {
      log.answered(response.status);
      return { ...response, headers: { date: new Date(now()).toUTCString(), ...response.headers } };
    };
    const effect = (): SandboxResponse => {
      try {
        return run();
      } catch (error) {
        const refused = manners.refused(error);
        if (!refused) throw error;
        if (refused.blame === 'race') lostRaces.push({ at: now(), request: told, why: refused.why });
        else log.violation(told, refused.why);
        return refused.response;
      }
    };

    log.arrived(request.method, pattern);
    if (!window.admit(now())) {
      log.violation(told, `More than ${calls} calls in ${windowMs / 1000} s`);
      return respond(manners.throttled(Math.ceil(window.retryAfterMs(now()) / 1000)));
    }
    const fault = faults.next(request.method, pattern);
    if (!fault) return respond(effect());
    if (fault.applied) effect();
    if (fault.status === 0) {
      log.answered(0);
      throw Object.assign(new Error('The connection broke'), { name: 'ConnectionLost' });
    }
    const headers = { ...manners.injected.headers, ...fault.headers };
    return respond({ status: fault.status, headers, body: fault.body ?? manners.injected.body });
  }

  return {
    handle,
    violations: log.violations,
    lostRaces,
    counts: log.counts,
    failNext: faults.add,
    reset() {
      log.reset();
      faults.reset();
      lostRaces.length = 0;
      window = new SlidingWindow(calls, windowMs);
    },
  };
}
