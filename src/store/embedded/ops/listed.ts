import type { Listed } from '../../../../schemas/imports.ts';
import type { CursorKey } from '../../paging-cursor.ts';
import type { Db, Row } from '../db.ts';
import { type Condition, readPage } from '../paging.ts';
import type { OpsOf } from './types.ts';

/** Records that one `clear` deletes: the store repeats it, so that a large import never holds up the writes between. */
export const CLEAR_BATCH = 1000;

/** Longest answer of `find`. */
const MOST = 50;

const PUT = `
INSERT INTO listed (tenant, import_id, kind, side, id, lower_number, lower_organisation_number, lower_name, outcome,
  stale, doc)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (tenant, import_id, kind, side, id) DO UPDATE SET
  lower_number = excluded.lower_number, lower_organisation_number = excluded.lower_organisation_number,
  lower_name = excluded.lower_name, outcome = excluded.outcome, stale = excluded.stale, doc = excluded.doc`;

const IN_IMPORT = 'tenant = ? AND import_id = ? AND kind = ? AND side = ?';
const COLUMN = {
  number: 'lower_number',
  organisationNumber: 'lower_organisation_number',
  name: 'lower_name',
} as const;

// SQLite lowers A-Z only (sqlite.org/lang_corefunc.html#lower), and here names begin with Å.
const lower = (value: string | null): string | null => value?.toLowerCase() ?? null;

/** `touch` writes the column alone: what the document says of it is older. */
const read = (row: Row): Listed => ({ ...(JSON.parse(String(row.doc)) as Listed), stale: row.stale === 1 });

function putOne(db: Db, record: Listed): void {
  const { tenant, importId, kind, side, id } = record;
  db.run(
    PUT,
    ...[tenant, importId, kind, side, id],
    ...[lower(record.number), lower(record.organisationNumber), lower(record.name)],
    record.outcome,
    record.stale ? 1 : 0,
    JSON.stringify(record),
  );
}

export const listed: OpsOf<'listed'> = {
  put(db, records) {
    for (const record of records) putOne(db, record);
  },
  get(db, tenant, importId, kind, side, id) {
    const sql = `SELECT doc, stale FROM listed WHERE ${IN_IMPORT} AND id = ?`;
    const row = db.get(sql, tenant, importId, kind, side, id);
    return row === undefined ? null : read(row);
  },
  find: (db, tenant, importId, kind, side, by, value) =>
    db
      .all(
        `SELECT doc, stale FROM listed WHERE ${IN_IMPORT} AND ${COLUMN[by]} = ? ORDER BY id LIMIT ?`,
        ...[tenant, importId, kind, side],
        lower(value),
        MOST,
      )
      .map(read),
  list(db, tenant, importId, page) {
    const where: Condition[] = [
      ['tenant = ?', tenant],
      ['import_id = ?', importId],
    ];
    if (page.outcome !== undefined) where.push(['outcome = ?', page.outcome]);
    // A column that is one value orders nothing, and left among the keys it would keep the cursor from its index.
    const keys: CursorKey[] = [];
    for (const column of ['kind', 'side'] as const) {
      const value = page[column];
      if (value === undefined) keys.push([column, 'string']);
      else where.push([`${column} = ?`, value]);
    }
    keys.push(['id', 'string']);
    return readPage(db, { table: 'listed', where, keys, descending: false, read }, page);
  },
  touch(db, tenant, kind, side, id) {
    const sql = 'UPDATE listed SET stale = 1 WHERE tenant = ? AND kind = ? AND side = ? AND id = ? AND stale = 0';
    db.run(sql, tenant, kind, side, id);
  },
  forget: (db, tenant, kind, side, id) =>
    db.run('DELETE FROM listed WHERE tenant = ? AND kind = ? AND side = ? AND id = ?', tenant, kind, side, id),
  clear: (db, tenant, importId) =>
    db.run(
      'DELETE FROM listed WHERE rowid IN (SELECT rowid FROM listed WHERE tenant = ? AND import_id = ? LIMIT ?)',
      tenant,
      importId,
      CLEAR_BATCH,
    ),
};
