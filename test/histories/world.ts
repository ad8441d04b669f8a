import pino from 'pino';
import type { Side } from '../../schemas/records.ts';
import { createFortnoxSandbox } from '../../src/sandbox/fortnox/index.ts';
import { inProcessStream } from '../../src/sandbox/fortnox/stream-in-process.ts';
import { createWebcrmSandbox } from '../../src/sandbox/webcrm/index.ts';
import { createService } from '../../src/service.ts';
import { ARRIVAL_MS } from '../../src/store/embedded/arrival.ts';
import { createLife } from '../simulation/life.ts';
import type { Weather } from '../simulation/weather.ts';
import { NO_CONTEXT } from '../support/no-context.ts';
import { FORTNOX_URL, serviceOptions, WEBCRM_URL } from '../support/service-options.ts';
import { createVirtualRuntime } from '../support/virtual-runtime.ts';
import { createChannel } from './channel.ts';
import type { Write } from './diary.ts';
import { drawSettings, drawSwitches } from './draw.ts';
import { sharedFields } from './fields.ts';
import { createNetwork } from './network.ts';
import { createChances } from './prng.ts';
import { createHistoryStore } from './store.ts';

/** A plain morning, a summer day, New Year, and both changes of Stockholm's clock. */
const STARTS = [
  '2026-01-05T08:00:00Z',
  '2026-07-01T13:07:11Z',
  '2026-12-31T22:40:00Z',
  '2026-03-29T00:40:00Z',
  '2026-10-25T00:10:00Z',
].map((text) => Date.parse(text));

/**
 * Both vendors, an empty store and the service, connected for one tenant; everything drawn from the seed. In a `weather` the
 * service lives as several processes, one after the other, from when it is connected on.
 */
export async function openWorld(seed: number, weather: Weather | null = null) {
  const chances = createChances(seed, 1);
  const switches = drawSwitches(chances);
  const settings = drawSettings(chances, switches);
  // A collective invoice that names no order is told apart by its orders' pairs, which an outage may bring later than the
  // invoice: then it gets a delivery of its own beside theirs (R40, unproven).
  if (weather !== null) switches.fortnox.collectiveOrderReference = 'first';
  const runtime = createVirtualRuntime({ seed, start: chances.one(STARTS), onlyPromises: true });
  const channel = createChannel({ runtime, chances: createChances(seed, 2), mayRefuse: weather !== null });
  const vendor = { now: runtime.now, notify: channel.send };
  const webcrm = createWebcrmSandbox({ ...vendor, random: createChances(seed, 3).next, switches: switches.webcrm });
  const fortnox = createFortnoxSandbox({ ...vendor, random: createChances(seed, 4).next, switches: switches.fortnox });
  fortnox.accountingMethod = chances.chance(0.25) ? 'CASH' : 'ACCRUAL';
  const network = createChances(seed, 5);
  let isConnected = false;
  runtime.fetch = createNetwork(
    { [WEBCRM_URL]: webcrm, [FORTNOX_URL]: fortnox },
    (moreMs = 0) => new Promise((resolve) => runtime.setTimer(10 + network.below(111) + moreMs, resolve)),
    () => (isConnected && weather !== null ? weather.fateOf() : null),
  );

  const logged: { level: number; text: string }[] = [];
  const logger = pino(
    { level: 'warn', timestamp: false, base: null },
    {
      write: (line: string) =>
        void logged.push({ level: (JSON.parse(line) as { level: number }).level, text: line.trim() }),
    },
  );
  const store = createHistoryStore();
  const env = weather?.streams ? { FORTNOX_STREAM_URL: 'wss://fortnox.invalid/topics-v1' } : {};
  const openSocket = inProcessStream(fortnox.stream, runtime);
  let service = await createService(
    serviceOptions({ runtime, store, logger, logContext: NO_CONTEXT, env, openSocket }),
  );

  const { drive } = runtime;

  const { admin } = service.services;
  const { tenant, webhook } = await drive(admin.createTenant('History'));
  await drive(
    admin.updateSettings(tenant.id, {
      numberOwner: settings.numberOwner,
      conflictPolicy: settings.conflictPolicy,
      organisationAddressIs: settings.organisationAddressIs,
      customFields: settings.customFields,
      documentMode: settings.documentMode,
      documents: settings.documents,
      articles: settings.articles,
      reconcile: settings.reconcile,
    }),
  );
  await drive(admin.setWebcrmToken(tenant.id, webcrm.applicationToken));
  const redirectUri = 'https://sync.invalid/oauth/fortnox';
  await drive(
    admin.setFortnoxGrant(tenant.id, {
      grant: 'authorization_code',
      code: fortnox.issueCode(),
      redirectUri,
    }),
  );
  if (!weather?.streams) fortnox.setWebhook(webhook.url, webhook.secret);
  await drive(admin.connect(tenant.id));
  isConnected = true;

  let lives = 0;
  /** The next process of the service. */
  async function begin(storm: Weather): Promise<void> {
    const life = createLife({
      runtime,
      store,
      openSocket,
      skew: storm.skew,
      storeFault: storm.storeFault,
      dies: storm.dies,
      onEnd() {
        channel.disconnect();
        runtime.setTimer(storm.restartMs(), () => void begin(storm));
      },
    });
    if (lives > 0 && storm.leasesEndAtOnce) store.endLeases(life.runtime.now() + ARRIVAL_MS);
    lives += 1;
    storm.born();
    service = await createService(serviceOptions({ ...life, logger, logContext: NO_CONTEXT, env }));
    channel.connect(service, tenant.id);
    // A start that fails ends the process, and whoever keeps it running starts the next one.
    await service.start().catch(life.end);
  }
  if (weather === null) {
    channel.connect(service, tenant.id);
    await drive(service.start());
  } else {
    void begin(weather);
  }

  return {
    runtime,
    settings,
    switches,
    webcrm,
    fortnox,
    fields: sharedFields(settings),
    store,
    tenantId: tenant.id,
    logged,
    channel,
    isFoul: weather !== null,
    /** The present process of the service. */
    service: () => service,
    /** How many processes there were. */
    lives: () => lives,
    /** Begins to go over everything that both sides hold. */
    async reconcile(): Promise<void> {
      const now = await store.tenants.get(tenant.id);
      if (now === null) throw new Error('the tenant is gone');
      await service.services.reconcile.begin(now, 'by-hand');
    },
    isReconciling: async (): Promise<boolean> => (await service.services.reconcile.view(tenant.id)).present !== null,
    /** How many writes to customers the service has made on that side. */
    writeCount: (side: Side): number => (side === 'webcrm' ? webcrm : fortnox).writes.length,
    /** Writes to customers that took effect. */
    writes(side: Side): readonly Write[] {
      const all =
        side === 'webcrm'
          ? webcrm.writes.map(({ at, method, id, fields }) => ({ at, method, id: String(id), fields }))
          : fortnox.writes.map(({ at, method, number, body }) => ({ at, method, id: number, fields: body ?? {} }));
      return all.map(({ method, ...write }) => {
        if (method === 'DELETE') throw new Error(`the service deleted customer ${write.id} in ${side}`);
        return { ...write, side, method };
      });
    },
    async close(): Promise<void> {
      channel.disconnect();
      await drive(service.stop());
      await store.close();
    },
  };
}
export type World = Awaited<ReturnType<typeof openWorld>>;
