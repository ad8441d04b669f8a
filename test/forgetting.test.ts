import t from 'tap';
import { FORMER_TOKEN_KIND } from '../src/admin/hook-tokens.ts';
import { ACTIVITY_KEPT_MS } from '../src/admin/lines.ts';
import { SyncError } from '../src/errors/sync-error.ts';
import { createForgetting } from '../src/forgetting.ts';
import { BUDGET_KIND } from '../src/queue/slot-record.ts';
import { storeLine } from '../src/store/activity-line.ts';
import { createInlineStore } from '../src/store/embedded/inline-store.ts';
import { createVirtualRuntime } from './support/virtual-runtime.ts';

const DAY_MS = 86_400_000;
const NOTE = { tenant: 't1', entity: 'customer', webcrmId: '1', fortnoxId: null, pairId: null } as const;

t.test('B8 what has expired is deleted on its day, and not before; a day that fails is made good', async (t) => {
  const runtime = createVirtualRuntime({ seed: 1, start: Date.parse('2026-01-05T08:00:00Z') });
  const store = createInlineStore();
  let isDown = false;
  const said: unknown[] = [];
  let importsAsked = 0;
  const forgetting = createForgetting({
    runtime,
    store: {
      ...store,
      activity: {
        ...store.activity,
        expire: (now) =>
          isDown ? Promise.reject(new SyncError('store-busy', 'It is busy.')) : store.activity.expire(now),
      },
    },
    logger: { info: () => {}, error: (what: unknown) => void said.push(what) },
    imports: {
      async expire() {
        importsAsked += 1;
      },
    },
    removal: { finish: async () => {} },
    isFirst: () => true,
  });
  t.teardown(async () => {
    forgetting.stop();
    await store.close();
  });
  const line = (message: string) =>
    storeLine(
      { store, runtime, activityKeptMs: ACTIVITY_KEPT_MS },
      { ...NOTE, action: 'updated', reasons: [], message },
    );
  const lines = async () => (await store.activity.list('t1', { limit: 9 })).items.map(({ message }) => message);
  const kept = async (kind: string) => (await store.fenced.list(kind)).length;

  await line('first');
  await store.fenced.put(BUDGET_KIND, 'b', 0, {}, runtime.now());
  await store.fenced.put(FORMER_TOKEN_KIND, 'f', 0, {}, runtime.now());
  await store.mail.put([{ to: 'nobody', name: 'n', body: '' }], runtime.now() + DAY_MS);
  forgetting.start();
  await runtime.advance(DAY_MS / 2);
  t.same([await kept(BUDGET_KIND), await kept(FORMER_TOKEN_KIND)], [1, 1]);
  await runtime.advance(2 * DAY_MS);
  t.same([await kept(BUDGET_KIND), await kept(FORMER_TOKEN_KIND)], [0, 1], 'slots after a day');
  t.same(await store.mail.take(['nobody'], 9, 1), [], 'a letter that nobody fetched');
  await line('second');
  await runtime.advance(90 * DAY_MS);
  t.equal(await kept(FORMER_TOKEN_KIND), 0, 'former tokens of hooks after 90 days');
  await runtime.advance(ACTIVITY_KEPT_MS - 93 * DAY_MS);
  t.same(await lines(), ['second', 'first'], 'a line stays for 400 days');
  isDown = true;
  await runtime.advance(1.5 * DAY_MS);
  t.same(await lines(), ['second', 'first']);
  t.ok(said.length > 0, 'a failure is told');
  isDown = false;
  await runtime.advance(DAY_MS);
  t.same(await lines(), ['second'], 'and made good the next day');
  await runtime.advance(3 * DAY_MS);
  t.same(await lines(), []);
  t.ok(importsAsked > 400, 'imports are asked every day');
  t.equal(ACTIVITY_KEPT_MS, 400 * DAY_MS);
});
