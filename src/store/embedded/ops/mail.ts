import type { OpsOf } from './types.ts';

export const mail: OpsOf<'mail'> = {
  put(db, letters, expiresAt) {
    // In place of an older one of its name, and at the end of the box.
    const sql = 'INSERT OR REPLACE INTO mail (recipient, name, body, expires_at) VALUES (?, ?, ?, ?)';
    for (const { to, name, body } of letters) db.run(sql, to, name, body, expiresAt);
  },
  take(db, to, limit, now) {
    const letters = to
      .flatMap((box) => db.all('SELECT * FROM mail WHERE recipient = ? ORDER BY seq LIMIT ?', box, limit))
      .sort((a, b) => Number(a.seq) - Number(b.seq))
      .slice(0, limit);
    for (const { seq } of letters) db.run('DELETE FROM mail WHERE seq = ?', seq ?? null);
    const fresh = letters.filter((row) => Number(row.expires_at) > now);
    return fresh.map((row) => ({ to: String(row.recipient), name: String(row.name), body: String(row.body) }));
  },
  expire: (db, now) => db.run('DELETE FROM mail WHERE expires_at < ?', now),
};
