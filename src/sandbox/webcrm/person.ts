import type { Company } from './company.ts';
import type { Row } from './fields.ts';
import type { Records } from './records.ts';

type Fields = Record<string, unknown>;

/** What people do in webCRM's own screens: no call is counted, the hooks are called. All raise Error on fields that webCRM refuses and on an unknown id. */
export interface Person {
  createOrganisation(fields: Fields): number;
  editOrganisation(id: number, fields: Fields): void;
  deleteOrganisation(id: number): void;
  createDelivery(fields: Fields): number;
  editDelivery(id: number, fields: Fields): void;
  /** The delivery's lines go with it. */
  deleteDelivery(id: number): void;
  moveDelivery(id: number, organisationId: number): void;
  /** Behind the delivery's other lines unless a SortOrder is given. */
  createLine(deliveryId: number, fields: Fields): number;
  editLine(id: number, fields: Fields): void;
  deleteLine(id: number): void;
  /** Register fields that are left out hold '-'. */
  createItem(fields: Fields): number;
  editItem(id: number, fields: Fields): void;
  deleteItem(id: number): void;
}

export function createPerson(company: Company): Person {
  const known = (found: boolean, what: string, id: number): void => {
    if (!found) throw new Error(`${what} ${id} does not exist`);
  };
  const hands = <R extends Row>(records: Records<R>) => ({
    create: (fields: Fields) => records.create(fields, 'person'),
    edit: (id: number, fields: Fields) => known(records.edit(id, fields, 'person'), records.table.name, id),
    delete: (id: number) => known(records.delete(id, 'person'), records.table.name, id),
  });
  const organisation = hands(company.organisations);
  const delivery = hands(company.deliveries);
  const line = hands(company.lines);
  const item = hands(company.items);
  return {
    createOrganisation: organisation.create,
    editOrganisation: organisation.edit,
    deleteOrganisation: organisation.delete,
    createDelivery: delivery.create,
    editDelivery: delivery.edit,
    deleteDelivery: delivery.delete,
    moveDelivery: (id, organisationId) => known(company.move(id, organisationId, 'person'), 'Delivery', id),
    createLine: (deliveryId, fields) => line.create({ ...fields, QuotationLineOpportunityId: deliveryId }),
    editLine: line.edit,
    deleteLine: line.delete,
    createItem: item.create,
    editItem: item.edit,
    deleteItem: item.delete,
  };
}
