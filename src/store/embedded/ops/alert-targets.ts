import type { AlertTarget } from '../../../../schemas/alerts.ts';
import { SyncError } from '../../../errors/sync-error.ts';
import type { Db } from '../db.ts';
import { optionalDocument, readDocument } from '../documents.ts';
import { readPage } from '../paging.ts';
import type { OpsOf } from './types.ts';

export const insertTarget = (db: Db, target: AlertTarget): number =>
  db.run(
    'INSERT INTO alert_targets (id, created_at, version, doc) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
    target.id,
    target.createdAt,
    target.version,
    JSON.stringify(target),
  );

export const alertTargets: OpsOf<'alertTargets'> = {
  put(db, target) {
    const next: AlertTarget = { ...target, version: target.version + 1 };
    const changed =
      target.version === 0
        ? insertTarget(db, next)
        : db.run(
            'UPDATE alert_targets SET version = ?, doc = ? WHERE id = ? AND version = ?',
            ...[next.version, JSON.stringify(next), target.id, target.version],
          );
    if (changed === 0)
      throw new SyncError('version-changed', `The alert target ${target.id} was changed meanwhile; read it again`);
    return next;
  },
  get: (db, id) => optionalDocument('alertTargets', db.get('SELECT doc FROM alert_targets WHERE id = ?', id)),
  list: (db, page) =>
    readPage(
      db,
      {
        table: 'alert_targets',
        where: [],
        keys: [
          ['created_at', 'number'],
          ['id', 'string'],
        ],
        descending: false,
        read: readDocument('alertTargets'),
      },
      page,
    ),
  delete: (db, id) => db.run('DELETE FROM alert_targets WHERE id = ?', id) > 0,
};
