import { SyncError } from '../../errors/sync-error.ts';
import type { Page, PageRequest } from '../port.ts';
import type { Db, Param, Row } from './db.ts';

/** One list: which rows, and by which two columns they are ordered. The second one makes the order total. */
interface Listing<T> {
  readonly table: string;
  readonly where: readonly (readonly [column: string, value: Param])[];
  readonly sort: string;
  readonly tie: string;
  readonly tieType: 'string' | 'number';
  readonly descending: boolean;
  readonly read: (row: Row) => T;
}

const encode = (sort: Param, tie: Param): string => Buffer.from(JSON.stringify([sort, tie])).toString('base64url');

function decode(cursor: string, tieType: 'string' | 'number'): [number, string | number] {
  const fault = new SyncError('invalid-body', 'The cursor is not one that this list gave out', {
    faults: [{ field: 'cursor', message: 'Use the `next` of the page before, unchanged' }],
  });
  if (!/^[A-Za-z0-9_-]+$/.test(cursor)) throw fault;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw fault;
  }
  if (!Array.isArray(value) || value.length !== 2) throw fault;
  const [sort, tie] = value as unknown[];
  if (typeof sort !== 'number' || typeof tie !== tieType) throw fault;
  return [sort, tie as string | number];
}

/** Raises `invalid-body` for a limit that is no positive whole number. */
export function checkLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new SyncError('invalid-body', 'The limit must be a whole number from 1', {
      faults: [{ field: 'limit', message: 'Must be a whole number from 1' }],
    });
}

/**
 * Reads one page by keyset, so that rows written between two pages neither shift nor repeat the rest.
 * Raises `invalid-body` for a cursor that this list did not give out, or a limit that is no positive whole number.
 */
export function readPage<T>(db: Db, listing: Listing<T>, page: PageRequest): Page<T> {
  checkLimit(page.limit);
  const { sort, tie } = listing;
  const conditions = listing.where.map(([column]) => `${column} = ?`);
  const params = listing.where.map(([, value]) => value);
  if (page.cursor !== undefined) {
    conditions.push(`(${sort}, ${tie}) ${listing.descending ? '<' : '>'} (?, ?)`);
    params.push(...decode(page.cursor, listing.tieType));
  }
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const order = listing.descending ? 'DESC' : 'ASC';
  const rows = db.all(
    `SELECT * FROM ${listing.table} ${where} ORDER BY ${sort} ${order}, ${tie} ${order} LIMIT ?`,
    ...params,
    page.limit + 1,
  );
  const shown = rows.slice(0, page.limit);
  const last = shown.at(-1);
  return {
    items: shown.map(listing.read),
    next: rows.length > page.limit && last ? encode(last[sort] ?? null, last[tie] ?? null) : null,
  };
}
