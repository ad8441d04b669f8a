/** Clears a field in a PUT; the empty text would leave it as it is (fortnox.md 8.1). */
const CLEAR = 'API_BLANK';

/** The fields of a POST: an empty one is left out, so that Fortnox fills in its default. */
export const filled = <T>(fields: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));

/** The fields of a PUT: the empty text becomes the word that clears. */
export const marked = <T>(fields: Readonly<Record<string, T>>): Record<string, T | string> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value === '' ? CLEAR : value]));
