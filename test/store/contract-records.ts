import type { Image } from '../../schemas/records.ts';
import type { Store } from '../../src/store/port.ts';
import type { Tap } from './contract.ts';
import {
  alertOf,
  HOSTILE,
  hintOf,
  lineOf,
  listedOf,
  orderOf,
  pairOf,
  readAll,
  rowsOf,
  runOf,
  tenantOf,
  using,
} from './fixtures.ts';

const ids = (items: readonly { id: string }[]): string[] => items.map((item) => item.id);

export async function recordsContract(tap: Tap, open: () => Promise<Store>): Promise<void> {
  await tap.test('R26 tenants: one per id, hook token and Fortnox database', (t) =>
    using(open, async (store) => {
      await store.tenants.insert(tenantOf('a', { fortnoxDatabaseNumber: '7' }));
      await t.rejects(store.tenants.insert(tenantOf('a', { hookToken: 'other' })), { code: 'store-duplicate' });
      await t.rejects(store.tenants.insert(tenantOf('b', { fortnoxDatabaseNumber: '7' })), {
        code: 'store-duplicate',
        message: /Fortnox database/,
      });
      await t.rejects(store.tenants.insert(tenantOf('b', { hookToken: 'token-a' })), { code: 'store-duplicate' });
      await store.tenants.insert(tenantOf('b'));
      await store.tenants.insert(tenantOf('c'));
      await t.rejects(store.tenants.replace(tenantOf('b', { fortnoxDatabaseNumber: '7' })), {
        code: 'store-duplicate',
      });
      t.equal((await store.tenants.get('b'))?.version, 1);
      t.strictSame(await store.tenants.get('c'), tenantOf('c'));
      t.equal((await store.tenants.byHookToken('token-b'))?.id, 'b');
      t.equal(await store.tenants.byHookToken('none'), null);
      t.equal(await store.tenants.get('none'), null);
    }),
  );

  await tap.test('B1 a write names the version it read', (t) =>
    using(open, async (store) => {
      await store.tenants.insert(tenantOf('a'));
      const next = await store.tenants.replace(tenantOf('a', { name: 'New', hookToken: 'moved' }));
      t.strictSame(next, tenantOf('a', { name: 'New', hookToken: 'moved', version: 2 }));
      t.strictSame(await store.tenants.byHookToken('moved'), next);
      t.equal(await store.tenants.byHookToken('token-a'), null);
      await t.rejects(store.tenants.replace(tenantOf('a')), { code: 'version-changed' });
      await t.rejects(store.tenants.replace(tenantOf('none')), { code: 'version-changed' });
      await store.pairs.insert(pairOf('p'));
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_, n) => store.pairs.replace(pairOf('p', { reason: String(n) }))),
      );
      t.equal(outcomes.filter((outcome) => outcome.status === 'fulfilled').length, 1, 'one of twenty wins');
      t.equal((await store.pairs.get('t1', 'p'))?.version, 2);
    }),
  );

  await tap.test('S2 a tenant is removed with everything that is kept of it, and no other; again it is nothing', (t) =>
    using(open, async (store) => {
      for (const tenant of ['t1', 't2']) {
        await store.tenants.insert(tenantOf(tenant, { fortnoxDatabaseNumber: tenant }));
        await store.secrets.put(tenant, 'webcrm', 'sealed', 1);
        const rows = rowsOf('11', '12');
        for (let n = 0; n < 3; n++)
          await store.pairs.insert(orderOf(`p${n}`, { tenant, webcrmId: `${n}`, ...(n === 0 ? { rows } : {}) }));
        await store.jobs.enqueue([hintOf('1', { tenant }), hintOf('2', { tenant })], 5);
        await store.activity.insert(
          Array.from({ length: 600 }, (_, n) => lineOf(`l${n}`, { tenant, reasons: ['one', 'two'] })),
        );
        await store.decisions.set(tenant, 'customer', 'webcrm', '1', 'waits', 1, 'fortnox:1');
        await store.imports.put(runOf('i', { tenant }));
        await store.listed.put([listedOf('1', { tenant, importId: 'i' })]);
        await store.states.put(tenant, 's', { a: 1 }, 1);
        await store.cursors.put(tenant, 'poll', 1);
        await store.alerts.put(alertOf(tenant, 'hold'));
        await store.tombstones.put(tenant, 'h', 1);
        await store.seen.add(tenant, 'w', 1, 9);
      }
      const kept = async (tenant: string) => [
        (await store.tenants.get(tenant)) === null,
        (await store.secrets.list(tenant)).length,
        (await store.pairs.list(tenant, { limit: 9 })).items.length,
        (await store.pairs.byLine(tenant, '11')) === null,
        (await store.jobs.list(tenant, { limit: 9 })).items.length,
        (await store.activity.list(tenant, { limit: 200 })).items.length,
        (await store.activity.list(tenant, { limit: 200, reason: 'two' })).items.length,
        (await store.decisions.list(tenant, { limit: 9 })).items.length,
        (await store.imports.list(tenant, { limit: 9 })).items.length,
        (await store.listed.list(tenant, 'i', { limit: 9 })).items.length,
        await store.states.get(tenant, 's'),
        await store.cursors.get(tenant, 'poll'),
        (await store.alerts.list({ tenant, limit: 9 })).items.length,
        await store.tombstones.any(tenant),
      ];
      await store.tenants.remove('none');
      const other = await kept('t2');
      t.strictSame(other, [false, 1, 3, false, 2, 200, 200, 1, 1, 1, { a: 1 }, 1, 1, true]);
      await store.tenants.remove('t1');
      const nothing = [true, 0, 0, true, 0, 0, 0, 0, 0, 0, null, null, 0, false];
      t.strictSame(await kept('t1'), nothing);
      t.strictSame(await kept('t2'), other);
      t.equal(await store.seen.add('t1', 'w', 2, 9), true, 'its webhook ids are forgotten');
      await store.tenants.remove('t1');
      await store.tenants.insert(tenantOf('t3', { fortnoxDatabaseNumber: 't1' }));
      t.strictSame(await kept('t2'), other);
    }),
  );

  await tap.test('B2 pages are stable while rows are written', (t) =>
    using(open, async (store) => {
      for (let n = 0; n < 25; n++) {
        await store.pairs.insert(pairOf(`p${n}`, { updatedAt: 1000 + (n % 5), state: n % 2 ? 'linked' : 'conflict' }));
        await store.activity.insert([lineOf(`l${n}`, { at: 1000 + (n % 5) })]);
        await store.tenants.insert(tenantOf(`x${n}`, { createdAt: 1000 + (n % 5) }));
      }
      let extra = 0;
      const pairs = await readAll(
        (page) => store.pairs.list('t1', page),
        4,
        async () => {
          await store.pairs.insert(pairOf(`new${extra++}`, { updatedAt: 5000 }));
        },
      );
      t.equal(pairs.length, 25);
      t.equal(new Set(ids(pairs)).size, 25);
      t.strictSame(
        pairs.map((pair) => pair.updatedAt),
        pairs.map((pair) => pair.updatedAt).sort((a, b) => b - a),
      );
      t.equal((await readAll((page) => store.pairs.list('t1', { ...page, state: 'conflict' }), 3)).length, 13);
      t.strictSame(await store.pairs.counts('t1'), { linked: 12 + extra, conflict: 13 });
      const lines = await readAll(
        (page) => store.activity.list('t1', page),
        7,
        async () => {
          await store.activity.insert([lineOf(`newer${extra++}`, { at: 7000 })]);
        },
      );
      t.equal(new Set(ids(lines)).size, 25);
      const tenants = await readAll((page) => store.tenants.list(page), 25);
      t.equal(tenants.length, 25, 'a full last page has no next');
      for (const cursor of ['', '!', 'e30', Buffer.from('["a","b"]').toString('base64url'), 'x'.repeat(9)])
        await t.rejects(store.activity.list('t1', { limit: 5, cursor }), { code: 'invalid-body' });
      await t.rejects(store.pairs.list('t1', { limit: 0 }), { code: 'invalid-body' });
    }),
  );

  await tap.test('B2 activity: newest first, filtered, expired', (t) =>
    using(open, async (store) => {
      await store.activity.insert([
        lineOf('a', { at: 1, webcrmId: '5', fortnoxId: '6', action: 'created', expiresAt: 100 }),
        lineOf('b', { at: 2, webcrmId: '5', expiresAt: 200 }),
        lineOf('c', { at: 2, fortnoxId: '6', expiresAt: 300 }),
        lineOf('d', { at: 3, tenant: 't2', webcrmId: '5', expiresAt: 300 }),
      ]);
      const found = async (filter: object) => ids((await store.activity.list('t1', { limit: 9, ...filter })).items);
      t.strictSame(await found({}), ['c', 'b', 'a']);
      t.strictSame(await found({ webcrmId: '5' }), ['b', 'a']);
      t.strictSame(await found({ fortnoxId: '6' }), ['c', 'a']);
      t.strictSame(await found({ webcrmId: '5', fortnoxId: '6' }), ['a']);
      t.strictSame(await found({ webcrmId: '5', action: 'updated' }), ['b']);
      await t.rejects(store.activity.insert([lineOf('e'), lineOf('a')]), { code: 'store-duplicate' });
      t.strictSame(await found({}), ['c', 'b', 'a'], 'all lines or none');
      t.equal(await store.activity.expire(200), 1, 'a line of this very moment stays');
      t.strictSame(await found({}), ['c', 'b']);
      await store.activity.insert(Array.from({ length: 2500 }, (_, n) => lineOf(`old${n}`, { expiresAt: 1 })));
      t.equal(await store.activity.expire(150), 2500);
      t.equal(await store.activity.expire(150), 0);
    }),
  );

  await tap.test('B8 secrets, cursors and imports are kept per tenant and replaced', (t) =>
    using(open, async (store) => {
      await store.secrets.put('t1', 'webcrm', 'sealed-1', 1);
      await store.secrets.put('t1', 'webcrm', 'sealed-2', 2);
      await store.secrets.put('t1', 'fortnox', 'sealed-3', 3);
      t.equal(await store.secrets.get('t1', 'webcrm'), 'sealed-2');
      t.equal(await store.secrets.get('t2', 'webcrm'), null);
      t.equal(await store.secrets.replace('t1', 'webcrm', 'sealed-1', 'late', 4), false, 'it was replaced since');
      t.equal(await store.secrets.replace('t1', 'webcrm', null, 'late', 4), false, 'there is one');
      t.equal(await store.secrets.replace('t1', 'none', 'sealed-1', 'late', 4), false, 'there is none');
      t.equal(await store.secrets.replace('t2', 'webcrm', 'sealed-2', 'late', 4), false, "another tenant's");
      t.equal(await store.secrets.get('t1', 'webcrm'), 'sealed-2');
      t.equal(await store.secrets.get('t1', 'none'), null);
      t.equal(await store.secrets.replace('t3', 'new', null, 'sealed-a', 5), true);
      t.equal(await store.secrets.replace('t3', 'new', 'sealed-a', 'sealed-b', 6), true);
      const tries = await Promise.all(
        Array.from({ length: 20 }, (_, n) => store.secrets.replace('t3', 'new', 'sealed-b', `sealed-${n}`, 7)),
      );
      t.equal(tries.filter(Boolean).length, 1, 'one of twenty wins');
      t.equal(await store.secrets.get('t3', 'new'), `sealed-${tries.indexOf(true)}`);
      t.strictSame(await store.secrets.list('t3'), [{ name: 'new', updatedAt: 7 }]);
      t.strictSame(await store.secrets.list('t1'), [
        { name: 'fortnox', updatedAt: 3 },
        { name: 'webcrm', updatedAt: 2 },
      ]);
      t.equal(await store.cursors.get('t1', 'poll'), null);
      await store.cursors.put('t1', 'poll', 1_764_000_000_123);
      await store.cursors.put('t1', 'poll', 0);
      t.equal(await store.cursors.get('t1', 'poll'), 0);
      await store.cursors.put('t1', 'poll', 1_764_000_000_123);
      t.equal(await store.cursors.get('t1', 'poll'), 1_764_000_000_123);
      await store.cursors.put('t1', 'a', 7);
      await store.cursors.put('t2', 'poll', 8);
      t.strictSame(await store.cursors.list('t1'), [
        { name: 'a', at: 7 },
        { name: 'poll', at: 1_764_000_000_123 },
      ]);
      t.strictSame(await store.cursors.list('none'), []);
      t.equal(await store.imports.get('t1', 'i'), null);
      await store.imports.put(runOf('i'));
      await store.imports.put(runOf('i', { state: 'done', total: 5, finishedAt: 9 }));
      t.strictSame(await store.imports.get('t1', 'i'), runOf('i', { state: 'done', total: 5, finishedAt: 9 }));
      t.equal(await store.imports.get('t2', 'i'), null);
    }),
  );

  await tap.test('B8 a webhook id is new once, until it is forgotten', (t) =>
    using(open, async (store) => {
      const outcomes = await Promise.all(Array.from({ length: 10 }, () => store.seen.add('t1', 'w', 1, 100)));
      t.equal(outcomes.filter(Boolean).length, 1);
      t.equal(await store.seen.add('t2', 'w', 1, 100), true);
      t.equal(await store.seen.add('t1', 'w', 99, 300), false);
      t.equal(await store.seen.add('t1', 'w', 100, 300), true);
      t.equal(await store.seen.add('t1', 'w', 299, 300), false);
    }),
  );

  await tap.test('hostile keys and large documents come back unchanged', (t) =>
    using(open, async (store) => {
      for (const key of HOSTILE) {
        await store.tenants.insert(tenantOf(key));
        await store.secrets.put(key, key, key, 1);
        await store.pairs.insert(pairOf(key, { tenant: key, webcrmId: key, reason: key, candidates: [key] }));
        await store.activity.insert([lineOf(key, { tenant: key, webcrmId: key, message: key })]);
        t.equal(await store.seen.add('t1', key, 1, 9), true);
        t.equal(await store.decisions.set(key, 'customer', 'webcrm', key, key, 1), true);
      }
      for (const key of HOSTILE) {
        t.strictSame(await store.tenants.get(key), tenantOf(key));
        t.strictSame(await store.secrets.list(key), [{ name: key, updatedAt: 1 }]);
        t.equal(await store.secrets.get(key, key), key);
        t.equal((await store.pairs.bySide(key, 'customer', 'webcrm', key))?.reason, key);
        t.strictSame(ids((await store.activity.list(key, { limit: 5, webcrmId: key })).items), [key]);
        t.strictSame(await store.decisions.get(key, 'customer', 'webcrm', key), { reason: key, at: 1 });
      }
      const seen = await readAll((page) => store.tenants.list(page), 1);
      t.strictSame(ids(seen).sort(), [...HOSTILE].sort(), 'paging passes every key once');
      const large = pairOf('large', { base: { webcrm: { name: 'å'.repeat(1_000_000) }, fortnox: {} } });
      await store.pairs.insert(large);
      t.ok((await store.pairs.get('t1', 'large'))?.base?.webcrm.name === large.base?.webcrm.name);
      const odd = JSON.parse('{"__proto__":"a","name":null}') as Image;
      await store.pairs.insert(pairOf('odd', { base: { webcrm: odd, fortnox: {} } }));
      t.equal(JSON.stringify((await store.pairs.get('t1', 'odd'))?.base?.webcrm), JSON.stringify(odd));
    }),
  );
}

export async function closeContract(tap: Tap, open: () => Promise<Store>): Promise<void> {
  await tap.test('ping works; a closed store refuses and closes twice without harm', async (t) => {
    const store = await open();
    await store.ping();
    await store.close();
    await store.close();
    await t.rejects(store.ping(), { code: 'store-failed' });
    await t.rejects(store.tenants.get('a'), { code: 'store-failed' });
  });
}
