import t from 'tap';
import { createVault } from '../../src/admin/vault.ts';
import { createTombstones } from '../../src/persons/tombstones.ts';
import { createInlineStore } from '../../src/store/embedded/inline-store.ts';
import { tenantOf } from '../store/fixtures.ts';
import { createVirtualRuntime } from '../support/virtual-runtime.ts';

const OLD = Buffer.alloc(32, 1);
const NEW = Buffer.alloc(32, 2);
const record = (id: string) => ({ entity: 'customer', side: 'webcrm', id }) as const;

async function opened() {
  const store = createInlineStore();
  await store.tenants.insert(tenantOf('t1'));
  await store.tenants.insert(tenantOf('t2'));
  const runtime = createVirtualRuntime({ seed: 1, start: 1000 });
  const under = (key: Buffer, ...former: Buffer[]) =>
    createTombstones({ store, runtime, key, former, vault: createVault({ store, runtime, key, former }) });
  return { store, under };
}

t.test('R77 whoever was erased stays erased when ENCRYPTION_KEY is changed as SECURITY.md says', async (t) => {
  const { store, under } = await opened();
  t.teardown(store.close);
  await under(OLD).bury('t1', [record('1')]);
  t.equal(await under(NEW, OLD).isErased('t1', record('1')), true, 'while both keys count');
  t.equal(await under(NEW).isErased('t1', record('1')), true, 'and with the new one alone');
  t.equal(await under(NEW).isErased('t1', record('2')), false);
  t.equal(await under(NEW).isErased('t2', record('1')), false, 'each tenant has its own');
  await under(NEW).bury('t1', [record('2')]);
  t.equal(await under(NEW).lift('t1', [record('1'), record('2'), record('3')]), 2);
  t.equal(await under(NEW).any('t1'), false);
});

t.test('R77 tombstones of a version that kept no key for them are found by a former key, and kept', async (t) => {
  const { store, under } = await opened();
  t.teardown(store.close);
  const vault = { get: async () => null, put: async () => {} };
  await createTombstones({ store, runtime: { now: () => 1 }, key: OLD, vault }).bury('t1', ['1', '2', '3'].map(record));
  t.equal(await under(NEW).isErased('t1', record('1')), false, 'the new key alone does not find it');
  t.equal(await under(NEW, OLD).isErased('t1', record('1')), true);
  t.equal(await under(NEW).isErased('t1', record('1')), true, 'it was hashed anew');
  t.equal(await under(NEW, OLD).lift('t1', ['1', '2'].map(record)), 2);
  t.equal(await under(NEW, OLD).isErased('t1', record('1')), false, 'a lifted one is gone under every key');
  t.equal(await under(NEW, OLD).isErased('t1', record('3')), true);
});
