import { seconds } from './print.ts';

/** What one stand-in counted of the service's calls. */
export interface CallCount {
  readonly total: number;
  readonly writes: number;
  readonly refused: number;
  readonly throttled: number;
}

/** What the tour ends with, counted at the stand-ins and read from the API. */
export interface Summary {
  readonly tookMs: number;
  readonly created: { readonly webcrm: number; readonly fortnox: number };
  readonly updated: { readonly webcrm: number; readonly fortnox: number };
  readonly calls: { readonly webcrm: CallCount; readonly fortnox: CallCount };
  /** Requests that a vendor would refuse or regret, in words. */
  readonly violations: readonly string[];
  readonly duplicates: { readonly webcrm: readonly string[]; readonly fortnox: readonly string[] };
  readonly failedJobs: number;
  /** Pairs by state. */
  readonly pairs: Readonly<Record<string, number>>;
  /** How many linked pairs the seed must lead to. */
  readonly expectedPairs: number;
}

/** The summary as lines of plain text. */
export function summaryLines(summary: Summary): string[] {
  const { created, updated, calls, duplicates } = summary;
  const refused = calls.webcrm.refused + calls.fortnox.refused;
  const throttled = calls.webcrm.throttled + calls.fortnox.throttled;
  const pairs = Object.entries(summary.pairs).filter(([, count]) => count > 0);
  return [
    `Created    ${created.fortnox} in Fortnox, ${created.webcrm} in webCRM`,
    `Updated    ${updated.fortnox} in Fortnox, ${updated.webcrm} in webCRM`,
    `Pairs      ${pairs.map(([state, count]) => `${count} ${state}`).join(', ') || 'none'}`,
    `Calls      webCRM ${calls.webcrm.total} (limit 250 a minute), Fortnox ${calls.fortnox.total} (limit 25 in 5 s)`,
    `Refused    ${refused} calls, of which ${throttled} for the rate limit`,
    `Duplicates ${duplicates.webcrm.length + duplicates.fortnox.length}`,
    `Failed     ${summary.failedJobs} jobs`,
    `Time       ${seconds(summary.tookMs)}`,
  ];
}

/** What is wrong with it, a sentence each; empty when all is well. */
export function faultsOf(summary: Summary): string[] {
  const faults: string[] = [];
  for (const side of ['webcrm', 'fortnox'] as const) {
    const { refused, throttled } = summary.calls[side];
    const name = side === 'webcrm' ? 'webCRM' : 'Fortnox';
    if (throttled > 0) faults.push(`${name} answered ${throttled} calls with 429: its limit was broken.`);
    if (refused > throttled) faults.push(`${name} refused ${refused - throttled} calls.`);
    for (const key of summary.duplicates[side]) faults.push(`${name} holds more than one customer with ${key}.`);
  }
  for (const violation of summary.violations) faults.push(`Not allowed: ${violation}`);
  const linked = summary.pairs.linked ?? 0;
  if (linked !== summary.expectedPairs) faults.push(`${linked} pairs are linked instead of ${summary.expectedPairs}.`);
  if (summary.failedJobs > 0) faults.push(`${summary.failedJobs} jobs failed.`);
  return faults;
}

/** Values that occur more than once; empty ones do not count. */
export function repeated(values: Iterable<string | null | undefined>): string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const value of values) {
    if (!value) continue;
    if (seen.has(value)) twice.add(value);
    seen.add(value);
  }
  return [...twice];
}
