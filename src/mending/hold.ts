import type { Hold, Tenant } from '../../schemas/records.ts';
import { tenantLine } from '../admin/lines.ts';
import { SyncError } from '../errors/sync-error.ts';
import type { Runtime } from '../runtime.ts';
import { changeTenant } from '../store/change-tenant.ts';
import type { Store } from '../store/port.ts';

export interface HoldDeps {
  readonly runtime: Runtime;
  readonly store: Pick<Store, 'tenants' | 'activity'>;
}

const WHY: Readonly<Record<Hold['why'], string>> = {
  'long-stop': 'After a long stop',
  'many-changes': 'Because of many changes at once',
};

/**
 * From now on no job of the tenant begins until a person releases it; polls and notifications go on being stored (R72, R73). Says so
 * once: a tenant that is held already keeps its hold. Raises `not-found`.
 */
export async function holdTenant(deps: HoldDeps, tenantId: string, hold: Hold): Promise<Tenant> {
  let isNew = false;
  const tenant = await changeTenant(deps.store, tenantId, (present) => {
    isNew = present.hold === null;
    return isNew ? { hold, updatedAt: deps.runtime.now() } : {};
  });
  if (isNew) {
    await tenantLine(deps, {
      tenant: tenantId,
      action: 'connection',
      reasons: [hold.why],
      message: `${WHY[hold.why]}, ${hold.count} records would change: all jobs wait. Look at some of them with explain, then release the tenant.`,
    });
  }
  return tenant;
}

/** Lets the tenant's jobs go on. `by` names who asked. Raises `conflict` when it is not held, `not-found`. */
export async function releaseTenant(
  deps: HoldDeps & { readonly worker: { wake(tenantId: string): void } },
  tenantId: string,
  by: string,
): Promise<Tenant> {
  const tenant = await changeTenant(deps.store, tenantId, (present) => {
    if (present.hold === null) throw new SyncError('conflict', 'The tenant is not held: there is nothing to release.');
    return { hold: null, updatedAt: deps.runtime.now() };
  });
  await tenantLine(deps, {
    tenant: tenantId,
    action: 'connection',
    message: 'Released: the jobs go on.',
    by,
  });
  deps.worker.wake(tenantId);
  return tenant;
}
