import type { OpsOf } from './types.ts';

// A few at each arrival keep the table as small as what is still remembered.
const SWEEP = 20;

export const answers: OpsOf<'answers'> = {
  count: (db, scope, now, most) =>
    db.all('SELECT 1 FROM answers WHERE scope = ? AND +expires_at > ? LIMIT ?', scope, now, most).length,
  begin(db, scope, key, fingerprint, now, expiresAt) {
    db.run(
      'DELETE FROM answers WHERE (scope, key) IN (SELECT scope, key FROM answers WHERE expires_at <= ? LIMIT ?)',
      now,
      SWEEP,
    );
    const begun = db.run(
      `INSERT INTO answers (scope, key, fingerprint, sealed, expires_at) VALUES (?, ?, ?, NULL, ?)
       ON CONFLICT (scope, key) DO UPDATE SET
         fingerprint = excluded.fingerprint, sealed = NULL, expires_at = excluded.expires_at
       WHERE answers.expires_at <= ?`,
      scope,
      key,
      fingerprint,
      expiresAt,
      now,
    );
    if (begun > 0) return null;
    const row = db.get('SELECT fingerprint, sealed FROM answers WHERE scope = ? AND key = ?', scope, key);
    return {
      fingerprint: String(row?.fingerprint),
      sealed: typeof row?.sealed === 'string' ? row.sealed : null,
    };
  },
  finish(db, scope, key, sealed, expiresAt) {
    db.run('UPDATE answers SET sealed = ?, expires_at = ? WHERE scope = ? AND key = ?', sealed, expiresAt, scope, key);
  },
  drop(db, scope, key) {
    db.run('DELETE FROM answers WHERE scope = ? AND key = ?', scope, key);
  },
};
