import type { Tenant } from '../../schemas/records.ts';
import { isSyncError, SyncError } from '../errors/sync-error.ts';
import type { Store } from './port.ts';

/** A change that loses against another writer is made anew on what is stored then, this often. */
const CHANGE_TRIES = 5;

/**
 * Reads the tenant, lays what `mutate` makes of it over it (`updatedAt` included) and stores it; gives back what is stored
 * then. `mutate` runs again when another writer was faster. Raises `not-found`, `version-changed` after five tries, and
 * what `mutate` and the store raise.
 */
export async function changeTenant(
  store: { readonly tenants: Pick<Store['tenants'], 'get' | 'replace'> },
  id: string,
  mutate: (tenant: Tenant) => Partial<Tenant>,
): Promise<Tenant> {
  for (let tries = 1; ; tries += 1) {
    const tenant = await store.tenants.get(id);
    if (tenant === null) throw new SyncError('not-found', 'There is no tenant with this id.');
    try {
      return await store.tenants.replace({ ...tenant, ...mutate(tenant) });
    } catch (error) {
      if (!isSyncError(error) || error.code !== 'version-changed' || tries >= CHANGE_TRIES) throw error;
    }
  }
}
