import type { Chances } from './prng.ts';

/** What people type. No value comes twice in a history, so that each can be followed. */
export interface Values {
  of(field: string): string;
  customerNumber(): string;
}

const FIRST = ['Ek', 'Åkesson', 'Öberg', 'Nyström', 'Dahl', 'Sjö', 'Lind', 'Hägg'];
const CITIES = ['Malmö', 'Göteborg', 'Växjö', 'Örebro', 'Umeå', 'Lund'];

function checkDigit(nine: string): number {
  let sum = 0;
  for (let at = 0; at < nine.length; at += 1) {
    const doubled = Number(nine[at]) * (at % 2 === 0 ? 2 : 1);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return (10 - (sum % 10)) % 10;
}

export function createValues(chances: Chances, allowTwoLines: boolean): Values {
  let count = 100;
  const fresh = () => {
    count += 1;
    return count;
  };
  return {
    // Far apart and with a letter: a vendor that counts on from the highest number never meets one.
    customerNumber: () => `K${fresh() * 7}`,
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
