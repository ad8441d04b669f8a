import { createHmac } from 'node:crypto';
import { jobKey } from '../../schemas/records.ts';
import type { Runtime } from '../runtime.ts';
import type { Store } from '../store/port.ts';
import type { RecordRef } from '../sync/record-ref.ts';

export interface Tombstones {
  isErased(tenantId: string, record: RecordRef): Promise<boolean>;
  /** Whether the tenant has one at all. */
  any(tenantId: string): Promise<boolean>;
  bury(tenantId: string, records: readonly RecordRef[]): Promise<void>;
  /** How many of them had one. */
  lift(tenantId: string, records: readonly RecordRef[]): Promise<number>;
}

/** Keyed hashes of erased records; `key` is the service's encryption key, from which one of their own is derived. */
export function createTombstones(deps: {
  readonly store: Pick<Store, 'tombstones'>;
  readonly runtime: Pick<Runtime, 'now'>;
  readonly key: Buffer;
}): Tombstones {
  const { store, runtime } = deps;
  const key = createHmac('sha256', deps.key).update('tombstones').digest();
  const hashOf = (tenant: string, record: RecordRef): string =>
    createHmac('sha256', key)
      .update(JSON.stringify([tenant, jobKey(record)]))
      .digest('hex');

  return {
    isErased: (tenant, record) => store.tombstones.has(tenant, hashOf(tenant, record)),
    any: (tenant) => store.tombstones.any(tenant),
    async bury(tenant, records) {
      for (const record of records) await store.tombstones.put(tenant, hashOf(tenant, record), runtime.now());
    },
    async lift(tenant, records) {
      let count = 0;
      for (const record of records) if (await store.tombstones.remove(tenant, hashOf(tenant, record))) count += 1;
      return count;
    },
  };
}
