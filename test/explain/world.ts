import type t from 'tap';
import { ACTIVITY_KEPT_MS } from '../../src/admin/lines.ts';
import { createVault } from '../../src/admin/vault.ts';
import { createExplain, type Explanation } from '../../src/explain/explain.ts';
import type { RecordRef } from '../../src/explain/rehearse.ts';
import { createKeyLocks } from '../../src/queue/key-locks.ts';
import type { Store } from '../../src/store/port.ts';
import { createRegisterIndex } from '../../src/sync/article/register-index.ts';
import { createCalendars } from '../../src/sync/calendar.ts';
import { createExecutor } from '../../src/sync/executor.ts';
import { createConnections } from '../../src/vendors/connections.ts';
import { VENDORS } from '../support/service-options.ts';
import { articles, openWorld, type World, type WorldOptions } from '../support/world.ts';

/** A read of any other name is a write. */
const READS = /^(get|list|walk|counts.*|by.*|bySide|openOrders|waitingFor|find|nextDue|countImport)$/;

/** A store that raises at every write. */
function readOnly(store: Store): Store {
  const collections = Object.entries(store).map(([name, methods]) => {
    if (typeof methods === 'function') return [name, methods];
    const guarded = Object.entries(methods as object).map(([method, run]) => [
      method,
      READS.test(method)
        ? run
        : async () => {
            throw new Error(`${name}.${method} was called`);
          },
    ]);
    return [name, Object.fromEntries(guarded)];
  });
  return Object.fromEntries(collections) as Store;
}

const LOGINS = /Auth|oauth/;

/** An explainer beside the service of a world, with clients of its own, and what its answers cost. */
export function explainer(world: World) {
  const { runtime, store, tenantId } = world;
  const vault = createVault({ store, key: Buffer.alloc(32, 7), runtime });
  const connections = createConnections({
    runtime,
    vault,
    config: VENDORS,
  });
  const connection = (id: string) => connections.of(id);
  const tenant = async () => {
    const found = await store.tenants.get(tenantId);
    if (found === null) throw new Error('the tenant is gone');
    return found;
  };

  const { drive } = runtime;

  const explain = createExplain({
    runtime,
    store: readOnly(store),
    connection,
    calendar: createCalendars(),
    register: createRegisterIndex({ runtime }),
    isErased: async () => false,
    worksIn: () => 'here',
  });

  return {
    explain,
    drive,
    tenant,
    close: () => connections.close(),
    ask: async (ref: RecordRef): Promise<Explanation> => drive(explain.record(await tenant(), ref)),
    /** Calls so far, by whether they read. */
    calls() {
      const routes = [...Object.entries(world.calls().webcrm), ...Object.entries(world.calls().fortnox)];
      const count = (wanted: (route: string) => boolean) =>
        routes.filter(([route]) => wanted(route) && !LOGINS.test(route)).reduce((sum, [, calls]) => sum + calls, 0);
      return { reads: count((route) => route.startsWith('GET')), writes: count((route) => !route.startsWith('GET')) };
    },
    async dump(): Promise<string> {
      const entities = ['customer', 'article', 'delivery'] as const;
      return JSON.stringify([
        await store.tenants.get(tenantId),
        await Promise.all(entities.map((entity) => store.pairs.list(tenantId, { limit: 200, entity }))),
        await store.jobs.list(tenantId, { limit: 200 }),
        await store.activity.list(tenantId, { limit: 200 }),
        await store.decisions.list(tenantId, { limit: 200 }),
      ]);
    },
    /** Does the record's job in earnest, as a person asks for it; a refusal ends it. */
    async reallyDo(ref: RecordRef): Promise<void> {
      const run = createExecutor({
        runtime,
        store,
        locks: createKeyLocks(),
        connection,
        hint: async () => {},
        activityKeptMs: ACTIVITY_KEPT_MS,
        calendar: createCalendars(),
        register: createRegisterIndex({ runtime }),
        isErased: async () => false,
        worksIn: () => 'here',
      });
      const now = runtime.now();
      const job = {
        tenant: tenantId,
        ...ref,
        key: `${ref.entity}:${ref.side}:${ref.id}`,
        priority: 0,
        state: 'running',
        attempts: 0,
        runAt: now,
        createdAt: now - 3_600_000,
        importId: null,
        full: true,
        again: false,
        leaseOwner: 'test',
        leaseUntil: null,
        lastError: null,
      } as const;
      await drive(
        run(await tenant(), job).then(
          () => {},
          () => {},
        ),
      );
    },
  };
}
export type Explainer = ReturnType<typeof explainer>;

/** A world with three articles, and its explainer. */
export async function open(test: Pick<typeof t, 'teardown'>, options: WorldOptions = {}) {
  const world = await openWorld(options);
  const why = explainer(world);
  test.teardown(async () => {
    why.close();
    await world.close();
  });
  await articles(world);
  return { world, why };
}
