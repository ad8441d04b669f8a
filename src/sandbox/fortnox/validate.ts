import { createRequire } from 'node:module';
import countries from 'i18n-iso-countries';
import { COUNTRY_NAMES } from './fields.ts';
import { Refusal } from './refusal.ts';
import type { FieldRule, FieldRules, FieldType } from './rules.ts';

/** The text that clears a field; the empty text leaves it as it is (fortnox.md 8.1). */
export const API_BLANK = 'API_BLANK';

countries.registerLocale(createRequire(import.meta.url)('i18n-iso-countries/langs/sv.json'));

/** Swedish name of a country, '' for no code. */
export const countryName = (code: string): string => (code === '' ? '' : (countries.getName(code, 'sv') ?? code));

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Raises Refusal unless `holds`; codes that are not known are 2000588. */
function must(holds: boolean, code: number, message: string): asserts holds {
  if (!holds) throw new Refusal(400, code, message);
}
const ofType: (holds: boolean, code: number, name: string) => asserts holds = (holds, code, name) =>
  must(holds, code, `${name} har fel typ.`);

function within(name: string, size: number, rule: FieldRule, what: string): void {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = rule;
  must(size >= min && size <= max, 2000588, `${name} har fel ${what} (${size}).`);
}

function checkNumber(name: string, value: unknown, rule: FieldRule): void {
  ofType(typeof value === 'number' && Number.isFinite(value), 2000108, name);
  ofType(rule.type === 'number' || Number.isInteger(value), 2000108, name);
  within(name, value, rule, 'värde');
  must(!rule.values || rule.values.includes(value), 2000588, `${name} finns inte: ${value}`);
}

function checkText(name: string, value: unknown, rule: FieldRule): void {
  ofType(typeof value === 'string', 2000106, name);
  // Characters, as people count them: å is one, whatever its bytes.
  within(name, [...value].length, rule, 'längd');
  must(!rule.values || rule.values.includes(value), 2000588, `${name} finns inte: ${value}`);
  const country = !(name in COUNTRY_NAMES) || (/^[A-Z]{2}$/.test(value) && countries.isValid(value));
  must(country, 2000588, `${name} är ingen landskod: ${value}`);
}

function checkTexts(name: string, value: unknown, rule: FieldRule): void {
  ofType(isObject(value), 2000588, name);
  for (const [inner, entry] of Object.entries(value)) {
    must(rule.names?.includes(inner) === true, 2001399, `Ogiltigt fältnamn: ${name}.${inner}`);
    const fits = typeof entry === 'string' && (!rule.values || rule.values.includes(entry));
    must(fits, 2000588, `${name}.${inner} är ogiltigt.`);
  }
}

const isDate = (value: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(value) && new Date(`${value}T00:00:00Z`).toJSON()?.slice(0, 10) === value;

const CHECKS: Readonly<Record<FieldType, (name: string, value: unknown, rule: FieldRule) => void>> = {
  string: checkText,
  number: checkNumber,
  integer: checkNumber,
  boolean: (name, value) => ofType(typeof value === 'boolean', 2000134, name),
  quantity: (name, value) => ofType(typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value), 2000108, name),
  date: (name, value) => ofType(typeof value === 'string' && isDate(value), 2000588, name),
  texts: checkTexts,
  labels: (name, value) =>
    ofType(Array.isArray(value) && value.every((one) => isObject(one) && Number.isInteger(one.Id)), 2000588, name),
  rows: (name, value) => ofType(Array.isArray(value) && value.every(isObject), 2000588, name),
};

/** Raises Refusal for the first field that Fortnox would not take. */
export function validateFields(rules: FieldRules, fields: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(fields)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    must(rule !== undefined, 2001399, `Ogiltigt fältnamn: ${name}`);
    must(!rule.readOnly, 2000588, `${name} kan inte ändras.`);
    const wordless = value === null || ((value === '' || value === API_BLANK) && rule.type !== 'boolean');
    if (!wordless) CHECKS[rule.type](name, value, rule);
  }
}

/** The fields inside `{"<wrapper>": {...}}`; raises Refusal for anything else. */
export function fieldsIn(wrapper: string, body: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw new Refusal(400, 2002115, 'Felaktig JSON.');
  }
  const fields = isObject(parsed) && Object.keys(parsed).length === 1 ? parsed[wrapper] : undefined;
  if (!isObject(fields)) throw new Refusal(400, 2001392, 'Tom eller felaktig body.');
  return fields;
}

/** Whether a value leaves its field alone, clears it or sets it (fortnox.md 8.1). */
export function effectOf(value: unknown, nullClears: boolean): 'leaves' | 'clears' | 'sets' {
  if (value === '' || (value === null && !nullClears)) return 'leaves';
  return value === API_BLANK || value === null ? 'clears' : 'sets';
}
