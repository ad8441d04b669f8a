import { type Code, type Told, tell } from './codes.ts';
import type { RuleLine } from './rules.ts';
import type { Trace } from './trace.ts';

/** One rule with what became of it. */
export interface RuleOutcome {
  readonly id: string;
  readonly rule: string;
  readonly says: string;
  readonly outcome: 'passed' | 'failed' | 'not-reached' | 'not-asked';
  /** Of a failed rule: each reason, the first one first. */
  readonly reasons: readonly Told[];
}

/** Places what happened among the rules, in their order. Pure. */
export function judge(rules: readonly RuleLine[], trace: Trace): RuleOutcome[] {
  const { rehearsal } = trace;
  let ended = false;
  return rules.map((line) => {
    const { id, rule, says } = line;
    const of = (outcome: RuleOutcome['outcome'], codes: readonly Code[] = []): RuleOutcome => ({
      id,
      rule,
      says,
      outcome,
      reasons: codes.map((code) => tell(code, messageOf(trace, code))),
    });
    if (ended) return of('not-reached');
    const failing = (line.isFailing?.(trace) ?? true) && isAsked(line, trace);
    const codes = failing ? [...line.fails.filter((code) => trace.codes.has(code)), ...(line.also?.(trace) ?? [])] : [];
    if (codes.length > 0) {
      ended = line.stops;
      return of('failed', codes);
    }
    if (rehearsal === null && !ALWAYS_KNOWN.has(id)) return of('not-reached');
    return of(isAsked(line, trace) ? 'passed' : 'not-asked');
  });
}

/** Known without asking a vendor. */
const ALWAYS_KNOWN: ReadonlySet<string> = new Set(['tenant', 'hold']);

/** A record that is linked now is asked what pairs are asked as well. */
const isAsked = ({ phases, asked }: RuleLine, trace: Trace): boolean =>
  (phases === undefined || phases.includes(trace.phase) || (trace.links && phases.includes('known'))) &&
  (asked === undefined || asked(trace));

const messageOf = ({ broken, lastTry }: Trace, code: Code): string | undefined =>
  [broken, lastTry].find((error) => error?.code === code)?.message;
