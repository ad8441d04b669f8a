import type { AlertTarget } from '../../../../schemas/alerts.ts';
import { SyncError } from '../../../errors/sync-error.ts';
import { toStoredText } from '../../stored-text.ts';
import { optional, reader } from '../documents.ts';
import { idOf, type Row } from '../mongo.ts';
import { reading, writing } from '../operations.ts';
import { readPage } from '../paging.ts';
import { putVersion } from '../write-keyed.ts';
import type { OpsOf } from './types.ts';

export const targetRow = (target: AlertTarget): Row => ({
  _id: idOf(target.id),
  id: toStoredText(target.id),
  createdAt: target.createdAt,
  version: target.version,
  doc: JSON.stringify(target),
});

export const alertTargets: OpsOf<'alertTargets'> = {
  async put(mongo, target) {
    const next: AlertTarget = { ...target, version: target.version + 1 };
    const rows = mongo.rows('alertTargets');
    if (!(await putVersion(rows, targetRow(next), target.version, {}, writing('alertTargets.put'))))
      throw new SyncError('version-changed', `The alert target ${target.id} was changed meanwhile; read it again`);
    return next;
  },
  async get(mongo, id) {
    const row = await mongo.rows('alertTargets').findOne({ _id: idOf(id) }, reading('alertTargets.get'));
    return optional('alertTargets', row);
  },
  list: (mongo, page) =>
    readPage(
      mongo,
      {
        collection: 'alertTargets',
        operation: 'alertTargets.list',
        where: {},
        keys: [
          ['createdAt', 'number'],
          ['id', 'string'],
        ],
        descending: false,
        read: reader('alertTargets'),
      },
      page,
    ),
  async delete(mongo, id) {
    const { deletedCount } = await mongo
      .rows('alertTargets')
      .deleteOne({ _id: idOf(id) }, writing('alertTargets.delete'));
    return deletedCount > 0;
  },
};
