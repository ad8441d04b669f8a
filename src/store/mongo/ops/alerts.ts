import { type Alert, alertDueAt } from '../../../../schemas/alerts.ts';
import { SyncError } from '../../../errors/sync-error.ts';
import { checkLimit } from '../../paging-cursor.ts';
import { toStoredText } from '../../stored-text.ts';
import { optional, reader } from '../documents.ts';
import { idOf, present, type Row } from '../mongo.ts';
import { reading, writing } from '../operations.ts';
import { readPage } from '../paging.ts';
import { putVersion } from '../write-keyed.ts';
import type { OpsOf } from './types.ts';

export const alertRow = (alert: Alert): Row => ({
  _id: idOf(alert.tenant, alert.kind),
  tenant: toStoredText(alert.tenant),
  kind: toStoredText(alert.kind),
  state: alert.state,
  raisedAt: alert.raisedAt,
  ...present({ dueAt: alertDueAt(alert) }),
  version: alert.version,
  doc: JSON.stringify(alert),
});

export const alerts: OpsOf<'alerts'> = {
  async get(mongo, tenant, kind) {
    const key = { _id: idOf(tenant, kind), tenant: toStoredText(tenant) };
    return optional('alerts', await mongo.rows('alerts').findOne(key, reading('alerts.get')));
  },
  async put(mongo, alert) {
    const next: Alert = { ...alert, version: alert.version + 1 };
    const key = { tenant: toStoredText(alert.tenant) };
    if (!(await putVersion(mongo.rows('alerts'), alertRow(next), alert.version, key, writing('alerts.put'))))
      throw new SyncError(
        'version-changed',
        `The alert ${alert.kind} of tenant ${alert.tenant} was changed meanwhile; read it again`,
      );
    return next;
  },
  list(mongo, page) {
    const where = {
      ...(page.tenant === undefined ? {} : { tenant: toStoredText(page.tenant) }),
      ...(page.state === undefined ? {} : { state: page.state }),
    };
    const raised = ['raisedAt', 'number'] as const;
    const kind = ['kind', 'string'] as const;
    const keys = page.tenant === undefined ? [raised, ['tenant', 'string'] as const, kind] : [raised, kind];
    const listing = { collection: 'alerts', operation: 'alerts.list', where, keys, descending: true } as const;
    return readPage(mongo, { ...listing, read: reader('alerts') }, page);
  },
  async due(mongo, now, limit) {
    checkLimit(limit);
    const rows = mongo.rows('alerts').find({ dueAt: { $lte: now } }, reading('alerts.due'));
    return (await rows.sort({ dueAt: 1, tenant: 1, kind: 1 }).limit(limit).toArray()).map(reader('alerts'));
  },
};
