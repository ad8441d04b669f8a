import t from 'tap';
import { type Hint, PRIORITY } from '../../schemas/records.ts';
import { createWorker } from '../../src/queue/worker.ts';
import { createInlineStore } from '../../src/store/embedded/embedded-store.ts';
import type { Store } from '../../src/store/port.ts';
import { tenantOf } from '../intake/world.ts';
import { createVirtualRuntime } from '../support/virtual-runtime.ts';

const hint = (tenant: string, id: string): Hint => ({
  ...{ tenant, id, entity: 'customer', side: 'webcrm', priority: PRIORITY.notification },
});

/** A worker of some tenants, on a store that counts what it is asked. */
async function open(tenants: number, lookAgainMs: number | undefined) {
  const runtime = createVirtualRuntime({ seed: 7, start: Date.UTC(2026, 0, 5, 8) });
  const inner = createInlineStore();
  const asked: string[] = [];
  const count =
    <A extends unknown[], R>(name: string, method: (...args: A) => R) =>
    (...args: A): R => {
      asked.push(name);
      return method(...args);
    };
  const { jobs } = inner;
  const store: Store = {
    ...inner,
    tenants: { ...inner.tenants, get: count('get', inner.tenants.get) },
    jobs: {
      ...jobs,
      claim: count('claim', jobs.claim),
      nextDue: count('nextDue', jobs.nextDue),
      dueAmong: count('dueAmong', jobs.dueAmong),
    },
  };
  const ids = Array.from({ length: tenants }, (_, n) => `t${n}`);
  for (const id of ids) await store.tenants.insert(tenantOf(id));
  const done: string[] = [];
  const failed: string[] = [];
  const gone = new Set<string>();
  const worker = createWorker({
    runtime,
    store,
    logger: {
      debug() {},
      info() {},
      warn() {},
      error: (_about: unknown, text?: string) => void failed.push(text ?? ''),
    },
    owner: 'me',
    owns: (tenantId) => !gone.has(tenantId),
    lookAgainMs,
    handle: async (tenant, job) => {
      done.push(`${tenant.id}/${job.id}`);
      return { kind: 'done' };
    },
    onAuthFailure: async () => {},
  });
  await runtime.drive(worker.start());
  await runtime.advance(1_000);
  return { runtime, store, jobs, worker, asked, done, failed, gone };
}

t.test('B5 a job whose wake was lost runs within half a minute, with a store that others may write to', async (t) => {
  const w = await open(3, 30_000);
  // By another instance, whose letter was lost.
  await w.jobs.enqueue([hint('t0', '1'), hint('t0', '2'), hint('t2', '1')], w.runtime.now());
  await w.runtime.advance(29_000);
  t.strictSame(w.done, ['t0/1', 't0/2', 't2/1']);

  await w.jobs.enqueue([hint('t1', '1')], w.runtime.now() + 45_000);
  await w.runtime.advance(30_000);
  t.equal(w.done.length, 3, 'not before it is due');
  await w.runtime.advance(46_000);
  t.strictSame(w.done.at(-1), 't1/1');
  await w.runtime.drive(w.worker.stop());
  t.equal(w.runtime.pendingTimers(), 0);
  await w.store.close();
});

t.test(
  'B5 with nothing to do a look costs one question for all tenants, and a store that fails is asked again',
  async (t) => {
    const w = await open(700, 30_000);
    w.asked.length = 0;
    await w.runtime.advance(60_000);
    t.strictSame(w.asked, ['dueAmong', 'dueAmong', 'dueAmong', 'dueAmong'], 'five hundred in one question');

    const { dueAmong } = w.store.jobs;
    Object.assign(w.store.jobs, { dueAmong: () => Promise.reject(new Error('away')) });
    await w.jobs.enqueue([hint('t5', '1')], w.runtime.now());
    await w.runtime.advance(30_000);
    t.strictSame(w.failed, ['tenants with work to do could not be looked for; it is tried again']);
    Object.assign(w.store.jobs, { dueAmong });
    await w.runtime.advance(30_000);
    t.strictSame(w.done, ['t5/1']);

    w.worker.drop((tenantId) => tenantId === 't5');
    w.gone.add('t5');
    await w.jobs.enqueue([hint('t5', '2')], w.runtime.now());
    await w.runtime.advance(60_000);
    t.strictSame(w.done, ['t5/1'], 'it is somebody else’s now');
    await w.runtime.drive(w.worker.stop());
    await w.store.close();
  },
);

t.test('B5 a store of one instance is not asked: nobody else can have put a job there', async (t) => {
  const w = await open(2, undefined);
  w.asked.length = 0;
  await w.runtime.advance(3_600_000);
  t.strictSame(w.asked, []);
  await w.runtime.drive(w.worker.stop());
  await w.store.close();
});

/** What is kept back until it is let through: an answer of the store that comes together with a later one. */
function heldBack<A extends unknown[], R>(method: (...args: A) => Promise<R>) {
  const waiting: (() => void)[] = [];
  return {
    async call(...args: A): Promise<R> {
      const answer = await method(...args);
      await new Promise<void>((resolve) => waiting.push(resolve));
      return answer;
    },
    letThrough: () => {
      for (const go of waiting.splice(0)) go();
    },
  };
}

for (const renewal of ['answers', 'fails'] as const) {
  t.test(
    `B5 a job that comes again as its last run ends runs at once, whichever answer of the store is seen first; the store ${renewal}`,
    async (t) => {
      const w = await open(1, undefined);
      const { jobs } = w.store;
      const { complete, claim, renew } = w.jobs;
      const ends = heldBack(complete);
      Object.assign(jobs, {
        complete: ends.call,
        async claim(...args: Parameters<typeof claim>) {
          const found = await claim(...args);
          // Both answers arrive in one message: who waits for the end is a few steps further from seeing it.
          if (found.length > 0) ends.letThrough();
          return found;
        },
        renew: renewal === 'answers' ? renew : () => Promise.reject(new Error('away')),
      });
      await jobs.enqueue([hint('t0', '1')], w.runtime.now());
      w.worker.wake('t0');
      await w.runtime.settle();
      t.strictSame(w.done, ['t0/1'], 'its end is stored, and not seen yet');
      await jobs.enqueue([hint('t0', '1')], w.runtime.now());
      w.worker.wake('t0');
      await w.runtime.settle();
      if (renewal === 'fails') {
        t.strictSame(w.failed, ['a claimed job runs when its lease ends']);
        Object.assign(jobs, { renew });
        await w.runtime.advance(31_000);
      }
      ends.letThrough();
      t.strictSame(w.done, ['t0/1', 't0/1']);
      await w.runtime.settle();
      t.same(await jobs.counts('t0'), { waiting: 0, running: 0, dead: 0 });
      await w.runtime.drive(w.worker.stop());
      t.equal(w.runtime.pendingTimers(), 0);
      await w.store.close();
    },
  );
}

t.test('B5 a run whose lease ended and was claimed anew ends the job: it does not run twice', async (t) => {
  const w = await open(1, undefined);
  const { jobs } = w.store;
  const { complete } = w.jobs;
  const ends = heldBack(async (...args: Parameters<typeof complete>) => args);
  // The run is long: its end reaches the store late, and its lease is not renewed.
  Object.assign(jobs, {
    async complete(...args: Parameters<typeof complete>) {
      await ends.call(...args);
      return complete(...args);
    },
    renew: () => Promise.reject(new Error('away')),
  });
  await jobs.enqueue([hint('t0', '1')], w.runtime.now());
  w.worker.wake('t0');
  await w.runtime.advance(31_000);
  w.worker.wake('t0');
  await w.runtime.settle();
  Object.assign(jobs, { renew: w.jobs.renew });
  ends.letThrough();
  await w.runtime.advance(60_000);
  t.strictSame(w.done, ['t0/1']);
  t.same(await jobs.counts('t0'), { waiting: 0, running: 0, dead: 0 });
  await w.runtime.drive(w.worker.stop());
  await w.store.close();
});
