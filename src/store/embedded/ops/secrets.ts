import type { OpsOf } from './types.ts';

export const secrets: OpsOf<'secrets'> = {
  put(db, tenant, name, sealed, now) {
    db.run(
      `INSERT INTO secrets (tenant, name, sealed, updated_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (tenant, name) DO UPDATE SET sealed = excluded.sealed, updated_at = excluded.updated_at`,
      tenant,
      name,
      sealed,
      now,
    );
  },
  replace(db, tenant, name, before, sealed, now) {
    if (before === null) {
      const sql = `INSERT INTO secrets (tenant, name, sealed, updated_at) VALUES (?, ?, ?, ?)
        ON CONFLICT (tenant, name) DO NOTHING`;
      return db.run(sql, tenant, name, sealed, now) > 0;
    }
    const sql = 'UPDATE secrets SET sealed = ?, updated_at = ? WHERE tenant = ? AND name = ? AND sealed = ?';
    return db.run(sql, sealed, now, tenant, name, before) > 0;
  },
  get(db, tenant, name) {
    const row = db.get('SELECT sealed FROM secrets WHERE tenant = ? AND name = ?', tenant, name);
    return row === undefined ? null : String(row.sealed);
  },
  list: (db, tenant) =>
    db
      .all('SELECT name, updated_at FROM secrets WHERE tenant = ? ORDER BY name', tenant)
      .map((row) => ({ name: String(row.name), updatedAt: Number(row.updated_at) })),
};
