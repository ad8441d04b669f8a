import { get, ofTenant } from './api.ts';
import { type Loaded, useLoad } from './load.ts';

/** A field of webCRM as its own metadata tells of it. */
export interface VendorField {
  readonly name: string;
  readonly label: string;
  readonly maxLength: number | null;
  readonly values: readonly string[];
}
export interface VendorFields {
  readonly types: readonly string[];
  readonly organisation: readonly VendorField[];
  readonly delivery: readonly VendorField[];
}

export const useFields = (tenant: string): Loaded<VendorFields> =>
  useLoad(`fields ${tenant}`, (signal) => get<VendorFields>(ofTenant(tenant, '/fields'), signal));

/** Words by which a label gives away what its field is for, in the languages that webCRM is used in here. */
const WORDS: Readonly<Record<string, RegExp>> = {
  customerNumber: /(kund|customer|debitor|kunde).?(nr|num|no)/i,
  organisationNumber: /(org|cvr|orgnr|registration).*(nr|num|no)|organisationsnummer|orgnr/i,
  email: /e-?mail|e-?post/i,
  termsOfPayment: /betal|payment|terms/i,
  currency: /valuta|currency/i,
  otherStreet: /(bes(ö|ø)k|visit|leverans|postad).*(adr|street|gat|address)/i,
  otherPostCode: /(bes(ö|ø)k|visit).*(post|zip)/i,
  otherCity: /(bes(ö|ø)k|visit).*(ort|stad|city|by)/i,
  otherCountry: /(bes(ö|ø)k|visit).*(land|country)/i,
  status: /fortnox|sync|status/i,
  number: /order.?(nr|num|no)|delivery.?num/i,
  invoiceNumber: /(faktura|invoice).?(nr|num|no)/i,
  invoiceDate: /(faktura|invoice).?(dat)/i,
  invoiceBooked: /bok|bog|booked/i,
  documentState: /state|tillst/i,
  deliveryDate: /(leverans|deliver).*dat/i,
  ourReference: /(v(å|a)r|our).*ref/i,
  yourReference: /(er|your|deres).*ref/i,
  yourOrderNumber: /(er|your|deres).*order/i,
  remarks: /remark|anm(ä|a)rk|bem/i,
};

/** The field whose label says that it is for this; null when none or one that is taken does. */
export function suggestion(use: string, fields: readonly VendorField[], taken: ReadonlySet<string>): string | null {
  const word = WORDS[use];
  if (word === undefined) return null;
  return fields.find(({ name, label }) => !taken.has(name) && !name.endsWith(label) && word.test(label))?.name ?? null;
}
