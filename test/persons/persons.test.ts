import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createInlineStore } from '../../src/store/embedded/inline-store.ts';
import { openEmbeddedTransfer } from '../../src/store/embedded/transfer.ts';
import { lineOf, listedOf, pairOf, runOf, tenantOf } from '../store/fixtures.ts';
import { dumpTenant } from '../support/dump.ts';
import { articles, customer, line, openWorld } from '../support/world.ts';

t.setTimeout(120_000);

/** Words that stand in the person's records alone. */
const SECRETS = ['Kanariefågel', '070-5559911', 'kanarie@example.se', 'Fågelvägen'];
const PERSON = {
  OrganisationName: 'Kanariefågel Karin',
  OrganisationType: 'Private Customer',
  OrganisationTelephone: '070-5559911',
  OrganisationAddress: 'Fågelvägen 7',
  OrganisationXText1: 'kanarie@example.se',
};
const settings = { customFields: { customerNumber: 'OrganisationCustom1', email: 'OrganisationXText1' } };

const found = (text: string) => SECRETS.filter((secret) => text.includes(secret));

t.test('R77 B8 a person is given out whole, erased without a trace, and nothing brings the person back', async (t) => {
  const world = await openWorld({ settings });
  t.teardown(world.close);
  await articles(world);
  const { organisation, number } = await customer(world, PERSON);
  const other = await customer(world, { OrganisationName: 'Bolaget AB' });
  const delivery = world.webcrm.person.createDelivery({
    DeliveryOrganisationId: organisation,
    DeliveryStatus: 'Planned',
    DeliveryCustom6: 'Kanariefågel själv',
  });
  world.webcrm.person.createLine(delivery, line('A1', 'Lampa', 1, 100));
  await world.wait(20_000);
  await world.quiet();
  t.equal(world.fortnox.orders().length, 1, 'the delivery has its order');
  await world.call('/imports', { kinds: ['customer'], dryRun: true });
  await world.wait(60_000);
  t.same(found(await dumpTenant(world.store, world.tenantId)), SECRETS, 'it is all there before');

  const tenant = await world.store.tenants.get(world.tenantId);
  if (tenant === null) throw new Error('no tenant');
  const replaced = {};
  const others = {
    kind: 'organisation',
    id: String(other.organisation),
    replaced,
    held: { OrganisationName: 'Bolaget AB' },
  } as const;
  const partialPutTrials = [
    others,
    { kind: 'organisation', id: String(organisation), replaced, held: PERSON },
    { kind: 'delivery', id: String(delivery), replaced, held: { DeliveryCustom6: 'Kanariefågel själv' } },
  ] as const;
  await world.store.tenants.replace({ ...tenant, partialPutTrials });

  const at = `/persons/webcrm/${organisation}`;
  const given = (await world.call(at)).body as Record<string, { [key: string]: unknown }[]>;
  t.same(found(JSON.stringify(given)), SECRETS, 'the export holds all of it');
  t.match(given.pairs?.map(({ entity }) => entity).sort(), ['customer', 'delivery']);
  t.match(given.records, [
    { entity: 'customer', side: 'webcrm', id: String(organisation) },
    { entity: 'customer', side: 'fortnox', id: number },
  ]);
  t.ok((given.activity?.length ?? 0) >= 2 && (given.listed?.length ?? 0) >= 2);
  t.match(
    given.trials?.map(({ kind }) => kind),
    ['organisation', 'delivery'],
  );
  t.notMatch(JSON.stringify(given), /Bolaget/, 'and nobody else');
  const byCustomer = (await world.call(`/persons/fortnox/${number}`)).body;
  t.same(byCustomer.pairs, given.pairs, 'the other half names the same person');

  const erased = await world.call(at, undefined, 'DELETE');
  t.same(
    (await world.store.tenants.get(world.tenantId))?.partialPutTrials,
    [others],
    'nor is any in what a process left',
  );
  t.match(erased, { status: 200, body: { pairs: 2 } });
  const left = await dumpTenant(world.store, world.tenantId);
  t.same(found(left), [], 'nothing is left');
  t.match(left, /Bolaget/, 'of nobody else anything is gone');
  t.match(left, /The data of a person was erased: 2 pairs, .* Asked for by root, request/);
  t.same((await world.call(at, undefined, 'DELETE')).body, { pairs: 0, jobs: 0, activity: 0, refusals: 0, listed: 0 });

  // A change on either side, a notification, polls, an import and a reconcile.
  world.webcrm.person.editOrganisation(organisation, { OrganisationCity: 'Kanariefågel-stad' });
  world.fortnox.person.editCustomer(number, { City: 'Kanariefågel-stad' });
  world.webcrm.person.editDelivery(delivery, { DeliveryCustom6: 'Kanariefågel igen' });
  await world.quiet();
  await world.wait(800_000);
  await world.quiet();
  await world.call('/imports', { kinds: ['customer', 'order', 'delivery'] });
  await world.wait(60_000);
  await world.quiet();
  await world.call('/reconcile', {});
  await world.wait(600_000);
  await world.quiet();
  const later = await dumpTenant(world.store, world.tenantId);
  t.same(found(later), [], 'nothing brings the person back');
  t.equal(world.fortnox.orders().length, 1, 'and no document is made twice');
  t.equal((await world.store.pairs.bySide(world.tenantId, 'customer', 'fortnox', other.number))?.state, 'linked');
  const why = (await world.call(`/explain?entity=customer&side=webcrm&id=${organisation}`)).body;
  t.match(JSON.stringify(why), /"erased"/);

  t.equal((await world.call(`/persons/webcrm/${organisation}/readmit`, undefined, 'POST')).status, 204);
  t.equal((await world.call(`/persons/webcrm/${organisation}/readmit`, undefined, 'POST')).status, 404);
  await world.quiet();
  t.equal(
    await world.store.pairs.bySide(world.tenantId, 'customer', 'webcrm', String(organisation)),
    null,
    'its other half is erased still',
  );
  t.equal((await world.call(`/persons/fortnox/${number}/readmit`, undefined, 'POST')).status, 204);
  await world.quiet();
  t.match(await world.store.pairs.bySide(world.tenantId, 'customer', 'webcrm', String(organisation)), {
    state: 'linked',
    fortnoxId: number,
  });
  t.equal(world.fortnox.customers().length, 2, 'they are linked again, none is made');
  t.equal((await world.pairs('delivery')).length, 0, 'its former documents are left alone, not doubled');
  t.equal(world.webcrm.deliveries().length, 1);
  t.same(world.violations(), []);
});

t.test('R77 what is deleted is overwritten in the file', async (t) => {
  const dir = t.testdir();
  const path = join(dir, 'store.db');
  const store = createInlineStore(path);
  await store.tenants.insert(tenantOf('t1'));
  const secret = 'Kanariefågel'.repeat(300);
  for (let n = 0; n < 40; n++) {
    const base = { webcrm: { name: `${secret}${n}` }, fortnox: {} };
    await store.pairs.insert(pairOf(`p${n}`, { webcrmId: `${n}`, base }));
    await store.pairs.replace(pairOf(`p${n}`, { webcrmId: `${n}`, base: null }));
    await store.pairs.delete('t1', `p${n}`, 2);
  }
  await store.activity.insert([lineOf('a', { message: secret })]);
  await store.activity.forget('t1', ['a']);
  await store.imports.put(runOf('i'));
  await store.listed.put([listedOf('1', { name: secret, record: { OrganisationName: secret } })]);
  await store.listed.forget('t1', 'customer', 'webcrm', '1');
  await store.close();
  for (const file of readdirSync(dir)) t.notOk(readFileSync(join(dir, file)).includes('Kanarie'), file);
  const copy = openEmbeddedTransfer(path);
  let documents = 0;
  for await (const item of copy.dump()) {
    documents += 1;
    t.notMatch(JSON.stringify(item), /Kanarie/);
  }
  t.equal(documents, 2);
  await copy.close();
});
