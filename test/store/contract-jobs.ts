import { PRIORITY } from '../../schemas/records.ts';
import { FAILING_ATTEMPTS, type Store } from '../../src/store/port.ts';
import type { Tap } from './contract.ts';
import { HOSTILE, hintOf, keyOf, readAll, using } from './fixtures.ts';

const LEASE = 1000;
const FAILED = { code: 'vendor-failed', message: 'no', at: 5 };
const retryAt = (runAt: number) => ({ state: 'waiting', runAt, countAttempt: true, error: FAILED }) as const;
const dead = (runAt: number) => ({ state: 'dead', runAt, countAttempt: true, error: FAILED }) as const;

/** `crowded` is how many jobs fifty claimers fall upon. */
export async function jobsContract(tap: Tap, open: () => Promise<Store>, crowded = 2000): Promise<void> {
  const claimIds = async (store: Store, now: number, limit = 10, owner = 'o1') =>
    (await store.jobs.claim('t1', owner, now, LEASE, limit)).map((job) => job.id);

  await tap.test('B1 hints for one record are one job', (t) =>
    using(open, async (store) => {
      await store.jobs.enqueue(
        [hintOf('1', { priority: 2, importId: 'i' }), hintOf('1', { priority: 0 }), hintOf('1'), hintOf('2')],
        100,
      );
      await store.jobs.enqueue([], 100);
      t.strictSame(await store.jobs.get('t1', keyOf('1')), {
        tenant: 't1',
        entity: 'customer',
        side: 'webcrm',
        id: '1',
        key: keyOf('1'),
        priority: 0,
        state: 'waiting',
        attempts: 0,
        runAt: 100,
        createdAt: 100,
        importId: 'i',
        full: false,
        again: false,
        leaseOwner: null,
        leaseUntil: null,
        lastError: null,
      });
      await store.jobs.enqueue([hintOf('1'), hintOf('2', { importId: 'j' })], 200);
      t.match(await store.jobs.get('t1', keyOf('1')), { priority: 0, runAt: 100, createdAt: 100, importId: 'i' });
      t.match(await store.jobs.get('t1', keyOf('2')), { priority: 1, importId: 'j' });
      t.strictSame(await store.jobs.counts('t1'), { waiting: 2, running: 0, dead: 0 });
      t.strictSame(await store.jobs.counts('none'), { waiting: 0, running: 0, dead: 0 });
      t.equal(await store.jobs.get('t2', keyOf('1')), null);
    }),
  );

  await tap.test('B1 claim: by priority, then time, then age; never twice', (t) =>
    using(open, async (store) => {
      await store.jobs.enqueue([hintOf('import', { priority: PRIORITY.import })], 1);
      await store.jobs.enqueue([hintOf('poll-late')], 20);
      await store.jobs.enqueue([hintOf('poll-early')], 10);
      await store.jobs.enqueue([hintOf('poll-early-2')], 10);
      await store.jobs.enqueue([hintOf('hook', { priority: PRIORITY.notification })], 30);
      await store.jobs.enqueue([hintOf('elsewhere', { tenant: 't2' })], 1);
      t.strictSame(await claimIds(store, 15, 1), ['poll-early']);
      t.strictSame(await claimIds(store, 15), ['poll-early-2', 'import'], 'what is not due stays');
      t.strictSame(await claimIds(store, 30), ['hook', 'poll-late']);
      t.strictSame(await claimIds(store, 30), []);
      t.strictSame(await claimIds(store, 9999, 0), []);
      t.match(await store.jobs.get('t1', keyOf('hook')), { state: 'running', leaseOwner: 'o1', leaseUntil: 1030 });
    }),
  );

  await tap.test('B1 an ended lease passes the job on, and its former owner is fenced off', (t) =>
    using(open, async (store) => {
      await store.jobs.enqueue([hintOf('1')], 0);
      t.strictSame(await claimIds(store, 0), ['1']);
      t.equal(await store.jobs.renew('t1', keyOf('1'), 'o1', 2000), true);
      t.equal(await store.jobs.nextDue('t1'), 2000);
      t.strictSame(await claimIds(store, 1999, 5, 'o2'), []);
      t.strictSame(await claimIds(store, 2000, 5, 'o2'), ['1']);
      t.equal(await store.jobs.renew('t1', keyOf('1'), 'o1', 9000), false);
      t.equal(await store.jobs.complete('t1', keyOf('1'), 'o1', 2001), false);
      t.equal(await store.jobs.release('t1', keyOf('1'), 'o1', dead(1)), false);
      t.match(await store.jobs.get('t1', keyOf('1')), { state: 'running', leaseOwner: 'o2', attempts: 1 });
      t.equal(await store.jobs.complete('t1', keyOf('1'), 'o2', 2002), true);
      t.equal(await store.jobs.get('t1', keyOf('1')), null);
      t.equal(await store.jobs.complete('t1', keyOf('1'), 'o2', 2002), false);
    }),
  );

  await tap.test('B4 a run whose lease ended is an attempt: a job that kills its process comes to the last one', (t) =>
    using(open, async (store) => {
      await store.jobs.enqueue([hintOf('1', { priority: 2 }), hintOf('2')], 0);
      for (let run = 0; run < 5; run++) {
        const claimed = await store.jobs.claim('t1', `o${run}`, run * LEASE, LEASE, 5);
        t.strictSame(claimed.map((job) => [job.id, job.attempts]).sort(), [
          ['1', run],
          ['2', run],
        ]);
        t.equal((await store.jobs.get('t1', keyOf('1')))?.attempts, run, 'it is stored');
        await store.jobs.enqueue([hintOf('2')], run * LEASE + 1);
      }
      t.equal(await store.jobs.release('t1', keyOf('1'), 'o4', retryAt(9000)), true);
      t.match(await store.jobs.get('t1', keyOf('1')), { attempts: 5 });
      t.match(await store.jobs.claim('t1', 'o5', 9000, LEASE, 1), [{ id: '2', attempts: 5, again: true }]);
      await store.jobs.complete('t1', keyOf('2'), 'o5', 9001);
      t.match(await store.jobs.get('t1', keyOf('2')), { state: 'waiting', attempts: 0 }, 'a run that ends clears them');
      await store.jobs.claim('t1', 'o5', 9001, LEASE, 1);
      await store.jobs.releaseOwner('o5', 9002);
      t.strictSame(
        (await store.jobs.claim('t1', 'o6', 9002, LEASE, 2)).map((job) => [job.id, job.attempts]),
        [
          ['2', 0],
          ['1', 5],
        ],
        'a graceful stop and a claim of a waiting job count nothing',
      );
    }),
  );

  await tap.test('B1 a hint for a running job runs it once more', (t) =>
    using(open, async (store) => {
      await store.jobs.enqueue([hintOf('1')], 0);
      await claimIds(store, 0);
      await store.jobs.enqueue([hintOf('1', { priority: 0 }), hintOf('1')], 50);
      t.match(await store.jobs.get('t1', keyOf('1')), { state: 'running', again: true, leaseOwner: 'o1' });
      t.equal(await store.jobs.complete('t1', keyOf('1'), 'o1', 60), true);
      t.match(await store.jobs.get('t1', keyOf('1')), {
        state: 'waiting',
        again: false,
        attempts: 0,
        runAt: 60,
        priority: 0,
        leaseOwner: null,
        leaseUntil: null,
      });
      await claimIds(store, 60);
      await store.jobs.enqueue([hintOf('1')], 61);
      await store.jobs.release('t1', keyOf('1'), 'o1', retryAt(500));
      t.match(await store.jobs.get('t1', keyOf('1')), { state: 'waiting', runAt: 500, attempts: 1, again: false });
      await claimIds(store, 500);
      await store.jobs.enqueue([hintOf('1')], 501);
      await store.jobs.release('t1', keyOf('1'), 'o1', dead(600));
      t.match(
        await store.jobs.get('t1', keyOf('1')),
        { state: 'waiting', runAt: 600, attempts: 0, again: false, lastError: FAILED },
        'a hint that came while it ran is not buried with it',
      );
    }),
  );

  await tap.test('B5 release: attempts, errors, and a back-off that only a notification breaks', (t) =>
    using(open, async (store) => {
      await store.jobs.enqueue([hintOf('1')], 0);
      await claimIds(store, 0);
      t.equal(await store.jobs.release('t1', keyOf('1'), 'o1', retryAt(500)), true);
      t.match(await store.jobs.get('t1', keyOf('1')), { state: 'waiting', runAt: 500, attempts: 1, lastError: FAILED });
      await store.jobs.enqueue([hintOf('1'), hintOf('1', { priority: 2 })], 10);
      t.match(await store.jobs.get('t1', keyOf('1')), { runAt: 500, attempts: 1 });
      await store.jobs.enqueue([hintOf('1', { priority: 0 })], 20);
      t.match(await store.jobs.get('t1', keyOf('1')), { runAt: 20, attempts: 1, priority: 0 });
      await claimIds(store, 20);
      const wait = { state: 'waiting', runAt: 900, countAttempt: false, error: null } as const;
      await store.jobs.release('t1', keyOf('1'), 'o1', wait);
      t.match(await store.jobs.get('t1', keyOf('1')), { runAt: 900, attempts: 1, lastError: FAILED });
      await claimIds(store, 900);
      await store.jobs.release('t1', keyOf('1'), 'o1', dead(950));
      t.match(await store.jobs.get('t1', keyOf('1')), { state: 'dead', attempts: 2, leaseOwner: null });
      t.strictSame(await claimIds(store, 99_999), [], 'a dead job is not claimed');
      t.equal(await store.jobs.nextDue('t1'), null);
      await store.jobs.enqueue([hintOf('1')], 1000);
      t.match(await store.jobs.get('t1', keyOf('1')), { state: 'waiting', attempts: 0, runAt: 1000 });
      await store.jobs.enqueue([hintOf('later')], 5000);
      await claimIds(store, 5000, 1);
      await store.jobs.enqueue([hintOf('later')], 4000);
      t.equal((await store.jobs.get('t1', keyOf('later')))?.runAt, 4000, 'the earlier time wins');
    }),
  );

  await tap.test('B5 a nudge begins a job or goes with one, but is no news to one that failed', (t) =>
    using(open, async (store) => {
      const nudge = hintOf('1', { priority: PRIORITY.notification, nudge: true });
      await store.jobs.enqueue([nudge], 100);
      t.match(await store.jobs.get('t1', keyOf('1')), { state: 'waiting', runAt: 100, priority: 0, again: false });
      await store.jobs.enqueue([hintOf('2')], 300);
      await store.jobs.enqueue([{ ...nudge, id: '2' }], 200);
      t.match(await store.jobs.get('t1', keyOf('2')), { runAt: 200, priority: 0 }, 'one that only waits goes sooner');
      await store.jobs.forget('t1', [keyOf('2')]);

      await claimIds(store, 100);
      await store.jobs.enqueue([nudge, nudge], 101);
      t.match(await store.jobs.get('t1', keyOf('1')), { state: 'running', again: true });
      await store.jobs.complete('t1', keyOf('1'), 'o1', 110);
      t.match(await store.jobs.get('t1', keyOf('1')), { state: 'waiting', runAt: 110, again: false }, 'once more');

      await claimIds(store, 110);
      await store.jobs.enqueue([nudge], 111);
      await store.jobs.release('t1', keyOf('1'), 'o1', retryAt(500));
      await store.jobs.enqueue([nudge], 120);
      t.match(await store.jobs.get('t1', keyOf('1')), { state: 'waiting', runAt: 500, attempts: 1 });

      await claimIds(store, 500);
      await store.jobs.enqueue([nudge], 501);
      await store.jobs.release('t1', keyOf('1'), 'o1', dead(502));
      const buried = await store.jobs.get('t1', keyOf('1'));
      t.match(buried, { state: 'dead', attempts: 2, again: false }, 'it dies all the same');
      await store.jobs.enqueue([nudge], 600);
      t.strictSame(await store.jobs.get('t1', keyOf('1')), buried);
      t.equal(await store.jobs.nextDue('t1'), null);

      await store.jobs.enqueue([hintOf('1'), nudge], 700);
      t.match(await store.jobs.get('t1', keyOf('1')), { state: 'waiting', runAt: 700, attempts: 0 }, 'news wakes it');
    }),
  );

  await tap.test('B1 news and nudges for one running job: the news counts, in whichever order they come', (t) =>
    using(open, async (store) => {
      const nudge = hintOf('1', { nudge: true });
      for (const [hints, full] of [
        [[nudge, hintOf('1')], false],
        [[hintOf('1'), nudge], false],
        [[nudge, hintOf('1', { full: true })], true],
        [[hintOf('1', { full: true }), nudge, hintOf('1')], true],
      ] as const) {
        await store.jobs.enqueue([hintOf('1', { full: true })], 0);
        await claimIds(store, 0);
        await store.jobs.enqueue(hints, 1);
        await store.jobs.release('t1', keyOf('1'), 'o1', dead(2));
        t.match(await store.jobs.get('t1', keyOf('1')), { state: 'waiting', attempts: 0, runAt: 2 });
        await claimIds(store, 2);
        await store.jobs.enqueue(hints, 3);
        await store.jobs.complete('t1', keyOf('1'), 'o1', 4);
        t.match(await store.jobs.get('t1', keyOf('1')), { state: 'waiting', runAt: 4, full });
        await store.jobs.forget('t1', [keyOf('1')]);
      }
    }),
  );

  await tap.test('B1 a graceful stop frees the jobs of its owner only', (t) =>
    using(open, async (store) => {
      await store.jobs.enqueue([hintOf('1'), hintOf('2'), hintOf('3')], 0);
      await claimIds(store, 0, 2, 'o1');
      await claimIds(store, 0, 1, 'o2');
      await store.jobs.releaseOwner('o1', 70);
      t.strictSame(await store.jobs.counts('t1'), { waiting: 2, running: 1, dead: 0 });
      t.match(await store.jobs.get('t1', keyOf('1')), { runAt: 70, attempts: 0, leaseOwner: null });
      t.equal(await store.jobs.renew('t1', keyOf('1'), 'o1', 99), false);
      t.equal(await store.jobs.renew('t1', keyOf('3'), 'o2', 99), true);
    }),
  );

  await tap.test('B4 failed jobs are retried, all or the named ones', (t) =>
    using(open, async (store) => {
      await store.jobs.enqueue(
        ['1', '2', '3', '4'].map((id) => hintOf(id)),
        0,
      );
      await claimIds(store, 0, 3);
      for (const id of ['1', '2', '3']) await store.jobs.release('t1', keyOf(id), 'o1', dead(1));
      t.equal(await store.jobs.retry('t2', null, 40), 0);
      t.equal(await store.jobs.retry('t1', [], 40), 0);
      t.equal(await store.jobs.retry('t1', [keyOf('2'), keyOf('4'), 'none'], 40), 1, 'only what is dead');
      t.match(await store.jobs.get('t1', keyOf('2')), { state: 'waiting', attempts: 0, runAt: 40 });
      t.equal(await store.jobs.retry('t1', null, 50), 2);
      t.strictSame(await store.jobs.counts('t1'), { waiting: 4, running: 0, dead: 0 });
    }),
  );

  await tap.test('B3 B4 an import counts apart what failed several times and waits to be tried again', (t) =>
    using(open, async (store) => {
      await store.jobs.enqueue([hintOf('1', { priority: 2, importId: 'i' })], 0);
      await store.jobs.enqueue([hintOf('2', { priority: 2, importId: 'i' })], 100);
      const counted: (readonly [number, number])[] = [];
      for (let n = 0; n < FAILING_ATTEMPTS; n++) {
        await store.jobs.claim('t1', 'o1', n, 1000, 1);
        const { failing, open } = await store.jobs.countImport('t1', 'i');
        await store.jobs.release('t1', keyOf('1'), 'o1', retryAt(n));
        counted.push([failing, open], [(await store.jobs.countImport('t1', 'i')).failing, open]);
      }
      t.strictSame(counted, [
        [0, 2],
        [0, 2],
        [0, 2],
        [0, 2],
        [0, 2],
        [1, 2],
      ]);
      await store.jobs.claim('t1', 'o1', 9, 1000, 1);
      t.match(await store.jobs.countImport('t1', 'i'), { open: 2, failing: 0 }, 'not while it runs');
      await store.jobs.release('t1', keyOf('1'), 'o1', dead(10));
      t.strictSame(await store.jobs.countImport('t1', 'i'), { open: 2, dead: 1, failing: 0 });
    }),
  );

  await tap.test('B3 an import counts its jobs, and the next due time is known', (t) =>
    using(open, async (store) => {
      t.equal(await store.jobs.nextDue('t1'), null);
      await store.jobs.enqueue(
        ['1', '2', '3'].map((id) => hintOf(id, { priority: 2, importId: 'i' })),
        30,
      );
      await store.jobs.enqueue([hintOf('x')], 40);
      t.equal(await store.jobs.nextDue('t1'), 30);
      t.strictSame(await store.jobs.countImport('t1', 'i'), { open: 3, dead: 0, failing: 0 });
      await store.jobs.claim('t1', 'o1', 30, 5, 2);
      t.equal(await store.jobs.nextDue('t1'), 30);
      await store.jobs.complete('t1', keyOf('1'), 'o1', 31);
      await store.jobs.release('t1', keyOf('2'), 'o1', dead(31));
      t.strictSame(await store.jobs.countImport('t1', 'i'), { open: 2, dead: 1, failing: 0 });
      t.strictSame(await store.jobs.countImport('t1', 'none'), { open: 0, dead: 0, failing: 0 });
      await store.jobs.claim('t1', 'o1', 40, 5, 9);
      t.equal(await store.jobs.nextDue('t1'), 45);
    }),
  );

  await tap.test('B5 of many tenants those that have a job to run are known', (t) =>
    using(open, async (store) => {
      const { jobs } = store;
      const due = async (now: number, tenants = ['t1', 't2', 't3', 't4', 'none']) =>
        [...(await jobs.dueAmong(tenants, now))].sort();
      t.strictSame(await due(9), []);
      await jobs.enqueue([hintOf('1'), hintOf('2'), hintOf('3', { tenant: 't2' }), hintOf('4', { tenant: 't3' })], 30);
      await jobs.enqueue([hintOf('5', { tenant: 't4' }), hintOf('6', { tenant: 'other' })], 30);
      t.strictSame(await due(29), []);
      t.strictSame(await due(30), ['t1', 't2', 't3', 't4']);
      t.strictSame(await due(30, ['t2', 'none']), ['t2']);
      t.strictSame(await due(30, []), []);
      await jobs.claim('t2', 'o1', 30, 20, 1);
      await jobs.claim('t3', 'o1', 30, 20, 1);
      await jobs.release('t3', keyOf('4'), 'o1', dead(30));
      await jobs.claim('t4', 'o1', 30, 20, 1);
      await jobs.complete('t4', keyOf('5'), 'o1', 31);
      t.strictSame(await due(49), ['t1'], 'what runs, is dead or done is not to be run');
      t.strictSame(await due(50), ['t1', 't2'], 'an ended lease is');
      for (const tenant of HOSTILE) await jobs.enqueue([hintOf('1', { tenant })], 60);
      t.strictSame(await due(60, HOSTILE), [...HOSTILE].sort());
    }),
  );

  await tap.test('B4 jobs are listed oldest first while others come and go', (t) =>
    using(open, async (store) => {
      for (let n = 0; n < 20; n++) await store.jobs.enqueue([hintOf(`${n}`)], n % 4);
      let extra = 0;
      const listed = await readAll(
        (page) => store.jobs.list('t1', page),
        3,
        async () => {
          await store.jobs.enqueue([hintOf(`new${extra++}`, { priority: 2 })], 0);
        },
      );
      const old = listed.filter((job) => !job.id.startsWith('new'));
      t.equal(new Set(listed.map((job) => job.id)).size, listed.length);
      t.equal(old.length, 20);
      t.strictSame(
        listed.map((job) => job.createdAt),
        listed.map((job) => job.createdAt).sort((a, b) => a - b),
      );
      await claimIds(store, 9, 5);
      const running = await readAll((page) => store.jobs.list('t1', { ...page, state: 'running' }), 2);
      t.equal(running.length, 5);
      t.strictSame((await store.jobs.list('t1', { limit: 5, state: 'dead' })).items, []);
      await t.rejects(store.jobs.list('t1', { limit: 5, cursor: 'WzEsImEiXQ' }), { code: 'invalid-body' });
    }),
  );

  await tap.test('hostile record ids stay apart', (t) =>
    using(open, async (store) => {
      await store.jobs.enqueue(
        HOSTILE.map((id) => hintOf(id)),
        0,
      );
      t.strictSame(await claimIds(store, 0, 100, "o'1"), HOSTILE);
      for (const id of HOSTILE) {
        t.equal((await store.jobs.get('t1', keyOf(id)))?.id, id);
        t.equal(await store.jobs.complete('t1', keyOf(id), "o'1", 1), true);
      }
      t.strictSame(await store.jobs.counts('t1'), { waiting: 0, running: 0, dead: 0 });
    }),
  );

  await tap.test(`B1 ${crowded} jobs and 50 claimers at once: each job once`, (t) =>
    using(open, async (store) => {
      await store.jobs.enqueue(
        Array.from({ length: crowded }, (_, n) => hintOf(`${n}`)),
        0,
      );
      const taken: string[] = [];
      await Promise.all(
        Array.from({ length: 50 }, async (_, n) => {
          for (;;) {
            const claimed = await store.jobs.claim('t1', `o${n}`, 1, LEASE, 7);
            if (claimed.length === 0) return;
            for (const job of claimed) {
              taken.push(job.id);
              if (!(await store.jobs.complete('t1', job.key, `o${n}`, 2))) t.fail(`job ${job.id} was lost`);
            }
          }
        }),
      );
      t.equal(taken.length, crowded);
      t.equal(new Set(taken).size, crowded);
    }),
  );
}
