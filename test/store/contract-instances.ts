import type { Store } from '../../src/store/port.ts';
import type { Tap } from './contract.ts';
import { HOSTILE, hintOf, keyOf, using } from './fixtures.ts';

/** What instances share, and what they tell each other. */
export async function instancesContract(tap: Tap, open: () => Promise<Store>): Promise<void> {
  await tap.test('B9 a write names the version that it read, and who comes late is refused', (t) =>
    using(open, async (store) => {
      const { fenced } = store;
      t.equal(await fenced.get('beat', 'a'), null);
      t.equal(await fenced.put('beat', 'a', 1, {}, 5), false, 'there is none yet');
      t.equal(await fenced.put('beat', 'a', 0, { epoch: 1, list: [null, 'å'] }, 5), true);
      t.equal(await fenced.put('beat', 'a', 0, { epoch: 2 }, 5), false, 'there is one');
      t.strictSame(await fenced.get('beat', 'a'), { id: 'a', version: 1, value: { epoch: 1, list: [null, 'å'] } });
      t.equal(await fenced.put('beat', 'a', 1, 'next', 6), true);
      t.equal(await fenced.put('beat', 'a', 1, 'late', 7), false);
      t.equal(await fenced.delete('beat', 'a', 1), false);
      t.strictSame(await fenced.get('beat', 'a'), { id: 'a', version: 2, value: 'next' });
      const tries = await Promise.all(Array.from({ length: 20 }, (_, n) => fenced.put('beat', 'a', 2, n, 8)));
      t.equal(tries.filter(Boolean).length, 1, 'one of twenty wins');
      const first = await Promise.all(Array.from({ length: 20 }, (_, n) => fenced.put('beat', 'new', 0, n, 8)));
      t.equal(first.filter(Boolean).length, 1, 'one of twenty begins');
      t.equal(await fenced.delete('beat', 'a', 3), true);
      t.equal(await fenced.delete('beat', 'a', 3), false);
      t.equal(await fenced.put('beat', 'a', 3, 'from the grave', 9), false, 'who was buried beats no more');
      await t.rejects(fenced.put('beat', 'a', 0, undefined, 9), { code: 'store-failed' });
    }),
  );

  await tap.test('B9 documents of a kind are listed by id, and the old ones are forgotten', (t) =>
    using(open, async (store) => {
      const { fenced } = store;
      for (const [n, id] of HOSTILE.entries()) await fenced.put('odd', id, 0, { id }, n);
      const found = await fenced.list('odd');
      t.strictSame(found.map(({ id }) => id).sort(), [...HOSTILE].sort());
      for (const { id, value } of found) t.strictSame(value, { id });
      t.strictSame(await fenced.list('none'), []);
      await fenced.put('other', 'x', 0, 1, 0);
      t.equal(await fenced.expire('odd', 2), 2);
      t.equal((await fenced.list('odd')).length, HOSTILE.length - 2);
      t.equal((await fenced.list('other')).length, 1);
    }),
  );

  await tap.test('B9 a letter is taken once, by one of those who look into its box', (t) =>
    using(open, async (store) => {
      const { mail } = store;
      t.strictSame(await mail.take(['a'], 5, 1), []);
      const letter = (to: string, name: string, body = '') => ({ to, name, body });
      await mail.put([letter('a', '1', 'first'), letter('b', '1'), letter('c', '1'), letter('a', '2')], 50);
      await mail.put([letter('a', '1', 'again')], 60);
      await mail.put([], 60);
      t.strictSame(await mail.take(['b', 'a'], 2, 1), [letter('b', '1'), letter('a', '2')], 'the oldest first');
      t.strictSame(await mail.take(['a', 'b'], 9, 1), [letter('a', '1', 'again')], 'the newer one took its place');
      t.strictSame(await mail.take(['a', 'b'], 9, 1), []);
      t.strictSame(await mail.take([], 9, 1), []);
      await mail.put(
        Array.from({ length: 12 }, (_, n) => letter('many', String(n))),
        60,
      );
      const taken = await Promise.all([1, 2, 3].map(() => mail.take(['many'], 12, 1)));
      t.equal(new Set(taken.flat().map(({ name }) => name)).size, 12);
      t.equal(taken.flat().length, 12, 'none twice');
      for (const text of HOSTILE) await mail.put([letter(text, text, text)], 60);
      t.strictSame(
        await mail.take(HOSTILE, 99, 1),
        HOSTILE.map((text) => letter(text, text, text)),
      );
      await mail.put([letter('late', '1'), letter('late', '2')], 70);
      await mail.put([letter('late', '3')], 71);
      await mail.put([letter('late', '4')], 90);
      t.strictSame(await mail.take(['late'], 3, 70), [letter('late', '3')], 'what has expired is given to nobody');
      t.strictSame(await mail.take(['late'], 9, 1), [letter('late', '4')], 'and is gone');
      await mail.put([letter('late', '1')], 70);
      await mail.put([letter('late', '1', 'anew')], 90);
      t.strictSame(await mail.take(['late'], 9, 80), [letter('late', '1', 'anew')]);
      await mail.put([letter('old', '1')], 40);
      await mail.put([letter('old', '2')], 50);
      t.equal(await mail.expire(50), 1);
      t.strictSame(await mail.take(['old'], 5, 1), [letter('old', '2')]);
    }),
  );

  await tap.test('B9 the jobs of a dead owner run at once, each with one attempt more', (t) =>
    using(open, async (store) => {
      await store.jobs.enqueue([hintOf('1'), hintOf('2'), hintOf('3', { tenant: 't2' })], 1);
      await store.jobs.claim('t1', 'dead', 2, 60_000, 1);
      await store.jobs.claim('t2', 'dead', 2, 60_000, 1);
      await store.jobs.claim('t1', 'living', 2, 60_000, 1);
      await store.jobs.buryOwner('dead', 9);
      const buried = { state: 'waiting', attempts: 1, runAt: 9, leaseOwner: null, leaseUntil: null };
      t.match(await store.jobs.get('t1', keyOf('1')), buried);
      t.match(await store.jobs.get('t2', keyOf('3')), buried);
      t.match(await store.jobs.get('t1', keyOf('2')), { state: 'running', attempts: 0, leaseOwner: 'living' });
      t.equal(await store.jobs.complete('t1', keyOf('1'), 'dead', 10), false, 'a late end is refused');
      t.equal(await store.jobs.renew('t1', keyOf('1'), 'dead', 99), false);
      const late = { state: 'dead', runAt: 9, countAttempt: true, error: null } as const;
      t.equal(await store.jobs.release('t2', keyOf('3'), 'dead', late), false);
      t.match(await store.jobs.get('t1', keyOf('1')), buried);
    }),
  );
}
