import type { Organisation } from '../sandbox/webcrm/index.ts';
import type { FortnoxCustomer } from '../vendors/fortnox/types.ts';
import type { CallCount } from './summary.ts';
import type { Tour } from './tour.ts';

type Watcher = Pick<Tour, 'control'>;

/** All organisations as webCRM's stand-in holds them. */
export const organisations = ({ control }: Watcher): Promise<Organisation[]> => control.get('/control/webcrm/records');

/** All customers as Fortnox's stand-in holds them. */
export const customers = ({ control }: Watcher): Promise<FortnoxCustomer[]> => control.get('/control/fortnox/records');

export async function organisation(tour: Watcher, id: number): Promise<Organisation> {
  const found = (await organisations(tour)).find((row) => row.OrganisationId === id);
  if (!found) throw new Error(`Organisation ${id} is not in webCRM.`);
  return found;
}

export async function customer(tour: Watcher, number: string): Promise<FortnoxCustomer> {
  const found = (await customers(tour)).find((row) => row.CustomerNumber === number);
  if (!found) throw new Error(`Customer ${number} is not in Fortnox.`);
  return found;
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
