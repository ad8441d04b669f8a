import { type Static, Type } from 'typebox';

const text = (description: string) => Type.Union([Type.String(), Type.Null()], { description });

/**
 * A customer in our own names. null means empty. Addresses: `street` holds lines joined by "\n"; countries are
 * ISO 3166-1 alpha-2; `currency` is ISO 4217; `termsOfPayment` is Fortnox's code.
 */
export const Customer = Type.Object(
  {
    name: text('The name of the company or person'),
    customerNumber: text('The number that both sides share; a string, also when it looks like a number'),
    kind: Type.Union([Type.Literal('company'), Type.Literal('private'), Type.Null()]),
    organisationNumber: text('Swedish organisation number, digits with a hyphen before the last four'),
    vatNumber: text('VAT number in upper case without spaces'),
    phone: text('Telephone, as written'),
    email: text('E-mail, as written'),
    website: text('Website, as written'),
    invoiceStreet: text('Invoice address, lines joined by a line feed'),
    invoicePostCode: text('Post code of the invoice address'),
    invoiceCity: text('City of the invoice address'),
    invoiceCountry: text('Country of the invoice address, ISO alpha-2'),
    visitingStreet: text('Visiting address, lines joined by a line feed'),
    visitingPostCode: text('Post code of the visiting address'),
    visitingCity: text('City of the visiting address'),
    visitingCountry: text('Country of the visiting address, ISO alpha-2'),
    termsOfPayment: text("Fortnox's code of the terms of payment"),
    currency: text('ISO 4217 code'),
  },
  { additionalProperties: false },
);
export type Customer = Static<typeof Customer>;
export type CustomerField = keyof Customer;
export const CUSTOMER_FIELDS = Object.keys(Customer.properties) as CustomerField[];
