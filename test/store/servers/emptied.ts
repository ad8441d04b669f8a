import { MongoClient } from 'mongodb';
import { systemRuntime } from '../../../src/runtime.ts';
import { COLLECTION_NAMES } from '../../../src/store/mongo/collections.ts';
import { INDEXES } from '../../../src/store/mongo/indexes.ts';
import { openMongoStore } from '../../../src/store/mongo/mongo-store.ts';
import type { Store } from '../../../src/store/port.ts';
import { TTL_INDEXES } from './expiring.ts';
import { WRONG_INDEXES } from './gaps.ts';

/** The longest that a server counts, in seconds: in 1970 that is 2038. */
const NEVER = 2 ** 31 - 1;

export interface Emptied {
  /** The store, emptied, with the indexes that the named test may have on this server; its `close` does nothing. */
  open(test?: string): Promise<Store>;
  readonly client: MongoClient;
  close(): Promise<void>;
}

/** One store for many tests: a database is slow to make. */
export async function emptiedStore(server: string, url: string): Promise<Emptied> {
  const store = await openMongoStore({ url, runtime: systemRuntime() });
  const client = new MongoClient(url);
  // The times of the tests are long past: a server that expires documents by its own clock would take them away.
  for (const { collection, index } of TTL_INDEXES)
    await client.db().command({ collMod: collection, index: { name: index, expireAfterSeconds: NEVER } });
  const wrong = WRONG_INDEXES.filter((index) => index.server.test(server));
  const dropped = new Set<string>();
  return {
    client,
    async open(test = '') {
      const db = client.db();
      await Promise.all(COLLECTION_NAMES.map((name) => db.collection(name).deleteMany({})));
      for (const { collection, index, harmless } of wrong) {
        const keep = harmless.test(test);
        if (keep && dropped.delete(index))
          await db
            .collection(collection)
            .createIndexes((INDEXES[collection] ?? []).filter(({ name }) => name === index));
        if (!keep && !dropped.has(index)) await db.collection(collection).dropIndex(index);
        if (!keep) dropped.add(index);
      }
      return { ...store, close: async () => {} };
    },
    async close() {
      await store.close();
      await client.close();
    },
  };
}
