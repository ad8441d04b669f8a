import { pino } from 'pino';
import type { Pair } from '../../schemas/records.ts';
import { readConfig } from '../../src/config.ts';
import { type Runtime, sleep } from '../../src/runtime.ts';
import { createService } from '../../src/service.ts';
import type { Store } from '../../src/store/port.ts';
import type { Orders, Told } from './protocol.ts';

/** What a run needs. `store` may be watched; `opened` is the same without. */
export interface Parts {
  readonly runtime: Runtime;
  readonly opened: Store;
  readonly store: Store;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly orders: Orders;
  /** Called when everything is prepared; gives the hints that the story begins with. */
  begin(): Promise<readonly Told[]>;
  /** The administrator's new consent to a tenant that stands still; without it that one stays so. */
  readonly consent?: () => string;
}

/**
 * Starts the service, connects its tenant when it is new, and works until nothing is left to do. `left`: each job that waits, runs
 * or is dead after 20 s. The caller stops it.
 */
export async function runService(
  parts: Parts,
): Promise<{ left: readonly string[]; paused: string | null; pairs: readonly Pair[]; stop(): Promise<void> }> {
  const { runtime, opened, store, orders } = parts;
  const service = await createService({
    config: readConfig(parts.env),
    runtime,
    logger: pino({ level: 'silent' }),
    encryptionKey: Buffer.alloc(32, 7),
    adminToken: 'crash-test-token',
    store,
  });
  const { admin, intake } = service.services;

  const [known] = (await opened.tenants.list({ limit: 1 })).items;
  const tenant = known ?? (await admin.createTenant('Crash')).tenant;
  if (known === undefined) {
    await admin.updateSettings(tenant.id, orders.settings);
    await admin.setWebcrmToken(tenant.id, orders.webcrmToken);
    await admin.setFortnoxGrant(tenant.id, { grant: 'refresh_token', refreshToken: orders.fortnoxRefreshToken });
    await admin.connect(tenant.id);
  }

  async function work(told: readonly Told[]): Promise<string[]> {
    await intake.accept(told.map((hint) => ({ ...hint, tenant: tenant.id, priority: 0 })));
    for (let turn = 0; turn < 1_000; turn += 1) {
      const { waiting, running } = await opened.jobs.counts(tenant.id);
      if (waiting + running === 0) break;
      await sleep(runtime, 20);
    }
    const { items } = await opened.jobs.list(tenant.id, { limit: 100 });
    return items.map(
      ({ key, state, attempts, runAt, lastError }) =>
        `${key} is ${state} after ${attempts} tries, due in ${runAt - runtime.now()} ms: ${lastError?.message ?? 'no error'}`,
    );
  }

  await service.start();
  if (known === undefined) for (const record of orders.prepare) await work([record]);
  let left = await work(await parts.begin());
  const stands = await opened.tenants.get(tenant.id);
  const paused = stands?.state === 'paused' ? stands.pausedReason : null;
  if (paused !== null && parts.consent !== undefined) {
    await admin.setFortnoxGrant(tenant.id, { grant: 'refresh_token', refreshToken: parts.consent() });
    await admin.connect(tenant.id);
    left = await work([]);
  }
  return { left, paused, pairs: (await opened.pairs.list(tenant.id, { limit: 100 })).items, stop: service.stop };
}
