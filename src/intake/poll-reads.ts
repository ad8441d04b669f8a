import type { Entity, Priority, Side, Tenant } from '../../schemas/records.ts';
import type { Store } from '../store/port.ts';
import { organisationIsEcho } from '../sync/customer/echo.ts';
import { customerMap } from '../sync/customer/map.ts';
import type { TenantConnection } from '../vendors/connections-types.ts';
import type { WebcrmOrganisation } from '../vendors/webcrm/types.ts';

const DAY_MS = 24 * 3_600_000;
const LOOKED_UP_AT_ONCE = 50;

interface ChangeList {
  /** What the ids that it gives belong to. */
  readonly gives: Entity;
  /**
   * Reads every page of what changed since `from` (ms); `serverDate` is the vendor's clock at the first page (R74). Where the
   * list holds whole records (organisations, webcrm.md 5), they are given beside their ids.
   */
  read(
    clients: Pick<TenantConnection, 'webcrm' | 'fortnox'>,
    from: number,
    now: number,
    priority: Priority,
    accept: (ids: readonly string[], organisations?: readonly WebcrmOrganisation[]) => Promise<void>,
  ): Promise<{ serverDate: number }>;
}

const documents = (kind: 'order' | 'invoice'): ChangeList => ({
  gives: kind,
  read: ({ fortnox }, from, _now, priority, accept) =>
    fortnox.listDocuments(kind, from, priority, (rows) => accept(rows.map((row) => row.DocumentNumber))),
});

/** How the changes of each entity are read. Articles have their own way (`article-poll.ts`). */
export const CHANGE_LISTS: Readonly<Record<Side, Readonly<Partial<Record<Entity, ChangeList>>>>> = {
  webcrm: {
    customer: {
      gives: 'customer',
      // A day ahead: an end at our own clock would cut off changes when it is behind the vendor's.
      read: ({ webcrm }, from, now, priority, accept) =>
        webcrm.listOrganisations(from, now + DAY_MS, priority, (rows) =>
          accept(
            rows.map((row) => String(row.OrganisationId)),
            rows,
          ),
        ),
    },
    delivery: {
      gives: 'delivery',
      read: ({ webcrm }, from, _now, priority, accept) => webcrm.listDeliveries(from, priority, (ids) => accept(ids)),
    },
    line: {
      gives: 'delivery',
      read: ({ webcrm }, from, _now, priority, accept) => webcrm.listChangedLines(from, priority, (ids) => accept(ids)),
    },
  },
  fortnox: {
    customer: {
      gives: 'customer',
      read: ({ fortnox }, from, _now, priority, accept) =>
        fortnox.listCustomers(from, priority, (rows) => accept(rows.map((row) => row.CustomerNumber))),
    },
    order: documents('order'),
    invoice: documents('invoice'),
  },
};

/**
 * Ids of the organisations that need a look: an echo, such as of an import's own writes, shows what its pair holds and would cost
 * a read each. An import that has listed one is told that it changed, as its job would tell.
 */
export async function withoutEchoes(
  store: Pick<Store, 'pairs' | 'listed'>,
  tenant: Tenant,
  organisations: readonly WebcrmOrganisation[],
): Promise<string[]> {
  const map = customerMap(tenant.settings);
  const idUnlessEcho = async (organisation: WebcrmOrganisation): Promise<string[]> => {
    const id = String(organisation.OrganisationId);
    const pair = await store.pairs.bySide(tenant.id, 'customer', 'webcrm', id);
    if (pair?.fortnoxId == null || !organisationIsEcho(tenant.settings, map, pair, organisation)) return [id];
    await store.listed.touch(tenant.id, 'customer', 'webcrm', id);
    return [];
  };
  const ids: string[] = [];
  for (let from = 0; from < organisations.length; from += LOOKED_UP_AT_ONCE) {
    const some = organisations.slice(from, from + LOOKED_UP_AT_ONCE);
    ids.push(...(await Promise.all(some.map(idUnlessEcho))).flat());
  }
  return ids;
}
