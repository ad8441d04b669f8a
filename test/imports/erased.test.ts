import t from 'tap';
import { keepListed, keepVerdicts } from '../../src/imports/kept.ts';
import { createInlineStore } from '../../src/store/embedded/inline-store.ts';
import type { RecordRef } from '../../src/sync/record-ref.ts';
import { listedOf } from '../store/fixtures.ts';
import { dumpTenant } from '../support/dump.ts';
import { openImports, organisation } from './support.ts';

t.setTimeout(240_000);

const NAME = 'Kanariefågel Karin';

t.test('R77 B8 a person who is erased while an import waits or compares is not stored again by it', async (t) => {
  let person = 0;
  const world = await openImports({
    seed({ webcrm }) {
      // More than one page of the walk: the second, in which the person is, waits until most of the first is done.
      const ids = Array.from({ length: 220 }, (_, n) => webcrm.person.createOrganisation(organisation(n)));
      person = Number(ids.map(String).sort().at(-1));
      webcrm.person.editOrganisation(person, { OrganisationName: NAME });
    },
  });
  t.teardown(() => world.close());
  const { id } = await world.begin({ kinds: ['customer'] });
  const step = async () => JSON.parse((await world.store.imports.get(world.tenantId, id))?.step ?? '{}');
  await world.runtime.runUntil(
    async () => (await step()).phase === 'running' && (await step()).counted === 200,
    60_000,
  );
  await world.runtime.advance(2_000);
  const listed = () => world.store.listed.get(world.tenantId, id, 'customer', 'webcrm', String(person));
  t.match(await listed(), { name: NAME, outcome: null }, 'its page was read, and is not judged yet');
  const tenant = await world.store.tenants.get(world.tenantId);
  if (tenant === null) throw new Error('no tenant');
  await world.drive(world.services().persons.erase({ tenant, by: 'Ada' }, { side: 'webcrm', id: String(person) }));
  await world.runtime.runUntil(async () => (await step()).counted === 220, 600_000);
  t.match(await world.progress(id), { state: 'running' });
  t.equal(await listed(), null);
  t.notMatch(await dumpTenant(world.store, world.tenantId), NAME);
  await world.until(id, ['done']);
  t.equal(world.fortnox.customers().length, 219);
  t.strictSame(world.violations(), []);
});

/** A store with some listed records, and tombstones that come when they are told to. */
function kept() {
  const store = createInlineStore();
  const buried = new Set<string>();
  const nameOf = ({ entity, side, id }: RecordRef) => `${entity}:${side}:${id}`;
  return {
    store,
    bury: (record: RecordRef) => buried.add(nameOf(record)),
    tombstones: {
      any: async () => buried.size > 0,
      isErased: async (_: string, record: RecordRef) => buried.has(nameOf(record)),
    },
  };
}

t.test('R77 an erasure between the look at a record and the writing of it wins', async (t) => {
  const { store, bury, tombstones } = kept();
  t.teardown(() => store.close());
  const [one, two] = [listedOf('1', { name: NAME }), listedOf('2')];
  await store.listed.put([one, two]);
  const listed = {
    ...store.listed,
    async get(...key: Parameters<typeof store.listed.get>) {
      const found = await store.listed.get(...key);
      if (key[4] !== '1') return found;
      bury({ entity: 'customer', side: one.side, id: '1' });
      await store.listed.forget(one.tenant, 'customer', one.side, '1');
      return found;
    },
  };
  await keepVerdicts({ store: { listed }, tombstones }, [
    { ...one, outcome: 'match' },
    { ...two, outcome: 'match' },
  ]);
  const left = (await store.listed.list(one.tenant, one.importId, { limit: 10 })).items;
  t.match(left, [{ id: '2', outcome: 'match' }]);
  t.equal(left.length, 1);
});

t.test("R77 a document of an erased person is not listed: Fortnox's lists tell the person's name", async (t) => {
  const { store, bury, tombstones } = kept();
  t.teardown(() => store.close());
  bury({ entity: 'customer', side: 'fortnox', id: 'C1' });
  bury({ entity: 'delivery', side: 'webcrm', id: '5' });
  const order = { kind: 'order', side: 'fortnox' } as const;
  const rows = [
    listedOf('O1', { ...order, name: NAME, record: { CustomerNumber: 'C1' } }),
    listedOf('O2', { ...order, record: { CustomerNumber: 'C2' } }),
    listedOf('5', { kind: 'delivery', side: 'webcrm', record: { DeliveryOrganisationId: 9 } }),
    listedOf('C1', { kind: 'article', side: 'fortnox' }),
  ];
  t.same(
    (await keepListed({ store, tombstones }, rows)).map(({ id, kind }) => `${kind} ${id}`),
    ['order O2', 'article C1'],
  );
});
