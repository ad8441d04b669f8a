import pino from 'pino';
import t from 'tap';
import { createHooks } from '../../src/admin/hooks.ts';
import { sleep } from '../../src/runtime.ts';
import { createInlineStore } from '../../src/store/embedded/inline-store.ts';
import type { WebcrmClient } from '../../src/vendors/webcrm/types.ts';
import { tenantOf } from '../store/fixtures.ts';
import { createVirtualRuntime } from '../support/virtual-runtime.ts';

const HOUR = 3_600_000;

t.test(
  "B9 a tenant's hooks are not verified any more when it has moved, and one that is verified is waited for",
  async (t) => {
    const runtime = createVirtualRuntime({ seed: 1, start: Date.parse('2026-03-02T08:00:00Z') });
    const store = createInlineStore();
    const asked: string[] = [];
    const gone = new Set<string>();
    const hooks = createHooks({
      runtime,
      store,
      publicUrl: 'https://sync.invalid',
      logger: pino({ level: 'silent' }),
      owns: (tenantId) => !gone.has(tenantId),
      onAuthFailure: async () => {},
      connections: {
        of: (tenantId) => {
          const webcrm = {
            async listHooks() {
              asked.push(tenantId);
              await sleep(runtime, 1_000);
              throw new Error('silent');
            },
          };
          return { webcrm: webcrm as unknown as WebcrmClient } as never;
        },
      },
    });
    const tenants = ['a', 'b'].map((id) => tenantOf(id, { state: 'connected' }));
    for (const tenant of tenants) {
      await store.tenants.insert(tenant);
      hooks.look(tenant);
    }
    await runtime.advance(6 * HOUR);
    for (const tenant of tenants) hooks.look(tenant);
    await runtime.settle();
    t.strictSame(asked, ['a'], 'one at a time');

    for (const id of ['a', 'b']) gone.add(id);
    const from = runtime.now();
    await runtime.drive(hooks.letGo((id) => gone.has(id)));
    t.equal(runtime.now() - from, 1_000, 'what is under way ends');
    await runtime.advance(5_000);
    t.strictSame(asked, ['a'], 'what waited for its turn is not begun');
    await runtime.drive(hooks.letGo(() => true));
    t.equal(runtime.now() - from, 6_000, 'nothing is under way');
    await store.close();
  },
);
