import type { OpsOf } from './types.ts';

// A few at each arrival keep the table as small as what is still remembered.
const SWEEP = 20;

export const seen: OpsOf<'seen'> = {
  add(db, tenant, id, now, expiresAt) {
    db.run(
      'DELETE FROM seen WHERE (tenant, id) IN (SELECT tenant, id FROM seen WHERE expires_at <= ? LIMIT ?)',
      now,
      SWEEP,
    );
    return (
      db.run(
        `INSERT INTO seen (tenant, id, expires_at) VALUES (?, ?, ?)
         ON CONFLICT (tenant, id) DO UPDATE SET expires_at = excluded.expires_at WHERE seen.expires_at <= ?`,
        tenant,
        id,
        expiresAt,
        now,
      ) > 0
    );
  },
};
