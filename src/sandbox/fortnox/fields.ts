import { exactly, type FieldRules, oneOf, readOnly, text } from './rules.ts';

/** What a new tenant has (fortnox.md 10). */
export const TERMS_OF_PAYMENT = ['0', '10', '15', '20', '30', 'AG', 'K', 'PF'] as const;
export const CURRENCIES = ['SEK', 'EUR', 'USD'] as const;
export const PRICE_LISTS = ['A', 'B'] as const;
/** The price list that new customers and articles' sales prices use. */
export const DEFAULT_PRICE_LIST = 'A';
/** Percents that need no setting up (fortnox.md 10). */
export const VAT_RATES = [0, 6, 12, 25] as const;

const delivery = ['PRINT', 'EMAIL', 'PRINTSERVICE'] as const;
const long = text(1024);

/** Every field of a customer with its limits (fortnox.md 11). */
export const CUSTOMER_FIELDS: FieldRules = {
  '@url': readOnly('string'),
  Active: { type: 'boolean' },
  Address1: { type: 'string', min: 1, max: 1024 },
  Address2: long,
  City: long,
  Comments: long,
  CostCenter: text(),
  Country: readOnly('string'),
  CountryCode: exactly(2),
  Currency: oneOf(CURRENCIES),
  CustomerNumber: { type: 'string', min: 1, max: 1024 },
  DefaultDeliveryTypes: { type: 'texts', names: ['Invoice', 'Offer', 'Order'], values: delivery },
  DefaultTemplates: { type: 'texts', names: ['CashInvoice', 'Invoice', 'Offer', 'Order'] },
  DeliveryAddress1: long,
  DeliveryAddress2: long,
  DeliveryCity: long,
  DeliveryCountry: readOnly('string'),
  DeliveryCountryCode: exactly(2),
  DeliveryFax: long,
  DeliveryName: long,
  DeliveryPhone1: long,
  DeliveryPhone2: long,
  DeliveryZipCode: text(10),
  Email: long,
  EmailInvoice: long,
  EmailInvoiceBCC: long,
  EmailInvoiceCC: long,
  EmailOffer: long,
  EmailOfferBCC: long,
  EmailOfferCC: long,
  EmailOrder: long,
  EmailOrderBCC: long,
  EmailOrderCC: long,
  ExternalReference: long,
  Fax: long,
  GLN: exactly(13),
  GLNDelivery: exactly(13),
  InvoiceAdministrationFee: text(),
  InvoiceDiscount: { type: 'number' },
  InvoiceFreight: text(),
  InvoiceRemark: long,
  Name: { type: 'string', min: 1, max: 1024 },
  OrganisationNumber: text(30),
  OurReference: text(50),
  Phone1: long,
  Phone2: long,
  PriceList: text(),
  Project: text(),
  SalesAccount: exactly(4),
  ShowPriceVATIncluded: { type: 'boolean' },
  TermsOfDelivery: text(),
  TermsOfPayment: oneOf(TERMS_OF_PAYMENT),
  Type: { type: 'string', values: ['PRIVATE', 'COMPANY'] },
  VATNumber: text(),
  VATType: { type: 'string', values: ['SEVAT', 'SEREVERSEDVAT', 'EUREVERSEDVAT', 'EUVAT', 'EXPORT'] },
  VisitingAddress: text(128),
  VisitingCity: text(128),
  VisitingCountry: readOnly('string'),
  VisitingCountryCode: exactly(2),
  VisitingZipCode: text(10),
  WWW: text(128),
  WayOfDelivery: text(),
  YourReference: text(50),
  ZipCode: text(10),
};

/** Code fields and the read-only names that Fortnox derives from them. */
export const COUNTRY_NAMES = {
  CountryCode: 'Country',
  DeliveryCountryCode: 'DeliveryCountry',
  VisitingCountryCode: 'VisitingCountry',
} as const;
