import { FIELDS, type Organisation } from './fields.ts';
import { Refusal } from './refusal.ts';
import { instant, storedValue } from './validate.ts';

type Test = (row: Organisation) => boolean;
interface Token {
  readonly kind: 'word' | 'string' | 'number' | 'symbol' | 'end';
  readonly text: string;
}

const PATTERN = /\s+|(?<string>'(?:[^']|'')*'(?![\w']))|(?<symbol>>=|[=()*])|(?<number>\d+\b)|(?<word>[A-Za-z]\w*)/y;

function tokens(script: string): Token[] {
  const found: Token[] = [];
  PATTERN.lastIndex = 0;
  let at = 0;
  while (at < script.length) {
    PATTERN.lastIndex = at;
    const match = PATTERN.exec(script);
    if (!match) throw new Refusal(`Query: cannot be read at ${at}: ${script.slice(at, at + 20)}`);
    at = PATTERN.lastIndex;
    const { string, symbol, number, word } = match.groups ?? {};
    if (string !== undefined) found.push({ kind: 'string', text: string.slice(1, -1).replaceAll("''", "'") });
    else if (symbol !== undefined) found.push({ kind: 'symbol', text: symbol });
    else if (number !== undefined) found.push({ kind: 'number', text: number });
    else if (word !== undefined) found.push({ kind: 'word', text: word });
  }
  return found;
}

function comparison(name: string, operator: string, literal: string): Test {
  const spec = FIELDS.get(name);
  if (!spec) throw new Refusal(`Query: unknown column ${name}`);
  if (spec.kind === 'date') {
    const bound = instant(literal);
    if (bound === null) throw new Refusal(`Query: ${name} is compared with something that is no date`);
    const at = (row: Organisation) => Date.parse(String(storedValue(row, spec)));
    return operator === '=' ? (row) => at(row) === bound : (row) => at(row) >= bound;
  }
  if (spec.kind === 'integer') {
    const bound = Number(literal);
    if (!/^\d+$/.test(literal)) throw new Refusal(`Query: ${name} is compared with something that is no number`);
    return operator === '='
      ? (row) => storedValue(row, spec) === bound
      : (row) => Number(storedValue(row, spec)) >= bound;
  }
  // String = is case-insensitive, as seen by a live client.
  const wanted = literal.toLowerCase();
  const text = (row: Organisation) => String(storedValue(row, spec)).toLowerCase();
  return operator === '=' ? (row) => text(row) === wanted : (row) => text(row) >= wanted;
}

/**
 * Reads `SELECT * FROM Organisation WHERE <condition>` with =, >=, AND, OR and parentheses, a quote in a text doubled.
 * Raises Refusal for anything else, so that a client never relies on more than was seen working.
 */
export function compileQuery(script: string): Test {
  const list = tokens(script);
  let at = 0;
  const peek = (): Token => list[at] ?? { kind: 'end', text: 'the end' };
  const take = (): Token => {
    const token = peek();
    at += 1;
    return token;
  };
  const isWord = (text: string) => peek().kind === 'word' && peek().text.toUpperCase() === text;
  const isSymbol = (text: string) => peek().kind === 'symbol' && peek().text === text;
  const expect = (ok: boolean, what: string): Token => {
    if (!ok) throw new Refusal(`Query: ${what} expected, found ${peek().text}`);
    return take();
  };

  function term(): Test {
    if (isSymbol('(')) {
      take();
      const inner = either();
      expect(isSymbol(')'), ')');
      return inner;
    }
    const column = expect(peek().kind === 'word', 'a column').text;
    const operator = expect(isSymbol('=') || isSymbol('>='), '= or >=').text;
    const literal = expect(peek().kind === 'string' || peek().kind === 'number', 'a value').text;
    return comparison(column, operator, literal);
  }
  function both(): Test {
    let left = term();
    while (isWord('AND')) {
      take();
      const [first, second] = [left, term()];
      left = (row) => first(row) && second(row);
    }
    return left;
  }
  function either(): Test {
    let left = both();
    while (isWord('OR')) {
      take();
      const [first, second] = [left, both()];
      left = (row) => first(row) || second(row);
    }
    return left;
  }

  expect(isWord('SELECT'), 'SELECT');
  expect(isSymbol('*'), '*');
  expect(isWord('FROM'), 'FROM');
  expect(isWord('ORGANISATION'), 'Organisation');
  expect(isWord('WHERE'), 'WHERE');
  const test = either();
  expect(peek().kind === 'end', 'the end');
  return test;
}
