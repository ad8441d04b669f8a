import { PRIORITY, type Side } from '../../schemas/records.ts';
import { DEFAULT_SETTINGS } from '../../schemas/settings.ts';
import { buildApp } from '../../src/app.ts';
import { sleep } from '../../src/runtime.ts';
import { sandboxFetch } from '../../src/sandbox/in-process.ts';
import { createService } from '../../src/service.ts';
import { ORGANISATION_NUMBER, type Vendors } from '../../test/imports/support.ts';
import { createCompanies } from '../../test/support/companies.ts';
import { FORTNOX_URL, serviceOptions, WEBCRM_URL } from '../../test/support/service-options.ts';
import { createVirtualRuntime } from '../../test/support/virtual-runtime.ts';
import { createSlowStore } from './disk.ts';

const START = Date.parse('2026-03-02T08:00:00Z');
/** Before the first poll's overlap. */
const LONG_BEFORE_MS = 600_000;
const LONGEST_FLOOD_MS = 3_600_000;
/** To the vendor and back, ms. */
const LATENCY = { from: 10, to: 120 };

export type FleetTenant = Awaited<ReturnType<Fleet['add']>>;
export type Fleet = Awaited<ReturnType<typeof openFleet>>;

/**
 * The whole service in virtual time with tenants of their own companies, calls and notifications of 10 to 120 ms there and
 * back, and a store that takes its time. What each tenant draws by chance is its own, so that a neighbour does not change it.
 */
export async function openFleet(options: { seed: number }) {
  const runtime = createVirtualRuntime({ seed: options.seed, start: START });
  const { drive } = runtime;
  const companies = createCompanies();
  /** Draws of a tenant's own line to its vendors. */
  const lines = new Map<string, () => number>();
  const faults: string[] = [];

  const travel = (draw: () => number): number => Math.round((LATENCY.from + draw() * (LATENCY.to - LATENCY.from)) / 2);
  runtime.fetch = async (input, init) => {
    const request = new Request(input, init);
    const key = request.headers.get('authorization') ?? '';
    const draw = lines.get(key) ?? runtime.random;
    const delay = () => sleep(runtime, travel(draw));
    return sandboxFetch({ [WEBCRM_URL]: companies.webcrm, [FORTNOX_URL]: companies.fortnox }, { delay })(request);
  };

  const { store, peek } = createSlowStore(runtime);
  const service = await createService(serviceOptions({ runtime, store }));
  const app = await buildApp(service.services);
  const { admin, connections, imports, intake } = service.services;

  /** `before` makes what is there since long before the tenant is connected. */
  async function add(name: string, seed: number, before: (vendors: Vendors) => void = () => {}) {
    const own = createVirtualRuntime({ seed, start: 0 });
    const calls: Record<Side, number[]> = { webcrm: [], fortnox: [] };
    let isQuiet = true;
    const { fortnox, webcrm, refreshToken } = companies.add({
      number: seed,
      now: runtime.now,
      random: own.random,
      arrived(side, { headers: { authorization } }) {
        calls[side].push(runtime.now());
        if (authorization !== undefined) lines.set(authorization, own.random);
      },
      notify(url: string, headers: Record<string, string>, payload: string) {
        if (isQuiet) return;
        runtime.setTimer(travel(own.random), () => {
          app.inject({ method: 'POST', url: new URL(url).pathname, headers, payload }).then(
            (answer) =>
              answer.statusCode === 202 || faults.push(`a notification was answered with ${answer.statusCode}`),
            (error: unknown) => faults.push(String(error)),
          );
        });
      },
    });

    before({ fortnox, webcrm });
    await runtime.advance(LONG_BEFORE_MS);
    isQuiet = false;

    const { tenant, webhook } = await drive(admin.createTenant(name));
    await drive(
      admin.updateSettings(tenant.id, {
        customFields: { ...DEFAULT_SETTINGS.customFields, organisationNumber: ORGANISATION_NUMBER },
      }),
    );
    await drive(admin.setWebcrmToken(tenant.id, webcrm.applicationToken));
    await drive(admin.setFortnoxGrant(tenant.id, { grant: 'refresh_token', refreshToken }));
    fortnox.setWebhook(webhook.url, webhook.secret);
    await drive(admin.connect(tenant.id));
    return {
      id: tenant.id,
      fortnox,
      webcrm,
      draw: own.random,
      /** When each call came to a vendor, oldest first, refused ones too. */
      calls,
      /** What the service's own jobs call the vendors with. */
      clients: connections.of(tenant.id),
      /** Jobs that wait or run. */
      open: async () => {
        const { waiting, running } = await peek.jobs.counts(tenant.id);
        return waiting + running;
      },
      import: async () => {
        const present = await drive(admin.getTenant(tenant.id));
        return drive(imports.begin(present, { kinds: ['customer'] }));
      },
      /** Notifications of so many records, all at once. */
      flood: (count: number) =>
        drive(
          intake.accept(
            Array.from({ length: count }, (_, n) => ({
              tenant: tenant.id,
              entity: 'customer' as const,
              side: 'webcrm' as const,
              id: String(1_000_000 + n),
              priority: PRIORITY.notification,
            })),
          ),
          LONGEST_FLOOD_MS,
        ),
      importState: async (id: string) => (await peek.imports.get(tenant.id, id))?.state,
    };
  }

  return {
    runtime,
    drive,
    add,
    start: () => drive(service.start()),
    faults,
    async close(): Promise<void> {
      await app.close();
      await drive(service.stop());
      await store.close();
    },
  };
}
