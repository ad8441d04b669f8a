import { field, isRecord } from '../http.ts';
import { rowsOf, unreadable, type WebcrmCalls } from './calls.ts';
import { withNumbers } from './numbers.ts';
import { createRecords } from './records.ts';
import type { WebcrmClient, WebcrmItem } from './types.ts';

const PATH = '/QuotationLines/LinkedData';
const ID = 'QuotationLineLinkedDataItemId';
const SETUP = '/QuotationLines/LinkedSetup';
const USED = 'QuotationLineLinkedSetupUseLinkedField';
const FIELDS = [1, 2, 3, 4, 5, 6, 7, 8, 9];
/** webCRM keeps other registers under the same form (webcrm.md 8.5). */
const OF_PRODUCTS = { QuotationLineLinkedDataItemEntityType: 'Product' };

/** The product register of a system; promises stand in types.ts. */
export function createRegister(
  calls: WebcrmCalls,
): Pick<WebcrmClient, 'listItems' | 'getItem' | 'createItem' | 'updateItem' | 'deleteItem' | 'linkedSetup'> {
  const records = createRecords(calls, { path: PATH, idField: ID });
  return {
    listItems: async (priority) =>
      rowsOf<WebcrmItem>(await calls.succeed({ method: 'GET', path: PATH, route: PATH, priority }), PATH, ID),
    getItem: (id, priority) => records.get<WebcrmItem>(id, priority),
    createItem: async (fields, priority) => records.create({ ...withNumbers(fields), ...OF_PRODUCTS }, priority),
    updateItem: async (id, fields, priority) => records.update(id, withNumbers(fields), priority),
    deleteItem: records.remove,
    async linkedSetup(priority) {
      const { json } = await calls.succeed({ method: 'GET', path: SETUP, route: SETUP, priority });
      if (!isRecord(json)) throw unreadable(SETUP);
      const told = FIELDS.filter((n) => typeof field(json, `${USED}${n}`) === 'boolean');
      return { linkedFields: told.length === 0 ? null : told.filter((n) => field(json, `${USED}${n}`) === true) };
    },
  };
}
