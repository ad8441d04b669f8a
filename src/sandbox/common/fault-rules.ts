import type { SandboxVendor } from '../chassis.ts';

export type FaultRule = Parameters<SandboxVendor['failNext']>[0];

export interface FaultRules {
  add(rule: FaultRule): void;
  /** The oldest rule that fits, used up by one; null when none does. `path` is a route's pattern, e.g. /3/customers/{id}. */
  next(method: string, path: string): FaultRule | null;
  reset(): void;
}

/** Keeps the faults that a test asks for. A rule without a method or path fits every one; a path fits by equality. */
export function createFaultRules(): FaultRules {
  let rules: { rule: FaultRule; left: number }[] = [];
  return {
    add(rule) {
      if (rule.times > 0) rules.push({ rule, left: rule.times });
    },
    next(method, path) {
      const found = rules.find(
        ({ rule }) => (rule.method === undefined || rule.method === method) && (rule.path ?? path) === path,
      );
      if (!found) return null;
      found.left -= 1;
      if (found.left === 0) rules = rules.filter((entry) => entry !== found);
      return found.rule;
    },
    reset() {
      rules = [];
    },
  };
}
