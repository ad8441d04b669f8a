import type { MongoClient } from 'mongodb';
import { SyncError } from '../../errors/sync-error.ts';
import type { Runtime } from '../../runtime.ts';
import type { Store } from '../port.ts';
import { createClient } from './connect.ts';
import { toSyncError } from './errors.ts';
import { migrate } from './migrations.ts';
import { createMongo, type Mongo } from './mongo.ts';
import { GROUPS, ping } from './ops/index.ts';

type Groups = Omit<Store, 'shared' | 'ping' | 'close'>;
type Guard = <T>(doing: string, work: () => Promise<T>) => Promise<T>;

/**
 * Opens the database that the address names (`mongodb://host/name` or `mongodb+srv://...`), bringing it to this release's
 * version. Several instances may share it. Raises `store-busy` when it cannot be reached, `store-failed` when it is of a
 * newer release or refuses us.
 */
export async function openMongoStore(options: { url: string; runtime: Runtime }): Promise<Store> {
  const { mongo, close } = await connectMongo(options);
  return storeOn(mongo, close);
}

/** The database itself, brought to this release's version: what the store and the copying of stores are made on. */
export async function connectMongo(options: {
  url: string;
  runtime: Runtime;
}): Promise<{ mongo: Mongo; close: () => Promise<void> }> {
  await withClient(options.url, true, (client) => migrate(client.db(), options.runtime)).then((client) =>
    client.close(),
  );
  const client = await withClient(options.url, false, async () => {});
  return { mongo: createMongo(client, options.runtime), close: () => client.close() };
}

/** A connected client on which `first` has run; closed again when either fails. */
async function withClient(
  url: string,
  patient: boolean,
  first: (client: MongoClient) => Promise<void>,
): Promise<MongoClient> {
  const client = clientOf(url, patient);
  try {
    await client.connect();
    await first(client);
    return client;
  } catch (error) {
    await client.close();
    throw toSyncError(error, 'opening');
  }
}

function clientOf(url: string, patient: boolean): MongoClient {
  try {
    return createClient(url, patient);
  } catch {
    // The driver's message may repeat the address, and with it the password.
    throw new SyncError('store-failed', 'The address of MongoDB is not valid: check MONGODB_URL');
  }
}

function storeOn(mongo: Mongo, shut: () => Promise<void>): Store {
  let closing: Promise<void> | undefined;
  const underWay = new Set<Promise<unknown>>();

  const guard: Guard = async (doing, work) => {
    // The driver would connect again by itself.
    if (closing) throw new SyncError('store-failed', 'The store is closed');
    const running = work();
    underWay.add(running);
    try {
      return await running;
    } catch (error) {
      throw toSyncError(error, doing);
    } finally {
      underWay.delete(running);
    }
  };

  return {
    ...groupsOn(mongo, guard),
    shared: true,
    ping: () => guard('ping', () => ping(mongo)),
    close() {
      closing ??= Promise.allSettled(underWay).then(shut);
      return closing;
    },
  };
}

const groupsOn = (mongo: Mongo, guard: Guard): Groups =>
  Object.fromEntries(
    Object.entries(GROUPS).map(([group, methods]) => [
      group,
      Object.fromEntries(
        Object.entries(methods as Record<string, (mongo: Mongo, ...args: unknown[]) => Promise<unknown>>).map(
          ([method, run]) => [
            method,
            (...args: unknown[]) => guard(`${group}.${method}`, async () => run(mongo, ...args)),
          ],
        ),
      ),
    ]),
  ) as unknown as Groups;
