import type { Entity, Side } from '../../../../schemas/records.ts';
import { checkLimit } from '../../paging-cursor.ts';
import type { Param, Row } from '../db.ts';
import { type Condition, readPage } from '../paging.ts';
import type { OpsOf } from './types.ts';

const KEY = 'tenant = ? AND entity = ? AND side = ? AND id = ?';

const NEWEST = [
  ['at', 'number'],
  ['entity', 'string'],
  ['side', 'string'],
  ['id', 'string'],
] as const;

const read = (row: Row) => ({
  entity: row.entity as Entity,
  side: row.side as Side,
  id: String(row.id),
  reason: String(row.reason),
  at: Number(row.at),
  waitsFor: typeof row.waits_for === 'string' ? row.waits_for : null,
});

export const decisions: OpsOf<'decisions'> = {
  set(db, tenant, entity, side, id, reason, now, waitsFor) {
    if (reason === null) return db.run(`DELETE FROM decisions WHERE ${KEY}`, tenant, entity, side, id) > 0;
    const stored = db.get(`SELECT reason FROM decisions WHERE ${KEY}`, tenant, entity, side, id)?.reason;
    // What the record waits for may change while its reason stays, and then it is no news.
    db.run(
      `INSERT INTO decisions (tenant, entity, side, id, reason, at, waits_for) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (tenant, entity, side, id) DO UPDATE SET
         at = CASE WHEN reason = excluded.reason THEN at ELSE excluded.at END,
         reason = excluded.reason, waits_for = excluded.waits_for
       WHERE reason <> excluded.reason OR waits_for IS NOT excluded.waits_for`,
      tenant,
      entity,
      side,
      id,
      reason,
      now,
      waitsFor ?? null,
    );
    return stored !== reason;
  },
  waitingFor(db, tenant, customer, page) {
    checkLimit(page.limit);
    const { after } = page;
    const beyond = after === undefined ? '' : 'AND (entity, side, id) > (?, ?, ?)';
    const from: Param[] = after === undefined ? [] : [after.entity, after.side, after.id];
    return db
      .all(
        `SELECT entity, side, id FROM decisions WHERE tenant = ? AND waits_for = ? ${beyond}
         ORDER BY entity, side, id LIMIT ?`,
        tenant,
        customer,
        ...from,
        page.limit,
      )
      .map((row) => ({ entity: row.entity as Entity, side: row.side as Side, id: String(row.id) }));
  },
  get(db, tenant, entity, side, id) {
    const row = db.get(`SELECT reason, at FROM decisions WHERE ${KEY}`, tenant, entity, side, id);
    return row === undefined ? null : { reason: String(row.reason), at: Number(row.at) };
  },
  list(db, tenant, page) {
    const where: Condition[] = [['tenant = ?', tenant]];
    if (page.reason !== undefined) where.push(['reason = ?', page.reason]);
    return readPage(db, { table: 'decisions', where, keys: NEWEST, descending: true, read }, page);
  },
};
