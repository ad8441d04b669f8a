import { join } from 'node:path';
import type { Runtime } from '../runtime.ts';
import { openEmbeddedStore } from './embedded/embedded-store.ts';
import type { Store } from './port.ts';

/**
 * Opens the store that the settings name: MongoDB when there is an address of it, otherwise the embedded one in the data
 * folder. Raises `store-busy` or `store-failed`, with what to do.
 */
export async function openStore(
  config: { readonly mongodbUrl: string | null; readonly dataDir: string },
  runtime: Runtime,
): Promise<Store> {
  if (config.mongodbUrl === null) return openEmbeddedStore({ path: join(config.dataDir, 'sync.db') });
  // The driver is large: whoever has the embedded store does without it.
  const { openMongoStore } = await import('./mongo/mongo-store.ts');
  return openMongoStore({ url: config.mongodbUrl, runtime });
}
