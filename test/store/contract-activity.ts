import type { Store } from '../../src/store/port.ts';
import type { Tap } from './contract.ts';
import { HOSTILE, lineOf, readAll, using } from './fixtures.ts';

const ids = (items: readonly { id: string }[]): string[] => items.map((item) => item.id);

export async function activityContract(tap: Tap, open: () => Promise<Store>): Promise<void> {
  await tap.test('B2 activity is found by kind, pair, reason and time, and by several of them', (t) =>
    using(open, async (store) => {
      await store.activity.insert([
        lineOf('a', { at: 10, pairId: 'p', webcrmId: '1', reasons: ['frozen', 'no-vat', 'frozen'] }),
        lineOf('b', { at: 20, pairId: 'p', webcrmId: '1', entity: 'delivery', reasons: ['no-vat'] }),
        lineOf('c', { at: 20, pairId: 'q', webcrmId: '2', entity: 'delivery', action: 'failed', reasons: ['frozen'] }),
        lineOf('d', { at: 30, entity: 'tenant', action: 'settings' }),
        lineOf('e', { at: 20, tenant: 't2', pairId: 'p', reasons: ['frozen'] }),
      ]);
      const found = async (filter: object) => ids((await store.activity.list('t1', { limit: 9, ...filter })).items);
      t.strictSame(await found({ entity: 'delivery' }), ['c', 'b']);
      t.strictSame(await found({ entity: 'tenant' }), ['d']);
      t.strictSame(await found({ entity: 'delivery', action: 'failed' }), ['c']);
      t.strictSame(await found({ pairId: 'p' }), ['b', 'a']);
      t.strictSame(await found({ reason: 'frozen' }), ['c', 'a'], 'a line that names it twice comes once');
      t.strictSame(await found({ reason: 'no-vat' }), ['b', 'a']);
      t.strictSame(await found({ reason: 'no-vat', entity: 'delivery' }), ['b']);
      t.strictSame(await found({ reason: 'frozen', pairId: 'p' }), ['a']);
      t.strictSame(await found({ reason: 'frozen', webcrmId: '2' }), ['c']);
      t.strictSame(await found({ reason: 'frozen', fortnoxId: '2' }), []);
      t.strictSame(await found({ from: 20 }), ['d', 'c', 'b']);
      t.strictSame(await found({ to: 20 }), ['a']);
      t.strictSame(await found({ from: 20, to: 30 }), ['c', 'b']);
      t.strictSame(await found({ from: 20, to: 20 }), []);
      t.strictSame(await found({ reason: 'frozen', from: 10, to: 20 }), ['a']);
      t.strictSame(await found({ reason: 'frozen', pairId: 'p', webcrmId: '1', from: 11 }), []);
      t.strictSame(await found({ reason: 'none' }), []);
      t.strictSame((await store.activity.list('t2', { limit: 9, reason: 'frozen' })).items, [
        lineOf('e', { at: 20, tenant: 't2', pairId: 'p', reasons: ['frozen'] }),
      ]);
    }),
  );

  await tap.test('B2 filtered pages are stable while lines are written, and what expired is in none', (t) =>
    using(open, async (store) => {
      const line = (id: string, at: number, expiresAt: number) =>
        lineOf(id, { at, expiresAt, entity: 'article', pairId: 'p', reasons: ['x', `only-${id}`] });
      for (let n = 0; n < 20; n++) await store.activity.insert([line(`l${n}`, 100 + (n % 3), n < 5 ? 10 : 1000)]);
      let extra = 0;
      const write = async () => store.activity.insert([line(`new${extra++}`, 500, 1000)]);
      for (const filter of [
        { reason: 'x', to: 500 },
        { pairId: 'p', to: 500 },
        { entity: 'article', reason: 'x', from: 100, to: 500 },
      ]) {
        const lines = await readAll((page) => store.activity.list('t1', { ...page, ...filter }), 3, write);
        t.equal(new Set(ids(lines)).size, 20);
        t.equal(lines.length, 20);
        t.strictSame(
          lines.map((one) => one.at),
          lines.map((one) => one.at).sort((a, b) => b - a),
        );
      }
      t.equal(await store.activity.expire(500), 5);
      const left = await readAll((page) => store.activity.list('t1', { ...page, reason: 'x', to: 500 }), 4);
      t.equal(left.length, 15);
      t.strictSame((await store.activity.list('t1', { limit: 5, reason: 'only-l2' })).items, []);
      t.equal((await store.activity.list('t1', { limit: 5, reason: 'only-l7' })).items.length, 1);
    }),
  );

  await tap.test('B2 lines are counted by step and action', (t) =>
    using(open, async (store) => {
      await store.activity.insert([
        lineOf('a', { at: 9 }),
        lineOf('b', { at: 10 }),
        lineOf('c', { at: 19 }),
        lineOf('d', { at: 19, action: 'failed' }),
        lineOf('e', { at: 30, action: 'created' }),
        lineOf('f', { at: 40 }),
        lineOf('g', { at: 15, tenant: 't2' }),
      ]);
      t.strictSame(await store.activity.tally('t1', { from: 10, to: 40, stepMs: 10 }), [
        { at: 10, action: 'failed', count: 1 },
        { at: 10, action: 'updated', count: 2 },
        { at: 30, action: 'created', count: 1 },
      ]);
      t.strictSame(await store.activity.tally('none', { from: 0, to: 99, stepMs: 10 }), []);
    }),
  );

  await tap.test('hostile pairs and reasons stay apart', (t) =>
    using(open, async (store) => {
      for (const key of HOSTILE) await store.activity.insert([lineOf(key, { pairId: key, reasons: [key] })]);
      for (const key of HOSTILE) {
        for (const filter of [{ reason: key }, { pairId: key }, { pairId: key, reason: key }])
          t.strictSame(ids((await store.activity.list('t1', { limit: 5, ...filter })).items), [key]);
        t.strictSame((await store.activity.list('t1', { limit: 5, pairId: key, reason: 'other' })).items, []);
        t.strictSame((await store.activity.list('t1', { limit: 5, entity: key })).items, []);
      }
    }),
  );
}
