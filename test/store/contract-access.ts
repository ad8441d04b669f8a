import type { Store } from '../../src/store/port.ts';
import type { Tap } from './contract.ts';
import { HOSTILE, hintOf, keyOf, lineOf, listedOf, readAll, tokenOf, using } from './fixtures.ts';

/** Tokens, kept answers and tombstones. */
export async function accessContract(tap: Tap, open: () => Promise<Store>): Promise<void> {
  await tap.test('B8 tokens: by id, listed oldest first, written by version; use is noted beside', (t) =>
    using(open, async (store) => {
      await store.tokens.insert(tokenOf('a', { tenants: ['t1'], expiresAt: 5 }));
      await t.rejects(store.tokens.insert(tokenOf('a')), { code: 'store-duplicate' });
      t.equal(await store.tokens.get('none'), null);
      t.strictSame(await store.tokens.get('a'), tokenOf('a', { tenants: ['t1'], expiresAt: 5 }));
      await store.tokens.use('a', 50);
      await store.tokens.use('a', 40);
      await store.tokens.use('none', 40);
      t.equal((await store.tokens.get('a'))?.lastUsedAt, 50, 'the later time stays');
      const revoked = await store.tokens.replace(tokenOf('a', { revokedAt: 7 }));
      t.strictSame(revoked, tokenOf('a', { revokedAt: 7, lastUsedAt: 50, version: 2 }), 'use outlives a write');
      await t.rejects(store.tokens.replace(tokenOf('a')), { code: 'version-changed' });
      await t.rejects(store.tokens.replace(tokenOf('none')), { code: 'version-changed' });
      await store.tokens.use('a', 60);
      t.strictSame(
        await store.tokens.replace(revoked),
        { ...revoked, lastUsedAt: 60, version: 3 },
        'use raises no version',
      );

      for (const [n, id] of HOSTILE.entries()) await store.tokens.insert(tokenOf(id, { createdAt: 2000 + (n % 4) }));
      for (const id of HOSTILE) t.equal((await store.tokens.get(id))?.id, id);
      const all = await readAll((page) => store.tokens.list(page), 4);
      t.equal(all.length, HOSTILE.length + 1);
      t.equal(new Set(all.map((token) => token.id)).size, all.length);
      t.strictSame(
        all.map((token) => token.createdAt),
        all.map((token) => token.createdAt).sort((x, y) => x - y),
      );
    }),
  );

  await tap.test('B1 answers: a key is begun once until it expires, and is free again when dropped', (t) =>
    using(open, async (store) => {
      const { answers } = store;
      t.equal(await answers.begin('s', 'k', 'f1', 10, 60), null);
      t.strictSame(await answers.begin('s', 'k', 'f2', 20, 70), { fingerprint: 'f1', sealed: null }, 'under way');
      t.equal(await answers.begin('other', 'k', 'f2', 20, 70), null, 'a key is of its scope');
      await answers.finish('s', 'k', 'v1.sealed', 100);
      await answers.finish('s', 'none', 'v1.sealed', 100);
      t.strictSame(await answers.begin('s', 'k', 'f1', 99, 200), { fingerprint: 'f1', sealed: 'v1.sealed' });
      t.equal(await answers.begin('s', 'none', 'f', 99, 200), null, 'what was not begun is not kept');
      t.equal(await answers.begin('s', 'k', 'f3', 100, 200), null, 'it expired');
      t.strictSame(await answers.begin('s', 'k', 'f4', 101, 200), { fingerprint: 'f3', sealed: null });
      await answers.drop('s', 'k');
      t.equal(await answers.begin('s', 'k', 'f5', 102, 200), null);

      t.equal(await answers.count('s', 150, 9), 2);
      t.equal(await answers.count('s', 150, 1), 1, 'to the bound and no further');
      t.equal(await answers.count('s', 200, 9), 0);
      for (const key of HOSTILE) {
        t.equal(await answers.begin(key, key, key, 5, 99), null);
        t.strictSame(await answers.begin(key, key, 'x', 6, 99), { fingerprint: key, sealed: null });
      }
      const begun = await Promise.all(Array.from({ length: 20 }, () => answers.begin('race', 'k', 'f', 5, 99)));
      t.equal(begun.filter((one) => one === null).length, 1, 'one of twenty begins');
    }),
  );

  await tap.test('R77 tombstones stand until they are removed', (t) =>
    using(open, async (store) => {
      const { tombstones } = store;
      t.equal(await tombstones.has('t1', 'h'), false);
      await tombstones.put('t1', 'h', 5);
      await tombstones.put('t1', 'h', 9);
      t.equal(await tombstones.has('t1', 'h'), true);
      t.equal(await tombstones.has('t2', 'h'), false);
      t.same([await tombstones.any('t1'), await tombstones.any('t2')], [true, false]);
      t.equal(await tombstones.remove('t2', 'h'), false);
      t.equal(await tombstones.remove('t1', 'h'), true);
      t.equal(await tombstones.remove('t1', 'h'), false);
      t.equal(await tombstones.has('t1', 'h'), false);
      for (const hash of HOSTILE) await tombstones.put(hash, hash, 1);
      for (const hash of HOSTILE) t.equal(await tombstones.has(hash, hash), true);
    }),
  );

  await tap.test('R77 jobs, lines and listed records are forgotten by name, and no others', (t) =>
    using(open, async (store) => {
      await store.jobs.enqueue([hintOf('1'), hintOf('2'), hintOf('1', { tenant: 't2' })], 5);
      await store.jobs.claim('t1', 'o', 5, 10, 1);
      t.equal(await store.jobs.forget('t1', [keyOf('1'), keyOf('9')]), 1, 'also one that runs');
      t.equal(await store.jobs.complete('t1', keyOf('1'), 'o', 6), false);
      t.equal(await store.jobs.get('t1', keyOf('1')), null);
      t.ok(await store.jobs.get('t1', keyOf('2')));
      t.ok(await store.jobs.get('t2', keyOf('1')));
      await store.activity.insert([lineOf('a', { reasons: ['r'] }), lineOf('b', { reasons: ['r'] })]);
      await store.activity.insert([lineOf('a', { tenant: 't2' })]);
      t.equal(await store.activity.forget('t1', ['a', 'none']), 1);
      const left = (await store.activity.list('t1', { limit: 9, reason: 'r' })).items;
      t.strictSame(
        left.map((line) => line.id),
        ['b'],
      );
      t.equal((await store.activity.list('t2', { limit: 9 })).items.length, 1);
      await store.listed.put([
        listedOf('1'),
        listedOf('1', { importId: 'j' }),
        listedOf('2'),
        listedOf('1', { side: 'fortnox' }),
      ]);
      t.equal(await store.listed.forget('t1', 'customer', 'webcrm', '1'), 2);
      t.equal((await store.listed.list('t1', 'i', { limit: 9 })).items.length, 2);
    }),
  );
}
