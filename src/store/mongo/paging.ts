import type { Filter } from 'mongodb';
import { type CursorKey, type CursorValue, checkLimit, decodeCursor, encodeCursor } from '../paging-cursor.ts';
import type { Page, PageRequest } from '../port.ts';
import type { CollectionName } from './collections.ts';
import type { Mongo, Row } from './mongo.ts';
import { type OperationName, reading } from './operations.ts';

/** One list: which documents, and the fields that order them; together these must make the order total. */
interface Listing<T> {
  readonly collection: CollectionName;
  readonly operation: OperationName;
  readonly where: Filter<Row>;
  readonly keys: readonly CursorKey[];
  readonly descending: boolean;
  readonly read: (row: Row) => T;
}

/**
 * What stands beyond these values in the order of the keys. The bound on the first key alone lets the index begin there; the
 * alternatives cut what has the same first key.
 */
export function beyond(fields: readonly string[], values: readonly CursorValue[], descending: boolean): Filter<Row> {
  const [strict, loose] = descending ? ['$lt', '$lte'] : ['$gt', '$gte'];
  const alternatives = fields.map((field, index) => ({
    ...Object.fromEntries(fields.slice(0, index).map((equal, place) => [equal, values[place]])),
    [field]: { [strict]: values[index] },
  }));
  const [first = '_id'] = fields;
  return { $and: [{ [first]: { [loose]: values[0] } }, { $or: alternatives }] };
}

export const sortBy = (fields: readonly string[], descending: boolean): Record<string, 1 | -1> =>
  Object.fromEntries(fields.map((field) => [field, descending ? -1 : 1]));

/**
 * Reads one page by keyset, so that documents written between two pages neither shift nor repeat the rest.
 * Raises `invalid-body` for a cursor that this list did not give out, or a limit that is no positive whole number.
 */
export async function readPage<T>(mongo: Mongo, listing: Listing<T>, page: PageRequest): Promise<Page<T>> {
  checkLimit(page.limit);
  const { keys, descending, where } = listing;
  const fields = keys.map(([field]) => field);
  const filter =
    page.cursor === undefined ? where : { $and: [where, beyond(fields, decodeCursor(page.cursor, keys), descending)] };
  const rows = await mongo
    .rows(listing.collection)
    .find(filter, reading(listing.operation))
    .sort(sortBy(fields, descending))
    .limit(page.limit + 1)
    .toArray();
  const shown = rows.slice(0, page.limit);
  const last = shown.at(-1);
  const next = rows.length > page.limit && last ? encodeCursor(fields.map((field) => last[field])) : null;
  return { items: shown.map(listing.read), next };
}
