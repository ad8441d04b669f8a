import { createHmac } from 'node:crypto';
import { jobKey } from '../../schemas/records.ts';
import type { Runtime } from '../runtime.ts';
import type { Store } from '../store/port.ts';
import type { RecordRef } from '../sync/record-ref.ts';
import type { Vault } from '../vendors/vault.ts';

export interface Tombstones {
  isErased(tenantId: string, record: RecordRef): Promise<boolean>;
  /** Whether the tenant has one at all. */
  any(tenantId: string): Promise<boolean>;
  bury(tenantId: string, records: readonly RecordRef[]): Promise<void>;
  /** How many of them had one. */
  lift(tenantId: string, records: readonly RecordRef[]): Promise<number>;
}

/**
 * Keyed hashes of erased records. The key is the tenant's own: it is derived from the service's encryption key once and kept sealed, so
 * that changing the encryption key brings nobody back. What was hashed before keys were kept is found by the `former` ones, and hashed anew.
 */
export function createTombstones(deps: {
  readonly store: Pick<Store, 'tombstones'>;
  readonly vault: Pick<Vault, 'get' | 'put'>;
  readonly runtime: Pick<Runtime, 'now'>;
  readonly key: Buffer;
  readonly former?: readonly Buffer[] | undefined;
}): Tombstones {
  const { store, vault, runtime } = deps;
  const derived = (key: Buffer) => createHmac('sha256', key).update('tombstones').digest();
  const first = derived(deps.key);
  const former = (deps.former ?? []).map(derived);

  /** As they were read: a kept key never changes, and an import asks of thousands of records. */
  const known = new Map<string, Buffer>();

  // Derived, not drawn: instances that keep it at the same time keep the same.
  async function keyOf(tenant: string): Promise<Buffer> {
    const at = known.get(tenant);
    if (at !== undefined) return at;
    const kept = await vault.get(tenant, 'tombstone-key');
    if (kept === null) {
      await vault.put(tenant, 'tombstone-key', first.toString('base64'));
      return first;
    }
    const key = Buffer.from(kept, 'base64');
    known.set(tenant, key);
    return key;
  }
  const hashOf = (key: Buffer, tenant: string, record: RecordRef): string =>
    createHmac('sha256', key)
      .update(JSON.stringify([tenant, jobKey(record)]))
      .digest('hex');

  async function bury(tenant: string, records: readonly RecordRef[]): Promise<void> {
    const key = await keyOf(tenant);
    for (const record of records) await store.tombstones.put(tenant, hashOf(key, tenant, record), runtime.now());
  }

  return {
    async isErased(tenant, record) {
      // Most tenants have none: one read, and no key is asked for.
      if (!(await store.tombstones.any(tenant))) return false;
      if (await store.tombstones.has(tenant, hashOf(await keyOf(tenant), tenant, record))) return true;
      for (const key of former) {
        if (!(await store.tombstones.has(tenant, hashOf(key, tenant, record)))) continue;
        await bury(tenant, [record]);
        return true;
      }
      return false;
    },
    any: (tenant) => store.tombstones.any(tenant),
    bury,
    async lift(tenant, records) {
      if (!(await store.tombstones.any(tenant))) return 0;
      const keys = [await keyOf(tenant), ...former];
      let count = 0;
      for (const record of records) {
        const removed = await Promise.all(
          keys.map((key) => store.tombstones.remove(tenant, hashOf(key, tenant, record))),
        );
        if (removed.includes(true)) count += 1;
      }
      return count;
    },
  };
}
