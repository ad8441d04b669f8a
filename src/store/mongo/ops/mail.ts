import { fromStoredText, toStoredText } from '../../stored-text.ts';
import { deleteInBatches } from '../delete-batches.ts';
import { idOf } from '../mongo.ts';
import { reading, writing } from '../operations.ts';
import { upsertAll } from '../write-keyed.ts';
import type { OpsOf } from './types.ts';

export const mail: OpsOf<'mail'> = {
  async put(mongo, letters, expiresAt) {
    const upserts = letters.map(({ to, name, body }) => {
      const row = { name: toStoredText(name), body: toStoredText(body), expiresAt: new Date(expiresAt) };
      // At the end of the box also in place of an older one, so that who has read that one does not delete this.
      const $set = { ...row, to: toStoredText(to), seq: mongo.sequence() };
      return { updateOne: { filter: { _id: idOf(to, name) }, update: { $set }, upsert: true } };
    });
    await upsertAll(mongo, 'mail', 'mail.put', upserts);
  },
  async take(mongo, to, limit, now) {
    const rows = mongo.rows('mail');
    const found = await rows
      .find({ to: { $in: to.map(toStoredText) } }, reading('mail.take'))
      .sort({ seq: 1 })
      .limit(limit)
      .toArray();
    // One by one: the server tells how many of a set were deleted, and not which.
    const deletes = await Promise.allSettled(
      found.map(({ _id, seq }) => rows.deleteOne({ _id, seq: Number(seq) }, writing('mail.take'))),
    );
    const mine = found.filter((_, index) => {
      const done = deletes[index];
      return done?.status === 'fulfilled' && done.value.deletedCount > 0;
    });
    // What was deleted is nobody else's any more: it is given out, whatever became of the others.
    const failed = deletes.find(({ status }) => status === 'rejected');
    if (mine.length === 0 && failed?.status === 'rejected') throw failed.reason;
    const fresh = mine.filter(({ expiresAt }) => (expiresAt as Date).getTime() > now);
    return fresh.map((row) => ({
      to: fromStoredText(String(row.to)),
      name: fromStoredText(String(row.name)),
      body: fromStoredText(String(row.body)),
    }));
  },
  expire: (mongo, now) => deleteInBatches(mongo, 'mail', 'mail.expire', { expiresAt: { $lt: new Date(now) } }),
};
