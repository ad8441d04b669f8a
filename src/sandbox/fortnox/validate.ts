import { createRequire } from 'node:module';
import countries from 'i18n-iso-countries';
import { COUNTRY_NAMES, CURRENCIES, CUSTOMER_FIELDS, TERMS_OF_PAYMENT } from './fields.ts';
import { Refusal } from './refusal.ts';

/** The text that clears a field; the empty text leaves it as it is (fortnox.md 8.1). */
export const API_BLANK = 'API_BLANK';

countries.registerLocale(createRequire(import.meta.url)('i18n-iso-countries/langs/sv.json'));

/** Swedish name of a country, '' for no code. */
export const countryName = (code: string): string => (code === '' ? '' : (countries.getName(code, 'sv') ?? code));

const TYPE_CODES = { string: 2000106, number: 2000108, boolean: 2000134, texts: 2000588 } as const;
const LISTS: Readonly<Record<string, readonly string[]>> = {
  TermsOfPayment: TERMS_OF_PAYMENT,
  Currency: CURRENCIES,
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Raises Refusal for the first field that Fortnox would not take; codes that are not known are 2000588. */
export function validateFields(fields: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(fields)) {
    const rule = Object.hasOwn(CUSTOMER_FIELDS, name) ? CUSTOMER_FIELDS[name] : undefined;
    if (!rule) throw new Refusal(400, 2001399, `Ogiltigt fältnamn: ${name}`);
    if (rule.readOnly) throw new Refusal(400, 2000588, `${name} kan inte ändras.`);
    if (value === null) continue;
    if (rule.type === 'texts') validateTexts(name, value, rule.names ?? [], rule.values);
    else if (typeof value !== rule.type) throw new Refusal(400, TYPE_CODES[rule.type], `${name} har fel typ.`);
    else if (typeof value === 'string' && value !== '' && value !== API_BLANK) validateText(name, value);
  }
}

function validateTexts(name: string, value: unknown, names: readonly string[], values?: readonly string[]): void {
  if (!isObject(value)) throw new Refusal(400, TYPE_CODES.texts, `${name} har fel typ.`);
  for (const [inner, entry] of Object.entries(value)) {
    if (!names.includes(inner)) throw new Refusal(400, 2001399, `Ogiltigt fältnamn: ${name}.${inner}`);
    if (typeof entry !== 'string' || (values && !values.includes(entry)))
      throw new Refusal(400, TYPE_CODES.texts, `${name}.${inner} är ogiltigt.`);
  }
}

function validateText(name: string, value: string): void {
  const { min = 0, max = Number.POSITIVE_INFINITY, values = LISTS[name] } = CUSTOMER_FIELDS[name] ?? {};
  // Characters, as people count them: å is one, whatever its bytes.
  const length = [...value].length;
  if (length < min || length > max) throw new Refusal(400, 2000588, `${name} har fel längd (${length}).`);
  if (values && !values.includes(value)) throw new Refusal(400, 2000588, `${name} finns inte: ${value}`);
  if (name in COUNTRY_NAMES && !(/^[A-Z]{2}$/.test(value) && countries.isValid(value)))
    throw new Refusal(400, 2000588, `${name} är ingen landskod: ${value}`);
}

/** The fields inside `{"Customer": {...}}`; raises Refusal for anything else. */
export function customerOf(body: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw new Refusal(400, 2002115, 'Felaktig JSON.');
  }
  if (!isObject(parsed) || !isObject(parsed.Customer) || Object.keys(parsed).length !== 1)
    throw new Refusal(400, 2001392, 'Tom eller felaktig body.');
  return parsed.Customer;
}
