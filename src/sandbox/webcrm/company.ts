import { createDeliveryNumbers } from './delivery-numbers.ts';
import type { Row, Table, TableName, Value } from './fields.ts';
import { filledPrice } from './line-prices.ts';
import { type Change, createRecords, type Records, type RecordsDeps } from './records.ts';
import { Refusal } from './refusal.ts';
import type { WebcrmSwitches } from './switches.ts';
import { DELIVERIES, type Delivery } from './tables/delivery.ts';
import { ITEMS, type Item } from './tables/item.ts';
import { LINES, type Line } from './tables/line.ts';
import { ORGANISATIONS, type Organisation } from './tables/organisation.ts';

/** The records of one webCRM system and what ties them together. `changed` is told of each change, for the hooks. */
export function createCompany(deps: {
  now: () => number;
  switches: WebcrmSwitches;
  changed: (change: Change) => void;
}) {
  const { now, switches } = deps;
  let lastMoment = 0;
  const moment = (): number => {
    lastMoment += 1;
    return lastMoment;
  };

  function checkReferences(table: Table, fields: ReadonlyMap<string, Value>): void {
    for (const { field, to, required } of table.references) {
      const id = fields.get(field);
      if (id === undefined || (id === 0 && !required)) continue;
      byName[to].mustExist(Number(id), `${field}: ${to} ${id} does not exist`);
    }
  }
  function records<R extends Row>(
    table: Table,
    changed: (change: Change) => void,
    more: Pick<RecordsDeps, 'guard' | 'completes'> = {},
  ): Records<R> {
    const told = (change: Change): void => {
      changed(change);
      deps.changed(change);
    };
    return createRecords<R>({ table, now, moment, switches, checkReferences, changed: told, ...more });
  }

  function deliveryChanged({ event, id, row, author }: Change): void {
    if (event === 'Delete') {
      numbers.forget(id);
      lines.drop((line) => line.QuotationLineOpportunityId === id);
    } else numbers.note(id, String(row.DeliveryNumber ?? '').trim(), author);
  }
  function lineChanged({ before, row, author }: Change): void {
    if (!switches.lineEditsBumpDelivery) return;
    const owners = [before, row].map((one) => Number(one?.QuotationLineOpportunityId ?? 0));
    for (const id of new Set(owners)) deliveries.touch(id, author);
  }

  const organisations = records<Organisation>(ORGANISATIONS, () => {});
  const deliveries = records<Delivery>(DELIVERIES, deliveryChanged, {
    guard: (id, fields) => numbers.check(id, fields.get('DeliveryNumber')?.toString().trim()),
  });
  const numbers = createDeliveryNumbers({ moment, lastShown: deliveries.lastShown });
  const lines = records<Line>(LINES, lineChanged, {
    completes: (typed, before) => {
      const owner = typed.get('QuotationLineOpportunityId');
      const placed = before || typed.has('QuotationLineSortOrder') ? {} : { QuotationLineSortOrder: afterLast(owner) };
      return { ...placed, ...filledPrice(switches.linePrice, typed, before) };
    },
  });
  const items = records<Item>(ITEMS, () => {});
  const byName: Readonly<Record<TableName, Records>> = {
    Organisation: organisations,
    Delivery: deliveries,
    QuotationLine: lines,
    QuotationLineLinkedDataItem: items,
  };

  const linesOf = (id: number): Line[] => lines.list((row) => row.QuotationLineOpportunityId === id);
  /** Lines are numbered 10, 20, ... (webcrm.md 8.4). */
  const afterLast = (delivery: Value | undefined): number =>
    Math.max(0, ...linesOf(Number(delivery)).map((line) => Number(line.QuotationLineSortOrder))) + 10;

  return {
    organisations,
    deliveries,
    lines,
    items,
    byName,
    /** In order of id, as the API gives them. */
    linesOf,
    /** Empties the product register through the API. */
    wipeRegister(): void {
      for (const item of items.list()) items.delete(item.QuotationLineLinkedDataItemId, 'api');
    },
    /** Raises Refusal for an organisation that does not exist; false: no such delivery. */
    move(id: number, organisationId: unknown, author: Change['author']): boolean {
      if (typeof organisationId !== 'number') throw new Refusal('NewOrganisationId: is not an int32');
      return deliveries.edit(id, { DeliveryOrganisationId: organisationId }, author, false);
    },
    reset(): void {
      for (const one of Object.values(byName)) one.reset();
      numbers.reset();
    },
  };
}
export type Company = ReturnType<typeof createCompany>;
