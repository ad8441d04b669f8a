import fc from 'fast-check';
import t from 'tap';
import { PRIORITY, type Priority } from '../../schemas/records.ts';
import { SyncError } from '../../src/errors/sync-error.ts';
import { createBudget } from '../../src/queue/budget.ts';
import { createLedger } from '../../src/queue/ledger.ts';
import { createShare } from '../../src/queue/share.ts';
import { failure, fakeRuntime, turn } from '../vendors/support.ts';

const noFetch = () => Promise.reject(new Error('no calls here'));
const LIMITS = [
  { limit: 25, windowMs: 5_000, concurrency: 12 },
  { limit: 250, windowMs: 60_000, concurrency: 4, spacingMs: 20 },
];

function mulberry(seed: number) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Runs calls that reach the vendor somewhere within their latency; gives their arrivals in order. */
async function drive(options: (typeof LIMITS)[number], seed: number, priorities: readonly Priority[]) {
  const random = mulberry(seed);
  const runtime = fakeRuntime(noFetch, 1);
  const budget = createBudget({ runtime, name: 'test', ...options });
  const arrivals: number[] = [];
  const starts: number[] = [];
  const pause = (ms: number) => new Promise<void>((resolve) => runtime.setTimer(ms, resolve));
  const call = async () => {
    starts.push(runtime.now());
    const latency = 10 + Math.floor(random() * 111);
    const there = Math.floor(random() * (latency + 1));
    await pause(there);
    arrivals.push(runtime.now());
    await pause(latency - there);
    if (random() < 0.05) throw new SyncError('vendor-failed', 'as it happens');
  };
  await runtime.settle(Promise.allSettled(priorities.map((priority) => budget.run(priority, call))));
  return { arrivals: arrivals.sort((a, b) => a - b), starts, budget, runtime };
}

const mostInWindow = (arrivals: readonly number[], windowMs: number) => {
  let most = 0;
  let first = 0;
  for (let last = 0; last < arrivals.length; last++) {
    while ((arrivals[last] as number) - (arrivals[first] as number) > windowMs) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
};

t.test('B5 ledger: a slot is free again windowMs + 1 ms after the answer', async (t) => {
  const ledger = createLedger({ windowMs: 1000 });
  ledger.start();
  ledger.start();
  t.equal(ledger.freeAt(0, 2), Number.POSITIVE_INFINITY);
  ledger.end(50);
  t.equal(ledger.freeAt(60, 2), 1051);
  t.equal(ledger.taken(1050), 2);
  t.equal(ledger.freeAt(1051, 2), 1051);
  t.equal(ledger.taken(1051), 1);
});

t.test('B5 limits hold in every strict sliding window counted at arrival, whatever the mix', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...LIMITS),
      fc.integer(),
      fc.array(fc.constantFrom<Priority>(0, 1, 2), { minLength: 60, maxLength: 120 }),
      async (options, seed, priorities) => {
        const few = { ...options, limit: options.limit / 5, windowMs: options.windowMs / 5 };
        for (const limits of [options, few]) {
          const { arrivals, starts } = await drive(limits, seed, priorities);
          if (arrivals.length !== priorities.length) return false;
          if (mostInWindow(arrivals, limits.windowMs) > limits.limit) return false;
          const spacing = limits.spacingMs ?? 0;
          if (starts.some((at, index) => index > 0 && at - (starts[index - 1] as number) < spacing)) return false;
        }
        return true;
      },
    ),
    { numRuns: 15, seed: 20260115 },
  );
  t.pass('15 random mixes');
});

t.test('B5 a bulk run uses at least 95 % of the budget, and is paced evenly', async (t) => {
  for (const options of LIMITS) {
    const { arrivals, starts } = await drive(options, 7, new Array<Priority>(options.limit * 6).fill(PRIORITY.import));
    const busy = (starts.at(-1) as number) - (starts[0] as number);
    const use = ((starts.length - 1) * options.windowMs) / (options.limit * busy);
    t.ok(use >= 0.95, `${options.limit} per ${options.windowMs} ms: ${use.toFixed(3)}`);
    t.ok(mostInWindow(arrivals, options.windowMs) <= options.limit);
    // A timer that fires late does not move the steps after it: one may be that much shorter.
    const least = (options.windowMs / options.limit) * 0.75;
    t.ok(starts.every((at, index) => index === 0 || at - (starts[index - 1] as number) >= least));
  }
});

t.test('B5 a live call takes the next free slot ahead of bulk that waits', async (t) => {
  const runtime = fakeRuntime(noFetch, 1);
  const budget = createBudget({ runtime, name: 'test', limit: 25, windowMs: 5_000, concurrency: 12 });
  const order: string[] = [];
  const call = (name: string) => async () => {
    order.push(`${name}@${runtime.now() - begin}`);
    await new Promise<void>((resolve) => runtime.setTimer(20, resolve));
  };
  const begin = runtime.now();
  const all: Promise<void>[] = [];
  for (let i = 0; i < 3; i++) all.push(budget.run(PRIORITY.import, call(`bulk${i}`)));
  await runtime.advance(50);
  all.push(budget.run(PRIORITY.poll, call('poll')), budget.run(PRIORITY.notification, call('live')));
  await runtime.settle(Promise.all(all));
  // Each live call moves the next bulk call by one step.
  t.same(order, ['bulk0@0', 'poll@50', 'live@50', 'bulk1@561', 'bulk2@765']);

  t.test('and when no slot is free, the better one goes first', async (t) => {
    const small = createBudget({ runtime, name: 'test', limit: 1, windowMs: 1_000, concurrency: 1 });
    const names: string[] = [];
    const note = (name: string) => async () => {
      names.push(name);
    };
    await runtime.settle(
      Promise.all([
        small.run(PRIORITY.import, note('first')),
        small.run(PRIORITY.import, note('bulk')),
        small.run(PRIORITY.poll, note('poll')),
        small.run(PRIORITY.notification, note('live')),
      ]),
    );
    t.same(names, ['first', 'live', 'poll', 'bulk']);
  });
});

t.test('B5 a 429 stops every start for its wait, and counts', async (t) => {
  const runtime = fakeRuntime(noFetch, 1);
  const budget = createBudget({ runtime, name: 'test', limit: 25, windowMs: 5_000, concurrency: 12 });
  const throttle = (waitMs?: number) => () =>
    Promise.reject(new SyncError('vendor-throttled', 'wait', waitMs === undefined ? {} : { waitMs }));
  const at = async () => runtime.now();
  let now = runtime.now();
  t.match(await failure(budget.run(0, throttle(7_000))), { code: 'vendor-throttled', waitMs: 7_000 });
  t.equal(await runtime.settle(budget.run(0, at)), now + 7_000);
  now = runtime.now();
  await failure(budget.run(0, throttle()));
  t.equal(await runtime.settle(budget.run(2, at)), now + 5_000, 'one window when it does not say');
  t.match(budget.use(), { throttled: 2, total: 4, waiting: 0, limit: 25, windowMs: 5_000 });
});

t.test('B5 close rejects those who wait and who come later; a call in flight ends', async (t) => {
  const runtime = fakeRuntime(noFetch, 1);
  const budget = createBudget({ runtime, name: 'test', limit: 1, windowMs: 1_000, concurrency: 1 });
  const running = budget.run(0, () => new Promise<string>((resolve) => runtime.setTimer(30, () => resolve('done'))));
  const waiting = failure(budget.run(0, async () => 'never'));
  await turn();
  t.match(budget.use(), { inWindow: 1, waiting: 1, total: 1 });
  budget.close();
  t.match(await waiting, { code: 'stopping' });
  t.match(await failure(budget.run(0, async () => 'never')), { code: 'stopping' });
  t.equal(await runtime.settle(running), 'done');
  t.equal(runtime.timers(), 0);
});

t.test(
  'B5 bulk beside live calls leaves the window even, so that a live call never waits for a whole window',
  async (t) => {
    const runtime = fakeRuntime(noFetch, 1);
    const budget = createBudget({ runtime, name: 'test', limit: 250, windowMs: 60_000, concurrency: 4, spacingMs: 20 });
    const call = () => new Promise<void>((resolve) => runtime.setTimer(60, resolve));
    const bulk: Promise<void>[] = [];
    for (let i = 0; i < 600; i++) bulk.push(budget.run(PRIORITY.import, call));
    const waits: number[] = [];
    for (let second = 0; second < 120; second += 1) {
      const asked = runtime.now();
      await runtime.settle(budget.run(PRIORITY.notification, async () => waits.push(runtime.now() - asked)));
      await runtime.advance(1_000);
    }
    t.ok(Math.max(...waits) <= 1_000, `at most ${Math.max(...waits)} ms`);
    budget.close();
    await runtime.settle(Promise.allSettled(bulk));
  },
);

const WEBCRM = { limit: 250, windowMs: 60_000, concurrency: 4, spacingMs: 20 };
const WRITE = { may: async () => {} };
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

t.test(
  'R2 B5 a write finds a slot where reads have used up theirs, and does not wait for what came after its read',
  async (t) => {
    const runtime = fakeRuntime(noFetch, 1);
    const budget = createBudget({ runtime, name: 'test', ...WEBCRM });
    const begin = runtime.now();
    const starts: Record<'read' | 'bulk read' | 'write', number[]> = { read: [], 'bulk read': [], write: [] };
    const call = (kind: keyof typeof starts) => async () => {
      starts[kind].push(runtime.now() - begin);
      await new Promise<void>((resolve) => runtime.setTimer(60, resolve));
    };
    await runtime.settle(budget.run(PRIORITY.import, call('bulk read')));
    const reads = numbers(300).map(() => budget.run(PRIORITY.notification, call('read')));
    await runtime.advance(30_000);
    t.equal(starts.read.length, 243, 'with the first one reads have used up theirs');
    const asked = runtime.now() - begin;
    const live = budget.run(PRIORITY.notification, call('write'), WRITE);
    const follows = budget.run(PRIORITY.import, call('write'), WRITE);
    const bulk = budget.run(PRIORITY.import, call('bulk read'));
    await runtime.settle(Promise.all([live, follows]));
    t.same(starts.write, [asked, asked + 20], 'at once, with what lies between two starts');
    await runtime.settle(Promise.all([bulk, ...reads]));
    t.ok((starts['bulk read'][1] ?? 0) > 60_000, 'a bulk read waits as ever');
    t.equal(starts.read.length, 300);
  },
);

t.test('B5 writes of bulk that no reads went before are paced', async (t) => {
  const runtime = fakeRuntime(noFetch, 1);
  const budget = createBudget({ runtime, name: 'test', ...WEBCRM });
  const starts: number[] = [];
  const write = () => budget.run(PRIORITY.import, async () => starts.push(runtime.now()), WRITE);
  await runtime.settle(Promise.all(numbers(40).map(write)));
  const gaps = starts.slice(1).map((at, n) => at - (starts[n] ?? 0));
  t.ok(Math.min(...gaps) >= 150, `at least ${Math.min(...gaps)} ms apart`);
});

t.test('R2 B5 where no slot is free at all, a write goes before a read that is as live', async (t) => {
  const runtime = fakeRuntime(noFetch, 1);
  const budget = createBudget({ runtime, name: 'test', limit: 1, windowMs: 1_000, concurrency: 1 });
  const names: string[] = [];
  const note = (name: string) => async () => {
    names.push(name);
  };
  await runtime.settle(
    Promise.all([
      budget.run(PRIORITY.notification, note('first')),
      budget.run(PRIORITY.import, note('bulk read')),
      budget.run(PRIORITY.import, note('bulk write'), WRITE),
      budget.run(PRIORITY.notification, note('live read')),
      budget.run(PRIORITY.notification, note('live write'), WRITE),
    ]),
  );
  t.same(names, ['first', 'live write', 'live read', 'bulk write', 'bulk read']);
});

t.test('B5 what a poll brings by the hundred is as even as an import, and its few reads go at once', async (t) => {
  const runtime = fakeRuntime(noFetch, 1);
  const budget = createBudget({ runtime, name: 'test', limit: 250, windowMs: 60_000, concurrency: 4 });
  const begin = runtime.now();
  const starts: number[] = [];
  const polls = Array.from({ length: 100 }, () =>
    budget.run(PRIORITY.poll, async () => starts.push(runtime.now() - begin)),
  );
  await runtime.settle(Promise.all(polls));
  t.ok((starts[20] ?? 0) < 1_000, 'twenty reads at once');
  t.ok((starts[99] ?? 0) > 15_000, 'a hundred are spread');
});

t.test('B5 a budget that others use too: our share goes down at a 429, once a window, and comes back', async (t) => {
  const share = createShare({ limit: 250, windowMs: 60_000 });
  t.equal(share.limit(0), 250);
  share.throttled(0);
  share.throttled(30);
  t.equal(share.limit(30), 175, 'calls under way together are one sign');
  t.equal(share.limit(60_000), 200, 'a tenth of the limit in a minute');
  share.throttled(60_000);
  t.equal(share.limit(60_000), 140);
  t.equal(share.limit(360_000), 250, 'and no more than all of it');
  for (let at = 400_000; at < 4_000_000; at += 60_000) share.throttled(at);
  t.ok(share.limit(3_999_999) >= 25, 'never nothing');
  t.equal(createShare({ limit: 1, windowMs: 1_000 }).limit(0), 1);
});

t.test('B5 beside another integration that takes most of the budget, 429s are few and the rest is used', async (t) => {
  const runtime = fakeRuntime(noFetch, 1);
  const windowMs = 60_000;
  const budget = createBudget({ runtime, name: 'test', limit: 250, windowMs, concurrency: 4 });
  // The vendor admits 250 a minute in all; the other one takes 100 of them, evenly.
  let admitted: number[] = [];
  let refused = 0;
  const admit = (): boolean => {
    admitted = admitted.filter((at) => at > runtime.now() - windowMs);
    if (admitted.length >= 250) return false;
    admitted.push(runtime.now());
    return true;
  };
  let done = false;
  const other = () => {
    admit();
    if (!done) runtime.setTimer(600, other);
  };
  other();
  let worked = 0;
  const call = async () => {
    await new Promise<void>((resolve) => runtime.setTimer(60, resolve));
    if (admit()) worked += 1;
    else {
      refused += 1;
      throw new SyncError('vendor-throttled', 'wait', { waitMs: 2_000 });
    }
  };
  const begin = runtime.now();
  const lowest: number[] = [];
  const all: Promise<void>[] = [];
  for (let i = 0; i < 3_000; i++) all.push(budget.run(PRIORITY.import, call).catch(() => undefined));
  for (let minute = 0; minute < 15; minute += 1) {
    await runtime.advance(60_000);
    lowest.push(budget.use().share);
  }
  done = true;
  t.ok(Math.min(...lowest) < 200, `the share is shown: ${lowest.join(' ')}`);
  const minutes = (runtime.now() - begin) / 60_000;
  t.ok(worked / minutes >= 0.7 * 150, `${(worked / minutes).toFixed(0)} of 150 a minute are used`);
  t.ok(refused <= minutes * 2, `${refused} refusals in ${minutes} minutes`);
  budget.close();
  await Promise.all(all);
});
