import type { Document, IndexDescription } from 'mongodb';
import type { CollectionName } from '../../../src/store/mongo/collections.ts';
import { INDEXES } from '../../../src/store/mongo/indexes.ts';

const BY_ID: IndexDescription = { name: '_id_', key: { _id: 1 }, unique: true };

/** The conditions on fields that hold for every document found. */
function conditions(filter: Document): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [field, value] of Object.entries(filter)) {
    if (field === '$and')
      for (const part of value as Document[]) for (const entry of conditions(part)) found.set(...entry);
    else if (field !== '$or') found.set(field, value);
  }
  return found;
}
const isRange = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).some((key) => /^\$[gl]te?$/.test(key));

/** A partial index serves a filter that implies its condition. */
function implied(index: IndexDescription, where: Map<string, unknown>): boolean {
  return Object.entries(index.partialFilterExpression ?? {}).every(([field, wanted]) => {
    const given = where.get(field);
    return typeof wanted === 'object' ? given !== undefined && given !== null : given === wanted;
  });
}

/**
 * True when the index leads to the documents: equalities first, then the sort fields in their order (or a range), so that
 * nothing is gone through in vain and nothing sorted.
 */
function serves(index: IndexDescription, where: Map<string, unknown>, sort: readonly string[]): boolean {
  if (!implied(index, where)) return false;
  const keys = Object.keys(index.key as Record<string, unknown>);
  const equal = (key: string) => where.has(key) && !isRange(where.get(key));
  let at = 0;
  while (at < keys.length && equal(keys[at] ?? '') && !sort.includes(keys[at] ?? '')) at++;
  // A field that is one value changes no order, wherever it stands.
  const rest = keys.slice(at).filter((key) => !equal(key) || sort.includes(key));
  const ordered = sort.filter((field) => !equal(field));
  if (ordered.length > 0) return ordered.every((field, place) => rest[place] === field);
  return at > 0 || isRange(where.get(keys[0] ?? ''));
}

/** The indexes by which a filter with a sort is answered; the key of one document needs no other. */
export function servedBy(collection: CollectionName, filter: Document, sort: Document = {}): string[] {
  const where = conditions(filter);
  if (where.has('_id')) return ['_id_'];
  const fields = sort instanceof Map ? [...sort.keys()] : Object.keys(sort);
  return [BY_ID, ...(INDEXES[collection] ?? [])]
    .filter((index) => serves(index, where, fields as string[]))
    .map((index) => String(index.name));
}
