/** The shapes of webCRM's records: a table names every field of an entity with its kind, bounds and owner. */
export type FieldKind = 'text' | 'register-text' | 'integer' | 'double' | 'boolean' | 'date' | 'dropdown' | 'choice';
export type Access = 'open' | 'read-only' | 'write-only';
export interface FieldSpec {
  readonly name: string;
  readonly kind: FieldKind;
  /** null: not bounded by the description. */
  readonly maxLength: number | null;
  /** `read-only`: kept by webCRM itself, a write that names it is refused. `write-only`: taken and never answered. */
  readonly access: Access;
  /** Texts that a drop-down takes, "" clears it; or those of a choice, the first when it is unset. */
  readonly values: readonly string[];
}
export type Value = string | number | boolean;
export type Row = Record<string, Value>;
export type TableName = 'Organisation' | 'Delivery' | 'QuotationLine' | 'QuotationLineLinkedDataItem';

/** A field that holds the id of another record. 0 is no record: refused where one is required. */
export interface Reference {
  readonly field: string;
  readonly to: TableName;
  readonly required: boolean;
}
export interface Table {
  /** Prefix of every field, and the table's name in /Queries. */
  readonly name: TableName;
  /** The path of its list, e.g. /Deliveries. */
  readonly path: string;
  /** Name of the field that holds the id. */
  readonly id: string;
  /** Apart from the other tables', so that an id that is taken for another entity's finds nothing. */
  readonly firstId: number;
  /** Whether it holds when and by whom its rows were made and changed. */
  readonly stamped: boolean;
  readonly specs: readonly FieldSpec[];
  readonly fields: ReadonlyMap<string, FieldSpec>;
  readonly references: readonly Reference[];
  /** Puts what webCRM computes from the other fields into the row. */
  readonly derive: (row: Row) => void;
}

/** What an unset date and an unset drop-down come back as: a year 1 date and a localised text, never null. */
export const EMPTY_DATE = '0001-01-01T00:00:00+00:00';
export const PLACEHOLDER = '-- vælg --';

/** Makers of the fields of one entity, whose names all begin with the prefix. */
export function fieldsOf(prefix: TableName) {
  const field = (
    name: string,
    kind: FieldKind,
    maxLength: number | null = null,
    access: Access = 'open',
  ): FieldSpec => ({ name: `${prefix}${name}`, kind, maxLength, access, values: [] });
  return {
    field,
    /** Kept by webCRM itself. */
    kept: (name: string, kind: FieldKind, maxLength: number | null = null) => field(name, kind, maxLength, 'read-only'),
    listed: (
      name: string,
      kind: 'dropdown' | 'choice',
      values: readonly string[],
      maxLength: number | null = null,
    ) => ({
      ...field(name, kind, maxLength),
      values,
    }),
    many: (kind: FieldKind, names: readonly string[]): FieldSpec[] => names.map((name) => field(name, kind)),
    numbered: (name: string, count: number, kind: FieldKind, maxLength: number | null = null): FieldSpec[] =>
      Array.from({ length: count }, (_, index) => field(`${name}${index + 1}`, kind, maxLength)),
  };
}

/** A table whose id field is the first of its specs. */
export function tableOf(
  definition: Omit<Table, 'id' | 'fields' | 'derive' | 'references'> & Partial<Pick<Table, 'derive' | 'references'>>,
): Table {
  return {
    references: [],
    derive: () => {},
    ...definition,
    id: `${definition.name}Id`,
    fields: new Map(definition.specs.map((spec) => [spec.name, spec])),
  };
}

const EMPTY: Readonly<Record<Exclude<FieldKind, 'choice'>, Value>> = {
  text: '',
  // webCRM refuses empty fields of the register; its own code writes a dash (webcrm.md 8.5).
  'register-text': '-',
  dropdown: '',
  integer: 0,
  double: 0,
  boolean: false,
  date: EMPTY_DATE,
};
export const emptyValue = (spec: FieldSpec): Value =>
  spec.kind === 'choice' ? (spec.values[0] ?? '') : EMPTY[spec.kind];

/** A field's value in a stored row. */
export const storedValue = (row: Row, spec: FieldSpec): Value => row[spec.name] ?? emptyValue(spec);

/** An instant in webCRM's notation. */
export const stamp = (ms: number): string => new Date(ms).toISOString().replace('Z', '+00:00');

/** What the API answers: every field but the write-only ones, with the placeholder in unset drop-downs. */
export function answered(table: Table, row: Row): Row {
  const all: Row = {};
  for (const spec of table.specs) {
    if (spec.access === 'write-only') continue;
    const value = storedValue(row, spec);
    all[spec.name] = spec.kind === 'dropdown' && value === '' ? PLACEHOLDER : value;
  }
  return all;
}
