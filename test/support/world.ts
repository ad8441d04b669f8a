import type { InjectOptions } from 'fastify';
import type { Entity, Side } from '../../schemas/records.ts';
import { PRIORITY } from '../../schemas/records.ts';
import type { DocumentSettings, Settings } from '../../schemas/settings.ts';
import { DEFAULT_SETTINGS } from '../../schemas/settings.ts';
import { createFortnoxSandbox, type FortnoxSwitches } from '../../src/sandbox/fortnox/index.ts';
import { sandboxFetch } from '../../src/sandbox/in-process.ts';
import { createWebcrmSandbox, type WebcrmSwitches } from '../../src/sandbox/webcrm/index.ts';
import { createService, type ServiceOptions } from '../../src/service.ts';
import { createInlineStore } from '../../src/store/embedded/inline-store.ts';
import { buildDescribedApp } from './described-app.ts';
import { injectAny } from './events.ts';
import { NO_CONTEXT } from './no-context.ts';
import { FORTNOX_URL, serviceOptions, WEBCRM_URL } from './service-options.ts';
import { createVirtualRuntime } from './virtual-runtime.ts';

const START = Date.parse('2026-03-02T08:00:00Z');
const CALL_MS = 20;
const ADMIN_TOKEN = 'a-token-of-the-administrator-of-tests';

export interface WorldOptions {
  readonly settings?: Partial<Omit<Settings, 'documents'>>;
  readonly documents?: Partial<DocumentSettings>;
  readonly fortnox?: Partial<FortnoxSwitches>;
  readonly webcrm?: Partial<WebcrmSwitches>;
  /** Parts of the service that the test brings. */
  readonly service?: Partial<Omit<ServiceOptions, 'runtime' | 'store'>>;
}

/** The delivery fields that the tests name. */
export const FIELDS = {
  number: 'DeliveryNumber',
  deliveryDate: 'DeliveryCustom1',
  invoiceNumber: 'DeliveryCustom2',
  invoiceDate: 'DeliveryCustom3',
  invoiceBooked: 'DeliveryCustom4',
  documentState: 'DeliveryCustom5',
  yourReference: 'DeliveryCustom6',
  ourReference: 'DeliveryCustom7',
  yourOrderNumber: 'DeliveryCustom8',
  remarks: 'DeliveryMemo',
} as const;

/**
 * Both vendors and the service, connected for one tenant, over a line that loses nothing: what people do arrives at the
 * service's own routes at once. Each call takes 20 ms on its way.
 */
export async function openWorld(options: WorldOptions = {}) {
  const runtime = createVirtualRuntime({ seed: 1, start: START });
  const faults: string[] = [];
  let post: (url: string, headers: Record<string, string>, body: string) => void = () => {};
  const vendor = {
    now: runtime.now,
    random: runtime.random,
    notify: (url: string, headers: Record<string, string>, body: string) => post(url, headers, body),
  };
  const fortnox = createFortnoxSandbox({ ...vendor, ...(options.fortnox ? { switches: options.fortnox } : {}) });
  const webcrm = createWebcrmSandbox({ ...vendor, ...(options.webcrm ? { switches: options.webcrm } : {}) });
  runtime.fetch = sandboxFetch(
    { [WEBCRM_URL]: webcrm, [FORTNOX_URL]: fortnox },
    { delay: () => new Promise((resolve) => runtime.setTimer(CALL_MS / 2, resolve)) },
  );
  const store = createInlineStore();
  const service = await createService(
    serviceOptions({
      runtime,
      store,
      adminToken: ADMIN_TOKEN,
      // Who brings a logger reads what its lines name.
      ...(options.service?.logger ? {} : { logContext: NO_CONTEXT }),
      ...options.service,
    }),
  );
  const app = await buildDescribedApp(
    service.services,
    options.service?.logger ? { logger: options.service.logger } : {},
  );
  let listening = true;
  post = (url, headers, body) => {
    if (!listening) return;
    app.inject({ method: 'POST', url: new URL(url).pathname, headers, payload: body }).then(
      (answer) => answer.statusCode === 202 || faults.push(`${url} was answered with ${answer.statusCode}`),
      (error: unknown) => faults.push(String(error)),
    );
  };

  const { drive } = runtime;

  const { admin } = service.services;
  const { tenant, webhook } = await drive(admin.createTenant('Test'));
  const { documents, ...other } = { documents: options.documents, ...options.settings };
  await drive(
    admin.updateSettings(tenant.id, {
      ...other,
      documents: { ...DEFAULT_SETTINGS.documents, fields: FIELDS, ...documents },
    }),
  );
  await drive(admin.setWebcrmToken(tenant.id, webcrm.applicationToken));
  await drive(admin.setFortnoxGrant(tenant.id, { grant: 'refresh_token', refreshToken: fortnox.issueRefreshToken() }));
  fortnox.setWebhook(webhook.url, webhook.secret);
  await drive(admin.connect(tenant.id));
  await drive(service.start());

  const idle = async () => {
    const { waiting, running } = await store.jobs.counts(tenant.id);
    return waiting + running === 0;
  };
  const lines = async () => (await store.activity.list(tenant.id, { limit: 200 })).items;
  return {
    runtime,
    fortnox,
    webcrm,
    store,
    tenantId: tenant.id,
    admin,
    app,
    services: service.services,
    adminToken: ADMIN_TOKEN,
    /** Lets the service work until nothing is left to do; raises after five minutes of its time. */
    async quiet(): Promise<void> {
      await runtime.advance(1_000);
      await runtime.runUntil(idle, 300_000);
      await runtime.advance(2_000);
      await runtime.runUntil(idle, 300_000);
    },
    wait: (ms: number) => runtime.advance(ms),
    /** Notifications are lost from now on, or arrive again. */
    listen(on: boolean) {
      listening = on;
    },
    hint: (entity: Entity, side: Side, id: string | number) =>
      service.services.intake.accept([
        { tenant: tenant.id, entity, side, id: String(id), priority: PRIORITY.notification },
      ]),
    /** Any request to the service. */
    inject: (options: InjectOptions) => drive(injectAny(app, options)),
    /** Asks the administrators' API; a body makes it a POST unless told. */
    async call(
      path: string,
      body?: object,
      method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' = body === undefined ? 'GET' : 'POST',
    ) {
      const answer = await drive(
        app.inject({
          method,
          url: `/api/tenants/${tenant.id}${path}`,
          headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
          ...(body === undefined ? {} : { payload: body }),
        }),
      );
      return {
        status: answer.statusCode,
        body: (answer.body === '' ? {} : answer.json()) as Record<string, unknown>,
      };
    },
    lines,
    reasons: async () => (await lines()).flatMap((line) => line.reasons),
    pairs: async (entity: 'customer' | 'article' | 'delivery' = 'delivery') =>
      (await store.pairs.list(tenant.id, { limit: 100, entity })).items,
    dead: async () => (await store.jobs.list(tenant.id, { limit: 50, state: 'dead' })).items,
    /** The records that wait, or were decided against, with the reason. */
    refusals: async () => (await store.decisions.list(tenant.id, { limit: 100 })).items,
    violations: () => [...webcrm.violations, ...fortnox.violations],
    faults,
    calls: () => ({ webcrm: webcrm.counts().byRoute, fortnox: fortnox.counts().byRoute }),
    async close(): Promise<void> {
      listening = false;
      await app.close();
      await drive(service.stop());
      await store.close();
    },
  };
}
export type World = Awaited<ReturnType<typeof openWorld>>;

/** Three articles with prices, in step. */
export async function articles(world: World): Promise<void> {
  for (const [number, name, price] of [
    ['A1', 'Lampa', 100],
    ['A2', 'Kabel', 20],
    ['A3', 'Montering', 650],
  ] as const) {
    world.fortnox.person.createArticle({ ArticleNumber: number, Description: name, Unit: 'st', VAT: 25 });
    world.fortnox.person.setPrice(number, price);
  }
  await world.quiet();
}

/** An organisation with its customer, both in step. */
export async function customer(world: World, fields: Record<string, unknown> = {}) {
  const organisation = world.webcrm.person.createOrganisation({
    OrganisationName: 'Lyktan AB',
    OrganisationType: 'Customer',
    ...fields,
  });
  await world.quiet();
  const pair = await world.store.pairs.bySide(world.tenantId, 'customer', 'webcrm', String(organisation));
  return { organisation, number: pair?.fortnoxId ?? '' };
}

/** A delivery that is to be sent. */
export const delivery = (organisation: number, more: object = {}) => ({
  DeliveryOrganisationId: organisation,
  DeliveryStatus: 'OnGoing',
  DeliveryDescription: 'Belysning',
  DeliveryOrderDate: '2026-03-02T09:00:00+01:00',
  ...more,
});

/** A line as a person types it. */
export const line = (article: string, text: string, quantity: number, price: number, more: object = {}) => ({
  QuotationLineData1: article,
  QuotationLineData2: text,
  QuotationLineQuantity: quantity,
  QuotationLineListPrice: price,
  QuotationLineVatPercentage: 25,
  ...more,
});

/** The rows of a document in short: article, text, ordered or delivered quantity, price. */
export const rows = (document: Record<string, unknown> | null, kind: 'order' | 'invoice' = 'order') =>
  ((document?.[kind === 'order' ? 'OrderRows' : 'InvoiceRows'] ?? []) as Record<string, unknown>[]).map((row) =>
    [
      row.ArticleNumber,
      row.Description,
      row[kind === 'order' ? 'OrderedQuantity' : 'DeliveredQuantity'],
      row.Price,
    ].join('|'),
  );

/** The lines of a delivery in short, in the same form. */
export const lines = (world: World, delivery: number) =>
  world.webcrm
    .lines(delivery)
    .map((one) =>
      [one.QuotationLineData1, one.QuotationLineData2, one.QuotationLineQuantity, one.QuotationLineListPrice].join('|'),
    );
