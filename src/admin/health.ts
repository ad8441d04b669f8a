import type { Tenant } from '../../schemas/records.ts';
import type { Runtime } from '../runtime.ts';
import type { Store } from '../store/port.ts';
import type { StreamState } from '../stream/state.ts';
import type { BudgetUse } from '../vendors/connections-types.ts';
import { pausedView } from './pauses.ts';

export interface HealthDeps {
  readonly runtime: Pick<Runtime, 'now'>;
  readonly store: Pick<Store, 'jobs' | 'pairs' | 'decisions'>;
  streamStateOf(tenantId: string): Promise<StreamState>;
  budgetsOf(tenantId: string): Promise<{ fortnox: BudgetUse; webcrm: BudgetUse }>;
}

/** How a tenant does now: what waits, what needs a person, budgets and lateness. */
export async function healthOf({ runtime, store, budgetsOf, streamStateOf }: HealthDeps, tenant: Tenant) {
  const [jobs, pairsByEntity, nextDue, budgets, notifications, pausedParts] = await Promise.all([
    store.jobs.counts(tenant.id),
    store.pairs.countsByEntity(tenant.id),
    store.jobs.nextDue(tenant.id),
    budgetsOf(tenant.id),
    streamStateOf(tenant.id),
    pausedView(store, tenant),
  ]);
  const { state, pausedReason, hold } = tenant;
  const pairs = summed(Object.values(pairsByEntity));
  return {
    state,
    pausedReason,
    pausedParts,
    hold,
    needsPerson: (pairs.conflict ?? 0) + jobs.dead + (hold === null ? 0 : 1),
    jobs,
    pairs,
    pairsByEntity,
    budgets,
    notifications,
    latenessMs: nextDue === null ? 0 : Math.max(0, runtime.now() - nextDue),
  };
}

function summed(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [state, count] of counts.flatMap((one) => Object.entries(one))) sums[state] = (sums[state] ?? 0) + count;
  return sums;
}
