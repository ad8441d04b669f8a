import { createInlineStore } from '../../src/store/embedded/inline-store.ts';
import { isRead } from '../../src/store/embedded/ops/index.ts';
import type { Store } from '../../src/store/port.ts';
import { createMemoryJobs } from './memory-jobs.ts';

type Method = (...args: unknown[]) => Promise<unknown>;
type Collection = Readonly<Record<string, Method>>;

/**
 * The embedded store in memory with jobs outside SQL, which remembers what it has answered: a history of an hour asks some
 * thousand times for the same pairs, cursors and tenants. Documents are never changed in place: one copy serves all.
 */
export function createHistoryStore(): Store & { endLeases(dueAt: number): void } {
  const { shared, ping, close, ...collections } = createInlineStore();
  const forgetting: (() => void)[] = [];
  const { endLeases, ...jobs } = createMemoryJobs();
  const remembering = Object.fromEntries(
    Object.entries(collections).map(([name, collection]) => [
      name,
      remembered(name, collection as unknown as Collection, forgetting),
    ]),
  ) as unknown as typeof collections;
  const { tenants } = remembering;
  return {
    ...remembering,
    shared,
    ping,
    close,
    jobs,
    endLeases,
    tenants: {
      ...tenants,
      async remove(...args) {
        await tenants.remove(...args);
        for (const forget of forgetting) forget();
      },
    },
  };
}

/**
 * A read's answer is kept until something of the collection is written. This store does its work before a call returns, so an
 * answer that is kept at once is never older than a write that follows.
 */
function remembered(name: string, collection: Collection, forgetting: (() => void)[]): Collection {
  const known = new Map<string, Promise<unknown>>();
  forgetting.push(() => known.clear());
  const keep =
    (method: string, run: Method): Method =>
    (...args) => {
      const key = `${method} ${JSON.stringify(args)}`;
      const answer = known.get(key) ?? run(...args);
      known.set(key, answer);
      return answer;
    };
  const write =
    (run: Method): Method =>
    (...args) => {
      known.clear();
      return run(...args);
    };
  return Object.fromEntries(
    Object.entries(collection).map(([method, run]) => [
      method,
      isRead({ name: `${name}.${method}`, args: [] }) ? keep(method, run) : write(run),
    ]),
  );
}
