import { ARTICLE_ROW_FIELDS } from './article-fields.ts';
import type { ListSpec } from './list.ts';

type Fields = Record<string, unknown>;

const pick = (names: readonly string[], fields: Fields): Fields =>
  Object.fromEntries(names.map((name) => [name, fields[name]]));
/** Search parameters and sort orders are the fields in lower case. */
const lower = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name.toLowerCase(), name]));
const activity: ListSpec['filters'] = {
  active: ({ Active }) => Active === true,
  inactive: ({ Active }) => Active !== true,
};

export const CUSTOMER_LIST: ListSpec = {
  key: 'Customers',
  searches: {
    ...lower(['CustomerNumber', 'Name', 'OrganisationNumber', 'ZipCode', 'City', 'Email', 'GLN', 'GLNDelivery']),
    phone: 'Phone1',
  },
  filters: activity,
  sorts: lower(['CustomerNumber', 'Name']),
  row: (fields) => ({
    ...pick(
      ['@url', 'Address1', 'Address2', 'City', 'CustomerNumber', 'Email', 'Name', 'OrganisationNumber', 'ZipCode'],
      fields,
    ),
    Phone: fields.Phone1,
  }),
};

export const ARTICLE_LIST: ListSpec = {
  key: 'Articles',
  searches: lower([
    'ArticleNumber',
    'Description',
    'EAN',
    'SupplierNumber',
    'Manufacturer',
    'ManufacturerArticleNumber',
  ]),
  filters: activity,
  sorts: lower(['ArticleNumber', 'QuantityInStock', 'ReservedQuantity', 'StockValue']),
  row: (fields) => ({
    ...pick(ARTICLE_ROW_FIELDS.plain, fields),
    ...Object.fromEntries(ARTICLE_ROW_FIELDS.texts.map((name) => [name, String(fields[name] ?? 0)])),
  }),
};

const REFERENCES = ['ExternalInvoiceReference1', 'ExternalInvoiceReference2'];
const SHARED_SEARCHES = [
  'CustomerName',
  'CustomerNumber',
  'DocumentNumber',
  ...REFERENCES,
  'CostCenter',
  'Project',
  'Sent',
  'NotCompleted',
  'OurReference',
  'YourReference',
];
const SHARED_SORTS = ['CustomerName', 'CustomerNumber', 'DocumentNumber', 'Total'];
const invoiced = ({ InvoiceReference }: Fields) => InvoiceReference !== '0';
const unpaid = ({ FinalPayDate, Cancelled }: Fields) => FinalPayDate === null && Cancelled !== true;

export const ORDER_LIST: ListSpec = {
  key: 'Orders',
  searches: lower([...SHARED_SEARCHES, 'OrderType']),
  filters: {
    cancelled: ({ Cancelled }) => Cancelled === true,
    expired: ({ DeliveryDate }, today) =>
      typeof DeliveryDate === 'string' && DeliveryDate !== '' && DeliveryDate < today,
    invoicecreated: invoiced,
    invoicenotcreated: (fields) => !invoiced(fields),
  },
  sorts: lower([...SHARED_SORTS, 'OrderDate']),
  date: 'OrderDate',
  row: (fields) =>
    pick(
      [
        '@url',
        'Cancelled',
        'Currency',
        'CustomerName',
        'CustomerNumber',
        'DeliveryDate',
        'DocumentNumber',
        ...REFERENCES,
        'OrderDate',
        'OrderType',
        'Project',
        'Sent',
        'Total',
      ],
      fields,
    ),
};

export const INVOICE_LIST: ListSpec = {
  key: 'Invoices',
  searches: lower([...SHARED_SEARCHES, 'OCR', 'InvoiceType', 'Currency', 'YourOrderNumber', 'Credit']),
  filters: {
    cancelled: ({ Cancelled }) => Cancelled === true,
    fullypaid: ({ FinalPayDate }) => FinalPayDate !== null,
    unpaid,
    unpaidoverdue: (fields, today) => unpaid(fields) && String(fields.DueDate) < today,
    unbooked: ({ Booked, Cancelled }) => Booked !== true && Cancelled !== true,
  },
  sorts: lower([...SHARED_SORTS, 'InvoiceDate', 'OCR']),
  date: 'InvoiceDate',
  row: (fields) => ({
    ...pick(
      [
        '@url',
        'Balance',
        'Booked',
        'Cancelled',
        'CostCenter',
        'Currency',
        'CurrencyUnit',
        'CustomerName',
        'CustomerNumber',
        'DocumentNumber',
        'DueDate',
        ...REFERENCES,
        'FinalPayDate',
        'InvoiceDate',
        'InvoiceType',
        'NoxFinans',
        'OCR',
        'Project',
        'Sent',
        'TermsOfPayment',
        'Total',
        'VoucherNumber',
        'VoucherSeries',
        'VoucherYear',
        'WayOfDelivery',
      ],
      fields,
    ),
    CurrencyRate: String(fields.CurrencyRate),
  }),
};
