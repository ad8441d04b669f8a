import type { Activity, Pair, Tenant } from '../../schemas/records.ts';

/** The answer's schema has mutable lists; the stored pair's are not. */
export const copyPair = (pair: Pair) => ({
  ...pair,
  candidates: [...pair.candidates],
  rows: pair.rows?.map((row) => ({ ...row, webcrm: { ...row.webcrm }, fortnox: { ...row.fortnox } })) ?? null,
});

/** A tenant, likewise. What is being resumed is no longer paused. */
export const copyTenant = (tenant: Tenant) => ({
  ...tenant,
  pausedParts: tenant.pausedParts
    .filter(({ resuming }) => !resuming)
    .map(({ entity, to, since }) => ({ entity, to, since })),
});

/** A line of the activity log, likewise. */
export const copyLine = (line: Activity) => ({
  ...line,
  changes: [...line.changes],
  lost: [...line.lost],
  reasons: [...line.reasons],
});
