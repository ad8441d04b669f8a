import type { Priority } from '../../../schemas/records.ts';
import { field, sameText } from '../http.ts';
import { unreadable, type WebcrmCalls } from './calls.ts';
import { checkedId, idText } from './ids.ts';
import { deliveriesSince, queryList, recordsWhere } from './query.ts';
import { createRecords } from './records.ts';
import type { WebcrmClient, WebcrmDelivery } from './types.ts';

const PATH = '/Deliveries';
export const DELIVERIES = { path: PATH, idField: 'DeliveryId' } as const;
/** Nobody is responsible for a delivery that an integration makes (webcrm.md 8.3). */
const NOBODY = { DeliveryResponsible: 0, DeliveryAssignedTo: 0, DeliveryAssignedTo2: 0 };

type Deliveries = Pick<
  WebcrmClient,
  | 'getDelivery'
  | 'createDelivery'
  | 'updateDelivery'
  | 'findDeliveriesByErpId'
  | 'findDeliveriesByNumber'
  | 'deliveriesOf'
  | 'listDeliveries'
  | 'listWholeDeliveries'
>;

/** The deliveries of a system; promises stand in types.ts. */
export function createDeliveries(calls: WebcrmCalls): Deliveries {
  const records = createRecords(calls, DELIVERIES);
  const where = (by: string, value: string, priority: Priority) =>
    calls.all<WebcrmDelivery>(queryList(recordsWhere('Delivery', by, value), DELIVERIES.idField), priority);
  return {
    getDelivery: (id, priority) => records.get<WebcrmDelivery>(id, priority),
    createDelivery: (fields, priority) => records.create({ ...fields, ...NOBODY }, priority),
    updateDelivery: records.update,
    async findDeliveriesByErpId(erpId, priority) {
      // The empty text is what most deliveries have.
      if (erpId.trim() === '') return [];
      const rows = await where('DeliveryErpId', erpId, priority);
      // webCRM compares without regard to case (webcrm.md 5.1).
      return rows.filter((row) => row.DeliveryErpId === erpId);
    },
    async findDeliveriesByNumber(by, number, priority) {
      if (number.trim() === '') return [];
      const rows = await where(by, number, priority);
      return rows.filter((row) => sameText(row[by], number));
    },
    async deliveriesOf(organisationId, priority) {
      const path = `${PATH}/ByOrganisation/${checkedId(organisationId).segment}`;
      return calls.all<WebcrmDelivery>(
        { path, route: `${PATH}/ByOrganisation/{id}`, idField: DELIVERIES.idField },
        priority,
      );
    },
    listDeliveries(from, priority, onPage) {
      const list = from === null ? { path: PATH, route: PATH } : queryList(deliveriesSince(from));
      return calls.pages<object>(list, priority, (rows) => onPage(rows.map((row) => idOf(row, list.route))));
    },
    listWholeDeliveries: (priority, onPage) =>
      calls.pages<WebcrmDelivery>({ ...DELIVERIES, route: PATH }, priority, onPage),
  };
}

function idOf(row: object, route: string): string {
  const id = idText(field(row, 'DeliveryId'));
  if (id === null) throw unreadable(route);
  return id;
}
