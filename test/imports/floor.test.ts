import t from 'tap';
import { customer, type ImportWorld, openImports, organisation } from './support.ts';

t.setTimeout(600_000);

/** Customers each way; more by the environment. */
const N = Number(process.env.IMPORT_N ?? 1_000);
/** What the vendors take in a second, as the connections are wired (fortnox.md 5.1, webcrm.md 4). */
const RATE = { fortnox: 25 / 5, webcrm: 250 / 60 };
/** Beside the floor itself: the lists, the first proof of a partial update, the last look. */
const SLACK = 1.05;

async function open(t: { teardown(fn: () => Promise<void>): void }, options: Parameters<typeof openImports>[0] = {}) {
  const world = await openImports(options);
  t.teardown(() => world.close());
  return world;
}
const numbers = Array.from({ length: N }, (_, n) => n);
const seconds = (ms: number) => Math.round(ms / 1000);
const sum = (calls: Readonly<Record<string, number>>) => Object.values(calls).reduce((all, one) => all + one, 0);

async function importAll(world: ImportWorld) {
  const before = world.calls();
  const { id } = await world.begin({ kinds: ['customer'] });
  const ms = await world.until(id, ['done'], 3_600_000 * 4);
  return { id, ms, calls: world.since(before) };
}

t.test(`R24 ${N} customers of Fortnox reach webCRM with one read and one post each, at the floor`, async (t) => {
  const world = await open(t, {
    seed: ({ fortnox }) => {
      for (const n of numbers) fortnox.person.createCustomer(customer(n));
    },
  });
  const { id, ms, calls } = await importAll(world);
  const floor = (N / RATE.webcrm) * 1000;
  t.ok(ms <= floor * SLACK, `${seconds(ms)} s of ${seconds(floor)} s; ${JSON.stringify(calls)}`);
  t.equal(calls.fortnox['GET /3/customers/{id}'], N);
  t.equal(calls.webcrm['POST /Organisations'], N);
  t.ok(sum(calls.webcrm) + sum(calls.fortnox) <= 2 * N + 20, JSON.stringify(calls));
  t.equal(world.webcrm.organisations().length, N);
  t.match(await world.progress(id), { done: N, total: N, dead: 0, remainingSeconds: null });
  t.strictSame(world.violations(), []);
});

t.test(`R24 ${N} organisations reach Fortnox with one post and one write-back each, at the floor`, async (t) => {
  const world = await open(t, {
    seed: ({ webcrm }) => {
      for (const n of numbers) webcrm.person.createOrganisation(organisation(n));
    },
  });
  const { ms, calls } = await importAll(world);
  const floor = (N / RATE.webcrm) * 1000;
  t.ok(ms <= floor * SLACK, `${seconds(ms)} s of ${seconds(floor)} s; ${JSON.stringify(calls)}`);
  t.equal(calls.fortnox['POST /3/customers'], N);
  t.equal(calls.webcrm['PUT /Organisations/{id}'], N);
  t.ok(sum(calls.webcrm) + sum(calls.fortnox) <= 2 * N + 30, JSON.stringify(calls));
  t.equal(world.fortnox.customers().length, N);
  t.strictSame(world.violations(), []);
});

t.test('R24 matched equal pairs cost one read of Fortnox each, at the floor', async (t) => {
  const world = await open(t, {
    seed: ({ fortnox, webcrm }) => {
      for (const n of numbers) {
        const number = fortnox.person.createCustomer(customer(n, { CountryCode: 'SE' }));
        webcrm.person.createOrganisation(
          organisation(n, { OrganisationCustom1: String(number), OrganisationCountry: 'Sverige' }),
        );
      }
    },
  });
  const { ms, calls } = await importAll(world);
  const floor = (N / RATE.fortnox) * 1000;
  t.ok(ms <= floor * SLACK, `${seconds(ms)} s of ${seconds(floor)} s; ${JSON.stringify(calls)}`);
  t.equal(calls.fortnox['GET /3/customers/{id}'], N);
  t.ok(sum(calls.webcrm) + sum(calls.fortnox) <= N + 20, JSON.stringify(calls));
  t.strictSame(world.violations(), []);
});
