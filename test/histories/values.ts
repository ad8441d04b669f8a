import type { Chances } from './prng.ts';

/** What people type. No value comes twice in a history, so that each can be followed. */
export interface Values {
  /** Of a field of a customer. */
  of(field: string): string;
  customerNumber(): string;
  articleNumber(): string;
  /** Of a text of a delivery, a document or a row. */
  text(): string;
  /** ISO calendar date. */
  date(): string;
  price(): number;
  quantity(): number;
  /** Percent. */
  discount(): number;
  /** Percent; these come many times, as units do. */
  vat(): number;
  /** '': none. */
  unit(): string;
}

const FIRST = ['Ek', 'Åkesson', 'Öberg', 'Nyström', 'Dahl', 'Sjö', 'Lind', 'Hägg'];
const CITIES = ['Malmö', 'Göteborg', 'Växjö', 'Örebro', 'Umeå', 'Lund'];
const THINGS = ['Bräda', 'Skruv', 'Montage', 'Läkt "B"', "D'Angers", 'Färg & lack', 'Ö-lås'];
const DAY_MS = 86_400_000;

function checkDigit(nine: string): number {
  let sum = 0;
  for (let at = 0; at < nine.length; at += 1) {
    const doubled = Number(nine[at]) * (at % 2 === 0 ? 2 : 1);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return (10 - (sum % 10)) % 10;
}

/** Dates lie after `from`, ms since the epoch: what is older is not taken over by itself (R13). */
export function createValues(chances: Chances, allowTwoLines: boolean, from: number): Values {
  let count = 100;
  const sign = () => (chances.chance(0.04) ? -1 : 1);
  const fresh = () => {
    count += 1;
    return count;
  };
  return {
    // Far apart and with a letter: a vendor that counts on from the highest number never meets one.
    customerNumber: () => `K${fresh() * 7}`,
    articleNumber: () => `A-${fresh()}`,
    text: () => `${chances.one(THINGS)} ${fresh()}`,
    date: () => new Date(from + (fresh() - 100) * DAY_MS).toISOString().slice(0, 10),
    // A rebate or a return is below 0.
    price: () => sign() * (fresh() * 10 + chances.one([0, 0.5, 0.25, 0.99])),
    quantity: () => sign() * (fresh() + chances.one([0, 0, 0.5, 0.25])),
    vat: () => chances.one([25, 12, 6]),
    unit: () => chances.one(['st', 'tim', '']),
    discount: () => Number((fresh() / 50).toFixed(2)),
    of(field) {
      const serial = fresh();
      if (field === 'name') return `${chances.one(FIRST)} & Co ${serial} AB`;
      if (field === 'phone') return `040-${serial} ${chances.below(90) + 10}`;
      if (field === 'website') return `www.f${serial}.example`;
      if (field === 'email') return `info@f${serial}.example`;
      if (field === 'vatNumber') {
        const nine = `556${String(serial).padStart(6, '0')}`;
        return `SE${nine}${checkDigit(nine)}01`;
      }
      if (field.endsWith('Street')) {
        return allowTwoLines && chances.chance(0.3) ? `Box ${serial}\nStorgatan 1` : `Storgatan ${serial}`;
      }
      if (field.endsWith('PostCode')) return `${20000 + serial}`;
      if (field.endsWith('City')) return `${chances.one(CITIES)} ${serial}`;
      throw new Error(`no values for ${field}`);
    },
  };
}
