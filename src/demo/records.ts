import type { Delivery, Item, Line, Organisation } from '../sandbox/webcrm/index.ts';
import type { FortnoxCustomer, FortnoxDocument } from '../vendors/fortnox/types.ts';
import type { CallCount } from './summary.ts';
import type { Tour } from './tour.ts';

type Watcher = Pick<Tour, 'control'>;

/** All records of a kind as the stand-ins hold them. */
export const organisations = ({ control }: Watcher): Promise<Organisation[]> =>
  control.get('/control/webcrm/organisations');
export const deliveries = ({ control }: Watcher): Promise<Delivery[]> => control.get('/control/webcrm/deliveries');
export const items = ({ control }: Watcher): Promise<Item[]> => control.get('/control/webcrm/items');
export const customers = ({ control }: Watcher): Promise<FortnoxCustomer[]> =>
  control.get('/control/fortnox/customers');
export const orders = ({ control }: Watcher): Promise<FortnoxDocument[]> => control.get('/control/fortnox/orders');
export const invoices = ({ control }: Watcher): Promise<FortnoxDocument[]> => control.get('/control/fortnox/invoices');

/** One record; raises an Error when there is none. */
export const organisation = ({ control }: Watcher, id: number): Promise<Organisation> =>
  control.get(`/control/webcrm/organisations/${id}`);
export const delivery = ({ control }: Watcher, id: number): Promise<Delivery> =>
  control.get(`/control/webcrm/deliveries/${id}`);
export const customer = ({ control }: Watcher, number: string): Promise<FortnoxCustomer> =>
  control.get(`/control/fortnox/customers/${number}`);
export const order = ({ control }: Watcher, number: string): Promise<FortnoxDocument> =>
  control.get(`/control/fortnox/orders/${number}`);
export const invoice = ({ control }: Watcher, number: string): Promise<FortnoxDocument> =>
  control.get(`/control/fortnox/invoices/${number}`);

/** The lines of a delivery in their order. */
export async function linesOf({ control }: Watcher, deliveryId: number): Promise<Line[]> {
  const all = await control.get<Line[]>('/control/webcrm/lines');
  return all.filter((line) => line.QuotationLineOpportunityId === deliveryId);
}

export type Counts = CallCount & { readonly byRoute: Readonly<Record<string, number>> };

/** Calls that each stand-in has counted since the start. */
export async function counts({ control }: Watcher): Promise<{ webcrm: Counts; fortnox: Counts }> {
  const [webcrm, fortnox] = await Promise.all([
    control.get<Counts>('/control/webcrm/counts'),
    control.get<Counts>('/control/fortnox/counts'),
  ]);
  return { webcrm, fortnox };
}
