import type { FastifyInstance, InjectOptions } from 'fastify';
import type { Entity, Hint, Side } from '../../schemas/records.ts';
import { createAccess } from '../../src/access/access.ts';
import { createFigures } from '../../src/admin/figures.ts';
import { createHooks } from '../../src/admin/hooks.ts';
import { createPauses } from '../../src/admin/pauses.ts';
import { createRemoval } from '../../src/admin/remove.ts';
import { createSeal } from '../../src/admin/seal.ts';
import { createLookup } from '../../src/admin/search.ts';
import { createAdmin } from '../../src/admin/tenants.ts';
import { createVault } from '../../src/admin/vault.ts';
import type { AppOptions, AppServices } from '../../src/app.ts';
import { createSessions } from '../../src/console/sessions.ts';
import { createLogContext } from '../../src/http/log-context.ts';
import { createImports } from '../../src/imports/imports.ts';
import { createAdmission } from '../../src/intake/admission.ts';
import { createIntake } from '../../src/intake/intake.ts';
import type { Poller } from '../../src/intake/poller.ts';
import { createActivityTail } from '../../src/live/activity-tail.ts';
import { createLiveStreams } from '../../src/live/streams.ts';
import type { Mending } from '../../src/mending/mending.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { createTombstones } from '../../src/persons/tombstones.ts';
import { createKeyLocks } from '../../src/queue/key-locks.ts';
import { createInlineStore } from '../../src/store/embedded/embedded-store.ts';
import type { Store } from '../../src/store/port.ts';
import { STREAMED } from '../../src/stream/state.ts';
import { createCalendars } from '../../src/sync/calendar.ts';
import type { BudgetUse, Connections } from '../../src/vendors/connections-types.ts';
import type { FortnoxClient } from '../../src/vendors/fortnox/types.ts';
import type {
  HookedEntity,
  WebcrmClient,
  WebcrmDelivery,
  WebcrmHook,
  WebcrmLine,
} from '../../src/vendors/webcrm/types.ts';
import { buildDescribedApp } from '../support/described-app.ts';
import { createVirtualRuntime } from '../support/virtual-runtime.ts';

export const TOKEN = 'a-token-of-the-administrator-0123456789';
/** ADMIN_TOKEN before it was changed. */
export const FORMER_TOKEN = 'a-former-token-of-the-administrator-01234';
export const bearer = { authorization: `Bearer ${TOKEN}` };
const NOW = Date.UTC(2026, 5, 1, 12);

/** A client with these methods; a use of any other fails by name. */
function only<T extends object>(methods: Partial<T>): T {
  return new Proxy(methods as T, {
    get: (target, name) => {
      if (name in target) return target[name as keyof T];
      throw new Error(`${String(name)} is not used here`);
    },
  });
}

/** The whole application on a store in memory, with vendors that answer as `vendors` says. */
export async function createWorld(
  options: {
    app?: AppOptions;
    store?: (store: Store) => Store;
    /** Hooks under way at most. */
    mostHooks?: number;
    /** The store's file; in memory when not given. */
    path?: string;
    trustProxy?: string | null;
  } = {},
) {
  const runtime = createVirtualRuntime({ seed: 7, start: NOW });
  const kept = createInlineStore(options.path);
  const store = options.store ? options.store(kept) : kept;
  const vault = createVault({ store, key: Buffer.alloc(32, 1), runtime });
  const hooks: (WebcrmHook & { entity: HookedEntity })[] = [];
  const polls: [string, Side, Entity | undefined][] = [];
  const woken: string[] = [];
  /** What webCRM and Fortnox have. */
  const deliveries: WebcrmDelivery[] = [];
  const lines: WebcrmLine[] = [];
  const documents = new Set<string>();
  let hookId = 0;
  const field = (name: string, maxLength: number | null = 50, values: string[] = []) => ({
    name,
    label: name,
    maxLength,
    values,
  });
  const webcrm = only<WebcrmClient>({
    organisationFields: async () => [
      field('OrganisationType', 50, ['Customer', 'Private Customer', 'Lead']),
      field('OrganisationCustom1'),
      field('OrganisationCustom2', 5),
    ],
    deliveryFields: async () => [
      field('DeliveryNumber', null),
      field('DeliveryCustom1'),
      field('DeliveryCustom2', 5),
      field('DeliveryCustom3', 9),
    ],
    lineFields: async () => [{ ...field('QuotationLineLinkedDataItemData4', null), label: 'Varenr.' }],
    listWholeDeliveries: async (_priority, onPage) => {
      if (deliveries.length > 0) await onPage(deliveries);
      return { serverDate: NOW };
    },
    listLines: async (_priority, onPage) => {
      if (lines.length > 0) await onPage(lines);
      return { serverDate: NOW };
    },
    linkedSetup: async () => ({ linkedFields: [1, 2, 3] }),
    getItem: async () => null,
    // An import lists for ever.
    listItems: () => new Promise(() => {}),
    probeLineQuery: async () => true,
    listHooks: async (entity) => hooks.filter((hook) => hook.entity === entity),
    createHook: async (entity, event, url) => {
      hookId += 1;
      hooks.push({ entity, Id: hookId, TargetUrl: url, IsEnabled: true, EventType: event, Filter: ['All'] });
      return String(hookId);
    },
    deleteHook: async (entity, id) => {
      const at = hooks.findIndex((hook) => hook.entity === entity && String(hook.Id) === id);
      if (at < 0) throw new Error(`no hook ${id} of ${entity}`);
      hooks.splice(at, 1);
    },
  });
  const fortnox = only<FortnoxClient>({
    companyInformation: async () => ({ databaseNumber: '555', name: 'Bolaget AB' }),
    termsOfPayment: async () => ['30', '10'],
    currencies: async () => ['SEK', 'EUR'],
    probeDocuments: async () => {},
    getDocument: async (_kind, number) =>
      documents.has(number) ? { DocumentNumber: number, CustomerNumber: '1' } : null,
    listArticles: async (_since, _priority, onPage) => {
      await onPage([], { number: 1, of: 1 });
      return { serverDate: NOW };
    },
    priceLists: async () => [
      { code: 'A', preselected: true },
      { code: 'B', preselected: false },
    ],
  });
  const budget: BudgetUse = {
    limit: 25,
    share: 25,
    windowMs: 5000,
    inWindow: 0,
    waiting: 0,
    stoppedUntil: null,
    total: 0,
    throttled: 0,
  };
  const connections: Connections = {
    of: () => ({ webcrm, fortnox, vendorNow: () => NOW, budgets: () => ({ webcrm: budget, fortnox: budget }) }),
    connectWebcrm: (tenant, token) => vault.put(tenant, 'webcrm-token', token),
    connectFortnox: (tenant, grant) => vault.put(tenant, 'fortnox-tokens', JSON.stringify(grant)),
    forget: () => {},
  };
  const worker = { wake: (tenant: string) => void woken.push(tenant) };
  const config = { publicUrl: 'https://sync.example.com', trustProxy: options.trustProxy ?? null };
  const intake = createIntake({ runtime, store, wake: worker.wake });
  const hints: Hint[] = [];
  const poller: Pick<Poller, 'pollNow'> = {
    pollNow: async (tenant, side, entity) => void polls.push([tenant, side, entity]),
  };
  const quiet = { info() {}, warn() {}, error() {} };
  const imports = createImports({
    tombstones: createTombstones({ store, vault, runtime, key: Buffer.alloc(32, 1) }),
    runtime,
    store,
    connections,
    intake,
    calendar: createCalendars(),
    worksIn: () => 'here',
    locks: createKeyLocks(),
    logger: quiet,
    onAuthFailure: async () => {},
  });
  const pauses = createPauses({ runtime, store, intake });
  const figures = createFigures(runtime);
  const ourHooks = createHooks({
    ...{ runtime, store, connections },
    ...config,
    logger: quiet,
    onAuthFailure: async () => {},
  });
  const services: AppServices = {
    runtime,
    store,
    vault,
    connections,
    worker,
    pauses,
    config,
    persons: only<AppServices['persons']>({}),
    fortnoxSignIn: only<AppServices['fortnoxSignIn']>({}),
    seal: createSeal(Buffer.alloc(32, 1), runtime.randomBytes),
    access: createAccess({ store, runtime, rootTokens: [TOKEN, FORMER_TOKEN] }),
    figures: { of: async (tenant) => figures.of(tenant) },
    lookup: createLookup({ store, connections }),
    live: createLiveStreams({ runtime, tail: createActivityTail({ runtime, store, logger: quiet }) }),
    sessions: createSessions({ runtime, store, key: Buffer.alloc(32, 2) }),
    admin: createAdmin({ runtime, store, vault, connections, worker, pauses, config }),
    hooks: ourHooks,
    removal: createRemoval({ ...{ runtime, store }, ...config, logger: quiet, hooks: ourHooks, letGo: async () => {} }),
    intake: {
      accept: async (given) => {
        await intake.accept(given);
        hints.push(...given);
      },
    },
    admission: createAdmission({ runtime, logger: quiet, ...(options.mostHooks ? { most: options.mostHooks } : {}) }),
    poller,
    mending: only<Mending>({}),
    reconcile: only<AppServices['reconcile']>({}),
    explain: only<AppServices['explain']>({}),
    metrics: createMetrics(runtime),
    logContext: createLogContext(),
    alertTargets: only<AppServices['alertTargets']>({}),
    streamStateOf: async () => STREAMED,
    budgetsOf: async (tenantId) => connections.of(tenantId).budgets(),
    imports,
  };
  const app: FastifyInstance = await buildDescribedApp(services, options.app);
  return {
    app,
    services,
    runtime,
    store: kept,
    webcrm,
    fortnox,
    deliveries,
    lines,
    documents,
    hooks,
    polls,
    woken,
    hints,
    api: (method: InjectOptions['method'] & string, url: string, payload?: object) =>
      app.inject({ method: method as 'GET', url: `/api${url}`, headers: bearer, ...(payload ? { payload } : {}) }),
    async close() {
      await app.close();
      await kept.close();
    },
  };
}
export type World = Awaited<ReturnType<typeof createWorld>>;
