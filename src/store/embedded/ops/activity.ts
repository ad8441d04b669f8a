import type { Activity } from '../../../../schemas/records.ts';
import type { Db } from '../db.ts';
import { readDocument } from '../documents.ts';
import { type Condition, readPage } from '../paging.ts';
import type { OpsOf } from './types.ts';

/** Lines that one `expire` deletes: the store repeats it, so that a long tail never holds up the writes between. */
export const EXPIRE_BATCH = 1000;

const read = readDocument('activity');

function insertOne(db: Db, line: Activity): void {
  db.run(
    `INSERT INTO activity (tenant, id, at, entity, webcrm_id, fortnox_id, pair_id, action, expires_at, doc)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    line.tenant,
    line.id,
    line.at,
    line.entity,
    line.webcrmId,
    line.fortnoxId,
    line.pairId,
    line.action,
    line.expiresAt,
    JSON.stringify(line),
  );
  if (line.reasons.length === 0) return;
  const seq = db.get('SELECT last_insert_rowid() AS seq')?.seq ?? null;
  const sql = 'INSERT INTO activity_reasons (tenant, reason, line_at, line_seq) VALUES (?, ?, ?, ?)';
  for (const reason of new Set(line.reasons)) db.run(sql, line.tenant, reason, line.at, seq);
}

/** What lines are found by, the narrowest first: its index is gone through, and the rest only checked. */
const FILTERS = [
  ['pairId', 'pair_id'],
  ['webcrmId', 'webcrm_id'],
  ['fortnoxId', 'fortnox_id'],
  ['action', 'action'],
  ['entity', 'entity'],
] as const;

type Filters = { readonly [F in (typeof FILTERS)[number][0]]?: string | undefined };

const given = (page: Filters): readonly (readonly [column: string, value: string])[] =>
  FILTERS.flatMap(([name, column]) => {
    const value = page[name];
    return value === undefined ? [] : [[column, value] as const];
  });

/** The lines that bear a reason, found by it; each row bears `line_at` and `line_seq` beside the columns of the line. */
const WITH_REASON = 'activity_reasons CROSS JOIN activity ON activity.seq = activity_reasons.line_seq';

/** For the few lines of one record. */
const HAS_REASON = `EXISTS (SELECT 1 FROM activity_reasons AS r
  WHERE r.tenant = activity.tenant AND r.reason = ? AND r.line_at = activity.at AND r.line_seq = activity.seq)`;

export const activity: OpsOf<'activity'> = {
  insert(db, lines) {
    for (const line of lines) insertOne(db, line);
  },
  list(db, tenant, page) {
    const filters = given(page);
    const byReason = page.reason !== undefined && !filters.some(([column]) => column.endsWith('_id'));
    const [at, seq] = byReason ? ['line_at', 'line_seq'] : ['at', 'seq'];
    const where: Condition[] = [[byReason ? 'activity_reasons.tenant = ?' : 'tenant = ?', tenant]];
    for (const [index, [column, value]] of filters.entries())
      where.push([`${byReason || index > 0 ? '+' : ''}${column} = ?`, value]);
    if (page.reason !== undefined) where.push([byReason ? 'reason = ?' : HAS_REASON, page.reason]);
    if (page.from !== undefined) where.push([`${at} >= ?`, page.from]);
    // The cursor is the nearer bound: the index must not begin at the farther one anew for each page.
    if (page.to !== undefined) where.push([`${page.cursor === undefined ? '' : '+'}${at} < ?`, page.to]);
    return readPage(
      db,
      {
        table: byReason ? WITH_REASON : 'activity',
        where,
        keys: [
          [at, 'number'],
          [seq, 'number'],
        ],
        descending: true,
        read,
      },
      page,
    );
  },
  tally: (db, tenant, { from, to, stepMs }) =>
    db
      .all(
        `SELECT at - at % ? AS step, action, count(*) AS n FROM activity
         WHERE tenant = ? AND at >= ? AND at < ? GROUP BY step, action ORDER BY step, action`,
        stepMs,
        tenant,
        from,
        to,
      )
      .map((row) => ({ at: Number(row.step), action: String(row.action), count: Number(row.n) })),
  forget(db, tenant, ids) {
    const seqs = 'SELECT seq FROM activity WHERE tenant = ? AND id = ?';
    return ids.reduce((count, id) => {
      db.run(`DELETE FROM activity_reasons WHERE line_seq IN (${seqs})`, tenant, id);
      return count + db.run('DELETE FROM activity WHERE tenant = ? AND id = ?', tenant, id);
    }, 0);
  },
  expire(db, now) {
    const expired = 'SELECT seq FROM activity WHERE expires_at < ? ORDER BY expires_at, seq LIMIT ?';
    db.run(`DELETE FROM activity_reasons WHERE line_seq IN (${expired})`, now, EXPIRE_BATCH);
    return db.run(`DELETE FROM activity WHERE seq IN (${expired})`, now, EXPIRE_BATCH);
  },
};
