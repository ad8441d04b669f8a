import { type Entity, PRIORITY, type Side } from '../../schemas/records.ts';
import type { TenantConnection } from '../vendors/connections-types.ts';

const DAY_MS = 24 * 3_600_000;

interface ChangeList {
  /** What the ids that it gives belong to. */
  readonly gives: Entity;
  /** Reads every page of what changed since `from` (ms); `serverDate` is the vendor's clock at the first page (R74). */
  read(
    clients: Pick<TenantConnection, 'webcrm' | 'fortnox'>,
    from: number,
    now: number,
    accept: (ids: readonly string[]) => Promise<void>,
  ): Promise<{ serverDate: number }>;
}

const documents = (kind: 'order' | 'invoice'): ChangeList => ({
  gives: kind,
  read: ({ fortnox }, from, _now, accept) =>
    fortnox.listDocuments(kind, from, PRIORITY.poll, (rows) => accept(rows.map((row) => row.DocumentNumber))),
});

/** How the changes of each entity are read. Articles have their own way (`article-poll.ts`). */
export const CHANGE_LISTS: Readonly<Record<Side, Readonly<Partial<Record<Entity, ChangeList>>>>> = {
  webcrm: {
    customer: {
      gives: 'customer',
      // A day ahead: an end at our own clock would cut off changes when it is behind the vendor's.
      read: ({ webcrm }, from, now, accept) =>
        webcrm.listOrganisations(from, now + DAY_MS, PRIORITY.poll, (rows) =>
          accept(rows.map((row) => String(row.OrganisationId))),
        ),
    },
    delivery: {
      gives: 'delivery',
      read: ({ webcrm }, from, _now, accept) => webcrm.listDeliveries(from, PRIORITY.poll, accept),
    },
    line: {
      gives: 'delivery',
      read: ({ webcrm }, from, _now, accept) => webcrm.listChangedLines(from, PRIORITY.poll, accept),
    },
  },
  fortnox: {
    customer: {
      gives: 'customer',
      read: ({ fortnox }, from, _now, accept) =>
        fortnox.listCustomers(from, PRIORITY.poll, (rows) => accept(rows.map((row) => row.CustomerNumber))),
    },
    order: documents('order'),
    invoice: documents('invoice'),
  },
};
