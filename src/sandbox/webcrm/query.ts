import { type FieldSpec, type Row, storedValue, type Table, type Value } from './fields.ts';
import { type Reader, reader } from './query-words.ts';
import { Refusal } from './refusal.ts';
import { DELIVERIES } from './tables/delivery.ts';
import { LINES } from './tables/line.ts';
import { ORGANISATIONS } from './tables/organisation.ts';
import { instant } from './validate.ts';

type Test = (row: Row) => boolean;
type Operator = '=' | '>=';
export interface Query {
  readonly table: Table;
  /** null: all of them. */
  readonly columns: readonly string[] | null;
  readonly test: Test;
  readonly order: (one: Row, other: Row) => number;
}

const TABLES: readonly Table[] = [ORGANISATIONS, DELIVERIES, LINES];

function column(table: Table, name: string): FieldSpec {
  const spec = table.fields.get(name);
  if (!spec || spec.access === 'write-only') throw new Refusal(`Query: unknown column ${name}`);
  return spec;
}

/** Dates compare as instants; String = is case-insensitive, as seen by a live client. */
function comparable(spec: FieldSpec, value: Value): number | string {
  if (spec.kind === 'date') return Date.parse(String(value));
  return typeof value === 'number' ? value : String(value).toLowerCase();
}

function bound(spec: FieldSpec, literal: string): number | string {
  const fault = (what: string) => new Refusal(`Query: ${spec.name} is compared with something that is no ${what}`);
  if (spec.kind === 'date') {
    const at = instant(literal);
    if (at === null) throw fault('date');
    return at;
  }
  if (spec.kind === 'integer' || spec.kind === 'double') {
    if (!/^\d+(\.\d+)?$/.test(literal)) throw fault('number');
    return Number(literal);
  }
  // How /Queries names the values of choices and check boxes has not been seen (webcrm.md 5.1).
  if (spec.kind === 'choice' || spec.kind === 'boolean') throw new Refusal(`Query: ${spec.name} cannot be compared`);
  return literal.toLowerCase();
}

function comparison(table: Table, name: string, operator: Operator, literal: string): Test {
  const spec = column(table, name);
  const wanted = bound(spec, literal);
  const value = (row: Row) => comparable(spec, storedValue(row, spec));
  return operator === '=' ? (row) => value(row) === wanted : (row) => value(row) >= wanted;
}

/** <term> { AND <term> } { OR ... }, AND binding closer; parentheses. */
function condition(words: Reader, table: Table): Test {
  function term(): Test {
    if (words.took('(')) {
      const inner = either();
      words.expect(words.isSymbol(')'), ')');
      return inner;
    }
    const name = words.name('a column');
    const operator = words.expect(words.isSymbol('=') || words.isSymbol('>='), '= or >=').text as Operator;
    return comparison(table, name, operator, words.expect(words.is('string', 'number'), 'a value').text);
  }
  function both(): Test {
    let left = term();
    while (words.took('AND')) {
      const [first, second] = [left, term()];
      left = (row) => first(row) && second(row);
    }
    return left;
  }
  function either(): Test {
    let left = both();
    while (words.took('OR')) {
      const [first, second] = [left, both()];
      left = (row) => first(row) || second(row);
    }
    return left;
  }
  return either();
}

function selected(words: Reader): string[] | null {
  if (words.took('*')) return null;
  const names = [words.name('a column or *')];
  while (words.took(',')) names.push(words.name('a column'));
  return names;
}

function ordered(words: Reader, table: Table): Query['order'] {
  if (!words.took('ORDER')) return () => 0;
  words.word('BY');
  const spec = column(table, words.name('a column'));
  const sign = words.took('DESC') ? -1 : 1;
  if (sign === 1) words.took('ASC');
  return (one, other) => {
    const [a, b] = [one, other].map((row) => comparable(spec, storedValue(row, spec)));
    if (a === undefined || b === undefined || a === b) return 0;
    return a < b ? -sign : sign;
  };
}

/**
 * Reads `SELECT *|<columns> FROM <table> [WHERE <condition>] [ORDER BY <column> [ASC|DESC]]` with =, >=, AND, OR and
 * parentheses (webcrm.md 5.1). Raises Refusal for anything else, so that a client never relies on more than was seen.
 */
export function compileQuery(script: string): Query {
  const words = reader(script);
  words.word('SELECT');
  const columns = selected(words);
  words.word('FROM');
  const from = words.name('a table');
  const table = TABLES.find(({ name }) => name.toUpperCase() === from.toUpperCase());
  if (!table) throw new Refusal(`Query: unknown table ${from}`);
  for (const name of columns ?? []) column(table, name);
  const test = words.took('WHERE') ? condition(words, table) : () => true;
  const order = ordered(words, table);
  words.expect(words.is('end'), 'the end');
  return { table, columns, test, order };
}
