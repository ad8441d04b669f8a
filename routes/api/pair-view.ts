import type { Pair } from '../../schemas/records.ts';

/** The answer's schema has mutable lists; the stored pair's are not. */
export const copyPair = (pair: Pair) => ({
  ...pair,
  candidates: [...pair.candidates],
  rows: pair.rows?.map((row) => ({ ...row, webcrm: { ...row.webcrm }, fortnox: { ...row.fortnox } })) ?? null,
});
