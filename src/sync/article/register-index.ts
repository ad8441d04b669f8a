import type { Runtime } from '../../runtime.ts';
import type { WebcrmItem } from '../../vendors/webcrm/types.ts';
import { dataText } from '../normalise.ts';
import { createTenantCache } from './tenant-cache.ts';

/** Which article number, and in which field of an item it stands. */
export interface NumberAt {
  readonly column: string;
  readonly number: string;
}
export interface PriceListRow {
  readonly code: string;
  readonly preselected: boolean;
}

/**
 * What is known of the tenants' product registers and price lists; one for a process. webCRM gives its register in one
 * answer without pages (webcrm.md 6), so it is read at most once in 10 minutes, unless somebody needs it `fresh`.
 */
export interface RegisterIndex {
  /** Ids of the items that bear the number, as the register was last read. Raises what `read` raises. */
  find(
    tenantId: string,
    where: NumberAt,
    read: () => Promise<WebcrmItem[]>,
    fresh?: boolean,
  ): Promise<readonly string[]>;
  /** An item was created after the register was read. */
  add(tenantId: string, where: NumberAt, id: string): void;
  /** Code of the price list that Fortnox preselects, up to 10 minutes old; null when it selects none. */
  preselectedPriceList(tenantId: string, read: () => Promise<PriceListRow[]>): Promise<string | null>;
}

type Ids = Map<string, Set<string>>;

export function createRegisterIndex({ runtime }: { runtime: Pick<Runtime, 'now'> }): RegisterIndex {
  const registers = createTenantCache<Ids>({ runtime });
  const priceLists = createTenantCache<string | null>({ runtime });
  const key = (tenantId: string, { column }: NumberAt) => `${tenantId}/${column}`;

  return {
    async find(tenantId, where, read, fresh) {
      const readIds = async () => {
        const ids: Ids = new Map();
        for (const item of await read()) {
          const number = dataText(item[where.column]);
          if (number !== null) put(ids, number, String(item.QuotationLineLinkedDataItemId));
        }
        return ids;
      };
      const ids = await registers.get(key(tenantId, where), readIds, fresh);
      return [...(ids.get(where.number) ?? [])];
    },
    add: (tenantId, where, id) => registers.change(key(tenantId, where), (ids) => put(ids, where.number, id)),
    preselectedPriceList: (tenantId, read) =>
      priceLists.get(tenantId, async () => (await read()).find((list) => list.preselected)?.code ?? null),
  };
}

function put(ids: Ids, number: string, id: string): void {
  const same = ids.get(number);
  if (same === undefined) ids.set(number, new Set([id]));
  else same.add(id);
}
