import type { Param } from '../db.ts';
import { readDocument } from '../documents.ts';
import { readPage } from '../paging.ts';
import type { OpsOf } from './types.ts';

/** Lines that one `expire` deletes: the store repeats it, so that a long tail never holds up the writes between. */
export const EXPIRE_BATCH = 1000;

export const activity: OpsOf<'activity'> = {
  insert(db, lines) {
    for (const line of lines)
      db.run(
        `INSERT INTO activity (tenant, id, at, webcrm_id, fortnox_id, action, expires_at, doc)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        line.tenant,
        line.id,
        line.at,
        line.webcrmId,
        line.fortnoxId,
        line.action,
        line.expiresAt,
        JSON.stringify(line),
      );
  },
  list(db, tenant, page) {
    const where: [string, Param][] = [['tenant', tenant]];
    if (page.webcrmId !== undefined) where.push(['webcrm_id', page.webcrmId]);
    if (page.fortnoxId !== undefined) where.push(['fortnox_id', page.fortnoxId]);
    if (page.action !== undefined) where.push(['action', page.action]);
    return readPage(
      db,
      {
        table: 'activity',
        where,
        sort: 'at',
        tie: 'seq',
        tieType: 'number',
        descending: true,
        read: readDocument('activity'),
      },
      page,
    );
  },
  expire: (db, now) =>
    db.run(
      'DELETE FROM activity WHERE seq IN (SELECT seq FROM activity WHERE expires_at < ? LIMIT ?)',
      now,
      EXPIRE_BATCH,
    ),
};
