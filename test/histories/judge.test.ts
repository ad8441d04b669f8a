import t from 'tap';
import {
  type Change,
  customer,
  delivery,
  END,
  good,
  item,
  line,
  NOON,
  order,
  own,
  post,
  problemsOf,
  row,
  settings,
  typed,
  WRITTEN,
} from './judge-scene.ts';

const bornOrder = { at: NOON, kind: 'order', number: '3', orders: [], credits: null, withVat: false };
const second = { ...order, DocumentNumber: '4', OrderRows: [] };

const WRONG: readonly (readonly [string, Change, RegExp])[] = [
  ['D1: a due delivery without a document', { pairs: [], documentWrites: [] }, /delivery 7 has no document/],
  [
    'B1: a second document for one delivery',
    {
      documents: { order: [order, second], invoice: [] },
      documentWrites: [post, { ...post, number: '4', body: { ExternalInvoiceReference1: 'k2' } }],
    },
    /order 4, made by us, has no delivery/,
  ],
  ['B1: a key used twice', { documentWrites: [post, { ...post, number: '3' }] }, /key k1 was used for more than one/],
  [
    'R25: a document of a delivery that was never to be sent',
    { statuses: new Map([[7, new Set(['New'])]]) },
    /never had a status for it/,
  ],
  ['R42: a document born in Fortnox without a delivery', { born: [bornOrder], pairs: [] }, /born in Fortnox, has no/],
  [
    'R40: an order that has a delivery in invoice mode',
    {
      settings: { ...settings, documentMode: 'invoice' },
      born: [bornOrder],
    },
    /born in Fortnox, has a delivery/,
  ],
  ['D5: a row that differs', { lines: new Map([[7, [{ ...line, QuotationLineListPrice: 13 }]]]) }, /rows differ/],
  [
    'D5: a row too many',
    { lines: new Map([[7, [line, { ...line, QuotationLineId: 51 }]]]) },
    /2 lines in webCRM, 1 rows/,
  ],
  ['D6: a date that differs', { deliveries: [{ ...delivery, DeliveryOrderDate: '' }] }, /orderDate is ""/],
  ['D6: a number that is not shown', { deliveries: [{ ...delivery, DeliveryNumber: 'H1' }] }, /the number is "H1"/],
  [
    'C1: a document written for a Type that is not selected',
    {
      edits: [
        ...good.edits,
        {
          ...customer,
          isNew: false,
          side: 'webcrm',
          id: '2',
          fields: ['kind'],
          typed: { OrganisationType: 'Prospect' },
        },
      ],
    },
    /order 3 was written while organisation 2 was of a Type/,
  ],
  ['R2: an edit that was lost', { typed: [...WRITTEN, { ...typed, ...own, value: '99' }] }, /"99" was lost/],
  [
    'R2: a price that nobody typed',
    { lines: new Map([[7, [{ ...line, QuotationLineListPrice: 13 }]]]) },
    /row 1 of delivery 7: nobody typed the price 13/,
  ],
  [
    'R2: a text that nobody typed',
    { documents: { order: [{ ...order, OrderRows: [{ ...row, Description: 'Skruv' }] }], invoice: [] } },
    /row 1 of order 3: nobody typed the text "Skruv"/,
  ],
  [
    'R43: a row of which nothing is delivered, though nobody took it back',
    { documents: { order: [{ ...order, OrderRows: [{ ...row, DeliveredQuantity: '0' }] }], invoice: [] } },
    /row 1 of order 3: nothing of it is delivered/,
  ],
  ['A1: an article without an item', { items: [] }, /article A-1 has no item/],
  ['A1: two items of an article', { items: [item, item] }, /article A-1 has 2 items/],
  ['A2: another list price', { prices: new Map([['A-1', 14]]) }, /Price is "12.5", "14" in Fortnox/],
  ['B1: a write when all is quiet', { documentWrites: [{ ...post, at: END - 1 }] }, /after all was quiet/],
];

t.test('the judge finds nothing wrong in what is in step', async (t) => {
  t.same(problemsOf({}), [], 'values that people typed stand');
  const frozen = { order: [{ ...order, Cancelled: true, OrderRows: [] }], invoice: [] };
  t.same(problemsOf({ documents: frozen }), [], 'R41: a frozen document may differ');
  const sent = { ...post, at: NOON + 90_000, method: 'PUT', body: { OrderRows: [{ Price: 99 }] } };
  const passed = {
    typed: [...WRITTEN, { ...typed, ...own, value: '99' }],
    documentWrites: [post, sent],
  };
  t.same(problemsOf(passed), [], 'a value that had reached the other side');
});

for (const [name, change, wanted] of WRONG) {
  t.test(`${name}: the judge says so`, async (t) => {
    const problems = problemsOf(change);
    t.ok(
      problems.some((one) => wanted.test(one)),
      problems.join('; '),
    );
  });
}
