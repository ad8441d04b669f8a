import { clone } from '../common/clone.ts';
/** What one field takes. A table of these describes a kind of record. */
export interface FieldRule {
  readonly type: FieldType;
  /** Least and most: characters of texts, values of numbers. */
  readonly min?: number;
  readonly max?: number;
  readonly values?: readonly (string | number)[];
  /** Of a `texts` field: the names it may hold. */
  readonly names?: readonly string[];
  readonly readOnly?: true;
  /** What a new record holds; without it the empty value of the type. */
  readonly initial?: unknown;
}
/** `quantity` is a decimal in a string (fortnox.md 3); `rows` are checked by those who know them. */
export type FieldType = 'string' | 'boolean' | 'number' | 'integer' | 'quantity' | 'date' | 'texts' | 'labels' | 'rows';
export type FieldRules = Readonly<Record<string, FieldRule>>;

export const text = (max?: number): FieldRule => (max === undefined ? { type: 'string' } : { type: 'string', max });
export const exactly = (length: number): FieldRule => ({ type: 'string', min: length, max: length });
export const oneOf = (values: readonly string[], initial?: string): FieldRule => ({
  type: 'string',
  values,
  ...(initial === undefined ? {} : { initial }),
});
export const readOnly = (type: FieldType, initial?: unknown): FieldRule => ({
  type,
  readOnly: true,
  ...(initial === undefined ? {} : { initial }),
});

const EMPTY: Readonly<Record<FieldType, unknown>> = {
  string: '',
  boolean: false,
  number: 0,
  integer: null,
  quantity: '0',
  date: null,
  texts: null,
  labels: [],
  rows: [],
};

/** The value of a field that nobody has filled in. */
export const emptyValue = (rule: FieldRule): unknown =>
  clone(rule.initial === undefined ? EMPTY[rule.type] : rule.initial);

/** A record with every field of the table empty. */
export const emptyRecord = (rules: FieldRules): Record<string, unknown> =>
  Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, emptyValue(rule)]));
