import type { Store } from '../port.ts';
import { EXPIRE_BATCH } from './ops/activity.ts';
import { COLLECTIONS, type Op } from './ops/index.ts';
import { CLEAR_BATCH } from './ops/listed.ts';
import { REMOVE_BATCH } from './ops/tenant-rows.ts';

type Collections = Omit<Store, 'shared' | 'ping' | 'close'>;

/** The port on top of anything that runs one operation. */
export function createFacade(call: (op: Op) => Promise<unknown>, close: () => Promise<void>): Store {
  const collections = Object.fromEntries(
    Object.entries(COLLECTIONS).map(([collection, methods]) => [
      collection,
      Object.fromEntries(
        Object.keys(methods).map((method) => [
          method,
          (...args: unknown[]) => call({ name: `${collection}.${method}`, args }),
        ]),
      ),
    ]),
  ) as unknown as Collections;

  /** Calls an operation that deletes up to so many rows until none are left; gives how many there were. */
  async function repeat(op: Op, batch: number): Promise<number> {
    for (let total = 0; ; ) {
      const count = Number(await call(op));
      total += count;
      if (count < batch) return total;
    }
  }

  return {
    ...collections,
    shared: false,
    tenants: {
      ...collections.tenants,
      async remove(...args) {
        await repeat({ name: 'tenants.remove', args }, REMOVE_BATCH);
      },
    },
    activity: {
      ...collections.activity,
      expire: (now) => repeat({ name: 'activity.expire', args: [now] }, EXPIRE_BATCH),
    },
    listed: {
      ...collections.listed,
      async clear(...args) {
        await repeat({ name: 'listed.clear', args }, CLEAR_BATCH);
      },
    },
    async ping() {
      await call({ name: 'ping', args: [] });
    },
    close,
  };
}
