import { PRIORITY } from '../../schemas/records.ts';
import type { Store } from '../../src/store/port.ts';
import type { Tap } from './contract.ts';
import { HOSTILE, hintOf, keyOf, using } from './fixtures.ts';

const FAILED = { code: 'vendor-failed', message: 'no', at: 5 };
const outcomeOf = (state: 'waiting' | 'dead') => ({ state, runAt: 1, countAttempt: true, error: FAILED }) as const;
const forImport = (id: string, importId = 'i') => hintOf(id, { priority: PRIORITY.import, importId });

export async function importJobsContract(tap: Tap, open: () => Promise<Store>): Promise<void> {
  await tap.test('R71 what was asked to be read in full stays so until the job is done', (t) =>
    using(open, async (store) => {
      const full = async (id = '1') => (await store.jobs.get('t1', keyOf(id)))?.full;
      const claim = async () => (await store.jobs.claim('t1', 'o', 50, 1000, 1)).map((job) => job.full);
      await store.jobs.enqueue([hintOf('1', { full: false }), hintOf('1')], 0);
      t.equal(await full(), false);
      await store.jobs.enqueue([hintOf('1', { full: true, priority: 2 }), hintOf('1', { priority: 0 })], 1);
      t.equal(await full(), true);
      t.strictSame(await claim(), [true]);
      await store.jobs.release('t1', keyOf('1'), 'o', outcomeOf('waiting'));
      t.equal(await full(), true, 'after a failure');
      t.strictSame(await claim(), [true]);
      await store.jobs.releaseOwner('o', 2);
      t.equal(await full(), true, 'after a stop');
      await claim();
      await store.jobs.release('t1', keyOf('1'), 'o', outcomeOf('dead'));
      await store.jobs.retry('t1', null, 3);
      t.equal(await full(), true, 'after its death');
      await claim();
      await store.jobs.release('t1', keyOf('1'), 'o', outcomeOf('dead'));
      await store.jobs.enqueue([hintOf('1')], 4);
      t.strictSame(await claim(), [true], 'a hint after its death');
      await store.jobs.complete('t1', keyOf('1'), 'o', 5);
      await store.jobs.enqueue([hintOf('1')], 6);
      t.strictSame(await claim(), [false], 'a new job');
      await store.jobs.enqueue([hintOf('1', { full: true })], 7);
      await store.jobs.complete('t1', keyOf('1'), 'o', 8);
      t.strictSame(await claim(), [true], 'asked while it ran: the next run is full');
      t.strictSame(
        (await store.jobs.list('t1', { limit: 5 })).items.map((job) => job.full),
        [true],
      );
    }),
  );

  await tap.test(
    'R24 a job counts for the import that asked first; one that was dead for the one that revives it',
    (t) =>
      using(open, async (store) => {
        const importOf = async (id: string) => (await store.jobs.get('t1', keyOf(id)))?.importId;
        await store.jobs.enqueue([hintOf('1'), forImport('1'), forImport('1', 'j')], 0);
        t.equal(await importOf('1'), 'i');
        await store.jobs.claim('t1', 'o', 0, 1000, 1);
        await store.jobs.enqueue([forImport('1', 'j')], 1);
        t.equal(await importOf('1'), 'i', 'also while it runs');
        await store.jobs.complete('t1', keyOf('1'), 'o', 2);
        await store.jobs.claim('t1', 'o', 2, 1000, 1);
        await store.jobs.release('t1', keyOf('1'), 'o', outcomeOf('dead'));
        await store.jobs.enqueue([hintOf('1')], 3);
        t.equal(await importOf('1'), 'i');
        await store.jobs.claim('t1', 'o', 3, 1000, 1);
        await store.jobs.release('t1', keyOf('1'), 'o', outcomeOf('dead'));
        await store.jobs.enqueue([forImport('1', 'j')], 4);
        t.equal(await importOf('1'), 'j');
        t.strictSame(await store.jobs.countImport('t1', 'i'), { open: 0, dead: 0, failing: 0 });
        t.strictSame(await store.jobs.countImport('t1', 'j'), { open: 1, dead: 0, failing: 0 });
      }),
  );

  await tap.test('R24 a job that runs again is what was asked while it ran', (t) =>
    using(open, async (store) => {
      const asked = forImport('1');
      /** The job of an import ran once, and these hints came meanwhile. */
      async function after(...hints: Parameters<Store['jobs']['enqueue']>[0]) {
        await store.jobs.enqueue([{ ...asked, full: true }], 0);
        await store.jobs.claim('t1', 'o', 0, 1000, 1);
        await store.jobs.enqueue(hints, 1);
        t.equal((await store.jobs.get('t1', keyOf('1')))?.again, true);
        t.strictSame(await store.jobs.countImport('t1', 'i'), { open: 1, dead: 0, failing: 0 }, 'open while it runs');
        await store.jobs.complete('t1', keyOf('1'), 'o', 2);
        const job = await store.jobs.get('t1', keyOf('1'));
        const counted = await store.jobs.countImport('t1', 'i');
        await store.jobs.claim('t1', 'o', 3, 1000, 1);
        await store.jobs.complete('t1', keyOf('1'), 'o', 3);
        return { full: job?.full, importId: job?.importId, again: job?.again, open: counted.open };
      }
      const plain = { full: false, importId: null, again: false, open: 0 };
      t.strictSame(await after(hintOf('1')), plain, 'an echo');
      t.strictSame(await after(hintOf('1', { priority: 0 }), hintOf('1')), plain);
      const more = { full: true, importId: 'i', again: false, open: 1 };
      t.strictSame(await after({ ...asked, full: true }), more, 'the import asks once more');
      t.strictSame(await after({ ...asked, full: true }, hintOf('1')), more, 'whatever comes after it');
      t.match(await after(hintOf('1', { full: true })), { full: true }, 'a person asks');

      await store.jobs.enqueue([{ ...asked, full: true }], 0);
      await store.jobs.claim('t1', 'o', 0, 1000, 1);
      await store.jobs.enqueue([hintOf('1')], 1);
      await store.jobs.release('t1', keyOf('1'), 'o', outcomeOf('waiting'));
      t.match(await store.jobs.get('t1', keyOf('1')), { full: true, importId: 'i' }, 'what failed is not done');
    }),
  );

  await tap.test('R24 an import that is stopped takes its waiting jobs back, and nobody else', (t) =>
    using(open, async (store) => {
      await store.jobs.enqueue(
        ['run', 'dead', '1', '2', '3', 'hook', 'poll'].map((id) => forImport(id)),
        0,
      );
      await store.jobs.enqueue([forImport('other', 'j'), hintOf('own')], 1);
      await store.jobs.enqueue([{ ...forImport('elsewhere'), tenant: 't2' }], 1);
      for (const job of await store.jobs.claim('t1', 'o', 0, 1000, 2))
        if (job.id === 'dead') await store.jobs.release('t1', job.key, 'o', outcomeOf('dead'));
      await store.jobs.enqueue([hintOf('hook', { priority: PRIORITY.notification }), hintOf('poll')], 2);
      t.strictSame(await store.jobs.countImport('t1', 'i'), { open: 7, dead: 1, failing: 0 });

      t.equal(await store.jobs.cancelImport('t1', 'none'), 0);
      t.equal(await store.jobs.cancelImport('t1', 'i'), 5);
      t.equal(await store.jobs.cancelImport('t1', 'i'), 0);
      t.strictSame(await store.jobs.countImport('t1', 'i'), { open: 2, dead: 1, failing: 0 });
      for (const id of ['1', '2', '3']) t.equal(await store.jobs.get('t1', keyOf(id)), null);
      for (const id of ['hook', 'poll'])
        t.match(
          await store.jobs.get('t1', keyOf(id)),
          { state: 'waiting', importId: null },
          `a ${id} asked for it too: that change is not lost`,
        );
      t.match(await store.jobs.get('t1', keyOf('run')), { state: 'running', importId: 'i' });
      t.equal(await store.jobs.complete('t1', keyOf('run'), 'o', 5), true, 'what runs ends by itself');
      t.strictSame(await store.jobs.countImport('t1', 'j'), { open: 1, dead: 0, failing: 0 });
      t.strictSame(await store.jobs.countImport('t2', 'i'), { open: 1, dead: 0, failing: 0 });
      t.ok(await store.jobs.get('t1', keyOf('own')));

      for (const id of HOSTILE) await store.jobs.enqueue([forImport(id, id)], 9);
      for (const id of HOSTILE) t.equal(await store.jobs.cancelImport('t1', id), 1);
    }),
  );
}
