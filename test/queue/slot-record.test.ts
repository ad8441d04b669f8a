import t from 'tap';
import { PRIORITY } from '../../schemas/records.ts';
import { SyncError } from '../../src/errors/sync-error.ts';
import { createBudget } from '../../src/queue/budget.ts';
import { BUDGET_KIND, createSlotRecord } from '../../src/queue/slot-record.ts';
import { createInlineStore } from '../../src/store/embedded/inline-store.ts';
import type { Store } from '../../src/store/port.ts';
import { createVirtualRuntime } from '../support/virtual-runtime.ts';

const START = Date.parse('2026-03-02T08:00:00Z');
const CALL_MS = 20_000;
const FORTNOX = { limit: 25, windowMs: 5_000, concurrency: 12 };
const WEBCRM = { limit: 250, windowMs: 60_000, concurrency: 4, spacingMs: 20 };

function open(limits: typeof FORTNOX | typeof WEBCRM, store: Store = createInlineStore()) {
  const runtime = createVirtualRuntime({ seed: 4, start: START });
  const begun = runtime.elapsed();
  /** When calls reach the vendor, somewhere within their latency, whoever makes them. */
  const arrivals: number[] = [];
  const pause = (ms: number) => new Promise<void>((resolve) => void runtime.setTimer(ms, resolve));
  async function call(): Promise<void> {
    const latency = 10 + Math.floor(runtime.random() * 111);
    const there = Math.floor(runtime.random() * (latency + 1));
    await pause(there);
    arrivals.push(START + runtime.elapsed() - begun);
    await pause(latency - there);
  }
  const life = (owner: string) => {
    const record = createSlotRecord({ runtime, store, key: 'k', owner: () => owner, callMs: CALL_MS, ...limits });
    const budget = createBudget({ runtime, name: 'test', ...limits, record, callMs: CALL_MS });
    let ended = 0;
    return {
      budget,
      ended: () => ended,
      /** So many calls wait from now on. */
      load(count: number) {
        for (let n = 0; n < count; n += 1)
          budget.run(PRIORITY.import, call).then(
            () => {
              ended += 1;
            },
            () => {},
          );
      },
    };
  };
  const most = (): number =>
    Math.max(
      0,
      ...arrivals.map((at, first) => arrivals.slice(first).filter((later) => later - at <= limits.windowMs).length),
    );
  const between = (from: number, to: number) => arrivals.filter((at) => at >= START + from && at < START + to).length;
  return { runtime, store, arrivals, life, most, between };
}

t.test(
  'B9 a successor knows what may have been spent: no limit is broken, and the full rate is back in time',
  async (t) => {
    for (const limits of [FORTNOX, WEBCRM]) {
      const perSecond = (limits.limit / limits.windowMs) * 1000;
      // At once, as a restart; and after the time in which a dead instance is found out.
      for (const after of [100, 28_000]) {
        const world = open(limits);
        const first = world.life('first');
        first.load(3_000);
        await world.runtime.advance(70_000);
        first.budget.close();
        await world.runtime.advance(after);
        const from = 70_000 + after;
        const second = world.life('second');
        second.load(3_000);
        await world.runtime.advance(7_000);
        t.ok(world.between(from, from + 7_000) > 0, `${limits.limit} after ${after} ms: the first call is at once`);
        await world.runtime.advance(93_000);
        t.ok(world.most() <= limits.limit, `${limits.limit} after ${after} ms: ${world.most()} in a window at most`);
        const full = world.between(from + 40_000, from + 100_000) / 60;
        const late = world.between(70_000 + 95_000, from + 100_000) / ((from + 5_000 - 70_000) / 1000);
        t.ok(
          full >= 0.9 * perSecond && late >= 0.94 * perSecond,
          `${full.toFixed(2)}, ${late.toFixed(2)} of ${perSecond} a second`,
        );
        second.budget.close();
        await world.runtime.advance(1_000);
      }
    }
  },
);

t.test('B9 two that share a budget keep its limit between them, and use it', async (t) => {
  const world = open(FORTNOX);
  const both = [world.life('one'), world.life('two')];
  for (const one of both) one.load(2_000);
  await world.runtime.advance(60_000);
  t.ok(world.most() <= FORTNOX.limit, `${world.most()} in a window at most`);
  t.ok(world.arrivals.length >= 0.5 * 5 * 60, `${world.arrivals.length} calls in a minute`);
  for (const one of both) {
    t.ok(one.ended() > 20, 'neither starves');
    one.budget.close();
  }
});

t.test('B9 a call is made only after its slot is recorded; the store is asked again when it fails', async (t) => {
  const store = createInlineStore();
  let broken = true;
  let puts = 0;
  const failing: Store = {
    ...store,
    fenced: {
      ...store.fenced,
      async put(...args) {
        puts += 1;
        if (broken) throw new SyncError('store-busy', 'as it happens');
        return store.fenced.put(...args);
      },
    },
  };
  const world = open(FORTNOX, failing);
  const life = world.life('one');
  life.load(10);
  await world.runtime.advance(4_500);
  t.equal(world.arrivals.length, 0);
  t.equal(puts, 5, 'once a second');
  broken = false;
  await world.runtime.advance(4_000);
  t.equal(life.ended(), 10);
  t.equal(puts, 7, 'a write for each block of five');
  t.match(await store.fenced.get(BUDGET_KIND, 'k'), { version: 2 });
  t.equal(life.budget.use().inWindow > 0, true);
  life.budget.close();
});

t.test('B9 what others took is free again when they said, and is forgotten then', async (t) => {
  const world = open(FORTNOX);
  const { store, runtime } = world;
  await store.fenced.put(BUDGET_KIND, 'k', 0, { dead: [[START + 3_000, 25]], old: [[START - 1, 9]] }, START);
  const life = world.life('one');
  life.load(3);
  await runtime.advance(2_999);
  t.equal(world.arrivals.length, 0, 'everything is taken');
  await runtime.advance(2_000);
  t.equal(life.ended(), 3);
  t.strictSame(Object.keys((await store.fenced.get(BUDGET_KIND, 'k'))?.value as object), ['one']);
  life.budget.close();
});

t.test('B5 a clock that is set back stalls no call, and one that is set forward breaks no limit', async (t) => {
  const HOUR = 3_600_000;
  for (const limits of [FORTNOX, WEBCRM])
    for (const step of [-2 * HOUR, 2 * HOUR]) {
      const { runtime, life, arrivals, most, between } = open(limits);
      const [one, two] = [life('one'), life('two')];
      const perWindow = limits.limit;
      one.load(perWindow * 6);
      two.load(perWindow * 6);
      await runtime.advance(limits.windowMs * 2);
      runtime.setClock(step);
      await runtime.advance(limits.windowMs * 6);
      const name = `${perWindow} in ${limits.windowMs} ms, ${step / HOUR} h`;
      t.ok(most() <= perWindow, `${name}: no limit is broken, ${most()}`);
      // What the other had recorded before is counted as taken just now, once.
      const after = between(limits.windowMs * 4, limits.windowMs * 8);
      t.ok(after >= perWindow * 2, `${name}: calls go on, ${after}`);
      t.ok(arrivals.length > 0);
      one.budget.close();
      two.budget.close();
    }
});

t.test('B9 the wait that a vendor asked for binds whoever comes after', async (t) => {
  const throttled = () =>
    Promise.reject(new SyncError('vendor-throttled', 'Too many requests.', { waitMs: 60_000 })) as Promise<void>;
  const world = open(FORTNOX);
  const first = world.life('first');
  const refused = t.rejects(first.budget.run(PRIORITY.import, throttled));
  await world.runtime.advance(1_000);
  await refused;
  first.budget.close();
  const second = world.life('second');
  second.load(3);
  await world.runtime.advance(58_900);
  t.equal(world.arrivals.length, 0, 'no call within the wait');
  t.equal(second.budget.use().stoppedUntil, START + 60_000);
  await world.runtime.advance(5_000);
  t.equal(second.ended(), 3);
  second.load(10);
  await world.runtime.advance(10_000);
  const { value } = (await world.store.fenced.get(BUDGET_KIND, 'k')) ?? {};
  t.strictSame(Object.keys(value as object).sort(), ['second'], 'and it is forgotten when it is over');
  second.budget.close();
});

t.test('B9 a stop of a record from before the clock was set back lasts an hour at most', async (t) => {
  const world = open(FORTNOX);
  await world.store.fenced.put(BUDGET_KIND, 'k', 0, { stopped: [[START + 86_400_000, 0]] }, START);
  const life = world.life('one');
  life.load(1);
  await world.runtime.advance(3_599_000);
  t.equal(world.arrivals.length, 0);
  await world.runtime.advance(30_000);
  t.equal(life.ended(), 1);
  life.budget.close();
});

t.test('B9 a stop that the store did not take is told again', async (t) => {
  const store = createInlineStore();
  let broken = false;
  const put: Store['fenced']['put'] = (...args) =>
    broken ? Promise.reject(new SyncError('store-busy', 'as it happens')) : store.fenced.put(...args);
  const world = open(FORTNOX, { ...store, fenced: { ...store.fenced, put } });
  const first = world.life('first');
  const throttled = () => {
    broken = true;
    return Promise.reject(new SyncError('vendor-throttled', 'Too many requests.', { waitMs: 9_000 })) as Promise<void>;
  };
  const refused = t.rejects(first.budget.run(PRIORITY.import, throttled));
  await world.runtime.advance(1_000);
  await refused;
  const stored = async () => JSON.stringify((await store.fenced.get(BUDGET_KIND, 'k'))?.value);
  t.notMatch(await stored(), /stopped/);
  broken = false;
  await world.runtime.advance(3_000);
  t.match(await stored(), /"stopped":\[\[\d+,0\]\]/);
  first.budget.close();
});
