import type { Author } from './records.ts';
import { RaceRefusal, Refusal } from './refusal.ts';

interface Given {
  readonly number: string;
  /** The moment at which it was given. */
  readonly at: number;
  readonly author: Author;
}

/**
 * The numbers of deliveries. Two deliveries with one number lock each other against edits through the API (webcrm.md 8.3),
 * and an API write that would make a second one is refused.
 */
export function createDeliveryNumbers(deps: { moment: () => number; lastShown: (id: number) => number }) {
  const numbers = new Map<number, Given>();

  function others(id: number | null, number: string): [number, Given][] {
    return number === '' ? [] : [...numbers].filter(([other, given]) => other !== id && given.number === number);
  }
  const refuse = (foreseen: boolean, why: string): never => {
    throw foreseen ? new Refusal(why) : new RaceRefusal(why);
  };

  return {
    note(id: number, number: string, author: Author): void {
      if (numbers.get(id)?.number !== number) numbers.set(id, { number, at: deps.moment(), author });
    },
    forget: (id: number): void => void numbers.delete(id),
    /** Raises when the API may not edit this delivery (null: a new one), or not give it the number `wanted`. */
    check(id: number | null, wanted: string | undefined): void {
      const own = id === null ? undefined : numbers.get(id);
      if (id !== null && own) {
        for (const [other, given] of others(id, own.number)) {
          const last = given.at > own.at ? given : own;
          const foreseen = last.author === 'api' || last.at <= deps.lastShown(id);
          refuse(foreseen, `Delivery ${id} is locked: delivery ${other} has the number ${own.number} too`);
        }
      }
      if (wanted === undefined) return;
      for (const [other, given] of others(id, wanted)) {
        const foreseen = given.author === 'api' || given.at <= deps.lastShown(other);
        refuse(foreseen, `DeliveryNumber: delivery ${other} has the number ${wanted}`);
      }
    },
    reset: (): void => numbers.clear(),
  };
}
