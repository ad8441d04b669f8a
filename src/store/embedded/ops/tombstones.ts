import type { OpsOf } from './types.ts';

export const tombstones: OpsOf<'tombstones'> = {
  put(db, tenant, hash, now) {
    db.run(
      'INSERT INTO tombstones (tenant, hash, at) VALUES (?, ?, ?) ON CONFLICT (tenant, hash) DO NOTHING',
      tenant,
      hash,
      now,
    );
  },
  has: (db, tenant, hash) =>
    db.get('SELECT 1 AS found FROM tombstones WHERE tenant = ? AND hash = ?', tenant, hash) !== undefined,
  any: (db, tenant) => db.get('SELECT 1 AS found FROM tombstones WHERE tenant = ? LIMIT 1', tenant) !== undefined,
  remove: (db, tenant, hash) => db.run('DELETE FROM tombstones WHERE tenant = ? AND hash = ?', tenant, hash) > 0,
};
