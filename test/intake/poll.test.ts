import t from 'tap';
import { PRIORITY } from '../../schemas/records.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../schemas/settings.ts';
import { SyncError } from '../../src/errors/sync-error.ts';
import { pollCursor } from '../../src/intake/cursors.ts';
import { OVERLAP_MS, pollStart } from '../../src/intake/overlap.ts';
import { createPoller } from '../../src/intake/poller.ts';
import { stockholmTime } from '../../src/vendors/fortnox/stockholm-time.ts';
import { createWorld, customers, type Listed, quiet, START, tenantOf } from './world.ts';

const HOUR = 3_600_000;
const PERIOD = 360_000;
/** Orders that nobody needs, and no articles. */
const narrow: Settings = {
  ...DEFAULT_SETTINGS,
  documentMode: 'invoice',
  articles: { ...DEFAULT_SETTINGS.articles, follow: false },
};

t.test('R74 overlap: two minutes, an hour more for Fortnox in the repeated hour of autumn only', async (t) => {
  const back = (iso: string, side: 'fortnox' | 'webcrm' = 'fortnox') =>
    Date.parse(iso) - pollStart(side, Date.parse(iso));
  t.equal(back('2026-07-01T12:00:00Z'), OVERLAP_MS);
  t.equal(back('2026-10-24T23:59:59Z'), OVERLAP_MS, '01:59:59 CEST');
  t.equal(back('2026-10-25T00:00:00Z'), OVERLAP_MS + HOUR, '02:00 CEST, the first time');
  t.equal(back('2026-10-25T01:59:59Z'), OVERLAP_MS + HOUR, '02:59:59 CET, the second time');
  t.equal(back('2026-10-25T02:00:00Z'), OVERLAP_MS, '03:00 CET');
  t.equal(back('2026-10-25T00:30:00Z', 'webcrm'), OVERLAP_MS);
  t.equal(back('2026-03-29T01:00:00Z'), OVERLAP_MS, 'spring repeats nothing');
  // What Fortnox compares is local time: no change after the cursor may lie before the local start of the read.
  for (
    let cursor = Date.parse('2026-10-24T22:00:00Z');
    cursor < Date.parse('2026-10-25T04:00:00Z');
    cursor += 437_000
  ) {
    const from = stockholmTime(pollStart('fortnox', cursor));
    for (let change = cursor; change < cursor + 3 * HOUR; change += 613_000)
      if (stockholmTime(change) < from) t.fail(`lost: cursor ${cursor}, change ${change}`);
  }
});

t.test('T1 2,500 changes in one round all arrive, and only then the cursor moves', async (t) => {
  const w = createWorld();
  const poller = createPoller({ ...w, logger: quiet, periodMs: PERIOD });
  await w.store.tenants.insert(tenantOf('a', { settings: narrow }));
  await poller.pollNow('a', 'fortnox');
  const read = () => w.calls.filter(({ list }) => list === 'customer');
  t.equal(w.calls.length, 0, 'the first poll reads no past');
  t.equal(await w.store.cursors.get('a', pollCursor('fortnox', 'customer')), START);
  w.vendor.customers = [0, 1, 2, 3, 4].map((page) => customers(page * 500 + 1, 500));
  w.vendor.clockAhead = -7_000;
  await w.runtime.advance(PERIOD);
  w.vendor.before = async (_call, page) => {
    await w.runtime.settle();
    if (page === 4) throw new SyncError('vendor-failed', 'down');
  };
  await poller.pollNow('a', 'fortnox');
  t.equal(await w.store.cursors.get('a', pollCursor('fortnox', 'customer')), START, 'a page failed: not moved');
  w.vendor.before = async () => {};
  await poller.pollNow('a', 'fortnox');
  t.equal((await w.store.jobs.counts('a')).waiting, 2_500);
  t.equal(
    await w.store.cursors.get('a', pollCursor('fortnox', 'customer')),
    START + PERIOD - 7_000,
    "the vendor's clock",
  );
  t.same(
    read().map(({ from }) => from),
    [START - OVERLAP_MS, START - OVERLAP_MS],
  );
  t.equal((await w.store.jobs.list('a', { limit: 1 })).items[0]?.priority, PRIORITY.poll);
  await w.store.close();
});

t.test(
  'R74 the first poll marks where to begin by the vendor, which is asked when it has answered nothing yet',
  async (t) => {
    const w = createWorld();
    const poller = createPoller({ ...w, logger: quiet, periodMs: PERIOD });
    await w.store.tenants.insert(tenantOf('a', { settings: narrow }));
    w.vendor.clockAhead = -600_000;
    w.vendor.customers = [customers(1, 3)];
    await poller.pollNow('a', 'fortnox', 'customer');
    const cursor = pollCursor('fortnox', 'customer');
    t.equal(await w.store.cursors.get('a', cursor), START - 600_000);
    t.strictSame(w.calls, [], 'its last answer is enough');
    w.vendor.isHeard = false;
    await poller.pollNow('a', 'fortnox', 'invoice');
    t.equal(await w.store.cursors.get('a', pollCursor('fortnox', 'invoice')), START - 600_000);
    t.equal(w.calls.length, 1);
    t.equal((await w.store.jobs.counts('a')).waiting, 0, "the past is an import's matter");
    await w.store.close();
  },
);

t.test('T4 every tenant is polled each period on both sides; one that fails or hangs delays nobody', async (t) => {
  const w = createWorld();
  const auth: string[] = [];
  for (let i = 0; i < 40; i += 1) await w.store.tenants.insert(tenantOf(`t${i}`, { settings: narrow }));
  await w.store.tenants.insert(tenantOf('off', { state: 'paused' }));
  w.vendor.before = async ({ tenant }) => {
    if (tenant === 't1') throw new SyncError('vendor-auth', 'void');
    if (tenant === 't2') throw new SyncError('vendor-failed', 'down');
    if (tenant === 't3') await new Promise(() => {});
  };
  const poller = createPoller({
    ...w,
    logger: quiet,
    periodMs: PERIOD,
    onAuthFailure: async (tenant) => void auth.push(tenant.id),
  });
  poller.start();
  await w.runtime.advance(1);
  await w.store.tenants.insert(tenantOf('late'));
  await w.store.cursors.put('late', pollCursor('webcrm', 'customer'), START);
  await w.runtime.advance(1.5 * PERIOD);
  t.ok(
    w.calls.some((call) => call.tenant === 'late'),
    'a tenant connected meanwhile is soon polled',
  );
  await w.runtime.advance(2.5 * PERIOD - 1);
  const of = (tenant: string, list: Listed) => w.calls.filter((call) => call.tenant === tenant && call.list === list);
  // The newcomer moved the phases of all by a little: the few whose phase lies where this look ends may be in once more or less.
  let moved = 0;
  for (let i = 0; i < 40; i += 1) {
    for (const list of ['organisation', 'customer'] as const) {
      const polls = of(`t${i}`, list).length;
      if (i === 3) t.equal(polls, 1, `t3 ${list}`);
      else if (polls !== 3) {
        moved += 1;
        t.ok(polls === 2 || polls === 4, `t${i} ${list}: ${polls}`);
      }
    }
  }
  t.ok(moved <= 4, `${moved} of 80 at the border`);
  t.equal(of('off', 'organisation').length, 0);
  const times = of('t7', 'organisation').map(({ at }) => at);
  t.same(
    times.slice(1).map((at, i) => at - (times[i] ?? 0)),
    [PERIOD, PERIOD],
  );
  t.equal(Math.abs((of('t7', 'customer')[0]?.at ?? 0) - (times[0] ?? 0)), PERIOD / 2, 'half a period apart');
  t.same([...new Set(auth)], ['t1']);
  const stopped = poller.stop();
  await w.runtime.advance(5_000);
  await stopped;
  t.equal(w.runtime.pendingTimers(), 0);
  await poller.pollNow('t7', 'webcrm');
  t.equal(of('t7', 'organisation').length, 3, 'nothing after a stop');
  await w.store.close();
});

t.test('a poll asked for while one runs reads once more afterwards what all askers asked for', async (t) => {
  const w = createWorld();
  await w.store.tenants.insert(tenantOf('a'));
  for (const entity of ['customer', 'delivery'] as const)
    await w.store.cursors.put('a', pollCursor('webcrm', entity), START);
  const poller = createPoller({ ...w, logger: quiet, periodMs: PERIOD });
  const lists = () => w.calls.splice(0).map(({ list }) => list);
  await Promise.all([1, 2, 3, 4].map(() => poller.pollNow('a', 'webcrm')));
  t.same(lists(), ['organisation', 'delivery', 'organisation', 'delivery']);
  await poller.pollNow('a', 'webcrm', 'delivery');
  t.same(lists(), ['delivery']);
  await Promise.all([
    poller.pollNow('a', 'webcrm', 'customer'),
    poller.pollNow('a', 'webcrm', 'delivery'),
    poller.pollNow('a', 'webcrm', 'delivery'),
  ]);
  t.same(lists(), ['organisation', 'delivery']);
  await poller.pollNow('a', 'webcrm', 'line');
  await poller.pollNow('a', 'fortnox', 'delivery');
  t.same(lists(), [], 'what is not followed is not read');
  await w.store.close();
});

t.test('R40 R44 each entity has its own cursor; settings say which are read; a failure keeps to itself', async (t) => {
  const w = createWorld();
  const told: string[] = [];
  const warned: string[] = [];
  const poller = createPoller({
    ...w,
    logger: { ...quiet, warn: (fields: { entity?: string }) => void warned.push(String(fields.entity)) },
    periodMs: PERIOD,
    onAuthFailure: async (tenant, { code }) => void told.push(`${tenant.id} ${code}`),
  });
  await w.store.tenants.insert(tenantOf('a', { lineQuery: 'works' }));
  await w.store.tenants.insert(tenantOf('b', { settings: narrow, lineQuery: 'refused' }));
  const lists = async (id: string) => {
    w.calls.length = 0;
    await poller.pollNow(id, 'webcrm');
    await poller.pollNow(id, 'fortnox');
    return w.calls.map(({ list }) => list);
  };
  t.same(await lists('a'), ['article'], 'the first polls only mark where to begin');
  t.same(await lists('b'), []);
  await w.runtime.advance(PERIOD);
  w.vendor.organisations = [[{ OrganisationId: 1 }]];
  w.vendor.deliveries = [['2'], ['3']];
  w.vendor.lines = [['3'], ['4']];
  w.vendor.customers = [customers(5, 1)];
  w.vendor.orders = [['6']];
  w.vendor.invoices = [['6', '7']];
  t.same(await lists('a'), ['organisation', 'delivery', 'line', 'customer', 'article', 'article', 'order', 'invoice']);
  t.same(
    await lists('b'),
    ['organisation', 'delivery', 'customer', 'order', 'invoice'],
    'R49 orders that were paired before the mode was changed live on',
  );
  const keys = async (id: string) => (await w.store.jobs.list(id, { limit: 50 })).items.map(({ key }) => key).sort();
  const both = ['customer:fortnox:5', 'customer:webcrm:1', 'delivery:webcrm:2', 'delivery:webcrm:3'];
  const invoices = ['invoice:fortnox:6', 'invoice:fortnox:7'];
  t.same(await keys('a'), [...both, 'delivery:webcrm:4', ...invoices, 'order:fortnox:6'].sort());
  t.same(await keys('b'), [...both, ...invoices, 'order:fortnox:6'].sort());

  await w.runtime.advance(PERIOD);
  w.vendor.before = async ({ list }) => {
    if (list === 'delivery') throw new SyncError('vendor-failed', 'down');
    if (list === 'order') throw new SyncError('licence-missing', 'no orders');
    if (list === 'article') throw new SyncError('vendor-auth', 'void');
  };
  await lists('a');
  const at = async (side: 'webcrm' | 'fortnox', entity: Parameters<typeof pollCursor>[1]) =>
    ((await w.store.cursors.get('a', pollCursor(side, entity))) ?? 0) - START;
  t.equal(await at('webcrm', 'customer'), 2 * PERIOD);
  t.equal(await at('webcrm', 'delivery'), PERIOD, 'what failed is read again');
  t.equal(await at('webcrm', 'line'), 2 * PERIOD);
  t.equal(await at('fortnox', 'customer'), 2 * PERIOD);
  t.equal(await at('fortnox', 'article'), PERIOD);
  t.equal(await at('fortnox', 'order'), PERIOD);
  t.equal(await at('fortnox', 'invoice'), 2 * PERIOD);
  t.same(warned, ['delivery', 'article', 'order'], 'each failure is logged');
  t.same(told, ['a vendor-auth'], 'that the tenant must be connected anew is told once');

  warned.length = 0;
  w.vendor.before = async ({ list }) => {
    if (list === 'order' || list === 'article') throw new SyncError('licence-missing', 'no orders');
  };
  await lists('b');
  t.same([warned, told], [[], ['a vendor-auth']], 'in invoice mode orders may be unlicensed');
  await lists('a');
  t.same(
    [warned, told],
    [
      ['article', 'order'],
      ['a vendor-auth', 'a licence-missing'],
    ],
  );
  await w.store.close();
});

t.test('S2 1,000 tenants are polled evenly: no second has twice the mean, with several instances either', async (t) => {
  const w = createWorld();
  for (let i = 0; i < 1_000; i += 1) await w.store.tenants.insert(tenantOf(`tenant-${i}`, { settings: narrow }));
  const begun: { second: number; tenant: string; side: string }[] = [];
  w.vendor.before = async ({ tenant, list, at }, page) => {
    if (page !== -1 || (list !== 'organisation' && list !== 'customer')) return;
    // The first of all begins anew just at the end.
    if (at < START + 2 * PERIOD) begun.push({ second: Math.floor(at / 1_000), tenant, side: list });
  };
  for (let i = 0; i < 1_000; i += 1)
    for (const side of ['webcrm', 'fortnox'] as const)
      await w.store.cursors.put(`tenant-${i}`, pollCursor(side, 'customer'), START);
  const isFirst = (tenantId: string) => Number(tenantId.slice(7)) % 3 === 0;
  const pollers = [isFirst, (tenantId: string) => !isFirst(tenantId)].map((owns) =>
    createPoller({ ...w, logger: quiet, periodMs: PERIOD, owns }),
  );
  for (const poller of pollers) poller.start();
  await w.runtime.advance(PERIOD);
  // A tenant more moves the others by less than their distance: nobody is left out or polled twice.
  await w.store.tenants.insert(tenantOf('one-more', { settings: narrow }));
  await w.runtime.advance(PERIOD);
  const bySecond = new Map<number, number>();
  for (const { second } of begun) bySecond.set(second, (bySecond.get(second) ?? 0) + 1);
  const mean = 2_000 / (PERIOD / 1_000);
  t.ok(Math.max(...bySecond.values()) <= 2 * mean, `${Math.max(...bySecond.values())}, mean ${mean.toFixed(1)}`);
  const each = new Map<string, number>();
  for (const { tenant, side } of begun) each.set(`${tenant} ${side}`, (each.get(`${tenant} ${side}`) ?? 0) + 1);
  t.same([...new Set(each.values())], [2], 'each side of each once a period');
  for (const poller of pollers) await poller.stop();
  await w.store.close();
});

t.test(
  'S2 the cursors of a side move together, after its hints; when they cannot be stored, the next poll reads the same',
  async (t) => {
    const w = createWorld();
    const put: number[] = [];
    let isDown = false;
    const cursors: typeof w.store.cursors = {
      ...w.store.cursors,
      async put(...given) {
        put.push(w.calls.length);
        if (isDown) throw new SyncError('store-busy', 'no room');
        return w.store.cursors.put(...given);
      },
    };
    const warned: object[] = [];
    const poller = createPoller({
      ...w,
      store: { ...w.store, cursors },
      logger: { ...quiet, warn: (fields: object) => void warned.push(fields) },
      periodMs: PERIOD,
    });
    await w.store.tenants.insert(tenantOf('a', { settings: narrow, lineQuery: 'works' }));
    await poller.pollNow('a', 'webcrm');
    await w.runtime.advance(PERIOD);
    w.vendor.organisations = [[{ OrganisationId: 1 }]];
    const read = async () => {
      w.calls.length = 0;
      put.length = 0;
      await poller.pollNow('a', 'webcrm');
      return w.calls.map(({ from }) => (from ?? 0) - START);
    };
    isDown = true;
    const from = await read();
    t.same(put, [3, 3, 3], 'after the last list');
    t.equal(warned.length, 1);
    t.equal((await w.store.jobs.counts('a')).waiting, 1, 'the hints are stored');
    isDown = false;
    t.same(await read(), from);
    await w.runtime.advance(PERIOD);
    t.same(
      await read(),
      from.map((at) => at + PERIOD),
    );
  },
);
