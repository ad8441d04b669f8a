import { MongoClient } from 'mongodb';
import { systemRuntime } from '../../../src/runtime.ts';
import { COLLECTION_NAMES } from '../../../src/store/mongo/collections.ts';
import { INDEXES } from '../../../src/store/mongo/indexes.ts';
import { openMongoStore } from '../../../src/store/mongo/mongo-store.ts';
import { lineOf } from '../fixtures.ts';

/** The indexes by which a server deletes what expired, with their collections. */
export const TTL_INDEXES = COLLECTION_NAMES.flatMap((collection) =>
  (INDEXES[collection] ?? [])
    .filter((index) => index.expireAfterSeconds !== undefined)
    .map((index) => ({ collection, index: String(index.name) })),
);

const HOUR = 3_600_000;
/** Servers look for what expired once a minute. */
const PATIENCE_MS = 150_000;
const LOOK_MS = 500;

/** Puts two documents into each collection that expires: one to be deleted, one within the margin of an hour. */
export async function putExpiring(url: string) {
  const store = await openMongoStore({ url, runtime: systemRuntime() });
  const client = new MongoClient(url);
  const now = Date.now();
  for (const expiresAt of [now - 2 * HOUR, now - HOUR / 2]) {
    const id = String(expiresAt);
    await store.activity.insert([lineOf(id, { expiresAt })]);
    await store.mail.put([{ to: 'box', name: id, body: '' }], expiresAt);
    await store.answers.begin('root', id, 'f', expiresAt - 1, expiresAt);
    await store.seen.add('t1', id, expiresAt - 1, expiresAt);
  }
  const counts = async () =>
    Object.fromEntries(
      await Promise.all(
        TTL_INDEXES.map(async ({ collection }) => [
          collection,
          await client.db().collection(collection).countDocuments(),
        ]),
      ),
    ) as Record<string, number>;
  return {
    /** How many documents are left in each, once the server has looked. */
    async left() {
      const until = now + PATIENCE_MS;
      let found = await counts();
      while (Object.values(found).some((count) => count > 1) && Date.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
        found = await counts();
      }
      return found;
    },
    async close() {
      await client.db().dropDatabase();
      await client.close();
      await store.close();
    },
  };
}
