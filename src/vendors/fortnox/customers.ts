import type { Priority } from '../../../schemas/records.ts';
import { sameText, segment } from '../http.ts';
import { filled, marked } from './blank.ts';
import type { FortnoxCalls } from './calls.ts';
import { NOT_FOUND } from './errors.ts';
import { changedSince } from './stockholm-time.ts';
import type { FortnoxClient, FortnoxCustomer, FortnoxCustomerRow } from './types.ts';

const PATH = '/3/customers';
const ROUTE = '/3/customers/{number}';
const KEY = 'Customer';
const NUMBER = 'CustomerNumber';
const known = (number: string | null) => ({ key: KEY, numberField: NUMBER, number });
type SearchedField = Parameters<FortnoxClient['searchCustomers']>[0];
const SEARCHED: Record<SearchedField, keyof FortnoxCustomerRow & string> = {
  customernumber: 'CustomerNumber',
  name: 'Name',
  organisationnumber: 'OrganisationNumber',
};

type Customers = Pick<
  FortnoxClient,
  | 'getCustomer'
  | 'createCustomer'
  | 'updateCustomer'
  | 'searchCustomers'
  | 'customersHolding'
  | 'changedCustomers'
  | 'listCustomers'
>;

/** The customers of a company; promises stand in types.ts. */
export function createCustomers(calls: FortnoxCalls): Customers {
  const one = (number: string) => ({ path: `${PATH}/${segment(number)}`, route: ROUTE });
  const list = (query: Record<string, string>) => ({ path: PATH, key: 'Customers', numberField: NUMBER, query });
  const search = async (by: SearchedField, value: string, priority: Priority, isWanted: (text: unknown) => boolean) => {
    const wanted = value.trim();
    // An empty search matches every customer.
    if (wanted === '') return [];
    const found: FortnoxCustomerRow[] = [];
    await calls.pages<FortnoxCustomerRow>(list({ [by]: wanted }), priority, async (rows) => {
      found.push(...rows.filter((row) => isWanted(row[SEARCHED[by]])));
    });
    return found;
  };

  return {
    getCustomer: async (number, priority) =>
      calls.find<FortnoxCustomer>({ ...one(number), priority }, known(number), NOT_FOUND.customer),
    async createCustomer(fields, priority) {
      const call = { method: 'POST', path: PATH, route: PATH, priority, body: { [KEY]: filled(fields) } } as const;
      return calls.obtain<FortnoxCustomer>(call, known(null));
    },
    updateCustomer: async (number, fields, priority) =>
      calls.obtain<FortnoxCustomer>(
        { method: 'PUT', ...one(number), priority, body: { [KEY]: marked(fields) } },
        known(fields.CustomerNumber ?? number),
      ),
    searchCustomers: (by, value, priority) => search(by, value, priority, (text) => sameText(text, value.trim())),
    customersHolding: (by, part, priority, isWanted) => search(by, part, priority, isWanted),
    async changedCustomers(since, priority) {
      const changed: FortnoxCustomerRow[] = [];
      await calls.pages<FortnoxCustomerRow>(list(changedSince(since)), priority, async (rows) => {
        changed.push(...rows);
      });
      return changed;
    },
    listCustomers: (since, priority, onPage) => calls.pages(list(changedSince(since)), priority, onPage),
  };
}
