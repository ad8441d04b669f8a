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
  get(db, tenant, name) {
    const row = db.get('SELECT sealed FROM secrets WHERE tenant = ? AND name = ?', tenant, name);
    return row === undefined ? null : String(row.sealed);
  },
  list: (db, tenant) =>
    db
      .all('SELECT name, updated_at FROM secrets WHERE tenant = ? ORDER BY name', tenant)
      .map((row) => ({ name: String(row.name), updatedAt: Number(row.updated_at) })),
};
