import t from 'tap';
import { PRIORITY } from '../../schemas/records.ts';
import { releaseTenant } from '../../src/mending/hold.ts';
import { asksFirst } from '../../src/sync/long-pause.ts';
import { WEBCRM_URL } from '../support/service-options.ts';
import { DAY, HOUR, open, type ReconcileWorld } from './support.ts';

t.setTimeout(240_000);

/** The service stands still for so many days, while people work on. */
async function standsStill(world: ReconcileWorld, days: number, people: () => void) {
  // The polls have passed what was done before.
  await world.runtime.advance(3 * HOUR);
  await world.stop();
  await world.runtime.advance((days * DAY) / 2);
  people();
  await world.runtime.advance((days * DAY) / 2);
}

const ended = (world: ReconcileWorld) =>
  world.runtime.runUntil(async () => (await world.state()).present === null, 3_600_000);
const edit = (world: ReconcileWorld, ids: readonly number[]) => {
  for (const id of ids) world.webcrm.person.editOrganisation(id, { OrganisationWww: 'https://ny.example' });
};
const shown = (world: ReconcileWorld) =>
  world.fortnox.customers().filter((one) => one.WWW === 'https://ny.example').length;
const writes = (world: ReconcileWorld) =>
  Object.entries({ ...world.webcrm.counts().byRoute, ...world.fortnox.counts().byRoute })
    .filter(([route]) =>
      /^(PUT|POST|DELETE) \/(3|Organisations$|Organisations\/|Deliveries|QuotationLines)/.test(route),
    )
    .reduce((sum, [, count]) => sum + count, 0);

t.test('R73 after a long stop many changes wait for a person, who lets them go', async (t) => {
  const world = await open(t, { customers: 6, settings: { holdAbove: 3 } });
  await standsStill(world, 10, () => edit(world, [1, 2, 3, 4, 5]));
  const before = writes(world);
  await world.start();
  t.match((await world.tenant()).hold, { why: 'long-stop', count: 0 }, 'held before anything is known');
  await ended(world);
  t.match((await world.tenant()).hold, { why: 'long-stop', count: 5 });
  await world.runtime.advance(DAY / 2);
  t.equal(shown(world), 0);
  t.equal(writes(world), before, 'nothing was written');
  t.match((await world.state()).last, { cause: 'long-stop', counts: { turn: 0 } });
  const jobs = await world.store.jobs.list(world.tenantId, { limit: 10 });
  t.strictSame([...new Set(jobs.items.map((job) => job.priority))], [PRIORITY.import], 'behind live work');
  const said = (await world.activity()).filter((line) => line.reasons.includes('long-stop'));
  t.match(said[0]?.message, /5 records would be worked.*release/);

  await world.stop();
  await world.start();
  t.match((await world.tenant()).hold, { count: 5 }, 'a restart lets nothing go');
  const { runtime, store } = world;
  await releaseTenant({ runtime, store, worker: world.services().worker }, world.tenantId, 'a test');
  await world.quiet();
  t.equal(shown(world), 5);
  t.strictSame(world.violations(), []);
});

/** webCRM answers 503 until told otherwise. */
function webcrmDown(world: ReconcileWorld) {
  const { fetch } = world.runtime;
  world.runtime.fetch = async (...args) =>
    String(args[0] instanceof Request ? args[0].url : args[0]).startsWith(WEBCRM_URL)
      ? new Response('', { status: 503 })
      : fetch(...args);
  return () => {
    world.runtime.fetch = fetch;
  };
}

t.test(
  'R73 a vendor that is down at the end of a long stop lifts no hold: what it hides is counted when it is back',
  async (t) => {
    const world = await open(t, { customers: 6, settings: { holdAbove: 3 } });
    await standsStill(world, 10, () => edit(world, [1, 2, 3, 4, 5]));
    const comesBack = webcrmDown(world);
    await world.start();
    await world.runtime.advance(25 * HOUR);
    t.match((await world.tenant()).hold, { why: 'long-stop' }, 'held as long as it takes');
    const said = (await world.activity()).filter((line) => line.reasons.includes('long-stop'));
    t.match(said[0]?.message, /webCRM.*503.*tried again.*release/s, 'and it is said what it waits for');
    t.equal(said.length, 3, 'once a day, not at each try');
    comesBack();
    await ended(world);
    t.match((await world.tenant()).hold, { why: 'long-stop', count: 5 });
    t.equal(shown(world), 0, 'nothing was written');
    t.match(
      (await world.state()).last?.leftOut,
      [{ phase: 'hooks' }],
      'which hide no change, and are checked every six hours',
    );
    t.strictSame(world.violations(), []);
  },
);

t.test('R73 a run of a long stop that has left out a list goes over it before it decides', async (t) => {
  const world = await open(t, { customers: 6, settings: { holdAbove: 3 } });
  await standsStill(world, 10, () => edit(world, [1, 2, 3, 4, 5]));
  const comesBack = webcrmDown(world);
  await world.start();
  await world.runtime.advance(60_000);
  await world.stop();
  comesBack();
  // As a version wrote it that left lists out of such a run.
  const state = await world.state();
  const leftOut = [{ phase: 'polls', message: 'webCRM was down.' }];
  const present = { ...state.present, phase: 'verdict', failures: 0, leftOut };
  await world.store.states.put(world.tenantId, 'reconcile', { ...state, present }, world.runtime.now());
  await world.start();
  await ended(world);
  t.match((await world.tenant()).hold, { why: 'long-stop', count: 5 });
});

t.test('R73 once a person has let the tenant go, a list that fails is left out as at night', async (t) => {
  const world = await open(t, { customers: 2 });
  await standsStill(world, 10, () => edit(world, [1]));
  const comesBack = webcrmDown(world);
  await world.start();
  await world.runtime.advance(3_600_000);
  const { runtime, store } = world;
  await releaseTenant({ runtime, store, worker: world.services().worker }, world.tenantId, 'a test');
  await ended(world);
  t.equal((await world.tenant()).hold, null);
  t.match((await world.state()).last?.leftOut, [{ phase: 'hooks' }, { phase: 'polls' }, { phase: 'organisations' }]);
  comesBack();
  await world.runtime.advance(2 * HOUR);
  t.equal(shown(world), 1);
});

t.test('R73 after a long stop few changes go on by themselves, and the hooks are there again', async (t) => {
  const world = await open(t, { customers: 3 });
  const hooks = world.webcrm.hooks().length;
  const { webcrm } = world.services().connections.of(world.tenantId);
  for (const entity of ['Organisations', 'QuotationLines'] as const)
    for (const { Id } of await world.drive(webcrm.listHooks(entity, PRIORITY.notification)))
      await world.drive(webcrm.deleteHook(entity, String(Id), PRIORITY.notification));
  t.equal(world.webcrm.hooks().length, hooks / 3, 'somebody has removed most of them');
  await standsStill(world, 8, () => edit(world, [1, 2]));
  await world.start();
  await ended(world);
  await world.quiet();
  t.equal((await world.tenant()).hold, null);
  t.equal(shown(world), 2);
  t.equal(world.webcrm.hooks().length, hooks);
  t.strictSame(world.violations(), []);
});

t.test('R73 a stop of a few days is none, and a cut one goes on', async (t) => {
  const world = await open(t, { customers: 2 });
  await standsStill(world, 6, () => edit(world, [1]));
  await world.start();
  t.equal((await world.tenant()).hold, null);
  t.equal((await world.state()).present, null);
  await standsStill(world, 9, () => edit(world, [2]));
  await world.start();
  await world.runtime.runUntil(async () => (await world.state()).present?.phase === 'deliveries', 60_000);
  await world.stop();
  await world.start();
  t.not((await world.tenant()).hold, null, 'still held');
  await ended(world);
  await world.quiet();
  t.equal((await world.tenant()).hold, null);
  t.equal(shown(world), 2);
});

t.test('R72 R73 after a pause of over a week what both sides changed is shown before the first write', async (t) => {
  const world = await open(t, { customers: 2 });
  const { admin } = world.services();
  await world.runtime.advance(60_000);
  await world.drive(admin.pause(world.tenantId));
  await world.runtime.advance(9 * DAY);
  const [one, two] = (await world.pairs()).toSorted((a, b) => Number(a.webcrmId) - Number(b.webcrmId));
  world.webcrm.person.editOrganisation(1, { OrganisationTelephone: '08-1' });
  world.fortnox.person.editCustomer(one?.fortnoxId ?? '', { Phone1: '08-2' });
  world.webcrm.person.editOrganisation(2, { OrganisationTelephone: '08-3' });
  await world.drive(admin.resume(world.tenantId));
  await ended(world);
  await world.quiet();
  t.equal(world.fortnox.customer(two?.fortnoxId ?? '')?.Phone1, '08-3', 'one side alone is written');
  t.equal(world.fortnox.customer(one?.fortnoxId ?? '')?.Phone1, '08-2');
  t.equal(world.webcrm.organisation(1)?.OrganisationTelephone, '08-1');
  const waiting = await world.store.pairs.get(world.tenantId, one?.id ?? '');
  t.match(waiting, { state: 'conflict', reason: 'changed-on-both-sides' });
  const [told] = (await world.activity()).filter((line) => line.reasons.includes('changed-on-both-sides'));
  t.match(told, { action: 'conflict', lost: [{ field: 'phone', before: '08-1', after: '08-2', side: 'webcrm' }] });

  await world.reconcile();
  t.match(await world.store.pairs.get(world.tenantId, one?.id ?? ''), { state: 'conflict' }, 'asked once, and waits');
  world.webcrm.person.editOrganisation(1, { OrganisationTelephone: '08-2' });
  await world
    .services()
    .intake.accept([
      { tenant: world.tenantId, entity: 'customer', side: 'webcrm', id: '1', priority: PRIORITY.notification },
    ]);
  await world.quiet();
  t.match(
    await world.store.pairs.get(world.tenantId, one?.id ?? ''),
    { state: 'linked' },
    'both sides were made equal',
  );
  t.strictSame(world.violations(), []);
});

t.test('R72 when a pair is asked about: a table', async (t) => {
  const now = 100 * DAY;
  const both = { reasons: ['conflict-resolved'], state: 'linked' } as const;
  const pair = { state: 'linked', reason: null, updatedAt: now - 20 * DAY } as const;
  const stop = { from: now - 10 * DAY, endedAt: now - 3 * DAY, heldUntil: now - DAY };
  t.equal(asksFirst(pair, both, [stop], now), true);
  t.equal(asksFirst(pair, both, [], now), false, 'no stop');
  t.equal(asksFirst(pair, { ...both, reasons: ['in-step'] }, [stop], now), false, 'no field of both');
  t.equal(asksFirst({ ...pair, updatedAt: now - 2 * DAY }, both, [stop], now), false, 'settled since');
  t.equal(asksFirst(pair, both, [{ ...stop, heldUntil: now - 8 * DAY }], now), false, 'long over');
  t.equal(asksFirst({ ...pair, state: 'excluded' }, both, [], now), true);
  t.equal(asksFirst({ ...pair, state: 'excluded' }, { ...both, state: 'excluded' }, [], now), false, 'still excluded');
  t.equal(asksFirst({ ...pair, state: 'excluded', updatedAt: now - 6 * DAY }, both, [], now), false, 'a short one');
  const left = { ...pair, state: 'excluded', updatedAt: now - DAY } as const;
  t.equal(
    asksFirst({ ...left, excludedAt: now - 20 * DAY }, both, [], now),
    true,
    'what flowed meanwhile is no end of it',
  );
  t.equal(asksFirst({ ...left, excludedAt: now - 6 * DAY }, both, [], now), false);
  t.equal(
    asksFirst({ ...left, state: 'linked', excludedAt: now - 20 * DAY }, both, [], now),
    false,
    'an exclusion of once',
  );
  t.equal(
    asksFirst({ ...left, excludedAt: now - 4 * DAY }, both, [stop], now),
    true,
    'excluded in the stop, and flowed since',
  );
  const waits = { state: 'conflict', reason: 'changed-on-both-sides', updatedAt: now } as const;
  t.equal(asksFirst(waits, both, [], now), true, 'until a person decides');
});
