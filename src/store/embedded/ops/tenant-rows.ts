import type { Db } from '../db.ts';

/** Rows that one `tenants.remove` deletes: the store repeats it, so that a large tenant never holds up the writes between. */
export const REMOVE_BATCH = 1000;

/** Every table that names a tenant, with what its rows are known by; in the order in which they are emptied. */
export const TENANT_TABLES: readonly (readonly [table: string, key: string])[] = [
  ['secrets', 'tenant, name'],
  ['pair_lines', 'tenant, line_id, pair_id'],
  ['pairs', 'rowid'],
  ['listed', 'rowid'],
  ['imports', 'tenant, id'],
  ['activity_reasons', 'tenant, reason, line_at, line_seq'],
  ['activity', 'seq'],
  ['decisions', 'tenant, entity, side, id'],
  ['states', 'tenant, name'],
  ['cursors', 'tenant, name'],
  ['alerts', 'tenant, kind'],
  ['tombstones', 'tenant, hash'],
  ['seen', 'tenant, id'],
  ['jobs', 'seq'],
];

/** Deletes up to a batch of what is kept of the tenant; gives how many rows there were. */
export function removeRows(db: Db, tenant: string): number {
  let left = REMOVE_BATCH;
  for (const [table, key] of TENANT_TABLES) {
    const some = `SELECT ${key} FROM ${table} WHERE tenant = ? LIMIT ?`;
    left -= db.run(`DELETE FROM ${table} WHERE (${key}) IN (${some})`, tenant, left);
    if (left === 0) break;
  }
  return REMOVE_BATCH - left;
}
