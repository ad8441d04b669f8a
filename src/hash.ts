import { createHash } from 'node:crypto';

/** The SHA-256 of a text, in hexadecimal. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A number in [0, 1) that is always the same for a text: what is planned by it is spread evenly over a period. */
export const spreadOf = (text: string): number => createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32;
