import type { Tenant } from '../../schemas/records.ts';
import { checkLimit, decodeCursor, encodeCursor } from '../store/paging-cursor.ts';
import type { Page, PageRequest, Store } from '../store/port.ts';
import type { Principal } from './principal.ts';

/** The tenants that the principal reaches, page by page; oldest first, or by id for whom reaches some only. */
export async function reachableTenants(
  store: Pick<Store, 'tenants'>,
  principal: Pick<Principal, 'tenants'>,
  page: PageRequest,
): Promise<Page<Tenant>> {
  if (principal.tenants === null) return store.tenants.list(page);
  checkLimit(page.limit);
  const [after = ''] = page.cursor === undefined ? [] : decodeCursor(page.cursor, [['id', 'string']]);
  const ids = [...principal.tenants].sort().filter((id) => id > after);
  const shown = ids.slice(0, page.limit);
  const found = await Promise.all(shown.map((id) => store.tenants.get(id)));
  return {
    items: found.filter((tenant) => tenant !== null),
    next: ids.length > page.limit ? encodeCursor(shown.slice(-1)) : null,
  };
}
