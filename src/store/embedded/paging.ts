import { type CursorKey, checkLimit, decodeCursor, encodeCursor } from '../paging-cursor.ts';
import type { Page, PageRequest } from '../port.ts';
import type { Db, Param, Row } from './db.ts';

/** One list: which rows, and the columns that order them; together these must make the order total. */
interface Listing<T> {
  readonly table: string;
  /** Conditions with one value each. A `+` before the column keeps SQLite from choosing its index. */
  readonly where: readonly Condition[];
  readonly keys: readonly CursorKey[];
  readonly descending: boolean;
  readonly read: (row: Row) => T;
}
export type Condition = readonly [condition: string, value: Param];

/**
 * Reads one page by keyset, so that rows written between two pages neither shift nor repeat the rest.
 * Raises `invalid-body` for a cursor that this list did not give out, or a limit that is no positive whole number.
 */
export function readPage<T>(db: Db, listing: Listing<T>, page: PageRequest): Page<T> {
  checkLimit(page.limit);
  const { keys } = listing;
  const columns = keys.map(([column]) => column);
  const conditions = listing.where.map(([condition]) => condition);
  const params = listing.where.map(([, value]) => value);
  if (page.cursor !== undefined) {
    const places = columns.map(() => '?').join(', ');
    conditions.push(`(${columns.join(', ')}) ${listing.descending ? '<' : '>'} (${places})`);
    params.push(...decodeCursor(page.cursor, keys));
  }
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const order = columns.map((column) => `${column} ${listing.descending ? 'DESC' : 'ASC'}`).join(', ');
  const sql = `SELECT * FROM ${listing.table} ${where} ORDER BY ${order} LIMIT ?`;
  const rows = db.all(sql, ...params, page.limit + 1);
  const shown = rows.slice(0, page.limit);
  const last = shown.at(-1);
  return {
    items: shown.map(listing.read),
    next: rows.length > page.limit && last ? encodeCursor(columns.map((column) => last[column])) : null,
  };
}
