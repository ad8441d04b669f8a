import { createHash } from 'node:crypto';
import { SyncError } from '../errors/sync-error.ts';
import { canonicalJson, type TransferGroup, type TransferItem, type TransferStore } from './transfer.ts';

/** Documents that are stored at once: memory stays flat, and a step is short. */
const BATCH = 500;

/** How many documents a group has, and the SHA-256 of their canonical JSON in the order of their keys. */
export type Sums = Readonly<Partial<Record<TransferGroup, { readonly count: number; readonly sha256: string }>>>;

/** Goes through all of a store once; `each` sees every document. */
async function sumsOf(
  store: TransferStore,
  each: (item: TransferItem) => Promise<void> = async () => {},
): Promise<Sums> {
  const running = new Map<TransferGroup, { count: number; hash: ReturnType<typeof createHash> }>();
  for await (const item of store.dump()) {
    const sum = running.get(item.collection) ?? { count: 0, hash: createHash('sha256') };
    running.set(item.collection, sum);
    sum.count++;
    sum.hash.update(`${canonicalJson(item.document)}\n`);
    await each(item);
  }
  return Object.fromEntries(
    [...running].map(([group, { count, hash }]) => [group, { count, sha256: hash.digest('hex') }]),
  );
}

async function refuseUnlessEmpty(target: TransferStore): Promise<void> {
  for await (const item of target.dump())
    throw new SyncError(
      'conflict',
      `The store to copy to is not empty: it has ${item.collection}. Name an empty one, so that nothing is mixed or lost`,
    );
}

/**
 * Copies everything into an empty store, then reads it back and compares counts and checksums with what was read. No service
 * may run on either. Raises `conflict` when the target is not empty, `store-failed` when what it holds then differs.
 */
export async function copyStore(from: TransferStore, to: TransferStore): Promise<Sums> {
  await refuseUnlessEmpty(to);
  let batch: TransferItem[] = [];
  const flush = async () => {
    if (batch.length > 0) await to.load(batch);
    batch = [];
  };
  const source = await sumsOf(from, async (item) => {
    batch.push(item);
    if (batch.length === BATCH) await flush();
  });
  await flush();
  const copied = await sumsOf(to);
  const groups = new Set([...Object.keys(source), ...Object.keys(copied)]) as Set<TransferGroup>;
  const wrong = [...groups].filter(
    (group) => source[group]?.sha256 !== copied[group]?.sha256 || source[group]?.count !== copied[group]?.count,
  );
  if (wrong.length > 0)
    throw new SyncError(
      'store-failed',
      `The copy differs in ${wrong.join(', ')}: make sure that nothing writes to either store, empty the target and copy again`,
    );
  return source;
}
