import { createHash } from 'node:crypto';

/** Tenants are shared out in so many parts. */
export const TENANT_SHARDS = 256;
/** Beside them: who holds Fortnox's stream. */
export const STREAM_SHARD = TENANT_SHARDS;
export const ALL_SHARDS = TENANT_SHARDS + 1;

/** The shard of a tenant: by a hash, so that tenants spread evenly. It never changes. */
export const shardOf = (tenantId: string): number =>
  createHash('sha256').update(`shard/${tenantId}`).digest()[0] as number;

/** Who owns each shard, by its word; null: nobody. */
export type Owners = readonly (string | null)[];

export const NOBODY: Owners = Array<null>(ALL_SHARDS).fill(null);

export interface Share {
  /** Shards of nobody, or of the dead, that are to be taken. */
  readonly take: readonly number[];
  /** Shards that are too many and are to be given up once their work has ended. */
  readonly giveUp: readonly number[];
}

/**
 * What `me` is to change so that the living own equal parts: 256 shards among n are 256 / n each, the first ones in the order of their
 * words one more. All instances reckon alike, so that their wishes fit together. The stream goes to the first when it is free, and stays.
 */
export function shareOf(owners: Owners, living: readonly string[], me: string): Share {
  const order = [...living].sort();
  const place = order.indexOf(me);
  if (place < 0) return { take: [], giveUp: [] };
  const target = Math.floor(TENANT_SHARDS / order.length) + (place < TENANT_SHARDS % order.length ? 1 : 0);
  const tenants = owners.slice(0, TENANT_SHARDS);
  const isFree = (owner: string | null) => owner === null || !living.includes(owner);
  const shardsThat = (fits: (owner: string | null) => boolean) =>
    tenants.flatMap((owner, shard) => (fits(owner) ? [shard] : []));
  const mine = shardsThat((owner) => owner === me);
  const free = shardsThat(isFree);
  const take = free.slice(0, Math.max(0, target - mine.length));
  if (place === 0 && isFree(owners[STREAM_SHARD] ?? null)) take.push(STREAM_SHARD);
  return { take, giveUp: mine.slice(target) };
}
