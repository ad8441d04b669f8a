import type { Store } from '../../src/store/port.ts';
import type { Tap } from './contract.ts';
import { HOSTILE, readAll, runOf, using } from './fixtures.ts';

export async function statesContract(tap: Tap, open: () => Promise<Store>): Promise<void> {
  await tap.test('R71 small documents are kept by name and replaced; what is not JSON is refused', (t) =>
    using(open, async (store) => {
      t.equal(await store.states.get('t1', 'reconcile'), null);
      const values = [{ step: 'customer', at: [1, null, 'å'] }, [], '', 'text', 0, false, null, '\0\ud800', HOSTILE];
      for (const [now, value] of values.entries()) {
        await store.states.put('t1', 'reconcile', value, now);
        t.strictSame(await store.states.get('t1', 'reconcile'), value);
      }
      await t.rejects(store.states.put('t1', 'reconcile', undefined, 9), { code: 'store-failed' });
      await t.rejects(
        store.states.put('t1', 'reconcile', () => 1, 9),
        { code: 'store-failed' },
      );
      await t.rejects(store.states.put('t1', 'reconcile', 1n, 9), { code: 'store-failed' });
      t.strictSame(await store.states.get('t1', 'reconcile'), HOSTILE, 'what was kept is kept');
      t.equal(await store.states.get('t2', 'reconcile'), null);
      for (const name of HOSTILE) await store.states.put(name, name, { name }, 1);
      for (const name of HOSTILE) t.strictSame(await store.states.get(name, name), { name });
    }),
  );

  await tap.test('B3 imports are listed newest first while they are written', (t) =>
    using(open, async (store) => {
      for (let n = 0; n < 12; n++) await store.imports.put(runOf(`i${n}`, { startedAt: 1000 + (n % 5) }));
      await store.imports.put(runOf('elsewhere', { tenant: 't2' }));
      let turn = 0;
      const runs = await readAll(
        (page) => store.imports.list('t1', page),
        3,
        async () => {
          await store.imports.put(runOf(`new${turn}`, { startedAt: 9000 }));
          await store.imports.put(runOf('i4', { startedAt: 1004, state: 'running', total: turn++ }));
        },
      );
      t.strictSame(
        runs.map((run) => run.startedAt),
        runs.map((run) => run.startedAt).sort((a, b) => b - a),
      );
      t.equal(new Set(runs.map((run) => run.id)).size, 12);
      t.equal(runs.length, 12);
      t.equal((await store.imports.list('t1', { limit: 1 })).items[0]?.id, `new${turn - 1}`);
      for (const id of HOSTILE) await store.imports.put(runOf(id, { tenant: 't3' }));
      const hostile = await readAll((page) => store.imports.list('t3', page), 1);
      t.strictSame(hostile.map((run) => run.id).sort(), [...HOSTILE].sort());
    }),
  );
}
