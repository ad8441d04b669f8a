import t from 'tap';
import { SyncError } from '../../src/errors/sync-error.ts';
import { type ImportWorld, openImports, organisation } from './support.ts';

t.setTimeout(120_000);

const N = 60;

async function open(t: { teardown(fn: () => Promise<void>): void }) {
  const world = await openImports({
    seed({ webcrm }) {
      for (let n = 0; n < N; n += 1) webcrm.person.createOrganisation(organisation(n));
    },
  });
  t.teardown(() => world.close());
  return world;
}

/** The next time that the store is given an import it takes it, or not, and the answer is lost. */
function loseAnswer({ store }: ImportWorld, isTaken: boolean): void {
  const { put } = store.imports;
  store.imports.put = async (run) => {
    store.imports.put = put;
    if (isTaken) await put(run);
    throw new SyncError('store-failed', 'The store gave no answer.');
  };
}

const states = async ({ store, tenantId }: ImportWorld): Promise<string[]> =>
  (await store.imports.list(tenantId, { limit: 20 })).items.map(({ state }) => state);

t.test('B3 R22 an import whose begin the store kept without an answer goes on by itself', async (t) => {
  const world = await open(t);
  loseAnswer(world, true);
  await t.rejects(world.begin({ kinds: ['customer'] }), { code: 'store-failed' });
  t.strictSame(await states(world), ['listing']);
  await world.runtime.advance(120_000);
  t.strictSame(await states(world), ['done']);
  t.equal(world.fortnox.customers().length, N);
});

t.test(
  'B3 R22 one that is begun again meanwhile comes first, and the other after it makes nothing twice',
  async (t) => {
    const world = await open(t);
    loseAnswer(world, true);
    await t.rejects(world.begin({ kinds: ['customer'] }), { code: 'store-failed' });
    const { id } = await world.begin({ kinds: ['customer'] });
    await world.until(id, ['done']);
    await world.runtime.advance(120_000);
    t.strictSame(await states(world), ['done', 'done']);
    t.equal(world.fortnox.customers().length, N);
    t.strictSame(world.violations(), []);
  },
);

t.test('B3 one that the store did not take is none', async (t) => {
  const world = await open(t);
  loseAnswer(world, false);
  await t.rejects(world.begin({ kinds: ['customer'] }), { code: 'store-failed' });
  await world.runtime.advance(120_000);
  t.strictSame(await states(world), []);
  t.equal(world.fortnox.customers().length, 0);
});

t.test('B3 a stop that the store did not take leaves the import at work, and is asked for again', async (t) => {
  const world = await open(t);
  const { id } = await world.begin({ kinds: ['customer'] });
  await world.until(id, ['running']);
  loseAnswer(world, false);
  await t.rejects(world.stop(id), { code: 'store-failed' });
  t.strictSame(await states(world), ['running']);
  await world.runtime.advance(6_000);
  t.match(await world.stop(id), { state: 'stopped' });
  await world.runtime.advance(60_000);
  t.strictSame(await states(world), ['stopped'], 'what was asked for last counts');
  await world.resume(id);
  await world.until(id, ['done']);
  t.equal(world.fortnox.customers().length, N);
});
