import t from 'tap';
import { createIntake } from '../../src/intake/intake.ts';
import { sleep } from '../../src/runtime.ts';
import { openStreamWorld } from './support.ts';

t.setTimeout(240_000);

t.test('S2 B1 all tenants share one connection; a change becomes a hint with notification priority', async (t) => {
  const world = await openStreamWorld();
  await world.start();
  t.equal(world.opened(), 1);
  t.same(world.fortnox.connections(), [{ tenants: [1001, 1002], subscribed: true, stalled: false }]);
  t.same(
    world.sent().map(({ command }) => command),
    ['add-tenants-v1', 'add-topics-v1', 'subscribe-v1'],
  );
  world.change('t1', '7');
  world.change('t2', '12', 'orders', 'order-created-v1');
  world.change('t2', '13', 'invoices', 'invoice-bookkeep-v1');
  world.change('t1', 'A1', 'articles', 'article-updated-v1');
  world.change('t1', '99', 'invoices', 'invoicepayment-bookkeep-v1');
  await world.runtime.advance(100);
  t.same(world.ids().sort(), ['t1:article:A1', 't1:customer:7', 't2:invoice:13', 't2:order:12']);
  t.ok(world.hints.every(({ priority, side }) => priority === 0 && side === 'fortnox'));
  t.same(world.stream.stateOf('t1'), { notifications: 'stream', reason: null, message: null });
  t.same(world.violations, []);
  await world.stop();
  await world.runtime.advance(100);
  t.same(world.fortnox.connections(), [], 'the stop closes the connection');
  t.equal(world.runtime.pendingTimers(), 0, 'nothing is left behind');
  await world.store.close();
});

t.test('B1 offsets are stored after the hints, once a second at most, and at the stop', async (t) => {
  const world = await openStreamWorld();
  let puts = 0;
  const { states } = world.store;
  const put: typeof states.put = (...args) => {
    puts += 1;
    return states.put(...args);
  };
  const store = { ...world.store, states: { ...states, put } };
  await world.start({ store });
  puts = 0;
  for (let i = 0; i < 20; i += 1) {
    world.change('t1', String(i));
    await world.runtime.advance(100);
  }
  t.ok(puts >= 1 && puts <= 2, `${puts} writes in two seconds`);
  world.change('t1', 'last');
  await world.runtime.advance(50);
  await world.stop();
  t.equal((await world.stored())?.offsets.customers, (21).toString(36));
  await world.store.close();
});

t.test('B1 what happened while the service was away is replayed from the stored offset', async (t) => {
  const world = await openStreamWorld();
  await world.start();
  for (const [topic, type] of [
    ['customers', 'customer-updated-v2'],
    ['orders', 'order-updated-v1'],
    ['invoices', 'invoice-updated-v1'],
    ['articles', 'article-updated-v1'],
  ] as const)
    world.change('t1', '1', topic, type);
  await world.runtime.advance(3_000);
  await world.stop();
  world.hints.length = 0;
  world.polls.length = 0;
  world.change('t1', '2');
  world.change('t2', '3', 'orders', 'order-updated-v1');
  await world.runtime.advance(3 * 24 * 3_600_000);
  await world.start();
  t.same(world.ids(), ['t1:customer:2', 't2:order:3']);
  t.same(world.polls, [], 'nothing was missed');
  await world.stop();
  await world.store.close();
});

t.test('R73 what is replayed of over a week ago waits behind live work', async (t) => {
  const world = await openStreamWorld();
  await world.start();
  world.change('t1', '1');
  await world.runtime.advance(2_000);
  await world.stop();
  world.change('t1', '2');
  await world.runtime.advance(8 * 24 * 3_600_000);
  world.change('t1', '3');
  await world.start();
  t.same(
    world.hints.map(({ id, priority }) => [id, priority]),
    [
      ['1', 0],
      ['2', 2],
      ['3', 0],
    ],
  );
  await world.stop();
  await world.store.close();
});

t.test('R73 after more than the 14 days of the replay every tenant is polled, with a log line', async (t) => {
  const world = await openStreamWorld();
  await world.start();
  world.change('t1', '1');
  await world.runtime.advance(2_000);
  await world.stop();
  world.polls.length = 0;
  await world.runtime.advance(15 * 24 * 3_600_000);
  await world.start();
  t.same(
    world.polls.filter(({ entity }) => entity === undefined).map(({ tenantId }) => tenantId),
    ['t1', 't2'],
  );
  t.match(world.log.join('\n'), /longer than the 14 days/);
  await world.stop();
  await world.store.close();
});

t.test('B1 a topic that has no offset yet is polled after a break: its events are not replayed', async (t) => {
  const world = await openStreamWorld({ tenants: 1 });
  await world.start();
  world.change('t1', '1');
  await world.runtime.advance(2_000);
  world.polls.length = 0;
  world.fortnox.dropConnections();
  world.change('t1', 'A', 'articles', 'article-updated-v1');
  await world.runtime.advance(5_000);
  t.same(world.polls.map(({ entity }) => entity).sort(), ['article', 'invoice', 'order']);
  await world.stop();
  await world.store.close();
});

t.test('B1 the same event twice gives one job', async (t) => {
  const world = await openStreamWorld();
  await world.start();
  world.fortnox.duplicateNext();
  world.change('t1', '7');
  await world.runtime.advance(100);
  t.equal(world.hints.length, 2);
  t.equal((await world.store.jobs.counts('t1')).waiting, 1);
  await world.stop();
  await world.store.close();
});

t.test('B5 an event that alone cannot be stored is given up to the poll, and holds back nobody for long', async (t) => {
  const world = await openStreamWorld();
  await world.start();
  world.polls.length = 0;
  world.storeFaults.set('t1', new Error('no room'));
  world.change('t1', '7');
  world.change('t2', '8');
  await world.runtime.advance(6_000);
  t.same(world.ids(), ['t2:customer:8']);
  t.match(world.log.join('\n'), /cannot be stored, and is given up/);
  t.same(world.polls, [{ tenantId: 't1', entity: undefined }]);
  t.equal((await world.stored())?.offsets.customers, '2');
  await world.stop();
  await world.store.close();
});

/** A store that fails at whatever is written while `works` is false, and always at a job of the record `poisoned`. */
function failingStore({ store, runtime }: Awaited<ReturnType<typeof openStreamWorld>>, poisoned?: string) {
  const faults = { works: true };
  const guarded =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> =>
      faults.works ? call(...args) : Promise.reject(new Error('the store fails'));
  const { states, jobs } = store;
  const enqueue = guarded<Parameters<typeof jobs.enqueue>, void>(async (hints, now) => {
    await sleep(runtime, 20);
    if (hints.some(({ id }) => id === poisoned)) throw new Error('this one never');
    await jobs.enqueue(hints, now);
  });
  const intake = createIntake({ runtime, store: { jobs: { enqueue } }, wake: () => {} });
  return { faults, more: { intake, store: { ...store, states: { ...states, put: guarded(states.put) } } } };
}

const jobsOf = async ({ store }: Awaited<ReturnType<typeof openStreamWorld>>, tenant: string) =>
  (await store.jobs.list(tenant, { limit: 50 })).items.map(({ id }) => id).sort();

t.test('B1 events that the store fails at wait until they are stored: none is left to the poll', async (t) => {
  const world = await openStreamWorld();
  const { faults, more } = failingStore(world);
  await world.start(more);
  world.change('t1', '1');
  await world.runtime.advance(2_000);
  world.polls.length = 0;
  faults.works = false;
  world.change('t1', '7', 'customers', 'customer-deleted-v1');
  await world.runtime.advance(10_000);
  world.change('t2', '8');
  await world.runtime.advance(110_000);
  t.equal((await world.stored())?.offsets.customers, '1', 'the place stands');
  faults.works = true;
  await world.runtime.advance(40_000);
  t.strictSame(await jobsOf(world, 't1'), ['1', '7']);
  t.strictSame(await jobsOf(world, 't2'), ['8']);
  t.equal((await world.stored())?.offsets.customers, '3');
  t.same(world.polls, []);
  t.equal(world.opened(), 1, 'and no connection is lost by it');
  await world.stop();
  await world.store.close();
});

t.test('B1 what was not stored when the service stopped is replayed to the next one', async (t) => {
  const world = await openStreamWorld();
  const { faults, more } = failingStore(world);
  await world.start(more);
  world.change('t1', '1');
  await world.runtime.advance(2_000);
  faults.works = false;
  world.change('t1', '7', 'customers', 'customer-deleted-v1');
  world.change('t2', '8');
  await world.runtime.advance(30_000);
  await world.stop();
  await world.runtime.advance(100);
  t.equal(world.runtime.pendingTimers(), 0, 'nothing is left behind');
  faults.works = true;
  await world.start(more);
  t.strictSame(await jobsOf(world, 't1'), ['1', '7']);
  t.strictSame(await jobsOf(world, 't2'), ['8']);
  await world.stop();
  await world.store.close();
});

t.test('B5 an event that no commit takes falls alone, whoever shares its commit', async (t) => {
  const world = await openStreamWorld({ tenants: 3 });
  const { more } = failingStore(world, '7');
  await world.start(more);
  world.polls.length = 0;
  for (const [tenant, id] of [
    ['t1', '1'],
    ['t2', '2'],
    ['t1', '7'],
    ['t3', '3'],
  ] as const)
    world.change(tenant, id);
  await world.runtime.advance(1_500);
  t.strictSame(await jobsOf(world, 't3'), ['3'], 'the others wait for no try of it');
  await world.runtime.advance(4_500);
  t.strictSame(await jobsOf(world, 't1'), ['1']);
  t.strictSame(await jobsOf(world, 't2'), ['2']);
  t.same(world.polls, [{ tenantId: 't1', entity: undefined }]);
  t.equal((await world.stored())?.offsets.customers, '4');
  world.change('t2', '9');
  await world.runtime.advance(100);
  t.strictSame(await jobsOf(world, 't2'), ['2', '9']);
  await world.stop();
  await world.store.close();
});

t.test('B5 a broken connection is opened again, with growing waits up to a minute', async (t) => {
  const world = await openStreamWorld();
  await world.start();
  world.change('t1', '1');
  await world.runtime.advance(2_000);
  world.reach(false);
  world.fortnox.dropConnections();
  world.change('t1', '2');
  await world.runtime.advance(1_500);
  t.equal(world.stream.stateOf('t1').notifications, 'poll');
  t.equal(world.stream.stateOf('t1').reason, 'stream-down');
  const before = world.opened();
  await world.runtime.advance(600_000);
  const tries = world.opened() - before;
  t.ok(tries >= 12 && tries <= 20, `${tries} tries in ten minutes`);
  world.reach(true);
  await world.runtime.advance(62_000);
  t.same(world.ids(), ['t1:customer:1', 't1:customer:2'], 'what happened meanwhile is replayed');
  t.equal(world.stream.stateOf('t1').notifications, 'stream');
  await world.stop();
  await world.store.close();
});

t.test('B5 a half-open connection is noticed within 40 s', async (t) => {
  const world = await openStreamWorld();
  await world.start();
  world.change('t1', '1');
  await world.runtime.advance(40_000);
  t.equal(world.opened(), 1, 'a living one is left alone');
  world.fortnox.stallConnections();
  world.change('t1', '2');
  await world.runtime.advance(45_000);
  t.equal(world.opened(), 2);
  t.same(world.ids(), ['t1:customer:1', 't1:customer:2']);
  await world.stop();
  await world.store.close();
});

t.test('B5 a replay that comes faster than it is stored is held back, and nothing of it is lost', async (t) => {
  const world = await openStreamWorld({ tenants: 1 });
  const held: boolean[] = [];
  await world.start({
    open(url, listener) {
      const socket = world.deps.open(url, listener);
      return {
        ...socket,
        hold(on) {
          held.push(on);
          socket.hold(on);
        },
      };
    },
    intake: {
      async accept(hints) {
        await new Promise<void>((resolve) => world.runtime.setTimer(20_000, resolve));
        await world.deps.intake.accept(hints);
      },
    },
  });
  for (let i = 0; i < 6_000; i += 1) world.change('t1', String(i));
  await world.runtime.advance(50);
  t.same(held, [true]);
  await world.runtime.advance(200_000);
  t.same(held, [true, false]);
  t.equal(new Set(world.ids()).size, 6_000);
  t.equal(world.opened(), 1, 'the silence meanwhile is no break');
  await world.stop();
  await world.store.close();
});

t.test('B5 a store that fails for a while costs no connection', async (t) => {
  const world = await openStreamWorld({ tenants: 1 });
  let works = true;
  const { tenants } = world.store;
  const list: typeof tenants.list = (page) => (works ? tenants.list(page) : Promise.reject(new Error('no store')));
  await world.start({ store: { ...world.store, tenants: { ...tenants, list } } });
  works = false;
  await world.runtime.advance(60_000);
  works = true;
  world.change('t1', '7');
  await world.runtime.advance(100);
  t.same(world.ids(), ['t1:customer:7']);
  t.equal(world.opened(), 1);
  await world.stop();
  await world.store.close();
});

t.test('B1 a stop while a token is awaited still stores how far the stream came', async (t) => {
  const world = await openStreamWorld({ tenants: 1 });
  const { tokenOf } = world.deps;
  await world.start({ tokenOf: (id, refused) => (id === 't2' ? new Promise(() => {}) : tokenOf(id, refused)) });
  await world.makeTenant('t2');
  await world.runtime.advance(16_000);
  world.change('t1', '7');
  await world.runtime.advance(100);
  await world.stop();
  t.equal((await world.stored())?.offsets.customers, '1');
  await world.runtime.advance(100);
  t.equal(world.runtime.pendingTimers(), 0, 'nothing is left behind');
  await world.store.close();
});
