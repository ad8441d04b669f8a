import { Worker } from 'node:worker_threads';
import type { Store } from '../port.ts';
import { createFacade } from './facade.ts';
import { createWorkerClient } from './worker-client.ts';

export { createInlineStore } from './inline-store.ts';

/**
 * Opens the store of one instance in a worker thread: one fsync serves all operations that arrived while the last batch
 * was committed, in their order, and none stops the event loop.
 * Raises `store-failed` when the file cannot be opened, is of a newer release, or is another process's.
 */
export async function openEmbeddedStore(options: { path: string }): Promise<Store> {
  const file = import.meta.url.endsWith('.ts') ? './worker-dev.mjs' : './worker.js';
  const worker = new Worker(new URL(file, import.meta.url), { workerData: { path: options.path } });
  const client = createWorkerClient(worker);
  await client.ready;
  return createFacade(client.call, client.close);
}
