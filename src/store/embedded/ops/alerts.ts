import { type Alert, alertDueAt } from '../../../../schemas/alerts.ts';
import { SyncError } from '../../../errors/sync-error.ts';
import { checkLimit } from '../../paging-cursor.ts';
import type { Db } from '../db.ts';
import { optionalDocument, readDocument } from '../documents.ts';
import { type Condition, readPage } from '../paging.ts';
import type { OpsOf } from './types.ts';

export function insertAlert(db: Db, alert: Alert): number {
  return db.run(
    `INSERT INTO alerts (tenant, kind, state, raised_at, due_at, version, doc) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (tenant, kind) DO NOTHING`,
    ...[alert.tenant, alert.kind, alert.state, alert.raisedAt, alertDueAt(alert), alert.version],
    JSON.stringify(alert),
  );
}

export const alerts: OpsOf<'alerts'> = {
  get: (db, tenant, kind) =>
    optionalDocument('alerts', db.get('SELECT doc FROM alerts WHERE tenant = ? AND kind = ?', tenant, kind)),
  put(db, alert) {
    const next: Alert = { ...alert, version: alert.version + 1 };
    const { tenant, kind } = alert;
    const changed =
      alert.version === 0
        ? insertAlert(db, next)
        : db.run(
            `UPDATE alerts SET state = ?, raised_at = ?, due_at = ?, version = ?, doc = ?
             WHERE tenant = ? AND kind = ? AND version = ?`,
            ...[next.state, next.raisedAt, alertDueAt(next), next.version, JSON.stringify(next)],
            ...[tenant, kind, alert.version],
          );
    if (changed === 0)
      throw new SyncError(
        'version-changed',
        `The alert ${kind} of tenant ${tenant} was changed meanwhile; read it again`,
      );
    return next;
  },
  list(db, page) {
    const where: Condition[] = [];
    if (page.tenant !== undefined) where.push(['tenant = ?', page.tenant]);
    if (page.state !== undefined) where.push([page.tenant === undefined ? 'state = ?' : '+state = ?', page.state]);
    const raised = ['raised_at', 'number'] as const;
    const kind = ['kind', 'string'] as const;
    // A column that is one value orders nothing.
    const keys = page.tenant === undefined ? [raised, ['tenant', 'string'] as const, kind] : [raised, kind];
    return readPage(db, { table: 'alerts', where, keys, descending: true, read: readDocument('alerts') }, page);
  },
  due(db, now, limit) {
    checkLimit(limit);
    const sql = 'SELECT doc FROM alerts WHERE due_at <= ? ORDER BY due_at, tenant, kind LIMIT ?';
    return db.all(sql, now, limit).map(readDocument('alerts'));
  },
};
