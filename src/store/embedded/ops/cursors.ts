import type { OpsOf } from './types.ts';

export const cursors: OpsOf<'cursors'> = {
  get(db, tenant, name) {
    const row = db.get('SELECT at FROM cursors WHERE tenant = ? AND name = ?', tenant, name);
    return row === undefined ? null : Number(row.at);
  },
  list: (db, tenant) =>
    db
      .all('SELECT name, at FROM cursors WHERE tenant = ? ORDER BY name', tenant)
      .map((row) => ({ name: String(row.name), at: Number(row.at) })),
  put(db, tenant, name, at) {
    db.run(
      'INSERT INTO cursors (tenant, name, at) VALUES (?, ?, ?) ON CONFLICT (tenant, name) DO UPDATE SET at = excluded.at',
      tenant,
      name,
      at,
    );
  },
};
