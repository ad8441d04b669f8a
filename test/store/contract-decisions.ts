import type { Entity, Side } from '../../schemas/records.ts';
import type { Store } from '../../src/store/port.ts';
import type { Tap } from './contract.ts';
import { HOSTILE, readAll, using } from './fixtures.ts';

type Waiting = Awaited<ReturnType<Store['decisions']['waitingFor']>>[number];

async function readWaiting(store: Store, customer: string, limit: number): Promise<Waiting[]> {
  const items: Waiting[] = [];
  for (;;) {
    const page = await store.decisions.waitingFor('t1', customer, { limit, after: items.at(-1) });
    items.push(...page);
    if (page.length < limit) return items;
  }
}

export async function decisionsContract(tap: Tap, open: () => Promise<Store>): Promise<void> {
  await tap.test('B2 a decision is news when its reason changes', (t) =>
    using(open, async (store) => {
      const set = (reason: string | null, now: number) =>
        store.decisions.set('t1', 'customer', 'webcrm', '1', reason, now);
      const get = () => store.decisions.get('t1', 'customer', 'webcrm', '1');
      t.equal(await set(null, 1), false);
      t.equal(await set('no-type', 2), true);
      t.equal(await set('no-type', 3), false);
      t.strictSame(await get(), { reason: 'no-type', at: 2 });
      t.equal(await set('no-number', 4), true);
      t.strictSame(await get(), { reason: 'no-number', at: 4 });
      t.equal(await store.decisions.get('t1', 'customer', 'fortnox', '1'), null);
      t.equal(await set(null, 5), true);
      t.equal(await get(), null);
    }),
  );

  await tap.test('R40 what waits for a customer is found page by page, until it waits no more', (t) =>
    using(open, async (store) => {
      const set = (entity: Entity, side: Side, id: string, reason: string | null, waitsFor?: string, now = 1) =>
        store.decisions.set('t1', entity, side, id, reason, now, waitsFor);
      for (let n = 0; n < 23; n++) {
        const entity = (['delivery', 'order', 'invoice'] as const)[n % 3] ?? 'delivery';
        await set(entity, entity === 'delivery' ? 'webcrm' : 'fortnox', `${n}`, 'waits', 'fortnox:7');
      }
      await set('delivery', 'webcrm', 'x', 'waits', 'webcrm:7');
      await set('delivery', 'webcrm', 'y', 'waits');
      await store.decisions.set('t2', 'delivery', 'webcrm', 'z', 'waits', 1, 'fortnox:7');
      const whole = await readWaiting(store, 'fortnox:7', 100);
      t.equal(whole.length, 23);
      for (const limit of [1, 4, 23]) t.strictSame(await readWaiting(store, 'fortnox:7', limit), whole);
      t.strictSame(await readWaiting(store, 'webcrm:7', 5), [{ entity: 'delivery', side: 'webcrm', id: 'x' }]);
      t.strictSame(await readWaiting(store, 'webcrm:8', 5), []);
      await t.rejects(store.decisions.waitingFor('t1', 'webcrm:7', { limit: 0 }), { code: 'invalid-body' });

      const [first, ...rest] = whole;
      if (first === undefined) throw new Error('nothing waits');
      const after = { limit: 100, after: first };
      t.equal(await set(first.entity, first.side, first.id, null), true);
      t.strictSame(await store.decisions.waitingFor('t1', 'fortnox:7', after), rest, 'reads on after what is gone');

      t.equal(await set('delivery', 'webcrm', 'x', 'waits', 'webcrm:9', 50), false, 'the reason is no news');
      t.strictSame(await store.decisions.get('t1', 'delivery', 'webcrm', 'x'), { reason: 'waits', at: 1 });
      t.strictSame(await readWaiting(store, 'webcrm:7', 5), []);
      t.equal((await readWaiting(store, 'webcrm:9', 5)).length, 1);
      t.equal(await set('delivery', 'webcrm', 'x', 'other', 'webcrm:9', 60), true);
      t.equal((await readWaiting(store, 'webcrm:9', 5)).length, 1);
      t.equal(await set('delivery', 'webcrm', 'x', 'other', undefined, 70), false);
      t.strictSame(await readWaiting(store, 'webcrm:9', 5), [], 'it waits for nobody now');
    }),
  );

  await tap.test('hostile ids wait for hostile customers', (t) =>
    using(open, async (store) => {
      for (const id of HOSTILE) {
        await store.decisions.set('t1', 'delivery', 'webcrm', id, 'waits', 1, 'fortnox:all');
        await store.decisions.set('t1', 'order', 'fortnox', id, 'waits', 1, `fortnox:${id}`);
      }
      const all = await readWaiting(store, 'fortnox:all', 1);
      t.strictSame(all.map((record) => record.id).sort(), [...HOSTILE].sort(), 'paging passes every id once');
      for (const id of HOSTILE)
        t.strictSame(await readWaiting(store, `fortnox:${id}`, 2), [{ entity: 'order', side: 'fortnox', id }]);
    }),
  );

  await tap.test('B2 what was not sent is listed newest first, by reason, while decisions are made', (t) =>
    using(open, async (store) => {
      const set = (id: string, reason: string | null, now: number, waitsFor?: string) =>
        store.decisions.set('t1', 'delivery', 'webcrm', id, reason, now, waitsFor);
      for (let n = 0; n < 14; n++)
        await set(`${n}`, n % 2 ? 'no-status' : 'waits', 100 + (n % 4), n ? undefined : 'fortnox:7');
      await store.decisions.set('t2', 'delivery', 'webcrm', '1', 'waits', 1);
      await store.decisions.set('t1', 'order', 'fortnox', '1', 'waits', 103);
      let turn = 0;
      const all = await readAll(
        (page) => store.decisions.list('t1', page),
        4,
        async () => {
          await set(`new${turn++}`, 'waits', 900);
        },
      );
      t.equal(all.length, 15);
      t.equal(new Set(all.map((one) => `${one.entity} ${one.id}`)).size, 15);
      t.strictSame(
        all.map((one) => one.at),
        all.map((one) => one.at).sort((a, b) => b - a),
      );
      t.strictSame(
        all.find((one) => one.id === '0'),
        { entity: 'delivery', side: 'webcrm', id: '0', reason: 'waits', at: 100, waitsFor: 'fortnox:7' },
      );
      t.equal(all[0]?.entity, 'order');
      t.equal(all[0]?.waitsFor, null);
      const byReason = (reason: string) => readAll((page) => store.decisions.list('t1', { ...page, reason }), 3);
      t.equal((await byReason('no-status')).length, 7);
      t.equal((await byReason('waits')).length, 8 + turn);
      await set('1', 'waits', 950);
      await set('3', null, 950);
      t.equal((await byReason('no-status')).length, 5);
      t.equal((await byReason('waits'))[0]?.id, '1');
      t.strictSame(await byReason('none'), []);
      for (const id of HOSTILE) await store.decisions.set('t3', 'article', 'fortnox', id, id, 5);
      const hostile = await readAll((page) => store.decisions.list('t3', page), 1);
      t.strictSame(hostile.map((one) => one.id).sort(), [...HOSTILE].sort());
      for (const id of HOSTILE)
        t.strictSame(
          (await store.decisions.list('t3', { limit: 5, reason: id })).items.map((one) => one.id),
          [id],
        );
    }),
  );
}
