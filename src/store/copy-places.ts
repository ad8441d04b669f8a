import { existsSync } from 'node:fs';
import { SyncError } from '../errors/sync-error.ts';
import type { Runtime } from '../runtime.ts';
import { copyStore, type Sums } from './copy.ts';
import { openEmbeddedTransfer } from './embedded/transfer.ts';
import { openMongoTransfer } from './mongo/transfer.ts';
import type { TransferStore } from './transfer.ts';

const isMongo = (place: string): boolean => /^mongodb(\+srv)?:\/\//.test(place);

const open = async (place: string, runtime: Runtime): Promise<TransferStore> =>
  isMongo(place) ? openMongoTransfer({ url: place, runtime }) : openEmbeddedTransfer(place);

/**
 * Copies a store, named by its file or MongoDB address, into an empty one, and compares. Raises `not-found` for a file to copy
 * from that is none, and what `copyStore` and opening raise. No service may run on either.
 */
export async function copyPlaces(from: string, to: string, runtime: Runtime): Promise<Sums> {
  if (from === to) throw new SyncError('conflict', 'Two different stores must be named.');
  if (!isMongo(from) && !existsSync(from)) throw new SyncError('not-found', `There is no file ${from} to copy from.`);
  const source = await open(from, runtime);
  try {
    const target = await open(to, runtime);
    try {
      return await copyStore(source, target);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}
