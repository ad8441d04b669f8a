import t from 'tap';
import type { Mongo } from '../../src/store/mongo/mongo.ts';
import { mail } from '../../src/store/mongo/ops/mail.ts';

/** A box with these letters, whose server refuses to delete some of them. */
function boxWith(names: readonly string[], refused: readonly string[]) {
  const rows = names.map((name, seq) => ({
    _id: name,
    to: 'a',
    name,
    body: `of ${name}`,
    seq,
    expiresAt: new Date(9),
  }));
  const deleted: string[] = [];
  const collection = {
    find: () => ({ sort: () => ({ limit: () => ({ toArray: async () => rows }) }) }),
    async deleteOne({ _id }: { _id: string }) {
      if (refused.includes(_id)) throw new Error('the primary stepped down');
      deleted.push(_id);
      return { deletedCount: 1 };
    },
    deleteMany: async () => ({ deletedCount: 0 }),
  };
  return { deleted, mongo: { rows: () => collection } as unknown as Mongo };
}

t.test('B9 a letter that was taken is given out, also when another one could not be', async (t) => {
  const some = boxWith(['1', '2', '3'], ['2']);
  t.strictSame(
    (await mail.take(some.mongo, ['a'], 9, 1)).map(({ name }) => name),
    some.deleted,
  );
  t.strictSame(some.deleted, ['1', '3']);
  const none = boxWith(['1', '2'], ['1', '2']);
  await t.rejects(mail.take(none.mongo, ['a'], 9, 1), { message: 'the primary stepped down' });
});
