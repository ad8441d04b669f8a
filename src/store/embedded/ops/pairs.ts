import type { Pair } from '../../../../schemas/records.ts';
import { SyncError } from '../../../errors/sync-error.ts';
import { optionalDocument, readDocument } from '../documents.ts';
import { readPage } from '../paging.ts';
import type { OpsOf } from './types.ts';

export const pairs: OpsOf<'pairs'> = {
  insert(db, pair) {
    db.run(
      `INSERT INTO pairs (tenant, id, entity, webcrm_id, fortnox_id, state, intent_key, version, updated_at, doc)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      pair.tenant,
      pair.id,
      pair.entity,
      pair.webcrmId,
      pair.fortnoxId,
      pair.state,
      pair.intent?.key ?? null,
      pair.version,
      pair.updatedAt,
      JSON.stringify(pair),
    );
  },
  get: (db, tenant, id) =>
    optionalDocument<Pair>(db.get('SELECT doc FROM pairs WHERE tenant = ? AND id = ?', tenant, id)),
  bySide(db, tenant, entity, side, id) {
    const column = side === 'webcrm' ? 'webcrm_id' : 'fortnox_id';
    const sql = `SELECT doc FROM pairs WHERE tenant = ? AND entity = ? AND ${column} = ?`;
    return optionalDocument<Pair>(db.get(sql, tenant, entity, id));
  },
  byIntentKey: (db, tenant, key) =>
    optionalDocument<Pair>(db.get('SELECT doc FROM pairs WHERE tenant = ? AND intent_key = ? LIMIT 1', tenant, key)),
  replace(db, pair) {
    const next: Pair = { ...pair, version: pair.version + 1 };
    const changed = db.run(
      `UPDATE pairs SET entity = ?, webcrm_id = ?, fortnox_id = ?, state = ?, intent_key = ?, version = ?,
         updated_at = ?, doc = ?
       WHERE tenant = ? AND id = ? AND version = ?`,
      next.entity,
      next.webcrmId,
      next.fortnoxId,
      next.state,
      next.intent?.key ?? null,
      next.version,
      next.updatedAt,
      JSON.stringify(next),
      pair.tenant,
      pair.id,
      pair.version,
    );
    if (changed === 0) throw new SyncError('version-changed', `Pair ${pair.id} was changed meanwhile; read it again`);
    return next;
  },
  list: (db, tenant, page) =>
    readPage(
      db,
      {
        table: 'pairs',
        where:
          page.state === undefined
            ? [['tenant', tenant]]
            : [
                ['tenant', tenant],
                ['state', page.state],
              ],
        sort: 'updated_at',
        tie: 'id',
        tieType: 'string',
        descending: true,
        read: readDocument<Pair>,
      },
      page,
    ),
  counts: (db, tenant) =>
    Object.fromEntries(
      db
        .all('SELECT state, count(*) AS n FROM pairs WHERE tenant = ? GROUP BY state', tenant)
        .map((row) => [String(row.state), Number(row.n)]),
    ),
};
