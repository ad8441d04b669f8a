const ESCAPE = '\u0001';

/**
 * Text as a store keeps it. UTF-8 has no lone surrogates, so that two keys which differ in one would become one, and
 * some databases cut text at a NUL: such text is kept as JSON behind a mark. What needs no mark stays as it is.
 */
export const toStoredText = (value: string): string =>
  value.includes('\0') || value.startsWith(ESCAPE) || /\p{Cs}/u.test(value) ? ESCAPE + JSON.stringify(value) : value;

/** The text that toStoredText was given. */
export const fromStoredText = (value: string): string =>
  value.startsWith(ESCAPE) ? (JSON.parse(value.slice(1)) as string) : value;
