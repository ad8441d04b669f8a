import t from 'tap';
import { customer, type ImportWorld, openImports, organisation, type Vendors } from './support.ts';

t.setTimeout(240_000);

type Checks = Pick<typeof t, 'strictSame'>;
async function open(t: { teardown(fn: () => Promise<void>): void }, options: Parameters<typeof openImports>[0] = {}) {
  const world = await openImports(options);
  t.teardown(() => world.close());
  return world;
}
async function clean(t: Checks, world: ImportWorld) {
  t.strictSame(world.violations(), []);
  t.strictSame(await world.dead(), []);
}

/** Three only in webCRM, two only in Fortnox, an equal pair, one that differs, another Type, and an equal name alone. */
function seed({ fortnox, webcrm }: Vendors) {
  for (const n of [1, 2, 3]) webcrm.person.createOrganisation(organisation(n));
  for (const n of [11, 12]) fortnox.person.createCustomer(customer(n));
  webcrm.person.createOrganisation(organisation(20));
  fortnox.person.createCustomer(customer(20));
  webcrm.person.createOrganisation(organisation(21, { OrganisationTelephone: '040-1' }));
  fortnox.person.createCustomer(customer(21, { Phone1: '040-2' }));
  webcrm.person.createOrganisation(organisation(30, { OrganisationType: 'Supplier' }));
  webcrm.person.createOrganisation({ OrganisationName: 'Samma namn', OrganisationType: 'Customer' });
  fortnox.person.createCustomer({ Name: 'Samma namn' });
}

t.test(
  'B3 R21 a dry run writes nothing and shows what would be created, overwritten, proposed and skipped',
  async (t) => {
    const world = await open(t, { seed });
    const before = world.calls();
    const { id, state } = await world.begin({ kinds: ['customer'], dryRun: true });
    t.equal(state, 'listing');
    await world.until(id, ['ready']);
    const calls = world.since(before);
    t.notOk(
      [...Object.keys(calls.webcrm), ...Object.keys(calls.fortnox)].some((route) =>
        /POST \/Org|PUT|POST \/3/.test(route),
      ),
    );
    t.equal(calls.fortnox['GET /3/customers/{id}'], 2, 'one single read a matched pair');
    const view = await world.progress(id);
    t.match(view, { state: 'ready', total: 12, compared: 12, queued: 0, done: 12, dead: 0 });
    const { counts } = view;
    t.match(counts, { 'create-in-fortnox': 3, 'create-in-webcrm': 2, skip: 1, update: 2, propose: 2 });
    const updates = await world.records(id, { outcome: 'update' });
    t.strictSame(
      updates.flatMap(({ lost }) => lost),
      [{ field: 'phone', before: '040-1', after: '040-2', side: 'webcrm' }],
    );
    t.match(await world.records(id, { outcome: 'skip' }), [{ reason: 'type-not-selected' }]);
    t.strictSame(
      await world.activity(),
      (await world.activity()).filter(({ entity }) => entity === 'tenant'),
    );
    await clean(t, world);
  },
);

t.test('B3 C5 a dry run that is ready becomes a run, and does what it showed', async (t) => {
  const world = await open(t, { seed });
  const { id } = await world.begin({ kinds: ['customer'], dryRun: true });
  await world.until(id, ['ready']);
  const { counts } = await world.progress(id);
  await t.rejects(world.resume(id), { code: 'conflict' });
  await world.start(id);
  await t.rejects(world.begin({}), { code: 'conflict' });
  await world.until(id, ['done']);
  t.match(await world.progress(id), { state: 'done', counts, done: 12, dead: 0, dryRun: false });
  t.equal(world.fortnox.customers().length, 5 + 3);
  t.equal(world.webcrm.organisations().length, 7 + 2);
  t.strictSame(await world.records(id), [], 'what was listed is forgotten');
  await clean(t, world);
});

t.test('C5 R24 a stop takes back what waits, a resume does the rest; nothing is made twice', async (t) => {
  const many = Array.from({ length: 260 }, (_, n) => n);
  const world = await open(t, {
    seed: ({ fortnox, webcrm }) => {
      for (const n of many) fortnox.person.createCustomer(customer(n));
      for (const n of many.slice(0, 100)) webcrm.person.createOrganisation(organisation(1000 + n));
    },
  });
  const { id } = await world.begin({ kinds: ['customer'] });
  await world.runtime.advance(30_000);
  const during = await world.progress(id);
  t.equal(during.state, 'running');
  t.ok((during.perMinute ?? 0) > 60 && (during.remainingSeconds ?? 0) > 10, JSON.stringify(during));
  t.ok((during.budgets?.webcrm.inWindow ?? 0) > 50);
  const stopped = await world.stop(id);
  t.equal(stopped.state, 'stopped');
  await t.rejects(world.stop(id), { code: 'conflict' });
  await world.runtime.advance(20_000);
  const made = () => world.webcrm.organisations().length + world.fortnox.customers().length;
  const before = made();
  await world.runtime.advance(120_000);
  t.equal(made(), before, 'nothing runs while it is stopped');
  t.strictSame(await world.store.jobs.counts(world.tenantId), { waiting: 0, running: 0, dead: 0 });
  t.match(await world.resume(id), { state: 'running' });
  await world.until(id, ['done']);
  t.match(await world.progress(id), { state: 'done', done: 360, total: 360 });
  t.equal(world.webcrm.organisations().length, 360);
  t.equal(world.fortnox.customers().length, 360);
  t.equal((await world.store.pairs.counts(world.tenantId)).linked, 360);
  await clean(t, world);
});

t.test('R24 R22 an import that a crash cuts off goes on by itself, whatever it was at', async (t) => {
  const many = Array.from({ length: 120 }, (_, n) => n);
  const world = await open(t, {
    seed: ({ fortnox, webcrm }) => {
      for (const n of many) fortnox.person.createCustomer(customer(n));
      for (const n of many) webcrm.person.createOrganisation(organisation(1000 + n));
    },
  });
  const { id } = await world.begin({ kinds: ['customer'] });
  await world.crash();
  for (const ms of [50, 400, 10_000, 1_250, 17_300, 9_990]) {
    await world.runtime.advance(ms);
    await world.crash();
  }
  await world.until(id, ['done']);
  t.equal(world.webcrm.organisations().length, 240);
  t.equal(world.fortnox.customers().length, 240);
  t.equal((await world.store.pairs.counts(world.tenantId)).linked, 240);
  t.match(await world.progress(id), { done: 240, total: 240 });
  // A new process knows nothing of the calls that the old one made in the same minute: the vendor's limit is not asked here.
  t.strictSame(await world.dead(), []);
});

t.test('R21 an import to Fortnox makes nothing in webCRM, and its values win at the first link', async (t) => {
  const world = await open(t, { seed });
  const { id } = await world.begin({ kinds: ['customer'], direction: 'to-fortnox' });
  await world.until(id, ['done']);
  t.equal(world.webcrm.organisations().length, 7);
  t.equal(world.fortnox.customers().length, 8);
  const of21 = world.fortnox.customers().find(({ Name }) => Name === 'Kund 21 AB');
  t.equal(of21?.Phone1, '040-1');
  const refused = (await world.activity()).filter(({ reasons }) => reasons.includes('other-direction'));
  t.equal(refused.length, 2);
  t.match(await world.progress(id), { counts: { skip: 3, 'create-in-fortnox': 3 } });
  await clean(t, world);
});

t.test('R21 an import to webCRM makes nothing in Fortnox', async (t) => {
  const world = await open(t, { seed, settings: { conflictPolicy: 'webcrm' } });
  const { id } = await world.begin({ kinds: ['customer'], direction: 'to-webcrm' });
  await world.until(id, ['done']);
  t.equal(world.webcrm.organisations().length, 9);
  t.equal(world.fortnox.customers().length, 5);
  t.equal(
    world.webcrm.organisations().find(({ OrganisationName }) => OrganisationName === 'Kund 21 AB')
      ?.OrganisationTelephone,
    '040-2',
  );
  await clean(t, world);
});

t.test('R24 R2 what changed since the list was read is read singly, and is not overwritten', async (t) => {
  const many = Array.from({ length: 150 }, (_, n) => n);
  let last = 0;
  const world = await open(t, {
    seed: ({ webcrm }) => {
      for (const n of many) last = webcrm.person.createOrganisation(organisation(n));
    },
  });
  const { id } = await world.begin({ kinds: ['customer'] });
  await world.runtime.advance(3_000);
  world.webcrm.person.editOrganisation(last, { OrganisationCity: 'Malmö' });
  await world.hint('webcrm', last);
  await world.until(id, ['done']);
  const pair = await world.store.pairs.bySide(world.tenantId, 'customer', 'webcrm', String(last));
  t.equal(world.fortnox.customer(pair?.fortnoxId ?? '')?.City, 'Malmö');
  t.equal(world.webcrm.organisation(last)?.OrganisationCity, 'Malmö');
  t.equal(world.fortnox.customers().length, 150);
  await clean(t, world);
});

t.test('R24 R2 nor what changed since without a word: what is to be written over is read first', async (t) => {
  const world = await open(t, {
    seed({ fortnox, webcrm }) {
      webcrm.person.createOrganisation(organisation(1, { OrganisationTelephone: '040-1' }));
      fortnox.person.createCustomer(customer(1, { Phone1: '040-2' }));
      webcrm.person.createOrganisation(organisation(2));
      fortnox.person.createCustomer(customer(2));
    },
  });
  const [first] = world.webcrm.organisations();
  const id = Number(first?.OrganisationId);
  const before = world.calls();
  const run = await world.begin({ kinds: ['customer'] });
  await world.runtime.runUntil(() => (world.since(before).fortnox['GET /3/customers/{id}'] ?? 0) > 0, 60_000);
  world.webcrm.person.editOrganisation(id, { OrganisationTelephone: '040-3' });
  await world.until(run.id, ['done']);
  const lost = (await world.store.activity.list(world.tenantId, { limit: 200 })).items.flatMap((line) => line.lost);
  t.match(lost, [{ side: 'webcrm', field: 'phone', before: '040-3', after: '040-2' }]);
  t.equal(world.webcrm.organisation(id)?.OrganisationTelephone, '040-2');
  await clean(t, world);
});

t.test(
  'R20 two organisations with one organisation number make one customer; the second waits for a person',
  async (t) => {
    const world = await open(t, {
      seed: ({ webcrm }) => {
        webcrm.person.createOrganisation(organisation(1));
        webcrm.person.createOrganisation(organisation(1, { OrganisationName: 'En annan AB' }));
      },
    });
    const { id } = await world.begin({ kinds: ['customer'] });
    await world.until(id, ['done']);
    t.equal(world.fortnox.customers().length, 1);
    const pairs = (await world.store.pairs.list(world.tenantId, { limit: 10 })).items;
    t.strictSame(pairs.map(({ state, reason }) => `${state} ${reason}`).sort(), [
      'conflict number-already-paired',
      'linked in-step',
    ]);
    await clean(t, world);
  },
);

t.test('R13 an import makes what the start date keeps from being made by itself', async (t) => {
  const world = await open(t, { seed, settings: { startDate: '2030-01-01' } });
  const { id } = await world.begin({ kinds: ['customer'] });
  await world.until(id, ['done']);
  t.equal(world.fortnox.customers().length, 8);
  await clean(t, world);
});

t.test('B3 a dry run that grows old lists anew when it is started, and is forgotten after a week', async (t) => {
  const world = await open(t, { seed });
  const { id } = await world.begin({ kinds: ['customer'], dryRun: true });
  await world.until(id, ['ready']);
  await world.runtime.advance(20 * 60_000);
  world.webcrm.person.createOrganisation(organisation(50));
  t.match(await world.start(id), { state: 'listing' });
  await world.until(id, ['done']);
  t.match(await world.progress(id), { state: 'done', counts: { 'create-in-fortnox': 4 } });
  t.equal(world.fortnox.customers().length, 9);
  const other = await world.begin({ kinds: ['customer'], dryRun: true });
  await world.until(other.id, ['ready']);
  const ready = await world.store.imports.get(world.tenantId, other.id);
  if (ready) await world.store.imports.put({ ...ready, finishedAt: world.runtime.now() - 8 * 24 * 3_600_000 });
  await world.crash();
  await world.runtime.advance(1_000);
  t.match(await world.progress(other.id), { state: 'failed', error: /seven days/ });
  t.strictSame(await world.records(other.id), []);
});

t.test('R22 R24 answers that are lost in an import lead to no second record', async (t) => {
  const many = Array.from({ length: 30 }, (_, n) => n);
  const world = await open(t, {
    seed: ({ fortnox, webcrm }) => {
      for (const n of many) fortnox.person.createCustomer(customer(n));
      for (const n of many) webcrm.person.createOrganisation(organisation(1000 + n));
    },
  });
  world.fortnox.failNext({ method: 'POST', path: '/3/customers', status: 0, times: 4, applied: true });
  world.webcrm.failNext({ method: 'POST', path: '/Organisations', status: 502, times: 4, applied: true });
  world.webcrm.failNext({ method: 'PUT', path: '/Organisations/{id}', status: 0, times: 4, applied: true });
  const { id } = await world.begin({ kinds: ['customer'] });
  await world.until(id, ['done']);
  t.equal(world.webcrm.organisations().length, 60);
  t.equal(world.fortnox.customers().length, 60);
  t.equal((await world.store.pairs.counts(world.tenantId)).linked, 60);
  await clean(t, world);
});

t.test('R24 B1 notifications and people at work during an import: nothing twice, no edit lost', async (t) => {
  const many = Array.from({ length: 40 }, (_, n) => n);
  const ids: number[] = [];
  const numbers: string[] = [];
  const world = await open(t, { live: true });
  // Before notifications count: what stands there from the past.
  for (const n of many) numbers.push(String(world.fortnox.person.createCustomer(customer(n))));
  for (const n of many) ids.push(world.webcrm.person.createOrganisation(organisation(1000 + n)));
  const { id } = await world.begin({ kinds: ['customer'] });
  for (const n of [35, 36, 37, 38, 39]) {
    await world.runtime.advance(1_500);
    world.webcrm.person.editOrganisation(ids[n] ?? 0, { OrganisationCity: `Ort ${n}` });
    world.fortnox.person.editCustomer(numbers[n] ?? '', { City: `Stad ${n}` });
    world.fortnox.person.createCustomer(customer(2000 + n));
  }
  await world.until(id, ['done']);
  await world.runtime.advance(60_000);
  t.equal(world.webcrm.organisations().length, 85);
  t.equal(world.fortnox.customers().length, 85);
  t.equal((await world.store.pairs.counts(world.tenantId)).linked, 85);
  for (const n of [35, 36, 37, 38, 39]) {
    const pair = await world.store.pairs.bySide(world.tenantId, 'customer', 'webcrm', String(ids[n]));
    t.equal(world.fortnox.customer(pair?.fortnoxId ?? '')?.City, `Ort ${n}`);
    const other = await world.store.pairs.bySide(world.tenantId, 'customer', 'fortnox', numbers[n] ?? '');
    t.equal(world.webcrm.organisation(Number(other?.webcrmId))?.OrganisationCity, `Stad ${n}`);
  }
  t.strictSame(world.faults, []);
  await clean(t, world);
});
