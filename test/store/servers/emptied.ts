import { MongoClient } from 'mongodb';
import { systemRuntime } from '../../../src/runtime.ts';
import { openMongoStore } from '../../../src/store/mongo/mongo-store.ts';
import type { Store } from '../../../src/store/port.ts';
import { WRONG_INDEXES } from './gaps.ts';

export interface Emptied {
  /** The store, emptied; its `close` does nothing. */
  open(): Promise<Store>;
  readonly client: MongoClient;
  close(): Promise<void>;
}

/** One store for many tests: a database is slow to make. */
export async function emptiedStore(server: string, url: string): Promise<Emptied> {
  const store = await openMongoStore({ url, runtime: systemRuntime() });
  const client = new MongoClient(url);
  // The times of the tests are long past: a server that expires documents by its own clock would take them away.
  await client
    .db('admin')
    .command({ setParameter: 1, ttlMonitorEnabled: false })
    .catch(() => undefined);
  for (const wrong of WRONG_INDEXES)
    if (wrong.server.test(server)) await client.db().collection(wrong.collection).dropIndex(wrong.index);
  return {
    client,
    async open() {
      const db = client.db();
      for (const { name } of await db.listCollections().toArray())
        if (name !== 'migrations' && !name.startsWith('system.')) await db.collection(name).deleteMany({});
      return { ...store, close: async () => {} };
    },
    async close() {
      await store.close();
      await client.close();
    },
  };
}
