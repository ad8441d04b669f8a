import t from 'tap';
import { customer, type ImportWorld, openImports, organisation } from './support.ts';

t.setTimeout(240_000);

const N = 60;
const numbers = Array.from({ length: N }, (_, n) => n);
const LIST = 'GET /Organisations/FindByUpdateDates/{from}/{to}';

async function open(t: { teardown(fn: () => Promise<void>): void }, options: Parameters<typeof openImports>[0]) {
  const world = await openImports(options);
  t.teardown(() => world.close());
  // The first poll marks where to begin; what was seeded lies further back than a poll reaches.
  await poll(world);
  await world.runtime.advance(180_000);
  return world;
}

/** The calls of a poll of organisations, and of all that it leads to. */
async function poll(world: ImportWorld) {
  const before = world.calls();
  await world.drive(world.services().poller.pollNow(world.tenantId, 'webcrm', 'customer'));
  await world.runtime.advance(60_000);
  return world.since(before);
}

async function importAll(world: ImportWorld, options: Parameters<ImportWorld['begin']>[0] = {}) {
  const { id } = await world.begin({ kinds: ['customer'], ...options });
  await world.until(id, ['done']);
}

t.test("R1 R24 a poll of an import's own writes costs its list and no read; what people do is seen", async (t) => {
  const world = await open(t, {
    seed: ({ fortnox, webcrm }) => {
      for (const n of numbers) fortnox.person.createCustomer(customer(n));
      for (const n of numbers) webcrm.person.createOrganisation(organisation(N + n));
    },
  });
  await importAll(world);
  t.equal(world.webcrm.organisations().length, 2 * N);
  t.strictSame(await poll(world), { webcrm: { [LIST]: 1 }, fortnox: {} }, `${2 * N} echoes`);
  t.strictSame(await world.store.jobs.counts(world.tenantId), { waiting: 0, running: 0, dead: 0 });

  const [one, two, three, four] = world.webcrm.organisations();
  const idOf = (row: typeof one) => Number(row?.OrganisationId);
  world.webcrm.person.editOrganisation(idOf(one), { OrganisationCity: 'Malmö' });
  world.webcrm.person.editOrganisation(idOf(two), { OrganisationComment: 'says nothing to Fortnox' });
  world.webcrm.person.editOrganisation(idOf(three), { OrganisationType: 'Supplier' });
  world.webcrm.person.editOrganisation(idOf(four), { OrganisationCustom1: '' });
  world.webcrm.person.createOrganisation(organisation(2 * N));
  const { webcrm, fortnox } = await poll(world);
  t.equal(webcrm['GET /Organisations/{id}'], 5, 'the value, the Type, the number, the new one and before its write');
  t.equal(fortnox['PUT /3/customers/{id}'], 1);
  t.equal(fortnox['POST /3/customers'], 1);
  const found = world.fortnox.customers().find((row) => row.Name === one?.OrganisationName);
  t.equal(found?.City, 'Malmö');
  t.equal(
    world.webcrm.organisations().find((row) => row.OrganisationId === four?.OrganisationId)?.OrganisationCustom1,
    four?.OrganisationCustom1,
    'R30 the number is put back',
  );
  t.strictSame(world.violations(), []);
});

t.test('R24 R2 what was changed back since an import listed it is not written as it was listed', async (t) => {
  const world = await open(t, { seed: ({ webcrm }) => void webcrm.person.createOrganisation(organisation(1)) });
  await importAll(world);
  const [row] = world.webcrm.organisations();
  const city = (name: string) =>
    world.webcrm.person.editOrganisation(Number(row?.OrganisationId), { OrganisationCity: name });
  city('Malmö');
  const { id } = await world.begin({ kinds: ['customer'], dryRun: true });
  await world.until(id, ['ready']);
  city('Lund');
  t.strictSame(await poll(world), { webcrm: { [LIST]: 1 }, fortnox: {} }, 'it shows its image again');
  const before = world.calls();
  await world.start(id);
  await world.until(id, ['done']);
  t.equal(world.since(before).fortnox['PUT /3/customers/{id}'], undefined);
  t.equal(world.fortnox.customers()[0]?.City, 'Lund');
});

t.test(
  "R24 an import's own writes that are notified while its jobs run cost one read of the side they tell of",
  async (t) => {
    const world = await openImports({
      live: true,
      seed: ({ webcrm }) => {
        for (const n of numbers) webcrm.person.createOrganisation(organisation(n));
      },
    });
    t.teardown(() => world.close());
    const before = world.calls();
    await importAll(world);
    await world.runtime.advance(60_000);
    const { webcrm, fortnox } = world.since(before);
    t.equal(fortnox['POST /3/customers'], N);
    t.equal(webcrm['PUT /Organisations/{id}'], N);
    // One that comes before the link is stored finds a pair at work, and looks once more.
    t.ok((webcrm['GET /Organisations/{id}'] ?? 0) <= 1.25 * N, JSON.stringify(webcrm));
    t.ok((fortnox['GET /3/customers/{id}'] ?? 0) <= 1.25 * N, JSON.stringify(fortnox));
    t.strictSame(world.violations(), []);
  },
);
