import { SyncError } from '../../../errors/sync-error.ts';
import type { Fenced } from '../../port.ts';
import type { Row } from '../db.ts';
import type { OpsOf } from './types.ts';

const read = (row: Row): Fenced => ({
  id: String(row.id),
  version: Number(row.version),
  value: JSON.parse(String(row.doc)) as unknown,
});

export const fenced: OpsOf<'fenced'> = {
  get(db, kind, id) {
    const row = db.get('SELECT id, version, doc FROM fenced WHERE kind = ? AND id = ?', kind, id);
    return row === undefined ? null : read(row);
  },
  list: (db, kind) => db.all('SELECT id, version, doc FROM fenced WHERE kind = ? ORDER BY id', kind).map(read),
  put(db, kind, id, version, value, now) {
    const doc = JSON.stringify(value) as string | undefined;
    if (doc === undefined) throw new SyncError('store-failed', `What is to be kept as ${kind} ${id} is not JSON`);
    if (version === 0) {
      const sql = `INSERT INTO fenced (kind, id, version, doc, updated_at) VALUES (?, ?, 1, ?, ?)
        ON CONFLICT (kind, id) DO NOTHING`;
      return db.run(sql, kind, id, doc, now) > 0;
    }
    const sql = `UPDATE fenced SET version = version + 1, doc = ?, updated_at = ?
      WHERE kind = ? AND id = ? AND version = ?`;
    return db.run(sql, doc, now, kind, id, version) > 0;
  },
  delete: (db, kind, id, version) =>
    db.run('DELETE FROM fenced WHERE kind = ? AND id = ? AND version = ?', kind, id, version) > 0,
  expire: (db, kind, before) => db.run('DELETE FROM fenced WHERE kind = ? AND updated_at < ?', kind, before),
};
