import type { SyncError } from '../errors/sync-error.ts';
import type { Runtime } from '../runtime.ts';
import type { Store } from '../store/port.ts';
import { isVersionChanged } from '../store/retry-changed.ts';
import { tenantLine } from './lines.ts';

/**
 * Pauses a tenant whose vendor no longer accepts us and says why, once: its jobs are kept and go on after it is
 * connected anew. Safe to call from many jobs at once.
 */
export async function pauseBroken(
  deps: { store: Store; runtime: Runtime },
  tenantId: string,
  error: SyncError,
): Promise<void> {
  const tenant = await deps.store.tenants.get(tenantId);
  if (tenant === null || tenant.state !== 'connected') return;
  try {
    await deps.store.tenants.replace({
      ...tenant,
      state: 'paused',
      pausedReason: error.code,
      updatedAt: deps.runtime.now(),
    });
  } catch (conflict) {
    // Another job was faster, or somebody changed the tenant: the next failure pauses it if it is still connected.
    if (isVersionChanged(conflict)) return;
    throw conflict;
  }
  await tenantLine(deps, {
    tenant: tenantId,
    action: 'connection',
    message: `Paused: ${error.message}`,
    reasons: [error.code],
  });
}
