import { emptyValue, FIELDS, type FieldSpec, type Organisation, type Value } from './fields.ts';
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

function checked(spec: FieldSpec, value: unknown): Value {
  const fault = (why: string) => new Refusal(`${spec.name}: ${why}`);
  if (spec.readOnly) throw fault('is read-only');
  if (spec.kind === 'integer') {
    if (typeof value !== 'number' || !Number.isInteger(value) || Math.abs(value) > INT32_MAX)
      throw fault('is not an int32');
    return value;
  }
  if (spec.kind === 'boolean') {
    if (typeof value !== 'boolean') throw fault('is not a boolean');
    return value;
  }
  if (typeof value !== 'string') throw fault('is not a string');
  if (spec.kind === 'date') {
    if (value === '') return emptyValue(spec);
    if (instant(value) === null) throw fault('is not an ISO 8601 date with offset');
    return value;
  }
  if (spec.maxLength !== null && value.length > spec.maxLength) throw fault(`is longer than ${spec.maxLength}`);
  if (spec.kind === 'dropdown' && value !== '' && !spec.values.includes(value))
    throw fault(`"${value}" is not in the list`);
  return value;
}

/** The fields of a write other than the id; null stands where null was sent. Raises Refusal. */
export function checkedFields(body: Record<string, unknown>): Map<FieldSpec, Value | null> {
  const fields = new Map<FieldSpec, Value | null>();
  for (const [name, value] of Object.entries(body)) {
    if (name === 'OrganisationId') continue;
    const spec = FIELDS.get(name);
    if (!spec) throw new Refusal(`${name}: unknown field`);
    if (spec.readOnly) throw new Refusal(`${name}: is read-only`);
    fields.set(spec, value === null ? null : checked(spec, value));
  }
  return fields;
}

/** Raises Refusal unless the body carries the id that the path names (0 for a new record). */
export function checkId(body: Record<string, unknown>, field: string, expected: number): void {
  if (body[field] === undefined) throw new Refusal(`${field}: is required`);
  if (body[field] !== expected) throw new Refusal(`${field}: ${JSON.stringify(body[field])} is not ${expected}`);
}

/** A field's value in a stored row. */
export const storedValue = (row: Organisation, spec: FieldSpec): Value => row[spec.name] ?? emptyValue(spec);
