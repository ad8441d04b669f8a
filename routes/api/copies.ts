import type { Activity, Pair } from '../../schemas/records.ts';

/** The answer's schema has mutable lists; the stored pair's are not. */
export const copyPair = (pair: Pair) => ({
  ...pair,
  candidates: [...pair.candidates],
  rows: pair.rows?.map((row) => ({ ...row, webcrm: { ...row.webcrm }, fortnox: { ...row.fortnox } })) ?? null,
});

/** A line of the activity log, likewise. */
export const copyLine = (line: Activity) => ({
  ...line,
  changes: [...line.changes],
  lost: [...line.lost],
  reasons: [...line.reasons],
});
