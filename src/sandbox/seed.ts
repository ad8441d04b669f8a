import { seedArticles, seedDeliveries } from './seed-documents.ts';
import { createPeople, type Person } from './seed-people.ts';

/** What the settings' `customFields` must be for a seeded webCRM. OrganisationAddress holds the invoice address. */
export const SEEDED_CUSTOM_FIELDS = {
  customerNumber: 'OrganisationCustom1',
  organisationNumber: 'OrganisationCustom2',
  email: 'OrganisationCustom3',
  otherStreet: 'OrganisationCustom4',
  otherPostCode: 'OrganisationCustom5',
  otherCity: 'OrganisationCustom6',
  otherCountry: 'OrganisationCustom7',
  termsOfPayment: 'OrganisationCustom8',
  currency: 'OrganisationCustom9',
} as const;

export interface SeedCounts {
  /** Customers on both sides, equal but for the telephone of a few. */
  matched: number;
  onlyWebcrm: number;
  onlyFortnox: number;
  /** Organisations of a type that does not go to Fortnox. */
  otherType: number;
  /** In Fortnox, with prices. */
  articles: number;
  /** Of matched customers, with lines; no more than there are. */
  deliveries: number;
  /** A number in [0, 1). */
  random: () => number;
}
export interface Seeded {
  matched: { customerNumber: string; organisationId: number }[];
  /** Of the matched, those whose telephone differs. */
  differing: { customerNumber: string; organisationId: number }[];
  onlyWebcrm: number[];
  onlyFortnox: string[];
  otherType: number[];
  /** Numbers of those that were added. */
  articles: string[];
  deliveries: number[];
}
type FortnoxSide = Parameters<typeof seedArticles>[0] & {
  person: { createCustomer(fields: Record<string, string>): string };
};
type WebcrmSide = Parameters<typeof seedDeliveries>[0] & {
  person: { createOrganisation(fields: Record<string, unknown>): number };
};

const fortnoxFields = (person: Person): Record<string, string> => {
  const fields: Record<string, string> = {
    Name: person.name,
    Type: person.isCompany ? 'COMPANY' : 'PRIVATE',
    OrganisationNumber: person.organisationNumber,
    VATNumber: person.vatNumber,
    Phone1: person.phone,
    Email: person.email,
    WWW: person.website,
    Address1: person.invoice.line1,
    Address2: person.invoice.line2,
    ZipCode: person.invoice.postCode,
    City: person.invoice.city,
    CountryCode: 'SE',
    VisitingAddress: person.visiting.street,
    VisitingZipCode: person.visiting.postCode,
    VisitingCity: person.visiting.city,
    VisitingCountryCode: 'SE',
    TermsOfPayment: person.terms,
    Currency: 'SEK',
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
};

const webcrmFields = (person: Person, customerNumber: string): Record<string, string> => ({
  OrganisationName: person.name,
  OrganisationType: person.isCompany ? 'Customer' : 'Private Customer',
  OrganisationAddress: [person.invoice.line1, person.invoice.line2].filter((line) => line !== '').join('\r\n'),
  OrganisationPostCode: person.invoice.postCode,
  OrganisationCity: person.invoice.city,
  OrganisationCountry: 'Sverige',
  OrganisationTelephone: person.phone,
  OrganisationWww: person.website,
  OrganisationVatNumber: person.vatNumber,
  [SEEDED_CUSTOM_FIELDS.customerNumber]: customerNumber,
  [SEEDED_CUSTOM_FIELDS.organisationNumber]: person.organisationNumber,
  [SEEDED_CUSTOM_FIELDS.email]: person.email,
  [SEEDED_CUSTOM_FIELDS.otherStreet]: person.visiting.street,
  [SEEDED_CUSTOM_FIELDS.otherPostCode]: person.visiting.postCode,
  [SEEDED_CUSTOM_FIELDS.otherCity]: person.visiting.city,
  [SEEDED_CUSTOM_FIELDS.otherCountry]: 'Sverige',
  [SEEDED_CUSTOM_FIELDS.termsOfPayment]: person.terms,
  [SEEDED_CUSTOM_FIELDS.currency]: 'SEK',
});

/** Every so many matched customers have another telephone in webCRM. */
const DIFFERING_EVERY = 10;

/**
 * Fills both stand-ins with the customers, articles and deliveries of a believable Swedish company, the same ones for the same `random`.
 * Names, addresses and numbers are made up; the web addresses end in .example, which nobody can own.
 */
export function seedCompanies(fortnox: FortnoxSide, webcrm: WebcrmSide, counts: SeedCounts): Seeded {
  const next = createPeople(counts.random);
  const seeded: Seeded = {
    matched: [],
    differing: [],
    onlyWebcrm: [],
    onlyFortnox: [],
    otherType: [],
    articles: [],
    deliveries: [],
  };
  for (let at = 0; at < counts.matched; at += 1) {
    const person = next();
    const customerNumber = fortnox.person.createCustomer(fortnoxFields(person));
    const fields = webcrmFields(person, customerNumber);
    const differs = at % DIFFERING_EVERY === DIFFERING_EVERY - 1;
    if (differs) fields.OrganisationTelephone = person.otherPhone;
    const pair = { customerNumber, organisationId: webcrm.person.createOrganisation(fields) };
    seeded.matched.push(pair);
    if (differs) seeded.differing.push(pair);
  }
  for (let at = 0; at < counts.onlyWebcrm; at += 1)
    seeded.onlyWebcrm.push(webcrm.person.createOrganisation(webcrmFields(next(), '')));
  for (let at = 0; at < counts.onlyFortnox; at += 1)
    seeded.onlyFortnox.push(fortnox.person.createCustomer(fortnoxFields(next())));
  for (let at = 0; at < counts.otherType; at += 1) {
    const type = at % 2 === 0 ? 'Prospect' : 'Supplier';
    seeded.otherType.push(webcrm.person.createOrganisation({ ...webcrmFields(next(), ''), OrganisationType: type }));
  }
  seeded.articles = seedArticles(fortnox, counts.articles);
  const buyers = seeded.matched.slice(0, counts.deliveries).map(({ organisationId }) => organisationId);
  seeded.deliveries = seedDeliveries(webcrm, buyers, counts.random);
  return seeded;
}
