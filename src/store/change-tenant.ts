import type { Tenant } from '../../schemas/records.ts';
import { SyncError } from '../errors/sync-error.ts';
import type { Store } from './port.ts';
import { retryChanged } from './retry-changed.ts';

/**
 * Reads the tenant, lays what `mutate` makes of it over it (`updatedAt` included) and stores it; gives back what is stored
 * then. `mutate` runs again when another writer was faster. Raises `not-found`, also of one that is being removed, `version-changed` after five tries, and
 * what `mutate` and the store raise.
 */
export function changeTenant(
  store: { readonly tenants: Pick<Store['tenants'], 'get' | 'replace'> },
  id: string,
  mutate: (tenant: Tenant) => Partial<Tenant>,
): Promise<Tenant> {
  return retryChanged(async () => {
    const tenant = await store.tenants.get(id);
    if (tenant === null || tenant.state === 'removing')
      throw new SyncError('not-found', 'There is no tenant with this id.');
    return store.tenants.replace({ ...tenant, ...mutate(tenant) });
  });
}
