import type { SandboxVendor, Violation } from '../chassis.ts';

export interface CallLog {
  arrived(method: string, pathPattern: string): void;
  /** Status 0: the connection broke. */
  answered(status: number): void;
  counts: SandboxVendor['counts'];
  violation(request: string, why: string): void;
  /** The same list for the log's whole life. */
  readonly violations: readonly Violation[];
  reset(): void;
}

/** Counts calls and keeps violations. `refused` are all answers of 400 and above or none at all; 429 is among them. */
export function createCallLog(now: () => number): CallLog {
  const violations: Violation[] = [];
  const byRoute = new Map<string, number>();
  let total = 0;
  let refused = 0;
  let throttled = 0;
  let writes = 0;
  return {
    arrived(method, pathPattern) {
      const route = `${method} ${pathPattern}`;
      byRoute.set(route, (byRoute.get(route) ?? 0) + 1);
      total += 1;
      if (method !== 'GET' && pathPattern !== '/oauth-v1/token') writes += 1;
    },
    answered(status) {
      if (status === 0 || status >= 400) refused += 1;
      if (status === 429) throttled += 1;
    },
    counts: () => ({ total, refused, throttled, writes, byRoute: Object.fromEntries(byRoute) }),
    violation(request, why) {
      violations.push({ at: now(), request, why });
    },
    violations,
    reset() {
      violations.length = 0;
      byRoute.clear();
      total = 0;
      refused = 0;
      throttled = 0;
      writes = 0;
    },
  };
}
