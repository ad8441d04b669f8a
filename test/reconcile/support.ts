import type { Test } from 'tap';
import type { Settings } from '../../schemas/settings.ts';
import type { ReconcileState } from '../../src/reconcile/state.ts';
import { createFortnoxSandbox } from '../../src/sandbox/fortnox/index.ts';
import { sandboxFetch } from '../../src/sandbox/in-process.ts';
import { createWebcrmSandbox } from '../../src/sandbox/webcrm/index.ts';
import { createService } from '../../src/service.ts';
import { createInlineStore } from '../../src/store/embedded/inline-store.ts';
import { FORTNOX_URL, serviceOptions, WEBCRM_URL } from '../support/service-options.ts';
import { createVirtualRuntime } from '../support/virtual-runtime.ts';

const CALL_MS = 20;
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export interface Given {
  readonly start?: string;
  readonly settings?: Partial<Settings>;
  /** So many customers stand in step on both sides. */
  readonly customers?: number;
  /** How far our clock is ahead of the vendors', ms. */
  readonly clockAhead?: number;
}

/** Both vendors and a service that can be ended and begun anew on the same store. No notification arrives; polls come hourly. */
export async function open(t: Pick<Test, 'teardown'>, given: Given = {}) {
  const runtime = createVirtualRuntime({ seed: 1, start: Date.parse(given.start ?? '2026-03-02T08:00:00Z') });
  const { clockAhead = 0 } = given;
  const vendor = { now: () => runtime.now() - clockAhead, random: runtime.random, notify: () => {} };
  const fortnox = createFortnoxSandbox(vendor);
  const webcrm = createWebcrmSandbox(vendor);
  runtime.fetch = sandboxFetch(
    { [WEBCRM_URL]: webcrm, [FORTNOX_URL]: fortnox },
    { delay: () => new Promise((resolve) => runtime.setTimer(CALL_MS / 2, resolve)) },
  );
  const store = createInlineStore();
  const create = () => createService(serviceOptions({ runtime, store, env: { POLL_INTERVAL_SECONDS: '3600' } }));
  let service = await create();

  const drive = <T>(promise: Promise<T>): Promise<T> => runtime.drive(promise, 300_000);

  const { admin } = service.services;
  const { id } = (await drive(admin.createTenant('Test'))).tenant;
  await drive(admin.updateSettings(id, { reconcile: { hour: null, cycleDays: 90 }, ...given.settings }));
  await drive(admin.setWebcrmToken(id, webcrm.applicationToken));
  await drive(admin.setFortnoxGrant(id, { grant: 'refresh_token', refreshToken: fortnox.issueRefreshToken() }));
  await drive(admin.connect(id));
  await drive(service.start());

  const state = async () => ((await store.states.get(id, 'reconcile')) ?? { present: null }) as ReconcileState;
  const tenant = async () => service.services.admin.getTenant(id);
  const idle = async () => {
    const { waiting, running } = await store.jobs.counts(id);
    return waiting + running === 0;
  };
  const world = {
    runtime,
    fortnox,
    webcrm,
    store,
    tenantId: id,
    drive,
    tenant,
    state,
    services: () => service.services,
    settings: (settings: Partial<Settings>) => drive(service.services.admin.updateSettings(id, settings)),
    quiet: () => runtime.runUntil(idle, 900_000),
    begin: async () => drive(service.services.reconcile.begin(await tenant(), 'by-hand')),
    /** One run, and all the work that follows from it. */
    async reconcile(): Promise<NonNullable<ReconcileState['last']>> {
      await world.begin();
      await runtime.runUntil(async () => (await state()).present === null, 900_000);
      await world.quiet();
      const { last } = await state();
      if (last === null) throw new Error('no run has ended');
      return last;
    },
    stop: () => drive(service.stop()),
    async start(): Promise<void> {
      service = await create();
      await drive(service.start());
    },
    pairs: async () => (await store.pairs.list(id, { limit: 200, entity: 'customer' })).items,
    activity: async () => (await store.activity.list(id, { limit: 200 })).items,
    violations: () => [...webcrm.violations, ...fortnox.violations],
  };
  t.teardown(async () => {
    await world.stop();
    await store.close();
  });
  for (let n = 1; n <= (given.customers ?? 0); n += 1) {
    const fields = { OrganisationName: `Kund ${n} AB`, OrganisationType: 'Customer' };
    const organisation = String(webcrm.person.createOrganisation(fields));
    await service.services.intake.accept([
      { tenant: id, entity: 'customer', side: 'webcrm', id: organisation, priority: 0 },
    ]);
  }
  await world.quiet();
  return world;
}
export type ReconcileWorld = Awaited<ReturnType<typeof open>>;
