interface FieldRule {
  readonly type: 'string' | 'boolean' | 'number' | 'texts';
  readonly min?: number;
  readonly max?: number;
  readonly values?: readonly string[];
  /** Of a `texts` field: the names it may hold. */
  readonly names?: readonly string[];
  readonly readOnly?: true;
}

const text = (max?: number): FieldRule => (max === undefined ? { type: 'string' } : { type: 'string', max });
const exactly = (length: number): FieldRule => ({ type: 'string', min: length, max: length });
const readOnly: FieldRule = { type: 'string', readOnly: true };
const delivery = ['PRINT', 'EMAIL', 'PRINTSERVICE'] as const;
const long = text(1024);

/** Every field of a customer with its limits (fortnox.md 11). */
export const CUSTOMER_FIELDS: Readonly<Record<string, FieldRule>> = {
  '@url': readOnly,
  Active: { type: 'boolean' },
  Address1: { type: 'string', min: 1, max: 1024 },
  Address2: long,
  City: long,
  Comments: long,
  CostCenter: text(),
  Country: readOnly,
  CountryCode: exactly(2),
  Currency: exactly(3),
  CustomerNumber: { type: 'string', min: 1, max: 1024 },
  DefaultDeliveryTypes: { type: 'texts', names: ['Invoice', 'Offer', 'Order'], values: delivery },
  DefaultTemplates: { type: 'texts', names: ['CashInvoice', 'Invoice', 'Offer', 'Order'] },
  DeliveryAddress1: long,
  DeliveryAddress2: long,
  DeliveryCity: long,
  DeliveryCountry: readOnly,
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
  TermsOfPayment: text(25),
  Type: { type: 'string', values: ['PRIVATE', 'COMPANY'] },
  VATNumber: text(),
  VATType: { type: 'string', values: ['SEVAT', 'SEREVERSEDVAT', 'EUREVERSEDVAT', 'EUVAT', 'EXPORT'] },
  VisitingAddress: text(128),
  VisitingCity: text(128),
  VisitingCountry: readOnly,
  VisitingCountryCode: exactly(2),
  VisitingZipCode: text(10),
  WWW: text(128),
  WayOfDelivery: text(),
  YourReference: text(50),
  ZipCode: text(10),
};

/** What a new tenant has (fortnox.md 10). */
export const TERMS_OF_PAYMENT = ['0', '10', '15', '20', '30', 'AG', 'K', 'PF'] as const;
export const CURRENCIES = ['SEK', 'EUR', 'USD'] as const;

/** Code fields and the read-only names that Fortnox derives from them. */
export const COUNTRY_NAMES = {
  CountryCode: 'Country',
  DeliveryCountryCode: 'DeliveryCountry',
  VisitingCountryCode: 'VisitingCountry',
} as const;
