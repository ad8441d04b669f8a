import t from 'tap';
import { DEFAULT_SETTINGS } from '../../schemas/settings.ts';
import { sharedFields } from './fields.ts';
import { type Ending, judge } from './judge.ts';

const settings = {
  ...DEFAULT_SETTINGS,
  documents: { ...DEFAULT_SETTINGS.documents, currencies: [{ webcrm: '00', fortnox: 'SEK' }] },
};
const NOON = Date.parse('2026-01-05T12:00:00Z');
const END = NOON + 3_600_000;
const customer = { at: NOON, isNew: true, fields: ['name', 'kind'], writesBefore: 0 };
const pair = { entity: 'delivery', fortnoxKind: 'order', state: 'linked', reason: null, webcrmId: '7', fortnoxId: '3' };
const line = {
  QuotationLineId: 50,
  QuotationLineData1: 'A-1',
  QuotationLineData2: 'Bräda',
  QuotationLineQuantity: 2,
  QuotationLineListPrice: 12.5,
  QuotationLineVatPercentage: 25,
};
const row = {
  RowId: 9,
  ArticleNumber: 'A-1',
  Description: 'Bräda',
  OrderedQuantity: '2.00',
  DeliveredQuantity: '2.00',
  Price: 12.5,
  VAT: 25,
};
const order = {
  DocumentNumber: '3',
  CustomerNumber: '1',
  Cancelled: false,
  InvoiceReference: '0',
  OrderDate: '2026-01-05',
  OrderRows: [row],
};
const item = {
  QuotationLineLinkedDataItemId: 4,
  QuotationLineLinkedDataItemData1: 'A-1',
  QuotationLineLinkedDataItemData2: 'Bräda',
  QuotationLineLinkedDataItemData3: '-',
  QuotationLineLinkedDataItemPrice: 12.5,
};
const delivery = {
  DeliveryId: 7,
  DeliveryOrganisationId: 2,
  DeliveryStatus: 'Planned',
  DeliveryNumber: '3',
  DeliveryOrderDate: '2026-01-05T12:00:00+01:00',
};
const post = {
  at: NOON + 60_000,
  method: 'POST',
  kind: 'order',
  number: '3',
  body: { ExternalInvoiceReference1: 'k1' },
};
const typed = { at: NOON, side: 'webcrm', record: 'delivery 7', column: 'QuotationLineListPrice', kind: 'price' };
const own = { row: '', ownToFortnox: false, replacedAt: null };
/** What people typed into the line that stands in both. */
const WRITTEN = [
  { ...typed, ...own, value: '12.5' },
  { ...typed, ...own, column: 'QuotationLineData2', kind: 'text', value: 'Bräda' },
];

/** A delivery of a linked customer that became order 3, in step. */
const good = {
  settings,
  fields: sharedFields(settings),
  edits: [
    { ...customer, side: 'webcrm', id: '2', typed: { OrganisationName: 'Ek AB', OrganisationType: 'Customer' } },
    { ...customer, side: 'fortnox', id: '1', typed: { Name: 'Ek AB', Type: 'COMPANY' } },
  ],
  twins: { webcrm: new Set(), fortnox: new Set() },
  writes: { webcrm: [], fortnox: [] },
  organisations: [
    { OrganisationId: 2, OrganisationName: 'Ek AB', OrganisationType: 'Customer', OrganisationCustom1: '1' },
  ],
  customers: [{ CustomerNumber: '1', Name: 'Ek AB', Type: 'COMPANY' }],
  removals: [],
  imported: false,
  typed: WRITTEN,
  deliveries: [delivery],
  lines: new Map([[7, [line]]]),
  documents: { order: [order], invoice: [] },
  born: [],
  moved: new Set(),
  numbered: new Map(),
  statuses: new Map([[7, new Set(['Planned'])]]),
  documentWrites: [post],
  deliveryWrites: [],
  lineWrites: [],
  itemWrites: [],
  articles: [{ ArticleNumber: 'A-1', Description: 'Bräda', Active: true }],
  prices: new Map([['A-1', 12.5]]),
  items: [item],
  itemEdits: [],
  pairs: [pair],
  activity: [],
  endedAt: END,
  gapMs: 1_000,
  quietMs: 420_000,
  settledMs: 600_000,
};
type Change = Partial<Record<keyof Ending, unknown>>;
const problemsOf = (change: Change) => judge({ ...good, ...change } as unknown as Ending).problems;
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

t.test(
  'the judge knows the trial of R3: what a person emptied is restored and put back at once, or it is lost',
  async (t) => {
    const phone = (at: number, value: string) => ({
      at,
      side: 'webcrm',
      method: 'PUT',
      id: '2',
      fields: { OrganisationTelephone: value },
    });
    const [organisation, partner] = good.edits;
    const emptied = {
      edits: [
        { ...organisation, typed: { ...organisation?.typed, OrganisationTelephone: '08-1' } },
        { ...partner, typed: { ...partner?.typed, Phone1: '08-1' } },
        { ...organisation, isNew: false, at: NOON + 60_000, fields: ['phone'], typed: { OrganisationTelephone: '' } },
      ],
    };
    const after = (...webcrm: unknown[]) =>
      problemsOf({ ...emptied, writes: { webcrm, fortnox: [] } }).filter((one) => one.includes('overwritten'));
    const restored = phone(NOON + 90_000, '08-1');
    t.match(after(restored), [/phone: "" was overwritten by "08-1" 30000 ms later/]);
    t.same(after(restored, phone(NOON + 90_900, '')), []);
    t.equal(after(restored, phone(NOON + 99_000, '')).length, 1, 'too late');
  },
);

t.test('R1 the judge takes what was typed and put back for no change, unless the service saw it', async (t) => {
  const [organisation, partner] = good.edits;
  const phone = (at: number, value: string) => ({
    ...partner,
    isNew: false,
    at: NOON + at,
    fields: ['phone'],
    typed: { Phone1: value },
  });
  const after = (backAt: number, sent: readonly unknown[] = []) =>
    problemsOf({
      edits: [
        { ...organisation, typed: { ...organisation?.typed, OrganisationTelephone: '08-1' } },
        { ...partner, typed: { ...partner?.typed, Phone1: '08-1' } },
        {
          ...organisation,
          isNew: false,
          at: NOON + 60_000,
          fields: ['phone'],
          typed: { OrganisationTelephone: '08-2' },
        },
        phone(70_000, '08-2'),
        phone(backAt, '08-1'),
      ],
      writes: {
        webcrm: sent,
        fortnox: [{ at: NOON + backAt + 50_000, side: 'fortnox', method: 'PUT', id: '1', fields: { Phone1: '08-2' } }],
      },
    }).filter((one) => one.includes('overwritten'));
  const lost = [/fortnox 1, phone: "08-1" was overwritten by "08-2" 50000 ms later/];
  t.same(after(75_000), [], 'both had typed it, and nobody compared');
  t.match(after(700_000), lost, 'they had been compared by then');
  const write = {
    at: NOON + 72_000,
    side: 'webcrm',
    method: 'PUT',
    id: '2',
    fields: { OrganisationTelephone: '08-2' },
  };
  t.match(after(75_000, [write]), lost, 'the service had carried it over');
});

t.test('the judge knows an organisation that was deleted with a typed number by the number that it had', async (t) => {
  const typedLater = { ...customer, isNew: false, side: 'webcrm', id: '5', writesBefore: 1 };
  const after = (across: string) =>
    problemsOf({
      customers: [...good.customers, { CustomerNumber: '8', Name: 'Lund AB', Type: 'COMPANY', Phone1: '08-2' }],
      edits: [
        ...good.edits,
        {
          ...customer,
          side: 'fortnox',
          id: '8',
          fields: ['name', 'kind', 'phone'],
          typed: { Name: 'Lund AB', Type: 'COMPANY', Phone1: '08-1' },
        },
        { ...typedLater, at: NOON + 200_000, fields: ['phone'], typed: { OrganisationTelephone: '08-2' } },
        { ...typedLater, at: NOON + 400_000, fields: ['customerNumber'], typed: { OrganisationCustom1: 'K1' } },
      ],
      writes: {
        webcrm: [
          {
            at: NOON + 20_000,
            side: 'webcrm',
            method: 'POST',
            id: '5',
            fields: {
              OrganisationName: 'Lund AB',
              OrganisationType: 'Customer',
              OrganisationTelephone: across,
              OrganisationCustom1: '8',
            },
          },
        ],
        fortnox: [{ at: NOON + 210_000, side: 'fortnox', method: 'PUT', id: '8', fields: { Phone1: '08-2' } }],
      },
      removals: [{ at: NOON + 405_000, side: 'webcrm', entity: 'customer', id: '5', number: 'K1' }],
    });
  t.same(after('08-1'), [], 'the value had reached it');
  t.match(after(''), [/fortnox 8, phone: "08-1" was overwritten by "08-2" 210000 ms later/], 'it had not');
});

t.test('R10 R24 only an import may make a customer of a Type that was taken away since it listed', async (t) => {
  const kind = { ...customer, isNew: false, side: 'webcrm', id: '2', fields: ['kind'] };
  const made = (after: { ms: number; method: string; imported: boolean }) =>
    problemsOf({
      imported: after.imported,
      edits: [
        ...good.edits,
        { ...kind, at: NOON + 1, typed: { OrganisationType: 'Prospect' } },
        { ...kind, at: NOON + 2_000_000, typed: { OrganisationType: 'Customer' } },
      ],
      documentWrites: [{ ...post, at: NOON + 2_000_001 }],
      writes: {
        webcrm: [],
        fortnox: [{ at: NOON + after.ms, side: 'fortnox', method: after.method, id: '1', fields: { Name: 'Ek AB' } }],
      },
    }).filter((problem) => problem.includes('of a Type'));
  t.same(made({ ms: 300_000, method: 'POST', imported: true }), []);
  const wrong = [/customer 1 was written while organisation 2 was of a Type/];
  t.match(made({ ms: 300_000, method: 'POST', imported: false }), wrong);
  t.match(made({ ms: 300_000, method: 'PUT', imported: true }), wrong, 'an update is none');
  t.match(made({ ms: 700_000, method: 'POST', imported: true }), wrong, 'the next poll had told');
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
