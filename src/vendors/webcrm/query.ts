import type { List } from './calls.ts';
import type { FieldValue } from './types.ts';

/** A single quote is escaped by doubling it (webcrm.md 5.1). */
const literal = (value: string) => `'${value.replaceAll("'", "''")}'`;
const instant = (at: number) => literal(new Date(at).toISOString());

type Queried = 'Organisation' | 'Delivery';

/**
 * The `/Queries` script that finds records of which one of the fields has its value. Raises a plain Error for a field name that is none
 * of the table's: a mistake of the caller's, never a user's text.
 */
export function recordsWhereAny(table: Queried, wanted: readonly FieldValue[]): string {
  const conditions = wanted.map(({ field, value }) => {
    if (!field.startsWith(table) || !/^[A-Za-z0-9]+$/.test(field.slice(table.length)))
      throw new Error(`"${field}" is not the name of a field of ${table}.`);
    return `${field} = ${literal(value)}`;
  });
  if (conditions.length === 0) throw new Error(`Nothing says which records of ${table} are wanted.`);
  return `SELECT * FROM ${table} WHERE ${conditions.join(' OR ')}`;
}

/** The script that finds records whose field has this value. Raises as `recordsWhereAny`. */
export const recordsWhere = (table: Queried, field: string, value: string): string =>
  recordsWhereAny(table, [{ field, value }]);

/** The script that lists the ids of deliveries changed since an instant (ms). */
export const deliveriesSince = (at: number): string =>
  `SELECT DeliveryId FROM Delivery WHERE DeliveryUpdatedAt >= ${instant(at)}`;

/** The script that lists the owners of lines changed since an instant (ms); that the table exists is not proven. */
export const linesSince = (at: number): string =>
  `SELECT QuotationLineOpportunityId FROM QuotationLine WHERE QuotationLineUpdatedAt >= ${instant(at)}`;

export const QUERIES = '/Queries';
/** All rows that a script finds. */
export const queryList = (script: string, idField?: string): List => ({
  path: QUERIES,
  route: QUERIES,
  query: { script },
  ...(idField === undefined ? {} : { idField }),
});
