import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { Runtime } from '../runtime.ts';
import { openEmbeddedStore } from '../store/embedded/embedded-store.ts';
import type { Store } from '../store/port.ts';
import type { Closers } from './closers.ts';

/**
 * The store of the tour, which goes away with `closers`: the embedded one in the data folder, or the database that
 * MONGODB_URL names. That one is dropped at the end, so one that holds anything is refused. Raises as openStore.
 */
export async function openDemoStore(deps: { config: Config; runtime: Runtime; closers: Closers }): Promise<Store> {
  const { config, runtime, closers } = deps;
  const store =
    config.mongodbUrl === null
      ? await openEmbeddedStore({ path: join(config.dataDir, 'sync.db') })
      : await openEmptyDatabase(config.mongodbUrl, runtime, closers);
  closers.add(() => store.close());
  return store;
}

async function openEmptyDatabase(url: string, runtime: Runtime, closers: Closers): Promise<Store> {
  // The driver is large: whoever has the embedded store does without it.
  const [{ createClient }, { openMongoStore }, { toSyncError }] = await Promise.all([
    import('../store/mongo/connect.ts'),
    import('../store/mongo/mongo-store.ts'),
    import('../store/mongo/errors.ts'),
  ]);
  const client = createClient(url);
  closers.add(() => client.close());
  const db = client.db();
  const held = await db
    .listCollections({}, { nameOnly: true })
    .toArray()
    .catch((error: unknown) => {
      throw toSyncError(error, 'opening');
    });
  if (held.length > 0)
    throw new Error(
      `The database ${db.databaseName} of MONGODB_URL is not empty, and the demo drops its database at the end: name one that does not exist yet.`,
    );
  closers.add(() => db.dropDatabase());
  return openMongoStore({ url, runtime });
}
