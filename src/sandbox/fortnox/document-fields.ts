import { CURRENCIES, DEFAULT_PRICE_LIST, PRICE_LISTS, TERMS_OF_PAYMENT } from './fields.ts';
import { type FieldRule, type FieldRules, oneOf, readOnly, text } from './rules.ts';

export type DocumentKind = 'order' | 'invoice';

const long = text(1024);
const number: FieldRule = { type: 'number' };
const date: FieldRule = { type: 'date' };
const boolean: FieldRule = { type: 'boolean' };
/** The text "0" means none (fortnox.md 3). */
const reference = readOnly('string', '0');
const emails = ['EmailAddressBCC', 'EmailAddressCC', 'EmailAddressFrom', 'EmailAddressTo', 'EmailBody', 'EmailSubject'];
const emailInformation: FieldRule = {
  type: 'texts',
  names: emails,
  initial: Object.fromEntries(emails.map((name) => [name, ''])),
};

/** Fields of the head that orders and invoices share (fortnox.md 11). */
const SHARED: FieldRules = {
  '@url': readOnly('string'),
  '@urlTaxReductionList': readOnly('string'),
  Address1: text(),
  Address2: text(),
  AdministrationFee: number,
  AdministrationFeeVAT: readOnly('number'),
  BasisTaxReduction: readOnly('number'),
  Cancelled: readOnly('boolean'),
  City: text(),
  Comments: long,
  ContributionPercent: readOnly('number'),
  ContributionValue: readOnly('number'),
  CostCenter: text(),
  Country: text(),
  Currency: oneOf(CURRENCIES, 'SEK'),
  CurrencyRate: { type: 'number', initial: 1 },
  CurrencyUnit: { type: 'integer', initial: 1 },
  CustomerName: text(),
  CustomerNumber: text(),
  DeliveryAddress1: text(),
  DeliveryAddress2: text(),
  DeliveryCity: text(),
  DeliveryCountry: text(),
  DeliveryDate: date,
  DeliveryName: text(),
  DeliveryZipCode: text(),
  DocumentNumber: text(),
  EmailInformation: emailInformation,
  Freight: number,
  FreightVAT: readOnly('number'),
  Gross: readOnly('number'),
  HouseWork: readOnly('boolean'),
  Labels: { type: 'labels' },
  Net: readOnly('number'),
  NotCompleted: boolean,
  OfferReference: reference,
  OrganisationNumber: readOnly('string'),
  OurReference: text(50),
  OutboundDate: date,
  Phone1: text(),
  Phone2: text(),
  PriceList: oneOf(PRICE_LISTS, DEFAULT_PRICE_LIST),
  Project: text(),
  Remarks: long,
  RoundOff: readOnly('number'),
  Sent: readOnly('boolean'),
  TaxReductionType: oneOf(['none', 'rot', 'rut', 'green'], 'none'),
  TermsOfDelivery: text(),
  TermsOfPayment: oneOf(TERMS_OF_PAYMENT, '30'),
  TimeBasisReference: readOnly('integer', 0),
  Total: readOnly('number'),
  TotalToPay: readOnly('number'),
  TotalVAT: readOnly('number'),
  VATIncluded: boolean,
  WarehouseReady: readOnly('boolean'),
  WayOfDelivery: text(),
  YourOrderNumber: text(75),
  YourReference: text(50),
  ZipCode: text(),
};

const ORDER: FieldRules = {
  ...SHARED,
  CopyRemarks: boolean,
  DeliveryState: oneOf(['registration', 'reservation', 'delivery'], 'delivery'),
  ExternalInvoiceReference1: text(),
  ExternalInvoiceReference2: text(),
  InvoiceReference: reference,
  Language: oneOf(['SV', 'EN'], 'SV'),
  OrderDate: date,
  OrderRows: { type: 'rows' },
  OrderType: readOnly('string', 'Order'),
  PrintTemplate: { type: 'string', initial: 'oc' },
  StockPointCode: text(),
  StockPointId: text(),
  TaxReduction: readOnly('number'),
};

const INVOICE_ADDRESSES = ['City', 'ZipCode', 'DeliveryAddress1', 'DeliveryAddress2', 'DeliveryCity', 'DeliveryName'];
const INVOICE: FieldRules = {
  ...SHARED,
  ...Object.fromEntries([...INVOICE_ADDRESSES, 'DeliveryZipCode', 'Phone1', 'Phone2'].map((name) => [name, long])),
  AccountingMethod: readOnly('string', 'ACCRUAL'),
  Balance: readOnly('number'),
  Booked: readOnly('boolean'),
  ContractReference: readOnly('integer', 0),
  Credit: readOnly('string', 'false'),
  CreditInvoiceReference: reference,
  DueDate: date,
  EDIInformation: {
    type: 'texts',
    names: [
      'EDIGlobalLocationNumber',
      'EDIGlobalLocationNumberDelivery',
      'EDIInvoiceExtra1',
      'EDIInvoiceExtra2',
      'EDIOurElectronicReference',
      'EDIStatus',
      'EDIYourElectronicReference',
    ],
  },
  EUQuarterlyReport: boolean,
  ExternalInvoiceReference1: text(80),
  ExternalInvoiceReference2: text(80),
  FinalPayDate: readOnly('date'),
  InvoiceDate: date,
  InvoicePeriodEnd: readOnly('date', ''),
  InvoicePeriodReference: readOnly('string'),
  InvoicePeriodStart: readOnly('date', ''),
  InvoiceRows: { type: 'rows' },
  InvoiceType: oneOf(['INVOICE', 'AGREEMENTINVOICE', 'INTRESTINVOICE', 'SUMMARYINVOICE', 'CASHINVOICE'], 'INVOICE'),
  Language: oneOf(['SV', 'EN'], 'SV'),
  LastRemindDate: readOnly('date'),
  NoxFinans: readOnly('boolean'),
  OCR: text(),
  OrderReference: reference,
  PaymentWay: oneOf(['CASH', 'CARD', 'AG']),
  PrintTemplate: { type: 'string', initial: 'st' },
  Reminders: readOnly('integer', 0),
  TaxReduction: readOnly('integer', 0),
  VoucherNumber: readOnly('integer'),
  VoucherSeries: readOnly('string', null),
  VoucherYear: readOnly('integer'),
};

export const DOCUMENT_FIELDS: Readonly<Record<DocumentKind, FieldRules>> = { order: ORDER, invoice: INVOICE };

/** What a document copies from its customer when it is made (fortnox.md 10); later changes do not flow back. */
export const FROM_CUSTOMER: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      'Address1',
      'Address2',
      'City',
      'CostCenter',
      'Country',
      'Currency',
      'DeliveryAddress1',
      'DeliveryAddress2',
      'DeliveryCity',
      'DeliveryCountry',
      'DeliveryName',
      'DeliveryZipCode',
      'OrganisationNumber',
      'OurReference',
      'Phone1',
      'Phone2',
      'PriceList',
      'Project',
      'TermsOfDelivery',
      'TermsOfPayment',
      'WayOfDelivery',
      'YourReference',
      'ZipCode',
    ].map((name) => [name, name]),
  ),
  CustomerName: 'Name',
  VATIncluded: 'ShowPriceVATIncluded',
};
