import type { List } from './calls.ts';

/** A single quote is escaped by doubling it (webcrm.md 5.1). */
const literal = (value: string) => `'${value.replaceAll("'", "''")}'`;
const instant = (at: number) => literal(new Date(at).toISOString());

/**
 * The `/Queries` script that finds records whose field has this value. Raises a plain Error for a field name that is none of the
 * table's: a mistake of the caller's, never a user's text.
 */
export function recordsWhere(table: 'Organisation' | 'Delivery', field: string, value: string): string {
  if (!field.startsWith(table) || !/^[A-Za-z0-9]+$/.test(field.slice(table.length)))
    throw new Error(`"${field}" is not the name of a field of ${table}.`);
  return `SELECT * FROM ${table} WHERE ${field} = ${literal(value)}`;
}

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
