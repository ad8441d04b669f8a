import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import type { WebcrmField } from '../vendors/webcrm/types.ts';

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
/** The same of the DataN of lines and register. */
const ITEM_WORDS: Readonly<Record<string, RegExp>> = {
  number: /(art|item|prod|vare?).*(nr|num|no|id|kod|code)/i,
  name: /ben(ä|a)mn|beskriv|description|betegn|namn|navn|name/i,
  unit: /enhet|enhed|unit/i,
};

/** The free field that the setting of this use takes and whose label says that it is for it; null when there is none. */
export function fieldFor(
  use: string,
  schema: TSchema,
  fields: readonly WebcrmField[],
  taken: ReadonlySet<string | undefined>,
): string | null {
  const word = WORDS[use];
  if (word === undefined) return null;
  // A label that is the field's own name was given by nobody.
  const fits = ({ name, label }: WebcrmField) =>
    !taken.has(name) && !name.endsWith(label) && word.test(label) && Value.Check(schema, name);
  return fields.find(fits)?.name ?? null;
}

/** Whether the label of a DataN says that it holds this of an article. */
export const itemFor = (use: string, label: string): boolean => ITEM_WORDS[use]?.test(label) ?? false;

export const kindOfType = (type: string): 'company' | 'private' => (/privat/i.test(type) ? 'private' : 'company');
