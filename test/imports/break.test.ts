import t from 'tap';
import type { Hooks } from '../../src/admin/hooks.ts';
import { customer, openImports, organisation } from './support.ts';

t.setTimeout(240_000);

const HOURS = 3_600_000;
const READ = 'GET /Organisations/{id}';
/** Reads that prove the first update of a kind (R3), whatever else is read. */
const PROOF = 20;

/** 120 organisations; three of them are among the last that an import comes to. */
async function open(t: { teardown(fn: () => Promise<void>): void }, more: Parameters<typeof openImports>[0] = {}) {
  let last: number[] = [];
  const world = await openImports({
    ...more,
    seed: ({ fortnox, webcrm }) => {
      const ids = Array.from({ length: 120 }, (_, n) => webcrm.person.createOrganisation(organisation(n)));
      last = ids.map(String).sort().slice(-3).map(Number);
      // Of the last one Fortnox knows a telephone number that webCRM does not.
      const n = ids.indexOf(last[2] ?? 0);
      fortnox.person.createCustomer(customer(n, { Phone1: '040-2' }));
    },
  });
  t.teardown(() => world.close());
  const [supplier = 0, twin = 0, typed = 0] = last;
  return { world, supplier, twin, typed };
}
type Checks = Pick<typeof t, 'equal' | 'strictSame'>;
type Opened = Awaited<ReturnType<typeof open>>;

/** An import to Fortnox, some way into its jobs: the last three are queued, and have not run. */
async function begun({ world, typed }: Opened) {
  const { id } = await world.begin({ kinds: ['customer'], direction: 'to-fortnox' });
  await world.runtime.runUntil(
    async () => (await world.progress(id)).done >= 20 && (await world.progress(id)).queued >= 120,
    120_000,
  );
  if (await world.store.pairs.bySide(world.tenantId, 'customer', 'webcrm', String(typed))) throw new Error('too late');
  return id;
}

/** What people do while nobody listens. */
function overnight({ world, supplier, twin, typed }: Opened) {
  const { person } = world.webcrm;
  person.editOrganisation(supplier, { OrganisationType: 'Supplier' });
  person.editOrganisation(typed, { OrganisationTelephone: '040-9' });
  const number = String(world.webcrm.organisation(twin)?.OrganisationCustom2);
  world.fortnox.person.createCustomer({ Name: 'Ett annat namn AB', OrganisationNumber: number, City: 'Lund' });
}

async function check(t: Checks, opened: Opened) {
  const { world, supplier, twin, typed } = opened;
  const pairOf = (id: number) => world.store.pairs.bySide(world.tenantId, 'customer', 'webcrm', String(id));
  t.equal(await pairOf(supplier), null, 'R10 a Supplier is not sent');
  const named = world.webcrm.organisation(supplier)?.OrganisationName;
  t.equal(world.fortnox.customers().filter(({ Name }) => Name === named).length, 0);
  const pair = await pairOf(typed);
  t.equal(world.webcrm.organisation(typed)?.OrganisationTelephone, '040-9', 'what was typed stays');
  t.equal(world.fortnox.customer(pair?.fortnoxId ?? '')?.Phone1, '040-9');
  const number = String(world.webcrm.organisation(twin)?.OrganisationCustom2);
  t.equal(world.fortnox.customers().filter((row) => row.OrganisationNumber === number).length, 1, 'R20 made once');
  t.strictSame(await world.dead(), []);
}

t.test(
  'R2 R10 R20 an import that goes on after a night of downtime writes nothing by what it listed before',
  async (t) => {
    const opened = await open(t);
    const { world } = opened;
    const id = await begun(opened);
    await world.crash(async () => {
      overnight(opened);
      await world.runtime.advance(8 * HOURS);
    });
    await world.until(id, ['done'], HOURS);
    await check(t, opened);
  },
);

t.test('R2 R10 R72 an import that goes on after a pause writes nothing by what it listed before', async (t) => {
  const opened = await open(t);
  const { world } = opened;
  const id = await begun(opened);
  const { admin } = world.services();
  await world.drive(admin.pause(world.tenantId));
  await world.runtime.advance(60_000);
  overnight(opened);
  await world.runtime.advance(2 * HOURS);
  await world.drive(admin.resume(world.tenantId));
  await world.until(id, ['done'], HOURS);
  await check(t, opened);
});

t.test('B3 R2 a restart while an import lists or compares has it list anew', async (t) => {
  const { world, typed } = await open(t);
  const { id } = await world.begin({ kinds: ['customer'], dryRun: true });
  await world.runtime.runUntil(
    async () => (await world.store.imports.get(world.tenantId, id))?.state === 'comparing',
    60_000,
  );
  const organisations = world.webcrm.organisations().length;
  await world.crash(async () => {
    world.webcrm.person.editOrganisation(typed, { OrganisationType: 'Supplier' });
    await world.runtime.advance(8 * HOURS);
  });
  await world.until(id, ['ready']);
  t.match(await world.progress(id), { total: organisations + 1, compared: organisations + 1, counts: { skip: 1 } });
  const { step } = (await world.store.imports.get(world.tenantId, id)) ?? {};
  t.equal(step, null);
  await world.crash();
  t.match(await world.start(id), { state: 'listing' }, 'and one between a dry run and its start');
});

t.test('B3 a tenant that is connected after its dry run trusts it for ten minutes, at no cost', async (t) => {
  const { world } = await open(t);
  const { id } = await world.begin({ kinds: ['customer'], dryRun: true });
  await world.until(id, ['ready']);
  await world.runtime.advance(60_000);
  await world.drive(world.services().admin.connect(world.tenantId));
  const before = world.calls();
  t.match(await world.start(id), { state: 'running' });
  await world.until(id, ['done']);
  const { webcrm } = world.since(before);
  t.ok((webcrm[READ] ?? 0) <= PROOF, JSON.stringify(webcrm));
  t.equal(
    Object.keys(webcrm).some((route) => route.startsWith('GET /Organisations/Find')),
    false,
  );
});

t.test("S2 R24 webCRM's hooks that are verified and found healthy are no break in an import", async (t) => {
  const opened = await open(t);
  const { world } = opened;
  const before = world.calls();
  const id = await begun(opened);
  const tenant = async () => world.store.tenants.get(world.tenantId);
  const was = await tenant();
  if (was === null) throw new Error('no tenant');
  await world.drive((world.services().hooks as Hooks).verify(was));
  t.equal((await tenant())?.updatedAt, was.updatedAt);
  await world.until(id, ['done'], HOURS);
  const { webcrm } = world.since(before);
  t.ok((webcrm[READ] ?? 0) <= PROOF, JSON.stringify(webcrm));
});

/** What ends the trust in what was listed while jobs are queued. */
const BREAKS: Readonly<Record<string, (opened: Opened) => Promise<unknown>>> = {
  'a restart': ({ world }) => world.crash(),
  'a pause': async ({ world }) => {
    const { admin } = world.services();
    await world.drive(admin.pause(world.tenantId));
    await world.runtime.advance(60_000);
    await world.drive(admin.resume(world.tenantId));
  },
  'a change of the settings': ({ world }) =>
    world.drive(world.services().admin.updateSettings(world.tenantId, { conflictPolicy: 'webcrm' })),
};

for (const [name, happens] of Object.entries(BREAKS))
  t.test(
    `R24 after ${name} in the middle of an import the customers are listed once more, and not searched singly`,
    async (t) => {
      const opened = await open(t);
      const { world, typed } = opened;
      const id = await begun(opened);
      const before = world.calls();
      await happens(opened);
      const left = 120 - ((await world.store.pairs.counts(world.tenantId)).linked ?? 0);
      t.ok(left > 60, `${left} left`);
      await world.until(id, ['done'], HOURS);
      const { webcrm, fortnox } = world.since(before);
      const searches = fortnox['GET /3/customers'] ?? 0;
      // Those whose jobs ran before the lists had come.
      const early = 12;
      t.ok((webcrm[READ] ?? 0) <= 3 * early + PROOF, `${left} left: ${JSON.stringify(webcrm)}`);
      t.ok(searches <= 3 * early, `${left} left: ${JSON.stringify(fortnox)}`);
      t.equal(webcrm['GET /Organisations'], 1);
      const { total, done, counts } = await world.progress(id);
      t.match({ total, done, counts }, { total: 121, done: 121, counts: { 'create-in-fortnox': 119 } });
      t.equal((await world.store.pairs.bySide(world.tenantId, 'customer', 'webcrm', String(typed)))?.state, 'linked');
      t.strictSame(await world.dead(), []);
    },
  );

t.test('R20 R71 what was deleted in a break is no candidate, though it was listed before', async (t) => {
  const opened = await open(t);
  const { world, typed } = opened;
  const id = await begun(opened);
  await world.crash(async () => {
    // The one that the last organisation would be linked with.
    const [first] = world.fortnox.customers().filter(({ Phone1 }) => Phone1 === '040-2');
    world.fortnox.person.deleteCustomer(String(first?.CustomerNumber));
  });
  await world.until(id, ['done'], HOURS);
  const pair = await world.store.pairs.bySide(world.tenantId, 'customer', 'webcrm', String(typed));
  t.equal(pair?.state, 'linked');
  t.equal(world.fortnox.customer(pair?.fortnoxId ?? '')?.Phone1, '', 'one that was made anew');
  t.strictSame(await world.dead(), []);
});

t.test('R24 lists that fail after a break are read again; the jobs go on meanwhile, singly', async (t) => {
  const opened = await open(t);
  const { world } = opened;
  const id = await begun(opened);
  const { fetch } = world.runtime;
  let failing = 3;
  world.runtime.fetch = (input, init) => {
    const isList = (input instanceof Request ? input.url : String(input)).includes('/Organisations?');
    if (!isList || failing === 0) return fetch(input, init);
    failing -= 1;
    return Promise.resolve(new Response('', { status: 500 }));
  };
  await world.crash();
  await world.until(id, ['done'], HOURS);
  t.equal(failing, 0);
  t.equal((await world.store.pairs.counts(world.tenantId)).linked, 120);
  t.strictSame(await world.dead(), []);
});
