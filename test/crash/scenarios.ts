import { DEFAULT_SETTINGS, type Settings } from '../../schemas/settings.ts';
import type { Told } from './protocol.ts';
import type { Scenario } from './steps.ts';
import type { World } from './world.ts';

type Vendors = Pick<World, 'fortnox' | 'webcrm'>;
type Fields = Record<string, unknown>;

export interface Story {
  readonly settings: Partial<Settings>;
  /** What people did before; gives the records that are brought in step before anything is killed, in this order. */
  prepare(vendors: Vendors): readonly Told[];
  /** What people do then; gives the hints of it. */
  begin(vendors: Vendors): readonly Told[];
  /** What stands on both sides in the end: the number of documents of each kind, of deliveries, and their rows. */
  readonly end: {
    readonly orders: number;
    readonly invoices: number;
    readonly rows: readonly string[];
    /** Of webCRM's register; none when not given. */
    readonly items?: number;
  };
}

const settings: Partial<Settings> = {
  // At night it would take steps of its own.
  reconcile: { ...DEFAULT_SETTINGS.reconcile, hour: null },
  customFields: { customerNumber: 'OrganisationCustom1' },
  documents: { ...DEFAULT_SETTINGS.documents, quietSeconds: 0 },
  articles: { ...DEFAULT_SETTINGS.articles, follow: false },
};
const NAME = 'Kraschtest AB';
const webcrm = (entity: Told['entity'], id: number): Told => ({ entity, side: 'webcrm', id: String(id) });
const fortnox = (entity: Told['entity'], id: string): Told => ({ entity, side: 'fortnox', id });

const createOrganisation = (vendors: Vendors): number =>
  vendors.webcrm.person.createOrganisation({ OrganisationName: NAME, OrganisationType: 'Customer' });

/** A customer and four articles; the customer is to be linked first. */
function market(vendors: Vendors): readonly [Told] {
  for (const number of ['A1', 'A2', 'A3', 'A4']) {
    vendors.fortnox.person.createArticle({
      ArticleNumber: number,
      Description: `Artikel ${number}`,
      Unit: 'st',
      VAT: 25,
    });
  }
  return [webcrm('customer', createOrganisation(vendors))];
}

function createDelivery({ webcrm: crm }: Vendors, articles: readonly string[]): number {
  const id = crm.person.createDelivery({
    DeliveryOrganisationId: crm.organisations()[0]?.OrganisationId,
    DeliveryStatus: 'OnGoing',
    DeliveryDescription: 'Belysning',
    DeliveryOrderDate: '2026-03-02T09:00:00+01:00',
  });
  for (const article of articles) createLine(crm, id, article);
  return id;
}

const createLine = (crm: Vendors['webcrm'], delivery: number, article: string): number =>
  crm.person.createLine(delivery, {
    QuotationLineData1: article,
    QuotationLineData2: `Artikel ${article}`,
    QuotationLineQuantity: 2,
    QuotationLineListPrice: 100,
    QuotationLineVatPercentage: 25,
  });

const row = (article: string): Fields => ({
  ArticleNumber: article,
  OrderedQuantity: 2,
  DeliveredQuantity: 2,
  Price: 100,
});
const invoiceRow = ({ OrderedQuantity: _, ...fields }: Fields): Fields => fields;
const ROWS = ['A1', 'A2', 'A3'];
const shown = (article: string, price = 100) => `${article}|Artikel ${article}|2|${price}|25`;

export const STORIES: Readonly<Record<Scenario, Story>> = {
  customerToFortnox: {
    settings,
    prepare: () => [],
    begin: (vendors) => [webcrm('customer', createOrganisation(vendors))],
    end: { orders: 0, invoices: 0, rows: [] },
  },
  customerToWebcrm: {
    settings,
    prepare: () => [],
    begin: (vendors) => [fortnox('customer', vendors.fortnox.person.createCustomer({ Name: NAME, Type: 'COMPANY' }))],
    end: { orders: 0, invoices: 0, rows: [] },
  },
  /** The first call meets a 401, and the token that comes of it may be lost with the process. */
  tokenRenewed: {
    settings,
    prepare: () => [],
    begin: (vendors) => {
      vendors.fortnox.expireTokens();
      return [fortnox('customer', vendors.fortnox.person.createCustomer({ Name: NAME, Type: 'COMPANY' }))];
    },
    end: { orders: 0, invoices: 0, rows: [] },
  },
  articleToWebcrm: {
    settings: { ...settings, articles: { ...DEFAULT_SETTINGS.articles, follow: true } },
    prepare: () => [],
    begin: ({ fortnox: books }) => {
      books.person.createArticle({ ArticleNumber: 'A1', Description: 'Artikel A1', Unit: 'st', VAT: 25 });
      return [fortnox('article', 'A1')];
    },
    end: { orders: 0, invoices: 0, rows: [], items: 1 },
  },
  deliveryToOrder: {
    settings,
    prepare: market,
    begin: (vendors) => [webcrm('delivery', createDelivery(vendors, ROWS))],
    end: { orders: 1, invoices: 0, rows: ROWS.map((article) => shown(article)) },
  },
  orderToDelivery: {
    settings,
    prepare: market,
    begin: ({ fortnox: books }) => {
      const CustomerNumber = books.customers()[0]?.CustomerNumber;
      return [fortnox('order', books.person.createOrder({ CustomerNumber, OrderRows: ROWS.map(row) }))];
    },
    end: { orders: 1, invoices: 0, rows: ROWS.map((article) => shown(article)) },
  },
  invoiceToDelivery: {
    settings: { ...settings, documentMode: 'invoice' },
    prepare: market,
    begin: ({ fortnox: books }) => {
      const CustomerNumber = books.customers()[0]?.CustomerNumber;
      const InvoiceRows = ROWS.map((article) => invoiceRow(row(article)));
      return [fortnox('invoice', books.person.createInvoice({ CustomerNumber, InvoiceRows }))];
    },
    end: { orders: 0, invoices: 1, rows: ROWS.map((article) => shown(article)) },
  },
  rowsOfBoth: {
    settings,
    prepare: (vendors) => {
      const first = market(vendors);
      return [...first, webcrm('delivery', createDelivery(vendors, ['A1', 'A2']))];
    },
    begin: ({ fortnox: books, webcrm: crm }) => {
      const [order] = books.orders();
      const [delivery] = crm.deliveries();
      const present = (order?.OrderRows ?? []) as readonly Fields[];
      books.person.editOrder(String(order?.DocumentNumber), {
        OrderRows: [...present.map(({ RowId }, at) => (at === 0 ? { RowId, Price: 120 } : { RowId })), row('A4')],
      });
      createLine(crm, Number(delivery?.DeliveryId), 'A3');
      return [webcrm('delivery', Number(delivery?.DeliveryId))];
    },
    end: { orders: 1, invoices: 0, rows: [shown('A1', 120), shown('A2'), shown('A3'), shown('A4')] },
  },
};

/** Hints of every record that there is: what both vendors may tell of our own writes, and of the change itself again. */
export const everything = ({ fortnox: books, webcrm: crm }: Vendors): readonly Told[] => [
  ...crm.organisations().map(({ OrganisationId }) => webcrm('customer', Number(OrganisationId))),
  ...books.customers().map(({ CustomerNumber }) => fortnox('customer', CustomerNumber)),
  ...books.orders().map(({ DocumentNumber }) => fortnox('order', DocumentNumber)),
  ...books.invoices().map(({ DocumentNumber }) => fortnox('invoice', DocumentNumber)),
  ...crm.deliveries().map(({ DeliveryId }) => webcrm('delivery', Number(DeliveryId))),
  ...books.articles().map(({ ArticleNumber }) => fortnox('article', ArticleNumber)),
];

/** The rows of a document and the lines of a delivery in one form: article, text, quantity, price, VAT. */
export const rowsOf = (document: Fields): readonly string[] =>
  ((document.OrderRows ?? document.InvoiceRows ?? []) as readonly Fields[]).map((one) =>
    [one.ArticleNumber, one.Description, one.OrderedQuantity ?? one.DeliveredQuantity, one.Price, one.VAT].join('|'),
  );
export const linesOf = ({ webcrm: crm }: Vendors, delivery: number): readonly string[] =>
  crm
    .lines(delivery)
    .map((one) =>
      [
        one.QuotationLineData1,
        one.QuotationLineData2,
        one.QuotationLineQuantity,
        one.QuotationLineListPrice,
        one.QuotationLineVatPercentage,
      ].join('|'),
    );
