import { organisationNumber } from '../normalise.ts';

/** A Swedish organisation number as it is normalised: the two halves that every spelling of it holds. */
const HALVES = /^(\d{6})-(\d{4})$/;
/** What people write before the ten digits, 16 of a company, 19 and 20 of a person, and between the halves. */
const CENTURIES = ['', '16', '19', '20'];
const BETWEEN = ['-', '', ' '];
const halvesOf = (number: string): readonly [string, string] | null => {
  const match = HALVES.exec(number);
  return match ? [match[1] ?? '', match[2] ?? ''] : null;
};

/** The usual spellings of a normalised organisation number, that one first (R20). One that is not Swedish has no other. Pure. */
export function numberSpellings(number: string): readonly string[] {
  const halves = halvesOf(number);
  if (halves === null) return [number];
  return CENTURIES.flatMap((century) => BETWEEN.map((between) => `${century}${halves.join(between)}`));
}

/** The usual spellings of the Swedish VAT number that holds it; of another number none. Pure. */
export function vatSpellings(number: string): readonly string[] {
  const halves = halvesOf(number);
  if (halves === null) return [];
  const [lead, between, end] = [
    ['SE', 'SE '],
    ['', '-'],
    ['01', ' 01'],
  ] as const;
  return lead.flatMap((before) =>
    between.flatMap((hyphen) => end.map((after) => `${before}${halves.join(hyphen)}${after}`)),
  );
}

/** The longest part that every spelling of it holds: what a search for a part finds them all by. Pure. */
export const partOfNumber = (number: string): string => halvesOf(number)?.[0] ?? number;

/** Whether a text is this normalised number, however it is written. Pure. */
export const isSameNumber = (number: string, written: unknown): boolean =>
  organisationNumber(written)?.toLowerCase() === number.toLowerCase();
