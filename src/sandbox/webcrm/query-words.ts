import { Refusal } from './refusal.ts';

export interface Word {
  readonly kind: 'word' | 'string' | 'number' | 'symbol' | 'end';
  readonly text: string;
}

const PATTERN =
  /\s+|(?<string>'(?:[^']|'')*'(?![\w']))|(?<symbol>>=|[=()*,])|(?<number>\d+(?:\.\d+)?\b)|(?<word>[A-Za-z]\w*)/y;

function split(script: string): Word[] {
  const found: Word[] = [];
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

/** The words of a query's script from its start; a quote inside a text is doubled. Raises Refusal. */
export function reader(script: string) {
  const list = split(script);
  let at = 0;
  const peek = (): Word => list[at] ?? { kind: 'end', text: 'the end' };
  const isWord = (text: string) => peek().kind === 'word' && peek().text.toUpperCase() === text;
  const isSymbol = (text: string) => peek().kind === 'symbol' && peek().text === text;
  const expect = (ok: boolean, what: string): Word => {
    if (!ok) throw new Refusal(`Query: ${what} expected, found ${peek().text}`);
    const word = peek();
    at += 1;
    return word;
  };
  return {
    expect,
    is: (...kinds: Word['kind'][]) => kinds.includes(peek().kind),
    isSymbol,
    /** Steps over the word or symbol when it is next. */
    took: (text: string): boolean => {
      const next = isWord(text) || isSymbol(text);
      if (next) at += 1;
      return next;
    },
    name: (what: string): string => expect(peek().kind === 'word', what).text,
    word: (text: string): Word => expect(isWord(text), text),
  };
}
export type Reader = ReturnType<typeof reader>;
