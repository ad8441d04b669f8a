/** A collection, and how a sharded cluster spreads it. */
export interface CollectionSpec {
  /** Its shard key; null: it stays on one shard. */
  readonly shardKey: Readonly<Record<string, 1>> | null;
  readonly why: string;
}

const BY_TENANT = { tenant: 1 } as const;

/**
 * A shard key must begin every unique index (mongodb.com/docs/manual/core/sharding-shard-key, unique indexes): where an id is
 * unique beside `_id`, the tenant alone is the key. Each `_id` is made of the tenant and the rest of its document's key, so
 * that two documents with one `_id` would have one shard key too.
 */
export const COLLECTIONS = {
  tenants: { shardKey: null, why: 'few; tokens and Fortnox databases are unique over all tenants' },
  secrets: { shardKey: BY_TENANT, why: 'few for each tenant' },
  pairs: { shardKey: BY_TENANT, why: 'both ids are unique within the tenant' },
  jobs: { shardKey: BY_TENANT, why: 'a claim asks one shard' },
  cursors: { shardKey: BY_TENANT, why: 'few for each tenant' },
  activity: { shardKey: { tenant: 1, id: 1 }, why: 'the largest: one tenant may be spread over shards' },
  decisions: { shardKey: BY_TENANT, why: 'read by the tenant' },
  imports: { shardKey: BY_TENANT, why: 'few for each tenant' },
  listed: { shardKey: { tenant: 1, importId: 1 }, why: 'each import is read by itself' },
  states: { shardKey: BY_TENANT, why: 'few for each tenant' },
  fenced: { shardKey: null, why: 'few; looked at every few seconds' },
  mail: { shardKey: null, why: 'empty as a rule' },
  alerts: { shardKey: BY_TENANT, why: 'few for each tenant' },
  alertTargets: { shardKey: null, why: 'few' },
  tokens: { shardKey: null, why: 'few, and of no one tenant' },
  answers: { shardKey: null, why: 'kept for a day, and of no one tenant' },
  tombstones: { shardKey: BY_TENANT, why: 'asked by their key' },
  seen: { shardKey: BY_TENANT, why: 'asked by its key' },
  ping: { shardKey: null, why: 'one document' },
} as const satisfies Record<string, CollectionSpec>;

export type CollectionName = keyof typeof COLLECTIONS;
export const COLLECTION_NAMES = Object.keys(COLLECTIONS) as readonly CollectionName[];

/** Those whose documents are each a tenant's: their shard keys begin with it. Secrets first. */
export const OF_TENANTS: readonly CollectionName[] = COLLECTION_NAMES.filter(
  (name) => COLLECTIONS[name].shardKey !== null,
);

/** The commands for mongosh that spread a database over the shards of a cluster, to be run before the data is large. */
export function shardCommands(database: string): readonly string[] {
  const specs: readonly (readonly [string, CollectionSpec])[] = Object.entries(COLLECTIONS);
  return [
    `sh.enableSharding(${JSON.stringify(database)})`,
    ...specs.flatMap(([name, { shardKey }]) =>
      shardKey === null
        ? []
        : [`sh.shardCollection(${JSON.stringify(`${database}.${name}`)}, ${JSON.stringify(shardKey)})`],
    ),
  ];
}
