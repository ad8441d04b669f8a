import { PRIORITY } from '../../schemas/records.ts';
import type { FortnoxSandbox } from '../../src/sandbox/fortnox/index.ts';
import type { WebcrmSandbox } from '../../src/sandbox/webcrm/index.ts';
import type { FortnoxClient } from '../../src/vendors/fortnox/types.ts';
import type { WebcrmClient } from '../../src/vendors/webcrm/types.ts';

const P = PRIORITY.notification;
const page = async () => {};
/** The ids that both sandboxes begin with, each kind in a range of its own. */
const DELIVERY = '2001';
const LINE = '50001';
const ITEM = '700001';

export interface Vendors {
  readonly fortnox: FortnoxSandbox;
  readonly webcrm: WebcrmSandbox;
}
/** One call of a client. `tag` marks what it writes, so that it can be counted. */
export interface Call<C> {
  run(client: C, tag: string): Promise<unknown>;
  /** What a person makes before, for this call alone; given to `run` as the tag. */
  prepare?(vendors: Vendors): string;
  /** How many records bear the tag: of what is made, at most one may. */
  made?(vendors: Vendors, tag: string): number;
  /** A 404 or an empty list is an answer here, not an error. */
  readonly tolerates?: readonly string[];
}
type Calls<C> = { readonly [Name in keyof C]: Call<C> };

const named = (records: readonly object[], field: string, tag: string): number =>
  records.filter((record) => (record as Record<string, unknown>)[field] === tag).length;

/** What both companies hold before. */
export function furnish({ fortnox, webcrm }: Vendors): void {
  fortnox.person.createArticle({ ArticleNumber: 'A1', Description: 'Lampa', Unit: 'st', VAT: 25 });
  fortnox.person.setPrice('A1', 100);
  const CustomerNumber = fortnox.person.createCustomer({ Name: 'Lyktan AB', Type: 'COMPANY' });
  fortnox.person.createOrder({ CustomerNumber, ExternalInvoiceReference1: 'wcf-1' });
  const organisation = webcrm.person.createOrganisation({
    OrganisationName: 'Lyktan AB',
    OrganisationType: 'Customer',
  });
  const delivery = webcrm.person.createDelivery({ DeliveryOrganisationId: organisation, DeliveryErpId: 'order-1' });
  webcrm.person.createLine(delivery, { QuotationLineData1: 'A1', QuotationLineQuantity: 1 });
  webcrm.person.createItem({ QuotationLineLinkedDataItemData1: 'A1' });
}

/** Every call of the Fortnox client, on what `furnish` made: a new method that is not here does not compile. */
export const FORTNOX_CALLS: Calls<FortnoxClient> = {
  getArticle: { run: (client) => client.getArticle('A1', P) },
  listArticles: { run: (client) => client.listArticles(null, P, async () => true) },
  getPrice: { run: (client) => client.getPrice('A', 'A1', P), tolerates: ['404'] },
  listPrices: { run: (client) => client.listPrices('A', P) },
  priceLists: { run: (client) => client.priceLists(P) },
  getDocument: { run: (client) => client.getDocument('order', '1', P) },
  createDocument: {
    run: (client, tag) =>
      client.createDocument('order', { fields: { CustomerNumber: '1', ExternalInvoiceReference1: tag } }, P),
    made: ({ fortnox }, tag) => named(fortnox.orders(), 'ExternalInvoiceReference1', tag),
  },
  updateDocument: {
    run: (client, tag) => client.updateDocument('order', '1', { fields: { Remarks: tag } }, P),
  },
  findDocuments: { run: (client) => client.findDocuments('order', 'externalinvoicereference1', 'wcf-1', P) },
  listDocuments: { run: (client) => client.listDocuments('order', null, P, page) },
  getCustomer: { run: (client) => client.getCustomer('1', P) },
  createCustomer: {
    run: (client, tag) => client.createCustomer({ Name: tag, Type: 'COMPANY' }, P),
    made: ({ fortnox }, tag) => named(fortnox.customers(), 'Name', tag),
  },
  updateCustomer: { run: (client, tag) => client.updateCustomer('1', { Phone1: tag }, P) },
  searchCustomers: { run: (client) => client.searchCustomers('name', 'Lyktan AB', P) },
  customersHolding: { run: (client) => client.customersHolding('name', 'Lyktan', P, () => true) },
  changedCustomers: { run: (client) => client.changedCustomers(Date.UTC(2026, 0, 1), P) },
  listCustomers: { run: (client) => client.listCustomers(null, P, page) },
  companyInformation: { run: (client) => client.companyInformation(P) },
  termsOfPayment: { run: (client) => client.termsOfPayment(P) },
  currencies: { run: (client) => client.currencies(P) },
  probeDocuments: { run: (client) => client.probeDocuments('order', P) },
};

/** The same of webCRM's. */
export const WEBCRM_CALLS: Calls<WebcrmClient> = {
  getOrganisation: { run: (client) => client.getOrganisation('1', P) },
  createOrganisation: {
    run: (client, tag) => client.createOrganisation({ OrganisationName: tag, OrganisationType: 'Customer' }, P),
    made: ({ webcrm }, tag) => named(webcrm.organisations(), 'OrganisationName', tag),
  },
  updateOrganisation: { run: (client, tag) => client.updateOrganisation('1', { OrganisationTelephone: tag }, P) },
  findOrganisations: { run: (client) => client.findOrganisations('OrganisationName', 'Lyktan AB', P) },
  findOrganisationsByAny: {
    run: (client) => client.findOrganisationsByAny([{ field: 'OrganisationName', value: 'Lyktan AB' }], P),
  },
  listOrganisations: { run: (client) => client.listOrganisations(null, 0, P, page) },
  organisationFields: { run: (client) => client.organisationFields(P) },
  deliveryFields: { run: (client) => client.deliveryFields(P) },
  lineFields: { run: (client) => client.lineFields(P) },
  getDelivery: { run: (client) => client.getDelivery(DELIVERY, P) },
  createDelivery: {
    run: (client, tag) => client.createDelivery({ DeliveryOrganisationId: 1, DeliveryErpId: tag }, P),
    made: ({ webcrm }, tag) => named(webcrm.deliveries(), 'DeliveryErpId', tag),
  },
  updateDelivery: { run: (client, tag) => client.updateDelivery(DELIVERY, { DeliveryMemo: tag }, P) },
  findDeliveriesByNumber: { run: (client) => client.findDeliveriesByNumber('DeliveryNumber', '1', P) },
  findDeliveriesByErpId: { run: (client) => client.findDeliveriesByErpId('order-1', P) },
  deliveriesOf: { run: (client) => client.deliveriesOf('1', P) },
  listDeliveries: { run: (client) => client.listDeliveries(null, P, page) },
  listWholeDeliveries: { run: (client) => client.listWholeDeliveries(P, page) },
  linesOf: { run: (client) => client.linesOf(DELIVERY, P) },
  getLine: { run: (client) => client.getLine(LINE, P) },
  createLine: {
    run: (client, tag) => client.createLine(DELIVERY, { QuotationLineData2: tag, QuotationLineQuantity: '1' }, P),
    made: ({ webcrm }, tag) => named(webcrm.lines(Number(DELIVERY)), 'QuotationLineData2', tag),
  },
  updateLine: { run: (client, tag) => client.updateLine(LINE, { QuotationLineData2: tag }, P) },
  deleteLine: {
    prepare: ({ webcrm }) => String(webcrm.person.createLine(Number(DELIVERY), { QuotationLineData1: 'A1' })),
    run: (client, tag) => client.deleteLine(tag, P),
    made: ({ webcrm }, tag) => named(webcrm.lines(Number(DELIVERY)), 'QuotationLineId', tag),
  },
  listChangedLines: { run: (client) => client.listChangedLines(0, P, page) },
  listLines: { run: (client) => client.listLines(P, page) },
  probeLineQuery: { run: (client) => client.probeLineQuery(P), tolerates: ['400'] },
  listItems: { run: (client) => client.listItems(P) },
  getItem: { run: (client) => client.getItem(ITEM, P) },
  createItem: {
    run: (client, tag) => client.createItem({ QuotationLineLinkedDataItemData2: tag }, P),
    made: ({ webcrm }, tag) => named(webcrm.items(), 'QuotationLineLinkedDataItemData2', tag),
  },
  updateItem: { run: (client, tag) => client.updateItem(ITEM, { QuotationLineLinkedDataItemData2: tag }, P) },
  deleteItem: {
    prepare: ({ webcrm }) => String(webcrm.person.createItem({ QuotationLineLinkedDataItemData1: 'A1' })),
    run: (client, tag) => client.deleteItem(tag, P),
    made: ({ webcrm }, tag) => named(webcrm.items(), 'QuotationLineLinkedDataItemId', tag),
  },
  linkedSetup: { run: (client) => client.linkedSetup(P) },
  listHooks: { run: (client) => client.listHooks('Organisations', P) },
  createHook: {
    run: (client, tag) => client.createHook('Organisations', 'Update', `https://sync.invalid/${tag}`, P),
    made: ({ webcrm }, tag) => named(webcrm.hooks(), 'TargetUrl', `https://sync.invalid/${tag}`),
  },
  deleteHook: { run: (client) => client.deleteHook('Organisations', '999', P), tolerates: ['404'] },
};
