import { createClient } from './connect.ts';
import { toSyncError } from './errors.ts';
import { MIGRATIONS } from './migrations.ts';

/** The version of a database, read only; null: it is empty. Raises `store-busy` when it cannot be reached, `store-failed`. */
export async function mongoVersion(url: string): Promise<{ place: string; stored: number | null; newest: number }> {
  try {
    const client = createClient(url);
    try {
      await client.connect();
      const db = client.db();
      const [last] = await db.collection<{ _id: number }>('migrations').find().sort({ _id: -1 }).limit(1).toArray();
      const newest = Math.max(...MIGRATIONS.map(({ version }) => version));
      return { place: db.databaseName, stored: last?._id ?? null, newest };
    } finally {
      await client.close();
    }
  } catch (error) {
    throw toSyncError(error, 'reading the version');
  }
}
