import { DEFAULT_SETTINGS } from '../../schemas/settings.ts';
import { sharedFields } from './fields.ts';
import { type Ending, judge } from './judge.ts';

export const settings = {
  ...DEFAULT_SETTINGS,
  documents: { ...DEFAULT_SETTINGS.documents, currencies: [{ webcrm: '00', fortnox: 'SEK' }] },
};
export const NOON = Date.parse('2026-01-05T12:00:00Z');
export const END = NOON + 3_600_000;
export const customer = { at: NOON, isNew: true, fields: ['name', 'kind'], writesBefore: 0 };
const pair = { entity: 'delivery', fortnoxKind: 'order', state: 'linked', reason: null, webcrmId: '7', fortnoxId: '3' };
export const line = {
  QuotationLineId: 50,
  QuotationLineData1: 'A-1',
  QuotationLineData2: 'Bräda',
  QuotationLineQuantity: 2,
  QuotationLineListPrice: 12.5,
  QuotationLineVatPercentage: 25,
};
export const row = {
  RowId: 9,
  ArticleNumber: 'A-1',
  Description: 'Bräda',
  OrderedQuantity: '2.00',
  DeliveredQuantity: '2.00',
  Price: 12.5,
  VAT: 25,
};
export const order = {
  DocumentNumber: '3',
  CustomerNumber: '1',
  Cancelled: false,
  InvoiceReference: '0',
  OrderDate: '2026-01-05',
  OrderRows: [row],
};
export const item = {
  QuotationLineLinkedDataItemId: 4,
  QuotationLineLinkedDataItemData1: 'A-1',
  QuotationLineLinkedDataItemData2: 'Bräda',
  QuotationLineLinkedDataItemData3: '-',
  QuotationLineLinkedDataItemPrice: 12.5,
};
export const delivery = {
  DeliveryId: 7,
  DeliveryOrganisationId: 2,
  DeliveryStatus: 'Planned',
  DeliveryNumber: '3',
  DeliveryOrderDate: '2026-01-05T12:00:00+01:00',
};
export const post = {
  at: NOON + 60_000,
  method: 'POST',
  kind: 'order',
  number: '3',
  body: { ExternalInvoiceReference1: 'k1' },
};
export const typed = {
  at: NOON,
  side: 'webcrm',
  record: 'delivery 7',
  column: 'QuotationLineListPrice',
  kind: 'price',
};
export const own = { row: '', ownToFortnox: false, replacedAt: null };
/** What people typed into the line that stands in both. */
export const WRITTEN = [
  { ...typed, ...own, value: '12.5' },
  { ...typed, ...own, column: 'QuotationLineData2', kind: 'text', value: 'Bräda' },
];

/** A delivery of a linked customer that became order 3, in step. */
export const good = {
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
/** What of the good ending is another. */
export type Change = Partial<Record<keyof Ending, unknown>>;
export const problemsOf = (change: Change) => judge({ ...good, ...change } as unknown as Ending).problems;
