import t from 'tap';
import { createSeal } from '../../src/admin/seal.ts';
import { deliverDue } from '../../src/alerts/deliver.ts';
import { createInlineStore } from '../../src/store/embedded/inline-store.ts';
import { alertOf, targetOf } from '../store/fixtures.ts';
import { createVirtualRuntime } from '../support/virtual-runtime.ts';

const ALERTS = 300;
const SECRET = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;

/** Many alerts, each with a message for a target that does not answer and one for a target that does. */
async function opened(answersOf: (url: string) => Promise<{ status: number; retryAfterMs: number | null }>) {
  const runtime = createVirtualRuntime({ seed: 1, start: 1_000_000 });
  const store = createInlineStore();
  const seal = createSeal(Buffer.alloc(32, 1), runtime.randomBytes);
  for (const id of ['bad', 'good'])
    await store.alertTargets.put(
      targetOf(id, {
        url: `https://${id}.example/`,
        secrets: [{ sealed: seal.seal(SECRET, `_service/alert-target/${id}`), until: null }],
      }),
    );
  for (let n = 0; n < ALERTS; n++) {
    const send = (target: string) =>
      ({ id: `${target}-${n}`, target, body: '{}', attempts: 0, nextAt: 1, createdAt: 1 }) as never;
    await store.alerts.put(alertOf(`t${n}`, 'tenant-late', { sends: [send('bad'), send('good')] }));
  }
  const tried: Record<string, number> = { bad: 0, good: 0 };
  const post = {
    async send(url: string) {
      const id = new URL(url).hostname.split('.')[0] ?? '';
      tried[id] = (tried[id] ?? 0) + 1;
      return answersOf(id);
    },
  };
  const logger = { info() {}, warn() {}, error() {} };
  const deps = { runtime, store, seal, post, logger } as unknown as Parameters<typeof deliverDue>[0];
  return { runtime, store, deps, tried };
}

const GOOD = { status: 204, retryAfterMs: null };

t.test('B4 B7 a receiver that does not answer holds up nobody else, and is left alone for a minute', async (t) => {
  const { runtime, store, deps, tried } = await opened(async (id) => {
    if (id === 'good') return GOOD;
    throw new Error('No answer within 10 s.');
  });
  t.teardown(store.close);
  await deliverDue(deps);
  t.equal(tried.good, ALERTS, 'the other has all of its messages in one pass');
  t.ok((tried.bad ?? 0) <= 20, `it was asked ${tried.bad} times`);
  await deliverDue(deps);
  t.ok((tried.bad ?? 0) <= 20, 'what is not due is not tried');
  await runtime.advance(60_000);
  await deliverDue(deps);
  t.ok((tried.bad ?? 0) > 20, 'it is asked again after a minute');
  t.equal(tried.good, ALERTS, 'once each');
});

t.test('B7 a receiver that asks to be left alone is, with all of its messages', async (t) => {
  const { runtime, store, deps, tried } = await opened(async (id) =>
    id === 'good' ? GOOD : { status: 429, retryAfterMs: 300_000 },
  );
  t.teardown(store.close);
  await deliverDue(deps);
  const asked = tried.bad ?? 0;
  t.ok(asked <= 20 && tried.good === ALERTS);
  await runtime.advance(240_000);
  await deliverDue(deps);
  t.equal(tried.bad, asked, 'not a message before it is ready');
});
