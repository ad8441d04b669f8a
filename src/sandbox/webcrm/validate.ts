import { emptyValue, type FieldKind, type FieldSpec, type Table, type Value } from './fields.ts';
import { Refusal } from './refusal.ts';

const ISO_INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;
const INT32_MAX = 2_147_483_647;

/** The instant of an ISO 8601 text with offset in milliseconds; null for anything else. */
export function instant(text: string): number | null {
  if (!ISO_INSTANT.test(text)) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}

/** The object of a JSON body. Raises Refusal. */
export function jsonObject(contentType: string | undefined, body: string): Record<string, unknown> {
  if (!/^(application\/([\w.-]+\+)?json|text\/json)\b/i.test(contentType ?? ''))
    throw new Refusal('The body is not declared as JSON', 415);
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw new Refusal('The body is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new Refusal('The body is not an object');
  return parsed as Record<string, unknown>;
}

/** What is wrong with a value for a field of each kind, null when nothing is; "" in a date or a drop-down clears it. */
const FAULTS: Readonly<Record<FieldKind, (value: unknown, spec: FieldSpec) => string | null>> = {
  integer: (value) => (Number.isInteger(value) && Math.abs(value as number) <= INT32_MAX ? null : 'is not an int32'),
  double: (value) => (typeof value === 'number' && Number.isFinite(value) ? null : 'is not a number'),
  boolean: (value) => (typeof value === 'boolean' ? null : 'is not a boolean'),
  text: textFault,
  'register-text': (value, spec) => (value === '' ? 'is empty in the register' : textFault(value, spec)),
  date: (value) => {
    if (typeof value !== 'string') return 'is not a string';
    return value === '' || instant(value) !== null ? null : 'is not an ISO 8601 date with offset';
  },
  dropdown: (value, spec) => textFault(value, spec) ?? (value === '' ? null : listFault(value, spec)),
  choice: (value, spec) => textFault(value, spec) ?? listFault(value, spec),
};

function textFault(value: unknown, spec: FieldSpec): string | null {
  if (typeof value !== 'string') return 'is not a string';
  return spec.maxLength !== null && value.length > spec.maxLength ? `is longer than ${spec.maxLength}` : null;
}

const listFault = (value: unknown, spec: FieldSpec): string | null =>
  spec.values.includes(value as string) ? null : `"${value}" is not in the list`;

/** The fields of a write other than the id; null stands where null was sent. Raises Refusal. */
export function checkedFields(table: Table, body: Record<string, unknown>): Map<FieldSpec, Value | null> {
  const fields = new Map<FieldSpec, Value | null>();
  for (const [name, value] of Object.entries(body)) {
    if (name === table.id) continue;
    const spec = table.fields.get(name);
    if (!spec) throw new Refusal(`${name}: unknown field`);
    if (spec.access === 'read-only') throw new Refusal(`${name}: is read-only`);
    // The register's texts must hold something: null would empty them.
    const nullable = value === null && spec.kind !== 'register-text';
    const fault = nullable ? null : FAULTS[spec.kind](value, spec);
    if (fault !== null) throw new Refusal(`${name}: ${fault}`);
    fields.set(spec, nullable ? null : value === '' ? emptyValue(spec) : (value as Value));
  }
  return fields;
}

/** Raises Refusal unless the body carries the id that the path names (0 for a new record). */
export function checkId(body: Record<string, unknown>, field: string, expected: number): void {
  if (body[field] === undefined) throw new Refusal(`${field}: is required`);
  if (body[field] !== expected) throw new Refusal(`${field}: ${JSON.stringify(body[field])} is not ${expected}`);
}
