import { type Static, Type } from 'typebox';

const customField = (description: string) =>
  Type.Optional(
    Type.String({
      description,
      pattern: '^Organisation(Custom(1[0-5]|[1-9])|ExtraCustom[1-8]|XText[1-8]|Plus(20|1[0-9]|[1-9])|XMemo[12])$',
    }),
  );

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
      description: 'What a delivery becomes (D1); decides which rights the check asks for',
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
  startDate: null,
};
