import { type PairEntity, SIDES, VENDOR_NAMES } from '../../schemas/records.ts';
import { seconds } from '../terminal/print.ts';

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
  /** Customers, articles, documents and lines alike. */
  readonly created: { readonly webcrm: number; readonly fortnox: number };
  readonly updated: { readonly webcrm: number; readonly fortnox: number };
  readonly documents: { readonly deliveries: number; readonly orders: number; readonly invoices: number };
  readonly calls: { readonly webcrm: CallCount; readonly fortnox: CallCount };
  /** Requests that a vendor would refuse or regret, in words. */
  readonly violations: readonly string[];
  readonly duplicates: { readonly webcrm: readonly string[]; readonly fortnox: readonly string[] };
  readonly failedJobs: number;
  /** Pairs by kind and state. */
  readonly pairs: Readonly<Record<PairEntity, Readonly<Record<string, number>>>>;
  /** How many linked pairs the seed and the steps must lead to. */
  readonly expectedPairs: Readonly<Record<PairEntity, number>>;
}

const KINDS: readonly (readonly [PairEntity, string])[] = [
  ['customer', 'customers'],
  ['article', 'articles'],
  ['delivery', 'deliveries'],
];
const states = (counts: Readonly<Record<string, number>>): string => {
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  return some.map(([state, count]) => `${count} ${state}`).join(', ') || 'none';
};

/** The summary as lines of plain text. */
export function summaryLines(summary: Summary): string[] {
  const { created, updated, calls, duplicates } = summary;
  const refused = calls.webcrm.refused + calls.fortnox.refused;
  const throttled = calls.webcrm.throttled + calls.fortnox.throttled;
  const { documents } = summary;
  return [
    `Created    ${created.fortnox} in Fortnox, ${created.webcrm} in webCRM`,
    `Updated    ${updated.fortnox} in Fortnox, ${updated.webcrm} in webCRM`,
    `Pairs      ${KINDS.map(([kind, name]) => `${name}: ${states(summary.pairs[kind])}`).join('; ')}`,
    `Documents  ${documents.deliveries} deliveries in webCRM, ${documents.orders} orders and ${documents.invoices} invoices in Fortnox`,
    `Calls      webCRM ${calls.webcrm.total} (limit 250 a minute), Fortnox ${calls.fortnox.total} (limit 25 in 5 s)`,
    `Violations ${summary.violations.length}`,
    `Refused    ${refused} calls, of which ${throttled} for the rate limit`,
    `Duplicates ${duplicates.webcrm.length + duplicates.fortnox.length} among customers, articles and documents`,
    `Failed     ${summary.failedJobs} jobs`,
    `Time       ${seconds(summary.tookMs)}`,
  ];
}

/** What is wrong with it, a sentence each; empty when all is well. */
export function faultsOf(summary: Summary): string[] {
  const faults: string[] = [];
  for (const side of SIDES) {
    const { refused, throttled } = summary.calls[side];
    const name = VENDOR_NAMES[side];
    if (throttled > 0) faults.push(`${name} answered ${throttled} calls with 429: its limit was broken.`);
    if (refused > throttled) faults.push(`${name} refused ${refused - throttled} calls.`);
    for (const key of summary.duplicates[side]) faults.push(`${name} holds more than one ${key}.`);
  }
  for (const violation of summary.violations) faults.push(`Not allowed: ${violation}`);
  for (const [kind, name] of KINDS) {
    const linked = summary.pairs[kind].linked ?? 0;
    const expected = summary.expectedPairs[kind];
    if (linked !== expected) faults.push(`${linked} pairs of ${name} are linked instead of ${expected}.`);
  }
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
