import t from 'tap';
import { ERROR_CODES, type ErrorCode } from '../../src/errors/codes.ts';
import { SyncError } from '../../src/errors/sync-error.ts';
import { minuteOf, nightDue } from '../../src/reconcile/nightly.ts';
import { goOnWithRun } from '../../src/reconcile/run.ts';
import { open } from './support.ts';

t.setTimeout(240_000);
const MINUTE = 60_000;

/** The instants at which a tenant's runs begin, looked at every five minutes. */
function nights(from: string, to: string, hour: number, minute: number): string[] {
  const begun: string[] = [];
  let last: string | null = null;
  for (let now = Date.parse(from); now < Date.parse(to); now += 5 * MINUTE) {
    const due = nightDue(now, hour, minute, last);
    if (due === null) continue;
    last = due;
    begun.push(new Date(now).toISOString());
  }
  return begun;
}

t.test('S2 a nightly run is due once a date, also where the clocks change', async (t) => {
  t.strictSame(nights('2026-10-24T00:00:00Z', '2026-10-27T00:00:00Z', 2, 7), [
    '2026-10-24T00:10:00.000Z',
    '2026-10-25T00:10:00.000Z',
    '2026-10-26T01:10:00.000Z',
  ]);
  t.strictSame(nights('2026-03-27T12:00:00Z', '2026-03-30T12:00:00Z', 2, 7), [
    '2026-03-28T01:10:00.000Z',
    '2026-03-29T01:00:00.000Z',
    '2026-03-30T00:10:00.000Z',
  ]);
  t.equal(nightDue(Date.parse('2026-03-02T08:00:00Z'), 2, 0, null), null, 'a new tenant waits for the hour');
  t.equal(nightDue(Date.parse('2026-03-02T08:00:00Z'), 2, 0, '2026-03-01'), '2026-03-02', 'a missed night is made up');
  t.equal(nightDue(Date.parse('2026-03-02T01:30:00Z'), null, 0, null), null, 'none by itself');
  const minutes = new Set(Array.from({ length: 300 }, (_, n) => minuteOf(`tenant-${n}`)));
  t.ok(minutes.size > 40 && Math.max(...minutes) < 50, 'tenants are spread over the hour');
  const looks = new Map<number, number>();
  for (let n = 0; n < 1_000; n += 1) {
    const look = Math.floor(minuteOf(`tenant-${n}`) / 5);
    looks.set(look, (looks.get(look) ?? 0) + 1);
  }
  t.ok(looks.size === 10 && Math.max(...looks.values()) <= 150, 'at no look more than half as many again as the mean');
});

t.test('S2 the night of autumn has one run', async (t) => {
  const world = await open(t, {
    start: '2026-10-24T20:00:00Z',
    settings: { reconcile: { hour: 2, cycleDays: 7 } },
    customers: 3,
  });
  const ids = new Set<string>();
  for (let hour = 0; hour < 14 * 6; hour += 1) {
    await world.runtime.advance(10 * MINUTE);
    const { last } = await world.state();
    if (last !== undefined && last !== null) ids.add(last.id);
  }
  t.equal(ids.size, 1);
  t.match((await world.state()).last, { cause: 'nightly', leftOut: [] });
  t.strictSame(world.violations(), []);
});

t.test('S2 B1 within cycleDays runs every pair is read singly', async (t) => {
  const world = await open(t, { settings: { reconcile: { hour: null, cycleDays: 3 } }, customers: 10 });
  // The list of Fortnox does not show it, and no poll reads so far back.
  const { webcrm, fortnox, runtime } = world;
  for (const pair of await world.pairs())
    fortnox.person.editCustomer(pair.fortnoxId ?? '', { WWW: 'https://a.example' });
  for (const entity of ['customer', 'order', 'invoice'])
    await world.store.cursors.put(world.tenantId, `poll:fortnox:${entity}`, runtime.now() + 3_600_000);
  await runtime.advance(180_000);
  const shown = () => webcrm.organisations().filter((one) => one.OrganisationWww === 'https://a.example').length;
  const turns: number[] = [];
  for (let run = 0; run < 3; run += 1) {
    await world.store.cursors.put(world.tenantId, 'poll:fortnox:customer', runtime.now() + 3_600_000);
    const { counts } = await world.reconcile();
    turns.push(counts.turn);
    t.strictSame(counts.hinted, {});
  }
  t.strictSame(turns, [4, 3, 3]);
  t.equal(shown(), 10);
  t.match((await world.state()).cycle, { read: 10, total: 10, runs: 3 });
  await world.reconcile();
  t.match((await world.state()).cycle, { read: 4, total: 10, runs: 1 }, 'another cycle');
});

t.test('B1 a run that a stop cut goes on where it was', async (t) => {
  const world = await open(t, { customers: 5 });
  world.webcrm.person.editOrganisation(2, { OrganisationWww: 'https://b.example' });
  await world.runtime.advance(200_000);
  const { present } = await world.begin();
  await world.runtime.runUntil(async () => (await world.state()).present?.phase === 'lines', 60_000);
  await world.stop();
  const before = world.webcrm.counts().byRoute['GET /Organisations'];
  const cut = await world.state();
  t.match(cut.present, { id: present?.id, phase: 'lines' });
  await world.start();
  await world.runtime.runUntil(async () => (await world.state()).present === null, 600_000);
  const { last } = await world.state();
  t.equal(last?.id, present?.id);
  t.equal(world.webcrm.counts().byRoute['GET /Organisations'], before, 'what was compared is not compared again');
  await world.quiet();
  t.equal(world.fortnox.customers().length, 5);
  t.strictSame(world.violations(), []);
});

t.test('B1 a pause cuts a run, and a resume lets it go on; one at a time', async (t) => {
  const world = await open(t, { customers: 2 });
  const { admin, reconcile } = world.services();
  await world.begin();
  await t.rejects(reconcile.begin(await world.tenant(), 'by-hand'), { code: 'conflict' });
  await world.drive(admin.pause(world.tenantId));
  await world.runtime.advance(600_000);
  const { present } = await world.state();
  t.not(present, null);
  await t.rejects(reconcile.begin(await world.tenant(), 'by-hand'), { code: 'conflict' });
  await world.drive(admin.resume(world.tenantId));
  await world.runtime.runUntil(async () => (await world.state()).present === null, 60_000);
  t.equal((await world.state()).last?.id, present?.id);
});

t.test('B1 a list that fails three times is left out and named; the rest is compared', async (t) => {
  const world = await open(t, { customers: 2 });
  const { fetch } = world.runtime;
  world.runtime.fetch = async (...args) =>
    String(args[0] instanceof Request ? args[0].url : args[0]).includes('/QuotationLines?')
      ? new Response('[', { status: 200, headers: { 'content-type': 'application/json' } })
      : fetch(...args);
  await world.begin();
  await world.runtime.runUntil(async () => (await world.state()).present === null, 3_600_000);
  const { last, comparedSince } = await world.state();
  t.match(last?.leftOut, [{ phase: 'lines', message: /QuotationLines/ }]);
  t.equal(comparedSince, null, 'it does not count as a run that compared everything');
  t.equal(last?.phase, 'verdict');
});

t.test('B1 B5 a throttle, a stop or a hand-over cuts a run and counts as no failure, however often', async (t) => {
  const world = await open(t, { customers: 2 });
  const { fetch } = world.runtime;
  let refused = 0;
  world.runtime.fetch = async (...args) =>
    String(args[0] instanceof Request ? args[0].url : args[0]).includes('/QuotationLines?') && ++refused <= 5
      ? new Response('', { status: 429, headers: { 'retry-after': '2' } })
      : fetch(...args);
  await world.begin();
  await world.runtime.runUntil(async () => (await world.state()).present === null, 3_600_000);
  t.ok(refused > 5, 'tried until it was taken');
  t.match((await world.state()).last, { leftOut: [], failures: 0 });

  const codes = Object.keys(ERROR_CODES).filter((code) => ERROR_CODES[code as ErrorCode].retry === 'throttled');
  t.ok(codes.includes('not-owner') && codes.includes('tenant-paused') && codes.includes('stopping'));
  await world.begin();
  await world.stop();
  const { runtime, store } = world;
  const before = await world.state();
  for (const code of codes as ErrorCode[]) {
    const of = () => {
      throw new SyncError(code, 'It was cut.');
    };
    const logger = { info: () => {}, warn: () => {}, error: () => {} };
    const deps = { ...world.services(), runtime, store, logger, connections: { of } };
    await goOnWithRun(deps as never, world.tenantId, () => false);
    t.strictSame(await world.state(), before, code);
  }
});

t.test('S2 polls that failed are tried again by the run, and left out by name when they go on failing', async (t) => {
  const world = await open(t, { customers: 1 });
  const { fetch } = world.runtime;
  let failing = 2;
  world.runtime.fetch = async (...args) =>
    String(args[0] instanceof Request ? args[0].url : args[0]).includes('/Queries') && failing-- > 0
      ? new Response('', { status: 500 })
      : fetch(...args);
  t.strictSame((await world.reconcile()).leftOut, []);
  failing = Number.POSITIVE_INFINITY;
  await world.begin();
  await world.runtime.runUntil(async () => (await world.state()).present === null, 3_600_000);
  t.match((await world.state()).last?.leftOut[0], { phase: 'polls', message: /webCRM/ });
});
