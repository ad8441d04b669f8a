import { type Static, Type } from 'typebox';
import { DELIVERY_STATUSES } from './delivery.ts';

const customField = (description: string) =>
  Type.Optional(
    Type.String({
      description,
      pattern: '^Organisation(Custom(1[0-5]|[1-9])|ExtraCustom[1-8]|XText[1-8]|Plus(20|1[0-9]|[1-9])|XMemo[12])$',
    }),
  );

const deliveryField = (description: string) =>
  Type.Optional(
    Type.String({
      description,
      pattern: '^Delivery(Custom(1[0-5]|[1-9])|Plus(20|1[0-9]|[1-9])|Search[12]|Description|Note|Memo|Comment)$',
    }),
  );
const dataField = (description: string) => Type.Integer({ minimum: 1, maximum: 9, description });
const Status = Type.Enum(DELIVERY_STATUSES);

/** How deliveries and their documents are kept in step. */
export const DocumentSettings = Type.Object(
  {
    sendStatuses: Type.Array(Status, {
      description: 'A delivery becomes a document when its status is one of these (R25); later changes do not ask',
      uniqueItems: true,
    }),
    statusOfOrder: Type.Enum(DELIVERY_STATUSES, {
      description: 'Status of a delivery made from an order born in Fortnox',
    }),
    statusOfInvoice: Type.Enum(DELIVERY_STATUSES, {
      description: 'Status of a delivery made from an invoice born in Fortnox (R42)',
    }),
    quietSeconds: Type.Integer({
      minimum: 0,
      maximum: 3600,
      description: 'A document is created when its delivery has not changed for so long (R25)',
    }),
    fields: Type.Object(
      {
        number: Type.String({
          description: 'Where the number of the order (order mode) or invoice (invoice mode) is shown',
          pattern: '^Delivery(Number|Custom(1[0-5]|[1-9])|Plus(20|1[0-9]|[1-9])|Search[12])$',
        }),
        deliveryDate: deliveryField('Delivery date, as YYYY-MM-DD'),
        invoiceNumber: deliveryField('Invoice number'),
        invoiceDate: deliveryField('Invoice date, as YYYY-MM-DD'),
        invoiceBooked: deliveryField('Whether the invoice is booked: Yes or No'),
        documentState: deliveryField('What became of the document: cancelled, credited'),
        ourReference: deliveryField('Our reference'),
        yourReference: deliveryField("The customer's reference"),
        yourOrderNumber: deliveryField("The customer's order number"),
        remarks: deliveryField('Text printed on the document'),
        status: deliveryField('Whether the delivery is in step, or why not, in plain words (R75)'),
      },
      {
        description: 'webCRM fields of a delivery; one that is not named is not synchronised',
        additionalProperties: false,
      },
    ),
    currencies: Type.Array(
      Type.Object(
        { webcrm: Type.String({ minLength: 1 }), fortnox: Type.String({ pattern: '^[A-Z]{3}$' }) },
        { additionalProperties: false },
      ),
      { description: "ISO code for each of webCRM's own currency codes, such as 00 for SEK; ISO codes pass unchanged" },
    ),
    items: Type.Object(
      {
        number: dataField('DataN that holds the article number'),
        name: dataField('DataN that holds the article name'),
        unit: Type.Union([dataField('DataN that holds the unit'), Type.Null()]),
      },
      {
        description: 'Which DataN of quotation lines and of the product register holds what',
        additionalProperties: false,
      },
    ),
    lineText: Type.Union([Type.Literal('name'), Type.Literal('memo')], {
      description: 'Whether the text of a row stands in the DataN of the name or in the memo of the line',
    }),
    linePrice: Type.Union([Type.Literal('list'), Type.Literal('unit'), Type.Literal('total')], {
      description:
        'What QuotationLinePrice means: list leaves it alone and uses ListPrice and Discount; unit and total also read and write it (R45)',
    }),
    vatIncluded: Type.Union([Type.Literal('convert'), Type.Literal('refuse')], {
      description:
        'Documents with prices including VAT: converted, rounded half up to two decimals, or left alone (R45)',
    }),
    unknownArticle: Type.Union([Type.Literal('text-row'), Type.Literal('refuse')], {
      description: 'A line whose article Fortnox does not have (R50)',
    }),
    headerDiscount: Type.Union([Type.Literal('refuse'), Type.Literal('ignore')], {
      description:
        'A delivery with a discount on the whole, which Fortnox documents cannot hold: it waits, with a document it is told, or it is left out (R45)',
    }),
    cashFrozen: Type.Boolean({
      description: 'With the cash method, an invoice that was sent or paid is never written (R41)',
    }),
    frozenEdits: Type.Union([Type.Literal('leave'), Type.Literal('put-back')], {
      description: 'What becomes of an edit in webCRM that a frozen document cannot take (R41)',
    }),
    moveOrders: Type.Boolean({
      description: "An order's customer follows when its delivery is moved to another organisation (R47)",
    }),
    creditInvoices: Type.Union([Type.Literal('on-original'), Type.Literal('as-delivery')], {
      description: "A credit invoice shows on its original's delivery, or becomes a delivery (R48)",
    }),
    timeZone: Type.String({ description: 'IANA time zone in which date-times become calendar dates (R46)' }),
  },
  { additionalProperties: false },
);
export type DocumentSettings = Static<typeof DocumentSettings>;

/** How the product register of webCRM follows Fortnox's articles (A1, R60). */
export const ArticleSettings = Type.Object(
  {
    follow: Type.Boolean({ description: 'The product register follows the articles' }),
    priceList: Type.Union([Type.String({ pattern: '^[A-Z0-9ÅÄÖ]{1,100}$' }), Type.Null()], {
      description: 'Code of the price list that gives the list price; null: the preselected one',
    }),
    inactive: Type.Union([Type.Literal('keep'), Type.Literal('mark'), Type.Literal('remove')], {
      description: 'What becomes of the item of an article that was deactivated or deleted',
    }),
    edits: Type.Union([Type.Literal('put-back'), Type.Literal('keep')], {
      description: 'What becomes of an edit by hand in the register',
    }),
  },
  { additionalProperties: false },
);
export type ArticleSettings = Static<typeof ArticleSettings>;

/** How whole registers are gone over in the background (R71). */
export const ReconcileSettings = Type.Object(
  {
    hour: Type.Union([Type.Integer({ minimum: 0, maximum: 23 }), Type.Null()], {
      description: 'Hour of the day (Europe/Stockholm) at which a run begins; null: none by itself',
    }),
    cycleDays: Type.Integer({
      minimum: 1,
      maximum: 90,
      description: 'Every record is read singly once in so many days; lists are compared at every run',
    }),
  },
  { additionalProperties: false },
);
export type ReconcileSettings = Static<typeof ReconcileSettings>;

const Kind = Type.Union([Type.Literal('company'), Type.Literal('private')]);

/** What a tenant's administrator chooses. Every field has a default; a partial update keeps the rest. */
export const Settings = Type.Object(
  {
    types: Type.Array(
      Type.Object({ type: Type.String({ minLength: 1 }), kind: Kind }, { additionalProperties: false }),
      {
        description: 'Organisation Types that go to Fortnox (C1), each with the kind of customer it stands for (R14)',
        minItems: 1,
      },
    ),
    defaultType: Type.Object(
      {
        company: Type.Union([Type.String({ minLength: 1 }), Type.Null()]),
        private: Type.Union([Type.String({ minLength: 1 }), Type.Null()]),
      },
      {
        description: 'Type given to a customer born in Fortnox; null: such a customer waits',
        additionalProperties: false,
      },
    ),
    numberOwner: Type.Union([Type.Literal('webcrm'), Type.Literal('fortnox')], {
      description: 'Who owns the customer number (C6)',
    }),
    customFields: Type.Object(
      {
        status: customField('Whether the organisation is in step, or why not, in plain words (R75)'),
        customerNumber: Type.String({
          description: 'Custom field of the organisation that holds the customer number; mark it unique in webCRM',
          pattern: '^Organisation(Custom(1[0-5]|[1-9])|ExtraCustom[1-8]|XText[1-8]|Plus(20|1[0-9]|[1-9]))$',
        }),
        organisationNumber: customField('Organisation number'),
        email: customField('E-mail'),
        otherStreet: customField('Street of the address that OrganisationAddress is not'),
        otherPostCode: customField('Post code of that address'),
        otherCity: customField('City of that address'),
        otherCountry: customField('Country of that address'),
        termsOfPayment: customField('Terms of payment'),
        currency: customField('Currency'),
      },
      {
        description: 'webCRM fields for data without a standard field (C3); an unnamed one is not synchronised',
        additionalProperties: false,
      },
    ),
    organisationAddressIs: Type.Union([Type.Literal('invoice'), Type.Literal('visiting')], {
      description: 'Which of the two addresses OrganisationAddress holds',
    }),
    conflictPolicy: Type.Union([Type.Literal('fortnox'), Type.Literal('webcrm')], {
      description: 'Who wins when both changed one field (R70)',
    }),
    termsOfPayment: Type.Array(
      Type.Object(
        { webcrm: Type.String({ minLength: 1 }), fortnox: Type.String({ minLength: 1, maxLength: 25 }) },
        { additionalProperties: false },
      ),
      { description: "webCRM's text for each of Fortnox's codes; a code not listed passes unchanged" },
    ),
    currencies: Type.Array(
      Type.Object(
        { webcrm: Type.String({ minLength: 1 }), fortnox: Type.String({ pattern: '^[A-Z]{3}$' }) },
        { additionalProperties: false },
      ),
      { description: "webCRM's text for each ISO currency code; a code not listed passes unchanged" },
    ),
    countryLanguage: Type.Enum(['sv', 'da', 'nb', 'fi', 'de', 'en'], {
      description: 'Language in which country names are written to webCRM',
    }),
    nameLimit: Type.Integer({
      minimum: 20,
      maximum: 200,
      description: 'Longest OrganisationName that webCRM takes (R76)',
    }),
    excludedKeepFlowing: Type.Boolean({
      description: 'Customer fields go on Fortnox -> webCRM for an excluded pair (R11)',
    }),
    documentMode: Type.Union([Type.Literal('order'), Type.Literal('invoice')], {
      description: 'What a delivery becomes (D1); a change touches new deliveries only (R49)',
    }),
    documents: DocumentSettings,
    articles: ArticleSettings,
    reconcile: ReconcileSettings,
    holdAbove: Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      description: 'After a stop of over a week, jobs wait for a person when more records than this would change (R73)',
    }),
    startDate: Type.Union([Type.String({ format: 'date' }), Type.Null()], {
      description:
        'A record last changed before this calendar date (Europe/Stockholm) is linked when it matches, never created by itself (R13)',
    }),
  },
  { additionalProperties: false },
);
export type Settings = Static<typeof Settings>;

export const DEFAULT_SETTINGS: Settings = {
  types: [
    { type: 'Customer', kind: 'company' },
    { type: 'Private Customer', kind: 'private' },
  ],
  defaultType: { company: 'Customer', private: 'Private Customer' },
  numberOwner: 'fortnox',
  customFields: { customerNumber: 'OrganisationCustom1' },
  organisationAddressIs: 'invoice',
  conflictPolicy: 'fortnox',
  termsOfPayment: [],
  currencies: [],
  countryLanguage: 'sv',
  nameLimit: 200,
  excludedKeepFlowing: true,
  documentMode: 'order',
  documents: {
    sendStatuses: ['Planned', 'OnGoing', 'Completed'],
    statusOfOrder: 'OnGoing',
    statusOfInvoice: 'Completed',
    quietSeconds: 10,
    fields: { number: 'DeliveryNumber' },
    currencies: [],
    items: { number: 1, name: 2, unit: 3 },
    lineText: 'name',
    linePrice: 'list',
    vatIncluded: 'convert',
    unknownArticle: 'text-row',
    headerDiscount: 'refuse',
    cashFrozen: true,
    frozenEdits: 'leave',
    moveOrders: false,
    creditInvoices: 'on-original',
    timeZone: 'Europe/Stockholm',
  },
  articles: { follow: true, priceList: null, inactive: 'keep', edits: 'put-back' },
  reconcile: { hour: 2, cycleDays: 7 },
  holdAbove: 500,
  startDate: null,
};
