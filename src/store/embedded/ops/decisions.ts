import type { OpsOf } from './types.ts';

const KEY = 'tenant = ? AND entity = ? AND side = ? AND id = ?';

export const decisions: OpsOf<'decisions'> = {
  set(db, tenant, entity, side, id, reason, now) {
    if (reason === null) return db.run(`DELETE FROM decisions WHERE ${KEY}`, tenant, entity, side, id) > 0;
    return (
      db.run(
        `INSERT INTO decisions (tenant, entity, side, id, reason, at) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (tenant, entity, side, id) DO UPDATE SET reason = excluded.reason, at = excluded.at
         WHERE reason <> excluded.reason`,
        tenant,
        entity,
        side,
        id,
        reason,
        now,
      ) > 0
    );
  },
  get(db, tenant, entity, side, id) {
    const row = db.get(`SELECT reason, at FROM decisions WHERE ${KEY}`, tenant, entity, side, id);
    return row === undefined ? null : { reason: String(row.reason), at: Number(row.at) };
  },
};
