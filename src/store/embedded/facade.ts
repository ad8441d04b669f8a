import type { Store } from '../port.ts';
import { EXPIRE_BATCH } from './ops/activity.ts';
import { COLLECTIONS, type Op } from './ops/index.ts';

type Collections = Omit<Store, 'ping' | 'close'>;

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

  async function expire(now: number): Promise<number> {
    for (let total = 0; ; ) {
      const count = await collections.activity.expire(now);
      total += count;
      if (count < EXPIRE_BATCH) return total;
    }
  }

  return {
    ...collections,
    activity: { ...collections.activity, expire },
    async ping() {
      await call({ name: 'ping', args: [] });
    },
    close,
  };
}
