import { SyncError } from '../../../errors/sync-error.ts';
import type { Fenced } from '../../port.ts';
import { fromStoredText, toStoredText } from '../../stored-text.ts';
import { deleteInBatches } from '../delete-batches.ts';
import { isDuplicate } from '../errors.ts';
import { idOf, type Row } from '../mongo.ts';
import { reading, writing } from '../operations.ts';
import type { OpsOf } from './types.ts';

const read = (row: Row): Fenced => ({
  id: fromStoredText(String(row.id)),
  version: Number(row.version),
  value: JSON.parse(String(row.doc)) as unknown,
});

export const fenced: OpsOf<'fenced'> = {
  async get(mongo, kind, id) {
    const row = await mongo.rows('fenced').findOne({ _id: idOf(kind, id) }, reading('fenced.get'));
    return row === null ? null : read(row);
  },
  async list(mongo, kind) {
    const rows = await mongo.rows('fenced').find({ kind }, reading('fenced.list')).toArray();
    return rows.map(read).sort((a, b) => (a.id < b.id ? -1 : 1));
  },
  async put(mongo, kind, id, version, value, now) {
    const doc = JSON.stringify(value) as string | undefined;
    if (doc === undefined) throw new SyncError('store-failed', `What is to be kept as ${kind} ${id} is not JSON`);
    const rows = mongo.rows('fenced');
    const row = { kind, id: toStoredText(id), version: version + 1, doc, updatedAt: now };
    const options = writing('fenced.put');
    if (version > 0) return (await rows.replaceOne({ _id: idOf(kind, id), version }, row, options)).matchedCount > 0;
    try {
      await rows.insertOne({ _id: idOf(kind, id), ...row }, options);
      return true;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  },
  async delete(mongo, kind, id, version) {
    const fence = { _id: idOf(kind, id), version };
    return (await mongo.rows('fenced').deleteOne(fence, writing('fenced.delete'))).deletedCount > 0;
  },
  expire: (mongo, kind, before) =>
    deleteInBatches(mongo, 'fenced', 'fenced.expire', { kind, updatedAt: { $lt: before } }),
};
