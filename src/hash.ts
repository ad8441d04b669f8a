import { createHash } from 'node:crypto';

/** The SHA-256 of a text, in hexadecimal. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** An HTTP entity tag of a text, strong: another text has another. */
export const etagOf = (text: string): string =>
  `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;

/** A number in [0, 1) that is always the same for a text: many are spread over a period as chance has it. */
export const spreadOf = (text: string): number => createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32;

/**
 * A number in [0, 1) for each text, the same distance apart: by `spreadOf`, but where chance would bunch some they are moved apart. The
 * first keeps its own, so that many such sets do not all begin at 0. It is the same wherever it is reckoned of the same texts; one more
 * or less moves the others by some distances at most.
 */
export function evenSpreadOf(texts: Iterable<string>): ReadonlyMap<string, number> {
  const spread = Array.from(texts, (text) => ({ text, at: spreadOf(text) }));
  spread.sort((a, b) => a.at - b.at || (a.text < b.text ? -1 : 1));
  const first = spread[0]?.at ?? 0;
  return new Map(spread.map(({ text }, rank) => [text, (first + rank / spread.length) % 1]));
}
