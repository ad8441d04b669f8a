import t from 'tap';
import type { Settings } from '../../schemas/settings.ts';
import { SWITCH_VALUES } from '../../src/sandbox/webcrm/switches.ts';
import { openWorld } from '../histories/world.ts';
import { beforePut } from '../support/race.ts';

const NUMBER = 'OrganisationCustom1';
const ROUNDS_MS = 15 * 60_000;

/** A connected tenant with both stand-ins; notifications may get lost in this world, so each scenario waits for the poll. */
async function open(t: { teardown(fn: () => Promise<void>): void }, seed: number, settings: Partial<Settings> = {}) {
  const world = await openWorld(seed);
  t.teardown(() => world.close());
  Object.assign(world.webcrm.switches, { partialPut: 'keeps' });
  const tenant = await world.store.tenants.get(world.tenantId);
  if (tenant === null) throw new Error('no tenant');
  await world.store.tenants.replace({
    ...tenant,
    settings: { ...tenant.settings, numberOwner: 'fortnox', conflictPolicy: 'fortnox', ...settings },
  });
  const lines = async () => (await world.store.activity.list(world.tenantId, { limit: 200 })).items;
  return {
    ...world,
    wait: () => world.runtime.runUntil(world.runtime.now() + ROUNDS_MS, ROUNDS_MS + 1),
    reasons: async () => (await lines()).flatMap((line) => line.reasons),
    pairs: async () => (await world.store.pairs.list(world.tenantId, { limit: 50 })).items,
    dead: async () => (await world.store.jobs.list(world.tenantId, { limit: 50, state: 'dead' })).items,
    violations: () => [...world.webcrm.violations, ...world.fortnox.violations],
  };
}
const organisation = (fields: Record<string, unknown> = {}) => ({
  OrganisationName: 'Lyktan AB',
  OrganisationType: 'Customer',
  OrganisationTelephone: '08-1',
  ...fields,
});

t.test('C1 R10 an organisation of another Type is not sent, with one line that says why', async (t) => {
  const world = await open(t, 1);
  world.webcrm.person.createOrganisation(organisation({ OrganisationType: 'Prospect' }));
  await world.wait();
  await world.wait();
  t.equal(world.fortnox.customers().length, 0);
  t.equal((await world.reasons()).filter((reason) => reason === 'type-not-selected').length, 1);
});

t.test(
  'R11 a customer that matches an organisation of another Type is linked as excluded, not created again',
  async (t) => {
    const world = await open(t, 2);
    const id = world.webcrm.person.createOrganisation(
      organisation({ OrganisationType: 'Prospect', OrganisationVatNumber: 'SE556000123401' }),
    );
    world.fortnox.person.createCustomer({ Name: 'Lyktan', OrganisationNumber: '556000-1234', Phone1: '08-2' });
    await world.wait();
    t.match(await world.pairs(), [{ state: 'excluded', webcrmId: String(id) }]);
    t.equal(world.webcrm.organisations().length, 1);
    t.equal(
      world.webcrm.organisation(id)?.OrganisationType,
      'Prospect',
      'the Type is never changed to let a record pass',
    );
    t.strictSame(world.fortnox.writes, [], 'nothing is written to Fortnox');
  },
);

t.test(
  'R20 an equal name is a proposal: neither side creates the other anew, and a common number links them',
  async (t) => {
    const world = await open(t, 3);
    const id = world.webcrm.person.createOrganisation(organisation());
    const number = world.fortnox.person.createCustomer({ Name: 'Lyktan AB' });
    await world.wait();
    t.equal(world.webcrm.organisations().length, 1);
    t.equal(world.fortnox.customers().length, 1);
    t.match(await world.pairs(), [{ state: 'conflict', reason: 'match-proposed', candidates: [number] }]);
    t.equal((await world.pairs()).length, 1, 'both came up at once, and a person is asked once');
    world.webcrm.person.editOrganisation(id, { [NUMBER]: number });
    await world.wait();
    const whole = (await world.pairs()).filter((pair) => pair.webcrmId !== null && pair.fortnoxId !== null);
    t.match(whole, [{ webcrmId: String(id), fortnoxId: number }]);
    t.equal(world.webcrm.organisations().length, 1);
  },
);

t.test('C6 R30 webCRM owns the number: without one it waits and says so, with one it is created with it', async (t) => {
  const world = await open(t, 4, { numberOwner: 'webcrm' });
  const id = world.webcrm.person.createOrganisation(organisation());
  await world.wait();
  t.equal(world.fortnox.customers().length, 0);
  t.ok((await world.reasons()).includes('waiting-for-customer-number'));
  world.webcrm.person.editOrganisation(id, { [NUMBER]: '4711' });
  await world.wait();
  t.ok(world.fortnox.customer('4711'));
});

t.test('R30 a number that a deleted customer had is refused in plain words, and a new one heals it', async (t) => {
  const world = await open(t, 5, { numberOwner: 'webcrm' });
  const used = world.fortnox.person.createCustomer({ Name: 'Borttagen AB', CustomerNumber: '77' });
  world.fortnox.person.deleteCustomer(used);
  const id = world.webcrm.person.createOrganisation(organisation({ [NUMBER]: '77' }));
  await world.wait();
  t.match(await world.dead(), [{ lastError: { code: 'number-taken' } }]);
  world.webcrm.person.editOrganisation(id, { [NUMBER]: '78' });
  await world.wait();
  t.ok(world.fortnox.customer('78'));
  t.strictSame(await world.dead(), []);
});

t.test('R22 T3 an answer lost on the way is recovered on either side, nothing is created twice', async (t) => {
  for (const postAnswer of SWITCH_VALUES.postAnswer) {
    const world = await open(t, 6);
    Object.assign(world.webcrm.switches, { postAnswer });
    world.fortnox.failNext({ method: 'POST', path: '/3/customers', status: 0, times: 1, applied: true });
    world.webcrm.failNext({ method: 'POST', path: '/Organisations', status: 0, times: 1, applied: true });
    world.webcrm.person.createOrganisation(organisation());
    world.fortnox.person.createCustomer({ Name: 'Ankaret AB' });
    await world.wait();
    t.equal(world.fortnox.customers().length, 2, postAnswer);
    t.equal(world.webcrm.organisations().length, 2, postAnswer);
    t.ok((await world.pairs()).every((pair) => pair.state === 'linked' && pair.reason !== 'creating'));
    t.ok((await world.reasons()).includes('recovered'));
    t.strictSame(world.violations(), []);
  }
});

t.test(
  'R22 an organisation whose answer was lost is found though somebody typed another number over ours',
  async (t) => {
    for (const namesake of [false, true]) {
      const world = await open(t, 6);
      const byName = () => world.webcrm.organisations().filter((one) => one.OrganisationName === 'Ankaret AB');
      if (namesake) {
        // Made before ours, alike but for its number, and not linked, since its own job fails.
        world.fortnox.failNext({ method: 'GET', path: '/3/customers', status: 503, times: 40 });
        world.webcrm.person.createOrganisation({
          OrganisationName: 'Ankaret AB',
          OrganisationType: 'Customer',
          OrganisationTelephone: '08-1',
          [NUMBER]: 'K7',
        });
        await world.runtime.advance(300_000);
      }
      world.webcrm.failNext({ method: 'POST', path: '/Organisations', status: 0, times: 1, applied: true });
      const number = world.fortnox.person.createCustomer({ Name: 'Ankaret AB', Phone1: '08-1' });
      const ours = () => byName().find((one) => one[NUMBER] === number);
      await world.runtime.runUntil(() => ours() !== undefined, ROUNDS_MS);
      const id = Number(ours()?.OrganisationId);
      world.webcrm.person.editOrganisation(id, { [NUMBER]: 'K8' });
      await world.wait();
      t.equal(world.webcrm.organisation(id)?.[NUMBER], number, 'it bears its own number again');
      t.equal(byName().length, namesake ? 2 : 1, 'and none was made beside it');
      t.match(await world.pairs(), [{ webcrmId: String(id), fortnoxId: number, state: 'linked' }]);
      t.ok((await world.reasons()).includes('recovered'));
      t.strictSame(world.violations(), []);
    }
  },
);

t.test('R23 a copy made in Fortnox of a linked customer counts as born there', async (t) => {
  const world = await open(t, 7);
  world.webcrm.person.createOrganisation(organisation());
  await world.wait();
  const key = world.fortnox.customers()[0]?.ExternalReference as string;
  t.ok(key);
  world.fortnox.person.createCustomer({ Name: 'Kopian AB', ExternalReference: key });
  await world.wait();
  t.equal(world.webcrm.organisations().length, 2);
  t.equal((await world.pairs()).length, 2);
});

t.test('R3 webCRM empties what is not sent: it is restored, writes stop, and it is said', async (t) => {
  const world = await open(t, 8);
  const id = world.webcrm.person.createOrganisation(organisation({ OrganisationMemo: 'Ring Eva' }));
  Object.assign(world.webcrm.switches, { partialPut: 'clears' });
  await world.wait();
  t.equal(world.webcrm.organisation(id)?.OrganisationMemo, 'Ring Eva', 'restored from the snapshot');
  t.equal((await world.store.tenants.get(world.tenantId))?.partialPut.organisation, 'broken');
  t.ok((await world.reasons()).includes('partial-put-unsafe'));
  const writes = world.webcrm.writes.length;
  world.webcrm.person.editOrganisation(id, { [NUMBER]: '999' });
  await world.wait();
  t.equal(world.webcrm.writes.length, writes, 'no further write to webCRM');
  t.match(await world.dead(), [{ lastError: { code: 'partial-put-unsafe' } }], 'and the failed list says why');
});

t.test('R71 a deleted customer makes the pair gone; nothing is deleted or created on the other side', async (t) => {
  const world = await open(t, 9);
  const id = world.webcrm.person.createOrganisation(organisation());
  await world.wait();
  world.fortnox.person.deleteCustomer(world.fortnox.customers()[0]?.CustomerNumber ?? '');
  world.webcrm.person.editOrganisation(id, { OrganisationTelephone: '08-9' });
  await world.wait();
  t.match(await world.pairs(), [{ state: 'gone', reason: 'gone-in-fortnox' }]);
  t.equal(world.fortnox.customers().length, 0);
  t.equal(world.webcrm.organisations().length, 1);
});

t.test('R4 a write refused because the record changed meanwhile is planned anew, not failed', async (t) => {
  const world = await open(t, 14);
  const id = world.webcrm.person.createOrganisation(organisation());
  await world.wait();
  const number = world.fortnox.customers()[0]?.CustomerNumber ?? '';
  const raced = beforePut(world.runtime, '/3/customers/', () => world.fortnox.person.deleteCustomer(number));
  world.webcrm.person.editOrganisation(id, { OrganisationTelephone: '08-9' });
  await world.wait();
  t.ok(raced());
  t.ok((await world.reasons()).includes('lost-race'));
  t.match(await world.pairs(), [{ state: 'gone', reason: 'gone-in-fortnox' }]);
  t.strictSame(await world.dead(), []);
  t.strictSame(world.violations(), []);
});

t.test('R13 an organisation last changed before the start date is not created by itself', async (t) => {
  const world = await open(t, 10, { startDate: '2030-01-01' });
  world.webcrm.person.createOrganisation(organisation());
  await world.wait();
  t.equal(world.fortnox.customers().length, 0);
  t.ok((await world.reasons()).includes('before-start-date'));
});

t.test('T7 T9 storms of 429, 500 and broken connections: nothing is lost and nothing is failed', async (t) => {
  const world = await open(t, 11);
  for (const status of [429, 500, 503, 0]) {
    world.fortnox.failNext({ status, times: 2 });
    world.webcrm.failNext({ status, times: 2 });
  }
  world.webcrm.person.createOrganisation(organisation());
  for (let round = 0; round < 4; round += 1) await world.wait();
  t.equal(world.fortnox.customers().length, 1);
  t.strictSame(await world.dead(), []);
});

t.test('T6 a name with quotes and operators is searched as it is and changes nothing else', async (t) => {
  const world = await open(t, 12);
  const name = "O'Brien' OR OrganisationId > 0 -- % _ ; AB";
  world.fortnox.person.createCustomer({ Name: name });
  await world.wait();
  t.match(world.webcrm.organisations(), [{ OrganisationName: name }]);
  t.strictSame(world.violations(), []);
});

t.test('C2 T15 a customer born in Fortnox becomes an organisation whose Type passes the own filter', async (t) => {
  const world = await open(t, 13);
  world.fortnox.person.createCustomer({ Name: 'Eva Ek', Type: 'PRIVATE', Phone1: '070-1' });
  world.fortnox.person.createCustomer({ Name: 'Ek AB', Type: 'COMPANY', CountryCode: 'NO' });
  await world.wait();
  const types = world.webcrm.organisations().map((one) => [one.OrganisationName, one.OrganisationType]);
  t.strictSame(types.sort(), [
    ['Ek AB', 'Customer'],
    ['Eva Ek', 'Private Customer'],
  ]);
});
