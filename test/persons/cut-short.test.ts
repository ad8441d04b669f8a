import t from 'tap';
import { SyncError } from '../../src/errors/sync-error.ts';
import { createPersons } from '../../src/persons/persons.ts';
import { createKeyLocks } from '../../src/queue/key-locks.ts';
import { createInlineStore } from '../../src/store/embedded/inline-store.ts';
import type { Store } from '../../src/store/port.ts';
import { hintOf, invoiceOf, lineOf, listedOf, orderOf, pairOf, runOf, tenantOf } from '../store/fixtures.ts';
import { dumpTenant } from '../support/dump.ts';
import { createVirtualRuntime } from '../support/virtual-runtime.ts';

const NAME = 'Kanariefågel';
const PERSON = { side: 'webcrm', id: '1' } as const;

/** A store with one person in every kind of thing that is kept. */
async function filled(): Promise<Store> {
  const store = createInlineStore();
  const held = { OrganisationName: NAME };
  await store.tenants.insert(
    tenantOf('t1', { partialPutTrials: [{ kind: 'organisation', id: '1', replaced: {}, held }] }),
  );
  const base = { webcrm: { name: NAME }, fortnox: {} };
  await store.pairs.insert(pairOf('own', { webcrmId: '1', fortnoxId: 'C1', base }));
  await store.pairs.insert(orderOf('order', { webcrmId: '5', fortnoxId: 'O5', customerNumber: 'C1', base }));
  await store.pairs.insert(invoiceOf('invoice', { webcrmId: '6', fortnoxId: 'I6', customerNumber: 'C1', base }));
  await store.jobs.enqueue([hintOf('1'), hintOf('5', { entity: 'delivery' }), hintOf('7', { entity: 'delivery' })], 1);
  await store.activity.insert([
    lineOf('a', { pairId: 'own', webcrmId: '1', message: NAME }),
    lineOf('b', { pairId: 'order', entity: 'delivery', webcrmId: '5', message: NAME }),
    lineOf('c', { entity: 'delivery', webcrmId: '7', message: NAME }),
  ]);
  await store.decisions.set('t1', 'delivery', 'webcrm', '7', 'waits-for-customer', 1, 'webcrm:1');
  await store.decisions.set('t1', 'order', 'fortnox', 'O8', 'waits-for-customer', 1, 'fortnox:C1');
  await store.imports.put(runOf('i'));
  await store.listed.put([
    listedOf('1', { name: NAME, record: { OrganisationName: NAME } }),
    listedOf('9', { kind: 'delivery', record: { DeliveryOrganisationId: 1, DeliveryCustom6: NAME } }),
  ]);
  return store;
}

/** The writes of an erasure; `n` is the one that fails, the first being 1. */
function failing(store: Store, n: number): { store: Store; writes: () => number } {
  let writes = 0;
  const WRITES = new Set(['delete', 'forget', 'set', 'replace']);
  const part = (of: object): object =>
    new Proxy(of, {
      get(target, name) {
        const method = Reflect.get(target, name);
        if (typeof method !== 'function' || !WRITES.has(String(name))) return method;
        return async (...given: unknown[]) => {
          writes += 1;
          if (writes === n) throw new SyncError('store-busy', 'The store is down.');
          return Reflect.apply(method, target, given);
        };
      },
    });
  const whole = new Proxy(store, {
    get: (target, name) => {
      const value = Reflect.get(target, name);
      return typeof value === 'object' && value !== null ? part(value) : value;
    },
  });
  return { store: whole, writes: () => writes };
}

function personsOf(store: Store) {
  const runtime = createVirtualRuntime({ seed: 1, start: 1000 });
  const tombstones = {
    any: async () => true,
    isErased: async () => true,
    bury: async () => {},
    lift: async () => 0,
  };
  const persons = createPersons({ store, runtime, locks: createKeyLocks(), tombstones } as unknown as Parameters<
    typeof createPersons
  >[0]);
  return { ...persons, tombstones };
}

t.test('R77 B8 an erasure that is cut short at any of its steps is finished by asking again', async (t) => {
  let cut = 0;
  for (let n = 1; ; n++) {
    const store = await filled();
    const tenant = await store.tenants.get('t1');
    if (tenant === null) throw new Error('no tenant');
    const request = { tenant, by: 'Ada' };
    const faulty = failing(store, n);
    const first = await personsOf(faulty.store)
      .erase(request, PERSON)
      .catch((error: unknown) => error);
    if (!(first instanceof SyncError)) {
      t.match(first, { pairs: 3, jobs: 3, activity: 3, refusals: 2, listed: 2 }, 'undisturbed it takes all at once');
      t.equal(faulty.writes(), n - 1);
      await store.close();
      break;
    }
    cut += 1;
    await personsOf(store).erase(request, PERSON);
    const left = await dumpTenant(store, 't1');
    t.notMatch(left, NAME, `cut at write ${n}: nothing is left`);
    for (const id of ['1', '5', '7'])
      t.equal(await store.jobs.get('t1', `${id === '1' ? 'customer' : 'delivery'}:webcrm:${id}`), null);
    t.same((await store.decisions.list('t1', { limit: 10 })).items, []);
    await store.close();
  }
  t.ok(cut >= 9, `${cut} steps`);
});
