import type { Tenant } from '../../schemas/records.ts';
import type { Hooks } from '../admin/hooks.ts';
import { tenantLine } from '../admin/lines.ts';
import type { Pauses } from '../admin/pauses.ts';
import type { Admin } from '../admin/tenants.ts';
import type { Poller } from '../intake/poller.ts';
import { createLongStops } from './long-stop.ts';
import { createReconcile, type Reconcile } from './reconcile.ts';
import type { RunDeps } from './run.ts';

export interface ReconcileServiceDeps extends Omit<RunDeps, 'helpers'> {
  readonly poller: Pick<Poller, 'pollAll'>;
  readonly worker: { wake(tenantId: string): void };
  readonly hooks: Pick<Hooks, 'verify' | 'look'>;
  readonly pauses: Pick<Pauses, 'look'>;
  readonly owns?: (tenantId: string) => boolean;
}

export interface ReconcileService {
  readonly reconcile: Reconcile;
  /** Holds the tenant when it stood still for long (R73): before its jobs begin to run. */
  prepare(tenantId: string): Promise<void>;
  /** The same, of a tenant that is connected or resumed after a pause. */
  guarded(admin: Admin): Admin;
}

/** Joins reconcile and the watch on long stops with the other parts. */
export function createReconcileService(deps: ReconcileServiceDeps): ReconcileService {
  const { runtime, store, poller, worker, hooks, pauses } = deps;
  const longStops = createLongStops({
    runtime,
    store,
    verifyHooks: hooks.verify,
    say: (tenant, message, reasons) =>
      tenantLine({ store, runtime }, { tenant, action: 'connection', message, reasons: [...reasons] }),
    wakeJobs: (tenantId) => worker.wake(tenantId),
  });
  const reconcile = createReconcile({
    ...deps,
    async onLook(tenant) {
      hooks.look(tenant);
      await longStops.look(tenant);
      await pauses.look(tenant);
    },
    helpers: {
      ...longStops,
      poll: async (tenantId) => {
        // Each to its end, whatever becomes of the other: what was read is queued then.
        const sides = await Promise.allSettled([
          poller.pollAll(tenantId, 'webcrm'),
          poller.pollAll(tenantId, 'fortnox'),
        ]);
        for (const side of sides) if (side.status === 'rejected') throw side.reason;
      },
    },
  });

  async function goOn<T>(admin: Admin, id: string, go: () => Promise<T>): Promise<T> {
    const before: Tenant = await admin.getTenant(id);
    if (before.state !== 'connected') await longStops.check(id, reconcile);
    const result = await go();
    reconcile.wake(id);
    return result;
  }

  return {
    reconcile,
    async prepare(tenantId) {
      await longStops.check(tenantId, reconcile);
    },
    guarded: (admin) => ({
      ...admin,
      connect: (id, by) => goOn(admin, id, () => admin.connect(id, by)),
      // A part stood still beside work that went on: nothing is to be counted first.
      resume: (id, by, part) =>
        part === undefined ? goOn(admin, id, () => admin.resume(id, by)) : admin.resume(id, by, part),
    }),
  };
}
