import t from 'tap';
import { type Hint, type Job, jobKey, PRIORITY } from '../../schemas/records.ts';
import { SyncError } from '../../src/errors/sync-error.ts';
import { GIVE_UP_AFTER_MS, MAX_ATTEMPTS, middleWait, retryWait } from '../../src/queue/backoff.ts';
import { createKeyLocks } from '../../src/queue/key-locks.ts';
import type { HandleJob, JobOutcome } from '../../src/queue/types.ts';
import { createWorker, type WorkerDeps } from '../../src/queue/worker.ts';
import { verdictOf } from '../../src/queue/worker-verdict.ts';
import { createInlineStore } from '../../src/store/embedded/embedded-store.ts';
import { tenantOf } from '../intake/world.ts';
import { createVirtualRuntime } from '../support/virtual-runtime.ts';

const START = Date.UTC(2026, 0, 5, 8);
const hint = (id: string, more: Partial<Hint> = {}): Hint => ({
  tenant: 'a',
  entity: 'customer',
  side: 'webcrm',
  id,
  priority: PRIORITY.notification,
  ...more,
});

async function world(handle: HandleJob, more: Partial<WorkerDeps> = {}) {
  const runtime = createVirtualRuntime({ seed: 7, start: START });
  const store = createInlineStore();
  await store.tenants.insert(tenantOf('a'));
  const logged: string[] = [];
  const results: (JobOutcome | Error)[] = [];
  const log = (_about: unknown, text?: string) => void logged.push(text ?? '');
  const worker = createWorker({
    runtime,
    store,
    handle,
    logger: { debug() {}, info: log, warn: log, error: log },
    owner: 'me',
    onAuthFailure: async (tenant, error) => {
      const now = await store.tenants.get(tenant.id);
      if (now) await store.tenants.replace({ ...now, state: 'paused', pausedReason: error.code });
    },
    onOutcome: (_job, result) => void results.push(result),
    ...more,
  });
  const put = async (...hints: Hint[]) => {
    await store.jobs.enqueue(hints, runtime.now());
    for (const one of hints) worker.wake(one.tenant);
    await runtime.settle();
  };
  const job = (id: string): Promise<Job | null> => store.jobs.get('a', jobKey(hint(id)));
  const end = async () => {
    const stopped = worker.stop();
    await runtime.advance(15_000);
    await stopped;
    await store.close();
  };
  return { runtime, store, worker, put, job, end, logged, results };
}

function gate() {
  let open = () => {};
  const wait = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { wait, open: () => open() };
}

t.test('backoff runs from 5 s to 1 h and gives up after about three days', async (t) => {
  t.equal(middleWait(1), 5_000);
  t.equal(middleWait(2), 10_000);
  t.equal(middleWait(60), 3_600_000);
  let total = 0;
  for (let attempt = 1; retryWait(attempt, () => 0.5) !== null; attempt += 1)
    total += retryWait(attempt, () => 0.5) ?? 0;
  t.ok(total > GIVE_UP_AFTER_MS * 0.98 && total <= GIVE_UP_AFTER_MS, `waits ${total}`);
  t.equal(
    retryWait(1, () => 0),
    4_000,
  );
  t.equal(
    retryWait(MAX_ATTEMPTS, () => 0.5),
    null,
  );
});

t.test('B5 a job waits at least as long as a failing vendor asks, and never for less than its turn', (t) => {
  const failed = (attempts: number, waitMs?: number) =>
    verdictOf(
      { attempts } as Job,
      { error: new SyncError('vendor-failed', 'down', waitMs === undefined ? {} : { waitMs }) },
      1_000_000,
      () => 0.5,
    );
  t.match(failed(0, 60_000), { runAt: 1_060_000, countAttempt: true, state: 'waiting' });
  t.match(failed(0), { runAt: 1_005_000 });
  t.match(failed(5, 60_000), { runAt: 1_160_000 });
  t.match(failed(MAX_ATTEMPTS - 1, 60_000), { state: 'dead' });
  t.end();
});

t.test('key locks: all or none, release twice is harmless', async (t) => {
  const locks = createKeyLocks();
  const first = locks.tryLock(['x', 'y', 'x']);
  t.equal(locks.tryLock(['y', 'z']), null);
  const z = locks.tryLock(['z']);
  t.ok(z, 'a refused set holds nothing');
  first?.();
  const second = locks.tryLock(['x']);
  first?.();
  t.equal(locks.tryLock(['x']), null, 'a late release does not free what another holds');
  second?.();
});

t.test('key locks: a key is shared by several, or held alone', async (t) => {
  const locks = createKeyLocks();
  const [one, other] = [locks.tryShare('x'), locks.tryShare('x')];
  t.ok(one && other);
  one?.();
  one?.();
  t.equal(locks.tryLock(['x', 'y']), null, 'released twice by one, it is still shared by the other');
  other?.();
  const alone = locks.tryLock(['x']);
  t.ok(alone);
  t.equal(locks.tryShare('x'), null);
  alone?.();
  t.ok(locks.tryShare('x'));
});

t.test('key locks: a watch knows what was held since it began, however short', async (t) => {
  const locks = createKeyLocks();
  const before = locks.tryLock(['before', 'x']);
  const watch = locks.watch();
  before?.();
  locks.tryLock(['short'])?.();
  t.equal(locks.tryLock(['taken', 'held']) !== null && locks.tryLock(['never', 'held']), null);
  t.strictSame(
    ['before', 'short', 'taken', 'held', 'never'].map((key) => watch.wasHeld(key)),
    [true, true, true, true, false],
  );
  watch.end();
  locks.tryLock(['after'])?.();
  t.equal(watch.wasHeld('after'), false);
});

t.test('done is complete; at most four run at once; by priority', async (t) => {
  const ran: string[] = [];
  const doors: (() => void)[] = [];
  let most = 0;
  let now = 0;
  const w = await world(async (_tenant, job) => {
    ran.push(job.id);
    now += 1;
    most = Math.max(most, now);
    const door = gate();
    doors.push(door.open);
    await door.wait;
    now -= 1;
    return { kind: 'done' };
  });
  await w.worker.start();
  const ids = Array.from({ length: 10 }, (_, i) => String(i));
  await w.put(...ids.map((id) => hint(id, { priority: PRIORITY.import })), hint('live'));
  t.same(ran, ['live', '0', '1', '2']);
  for (let i = 0; i < 11; i += 1) {
    doors[i]?.();
    await w.runtime.settle();
  }
  t.equal(ran.length, 11);
  t.equal(most, 4);
  t.same(await w.store.jobs.counts('a'), { waiting: 0, running: 0, dead: 0 });
  await w.runtime.advance(60_000);
  t.equal(w.runtime.pendingTimers(), 0, 'an idle tenant has no timer');
  await w.end();
});

t.test('each error class has its own end', async (t) => {
  const failures: Record<string, unknown> = {
    retry: new SyncError('vendor-failed', 'down'),
    throttle: new SyncError('vendor-throttled', 'slow', { waitMs: 20_000 }),
    short: new SyncError('record-busy', 'busy'),
    refuse: new SyncError('vendor-refused', 'The name is too long.'),
    bug: new TypeError('secret text'),
  };
  const ran: string[] = [];
  const w = await world(async (_tenant, job) => {
    ran.push(job.id);
    if (job.id === 'later') return { kind: 'later', afterMs: 90_000, why: 'soon' };
    throw failures[job.id];
  });
  await w.worker.start();
  await w.put(...Object.keys(failures).map((id) => hint(id)), hint('later'));
  const retry = await w.job('retry');
  t.match(retry, { state: 'waiting', attempts: 1, lastError: { code: 'vendor-failed', message: 'down' } });
  t.ok(retry && retry.runAt >= START + 4_000 && retry.runAt <= START + 6_000);
  t.match(await w.job('throttle'), { state: 'waiting', attempts: 0, runAt: START + 20_000 });
  t.match(await w.job('short'), { state: 'waiting', attempts: 0, runAt: START + 1_000 });
  t.match(await w.job('refuse'), { state: 'dead', lastError: { message: 'The name is too long.' } });
  t.match(await w.job('later'), { state: 'waiting', attempts: 0, runAt: START + 90_000 });
  const bug = await w.job('bug');
  t.match(bug, { state: 'waiting', attempts: 1, lastError: { code: 'internal' } });
  t.notMatch(bug?.lastError?.message, /secret/);
  await w.runtime.advance(7_000);
  t.equal(ran.filter((id) => id === 'retry').length, 2, 'it came back by its timer');
  await w.put(hint('refuse'));
  t.equal(ran.filter((id) => id === 'refuse').length, 2, 'a new hint revives a dead job');
  await w.end();
});

t.test('a job that always fails is dead after about three days', async (t) => {
  const w = await world(async () => {
    throw new SyncError('vendor-failed', 'down');
  });
  await w.worker.start();
  await w.put(hint('1'));
  await w.runtime.runUntil(async () => (await w.job('1'))?.state === 'dead', 5 * 24 * 3_600_000);
  const days = (w.runtime.now() - START) / 86_400_000;
  t.ok(days > 2.7 && days < 3.3, `${days} days`);
  t.equal((await w.job('1'))?.attempts, MAX_ATTEMPTS);
  await w.end();
});

t.test('auth pauses the tenant, keeps its jobs and leaves others alone; connected again it goes on', async (t) => {
  let refused = true;
  const ran: string[] = [];
  const w = await world(async (tenant, job) => {
    ran.push(`${tenant.id}${job.id}`);
    if (tenant.id === 'a' && refused) throw new SyncError('vendor-auth', 'The token is void.');
    return { kind: 'done' };
  });
  await w.store.tenants.insert(tenantOf('b'));
  await w.store.tenants.insert(tenantOf('c', { state: 'paused' }));
  await w.worker.start();
  const other = { tenant: 'b' };
  await w.put(hint('1'), hint('2'), hint('3'), hint('4'), hint('5'), hint('1', other), hint('1', { tenant: 'c' }));
  await w.runtime.advance(3_600_000);
  t.same(
    ran.filter((x) => x.startsWith('a')),
    ['a1', 'a2', 'a3', 'a4'],
    'no further claim once auth failed',
  );
  t.ok(ran.includes('b1'));
  t.notOk(ran.includes('c1'));
  t.match(await w.job('1'), { state: 'waiting', attempts: 0, lastError: { code: 'vendor-auth' } });
  refused = false;
  const paused = await w.store.tenants.get('a');
  if (paused) await w.store.tenants.replace({ ...paused, state: 'connected', pausedReason: null });
  w.worker.wake('a');
  await w.runtime.advance(10_000);
  t.equal((await w.store.jobs.counts('a')).waiting, 0);
  await w.end();
});

t.test('a long job keeps its lease; a hint meanwhile runs it once more; one at a time', async (t) => {
  const doors: (() => void)[] = [];
  const w = await world(async () => {
    const door = gate();
    doors.push(door.open);
    await door.wait;
    return { kind: 'done' };
  });
  await w.worker.start();
  await w.put(hint('1'));
  await w.runtime.advance(300_000);
  t.equal(doors.length, 1);
  t.ok(((await w.job('1'))?.leaseUntil ?? 0) > w.runtime.now());
  await w.put(hint('1'));
  t.equal(doors.length, 1);
  doors[0]?.();
  await w.runtime.settle();
  t.equal(doors.length, 2, 'again');
  doors[1]?.();
  await w.runtime.settle();
  t.equal(await w.job('1'), null);
  await w.end();
});

t.test("a dead owner's job is taken when its lease ends", async (t) => {
  const w = await world(async () => ({ kind: 'done' }));
  await w.store.jobs.enqueue([hint('1')], START);
  await w.store.jobs.claim('a', 'crashed', START, 30_000, 1);
  await w.worker.start();
  await w.runtime.advance(29_000);
  t.ok(await w.job('1'));
  await w.runtime.advance(2_000);
  t.equal(await w.job('1'), null);
  await w.end();
});

t.test('stop waits for what runs, and gives back what does not end within 10 s', async (t) => {
  const quick = gate();
  const w = await world(async (_tenant, job) => {
    await (job.id === 'quick' ? quick.wait : new Promise<void>(() => {}));
    return { kind: 'done' };
  });
  await w.worker.start();
  await w.put(hint('quick'), hint('stuck'));
  let stopped = false;
  const stop = w.worker.stop().then(() => {
    stopped = true;
  });
  await w.put(hint('new'));
  quick.open();
  await w.runtime.advance(9_900);
  t.equal(await w.job('quick'), null, 'ended in the grace time');
  t.match(await w.job('new'), { state: 'waiting' }, 'no new claim');
  t.notOk(stopped);
  await w.runtime.advance(200);
  await stop;
  t.match(await w.job('stuck'), { state: 'waiting', leaseOwner: null });
  t.equal(w.runtime.pendingTimers(), 0, 'no timer is left');
  await w.end();
});

t.test('a failing store neither kills the loop nor loses a job, and a stop on a dead store ends', async (t) => {
  const w = await world(async () => ({ kind: 'done' }));
  const { claim, complete, releaseOwner } = w.store.jobs;
  const jobs = w.store.jobs as { -readonly [K in keyof typeof w.store.jobs]: (typeof w.store.jobs)[K] };
  const fail = () => Promise.reject(new SyncError('store-busy', 'busy'));
  jobs.claim = fail;
  await w.worker.start();
  await w.put(hint('1'));
  await w.runtime.advance(120_000);
  t.ok(w.logged.length < 20, 'it backs off');
  jobs.claim = claim;
  jobs.complete = fail;
  await w.runtime.advance(62_000);
  jobs.complete = complete;
  await w.runtime.advance(120_000);
  t.equal(await w.job('1'), null);
  jobs.releaseOwner = () => new Promise(() => {});
  const stopped = w.worker.stop();
  await w.runtime.advance(15_000);
  await stopped;
  jobs.releaseOwner = releaseOwner;
  await w.store.close();
});

t.test('B4 a job that ends its process each time it runs is kept as failed in the end', async (t) => {
  let runs = 0;
  const { store, worker, runtime, end } = await world(async () => {
    runs += 1;
    return { kind: 'done' };
  });
  await store.jobs.enqueue([hint('killer')], runtime.now());
  const lease = 1_000;
  for (let death = 0; death <= MAX_ATTEMPTS; death += 1) {
    await store.jobs.claim('a', `owner-${death}`, runtime.now(), lease, 1);
    await runtime.advance(lease + 1);
  }
  await worker.start();
  await runtime.advance(lease);
  t.equal(runs, 0, 'it is not begun once more');
  t.match((await store.jobs.list('a', { limit: 5, state: 'dead' })).items, [{ lastError: { code: 'worn-out' } }]);
  await end();
});

t.test(
  'B5 a sick tenant is bounded: what always fails is claimed once a try, and a paused tenant not at all',
  async (t) => {
    const JOBS = 500;
    let failure: SyncError = new SyncError('vendor-failed', 'status 500');
    let runs = 0;
    const w = await world(async () => {
      runs += 1;
      throw failure;
    });
    const { claim } = w.store.jobs;
    let claims = 0;
    Object.assign(w.store.jobs, {
      claim: (...args: Parameters<typeof claim>) => {
        claims += 1;
        return claim(...args);
      },
    });
    await w.worker.start();
    await w.put(...Array.from({ length: JOBS }, (_, n) => hint(`${n}`)));
    await w.runtime.advance(600_000);
    // Waits of 5, 10, 20 ... 320 s, each a fifth shorter at the least.
    const TRIES = 8;
    t.ok(runs >= JOBS && runs <= JOBS * TRIES, `${runs} runs in ten minutes`);
    t.ok(claims <= runs + JOBS * TRIES, `${claims} claims`);

    failure = new SyncError('vendor-auth', 'The token is void.');
    await w.runtime.advance(3_600_000);
    t.equal((await w.store.tenants.get('a'))?.state, 'paused');
    const before = { runs, claims };
    for (let n = 0; n < 100; n += 1) await w.put(hint(`late ${n}`));
    await w.runtime.advance(24 * 3_600_000);
    t.same({ runs, claims }, before, 'neither notifications nor time make it ask again');
    t.equal((await w.store.jobs.counts('a')).waiting, JOBS + 100, 'and nothing is lost');
    await w.end();
  },
);
