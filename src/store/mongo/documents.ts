import { optionalDocument, readDocument } from '../embedded/documents.ts';
import type { DocumentCollection } from '../embedded/upgrades.ts';
import type { Row } from './mongo.ts';

/**
 * A document is kept as its JSON text beside the fields it is found by: keys with `$`, dots and `__proto__` survive, and so
 * does each number. Older forms are brought to the newest when they are read.
 */
export const reader = <C extends DocumentCollection>(collection: C) => {
  const read = readDocument(collection);
  return (row: Row) => read({ doc: String(row.doc) });
};

/** As reader; null when there is no document. */
export const optional = <C extends DocumentCollection>(collection: C, row: Row | null) =>
  optionalDocument(collection, row === null ? undefined : { doc: String(row.doc) });
