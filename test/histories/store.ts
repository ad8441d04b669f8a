import type { Tenant } from '../../schemas/records.ts';
import { createInlineStore } from '../../src/store/embedded/inline-store.ts';
import type { Store } from '../../src/store/port.ts';
import { createMemoryJobs } from './memory-jobs.ts';

/**
 * The embedded store in memory with jobs outside SQL, which remembers the tenants it has given: each round of the queue reads
 * its tenant, and a history of an hour has thousands of rounds. Documents are never changed in place: one copy serves all.
 */
export function createHistoryStore(): Store & { endLeases(): void } {
  const store = createInlineStore();
  const known = new Map<string, Tenant | null>();
  const { endLeases, ...jobs } = createMemoryJobs();
  return {
    ...store,
    jobs,
    endLeases,
    tenants: {
      ...store.tenants,
      async get(id) {
        const present = known.get(id);
        if (present !== undefined) return present;
        const tenant = await store.tenants.get(id);
        known.set(id, tenant);
        return tenant;
      },
      async insert(tenant) {
        known.delete(tenant.id);
        await store.tenants.insert(tenant);
      },
      async replace(tenant) {
        known.delete(tenant.id);
        const stored = await store.tenants.replace(tenant);
        known.delete(tenant.id);
        return stored;
      },
    },
  };
}
