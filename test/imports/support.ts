import type { Settings } from '../../schemas/settings.ts';
import { DEFAULT_SETTINGS } from '../../schemas/settings.ts';
import type { ImportOptions } from '../../src/imports/imports.ts';
import type { ImportProgress } from '../../src/imports/view.ts';
import { createFortnoxSandbox } from '../../src/sandbox/fortnox/index.ts';
import { sandboxFetch } from '../../src/sandbox/in-process.ts';
import { createWebcrmSandbox } from '../../src/sandbox/webcrm/index.ts';
import { createService } from '../../src/service.ts';
import { createInlineStore } from '../../src/store/embedded/inline-store.ts';
import { buildDescribedApp } from '../support/described-app.ts';
import { FORTNOX_URL, serviceOptions, WEBCRM_URL } from '../support/service-options.ts';
import { createVirtualRuntime } from '../support/virtual-runtime.ts';

const START = Date.parse('2026-03-02T08:00:00Z');
const CALL_MS = 20;
const ADMIN_TOKEN = 'a-token-of-the-administrator-0123456789';

export const ORGANISATION_NUMBER = 'OrganisationCustom2';

/**
 * Both vendors and a service that can be ended and begun anew on the same store. No notification arrives, unless `live`, and
 * polls are a day apart, unless told: nearly every call is the import's.
 */
export async function openImports(
  options: {
    settings?: Partial<Settings>;
    live?: boolean;
    pollSeconds?: number;
    /** The store's file; none: in memory. */
    path?: string;
    seed?: (world: Vendors) => void;
  } = {},
) {
  let post: (url: string, headers: Record<string, string>, body: string) => void = () => {};
  const runtime = createVirtualRuntime({ seed: 1, start: START });
  const vendor = {
    now: runtime.now,
    random: runtime.random,
    notify: (...sent: Parameters<typeof post>) => post(...sent),
  };
  const fortnox = createFortnoxSandbox(vendor);
  const webcrm = createWebcrmSandbox(vendor);
  runtime.fetch = sandboxFetch(
    { [WEBCRM_URL]: webcrm, [FORTNOX_URL]: fortnox },
    { delay: () => new Promise((resolve) => runtime.setTimer(CALL_MS / 2, resolve)) },
  );
  const store = createInlineStore(options.path);
  const faults: string[] = [];
  const closers: (() => Promise<unknown>)[] = [];
  const open = () =>
    createService(
      serviceOptions({
        runtime,
        store,
        adminToken: ADMIN_TOKEN,
        env: { POLL_INTERVAL_SECONDS: String(options.pollSeconds ?? 86_400) },
      }),
    );
  let service = await open();

  const { drive } = runtime;

  const { admin } = service.services;
  const { tenant, webhook } = await drive(admin.createTenant('Test'));
  await drive(
    admin.updateSettings(tenant.id, {
      customFields: { ...DEFAULT_SETTINGS.customFields, organisationNumber: ORGANISATION_NUMBER },
      ...options.settings,
    }),
  );
  await drive(admin.setWebcrmToken(tenant.id, webcrm.applicationToken));
  await drive(admin.setFortnoxGrant(tenant.id, { grant: 'refresh_token', refreshToken: fortnox.issueRefreshToken() }));
  if (options.live) fortnox.setWebhook(webhook.url, webhook.secret);
  await drive(admin.connect(tenant.id));
  options.seed?.({ fortnox, webcrm });
  await drive(service.start());
  // The first polls and the connection's own calls are past.
  await runtime.advance(120_000);

  if (options.live) {
    const app = await buildDescribedApp(service.services);
    closers.push(() => app.close());
    post = (url, headers, body) =>
      void app.inject({ method: 'POST', url: new URL(url).pathname, headers, payload: body }).then(
        (answer) => answer.statusCode === 202 || faults.push(`${url} was answered with ${answer.statusCode}`),
        (error: unknown) => faults.push(String(error)),
      );
  }

  const imports = () => service.services.imports;
  const found = async () => (await store.tenants.get(tenant.id)) ?? tenant;
  const calls = () => ({ webcrm: { ...webcrm.counts().byRoute }, fortnox: { ...fortnox.counts().byRoute } });
  return {
    runtime,
    fortnox,
    webcrm,
    store,
    tenantId: tenant.id,
    imports,
    drive,
    adminToken: ADMIN_TOKEN,
    services: () => service.services,
    hint: (side: 'webcrm' | 'fortnox', id: string | number) =>
      service.services.intake.accept([{ tenant: tenant.id, entity: 'customer', side, id: String(id), priority: 0 }]),
    begin: async (wanted: ImportOptions = {}) => drive(imports().begin(await found(), wanted)),
    start: async (id: string) => drive(imports().start(await found(), id)),
    resume: async (id: string) => drive(imports().resume(await found(), id)),
    stop: (id: string) => drive(imports().stop(tenant.id, id)),
    progress: (id: string) => imports().progress(tenant.id, id),
    records: async (id: string, filter: object = {}) =>
      (await imports().records(tenant.id, id, { limit: 200, ...filter })).items,
    /** Until the import is in one of these states; the time that it took, ms. */
    async until(id: string, states: readonly ImportProgress['state'][], maxMs = 600_000): Promise<number> {
      const begun = runtime.now();
      await runtime.runUntil(
        async () => states.includes((await store.imports.get(tenant.id, id))?.state ?? 'failed'),
        maxMs,
      );
      return runtime.now() - begun;
    },
    /** The process ends in the middle of everything, and another begins on the same store; what happens between the two. */
    async crash(meanwhile: () => Promise<void> = () => Promise.resolve()): Promise<void> {
      const old = service;
      await drive(old.stop());
      await meanwhile();
      service = await open();
      await drive(service.start());
    },
    calls,
    /** Calls since, by route, without those that are none. */
    since(before: ReturnType<typeof calls>) {
      const now = calls();
      const diff = (side: 'webcrm' | 'fortnox') =>
        Object.fromEntries(
          Object.entries(now[side])
            .map(([route, count]) => [route, count - (before[side][route] ?? 0)] as const)
            .filter(([, count]) => count > 0),
        );
      return { webcrm: diff('webcrm'), fortnox: diff('fortnox') };
    },
    activity: async () => (await store.activity.list(tenant.id, { limit: 200 })).items,
    dead: async () => (await store.jobs.list(tenant.id, { limit: 50, state: 'dead' })).items,
    violations: () => [...webcrm.violations, ...fortnox.violations],
    /** Notifications that were not accepted. */
    faults,
    async close(): Promise<void> {
      post = () => {};
      for (const close of closers) await close();
      await drive(service.stop());
      await store.close();
    },
  };
}
export type Vendors = {
  readonly fortnox: ReturnType<typeof createFortnoxSandbox>;
  readonly webcrm: ReturnType<typeof createWebcrmSandbox>;
};
export type ImportWorld = Awaited<ReturnType<typeof openImports>>;

/** A different Swedish organisation number for each n below 10,000. */
export const organisationNumber = (n: number): string =>
  `556${String(n).padStart(3, '0').slice(-3)}-${String(1000 + Math.floor(n / 1000)).padStart(4, '0')}`;

/** An organisation and a customer that are one when n is the same. */
export const organisation = (n: number, more: object = {}) => ({
  OrganisationName: `Kund ${n} AB`,
  OrganisationType: 'Customer',
  OrganisationCity: 'Lund',
  [ORGANISATION_NUMBER]: organisationNumber(n),
  ...more,
});
export const customer = (n: number, more: object = {}) => ({
  Name: `Kund ${n} AB`,
  OrganisationNumber: organisationNumber(n),
  City: 'Lund',
  ...more,
});
