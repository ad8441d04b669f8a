import pino from 'pino';
import type { Side } from '../../schemas/records.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../schemas/settings.ts';
import { readConfig } from '../../src/config.ts';
import { createFortnoxSandbox } from '../../src/sandbox/fortnox/index.ts';
import { SWITCH_VALUES as FORTNOX_SWITCHES } from '../../src/sandbox/fortnox/switches.ts';
import { CLIENT_ID, CLIENT_SECRET } from '../../src/sandbox/fortnox/tokens.ts';
import { sandboxFetch } from '../../src/sandbox/in-process.ts';
import { createWebcrmSandbox } from '../../src/sandbox/webcrm/index.ts';
import { SWITCH_VALUES as WEBCRM_SWITCHES } from '../../src/sandbox/webcrm/switches.ts';
import { createService } from '../../src/service.ts';
import { createInlineStore } from '../../src/store/embedded/inline-store.ts';
import { createVirtualRuntime } from '../support/virtual-runtime.ts';
import { createChannel } from './channel.ts';
import type { Write } from './diary.ts';
import { sharedFields } from './fields.ts';
import { type Chances, createChances } from './prng.ts';

const FORTNOX_URL = 'https://fortnox.invalid';
const WEBCRM_URL = 'https://webcrm.invalid';
const CONNECT_MS = 120_000;

/** A plain morning, a summer day, New Year, and both changes of Stockholm's clock. */
const STARTS = [
  '2026-01-05T08:00:00Z',
  '2026-07-01T13:07:11Z',
  '2026-12-31T22:40:00Z',
  '2026-03-29T00:40:00Z',
  '2026-10-25T00:10:00Z',
].map((text) => Date.parse(text));

function drawSettings(chances: Chances): Settings {
  return {
    ...DEFAULT_SETTINGS,
    numberOwner: chances.one(['webcrm', 'fortnox']),
    conflictPolicy: chances.one(['fortnox', 'webcrm']),
    organisationAddressIs: chances.one(['invoice', 'visiting']),
    customFields: { customerNumber: 'OrganisationCustom1', email: 'OrganisationCustom3' },
  };
}

/** One value of each switch. webCRM keeps what a PUT leaves out: otherwise the service stops writing, as it should. */
function drawSwitches<T extends object>(
  values: { readonly [K in keyof T]: readonly [T[K], ...T[K][]] },
  chances: Chances,
): T {
  return Object.fromEntries(
    Object.entries<readonly unknown[]>(values).map(([name, all]) => [
      name,
      name === 'partialPut' ? 'keeps' : chances.one(all),
    ]),
  ) as T;
}

/** Both vendors, an empty store and the service, connected for one tenant; everything drawn from the seed. */
export async function openWorld(seed: number) {
  const chances = createChances(seed, 1);
  const settings = drawSettings(chances);
  const switches = {
    webcrm: drawSwitches(WEBCRM_SWITCHES, chances),
    fortnox: drawSwitches(FORTNOX_SWITCHES, chances),
  };
  const runtime = createVirtualRuntime({ seed, start: chances.one(STARTS) });
  const channel = createChannel({ runtime, chances: createChances(seed, 2) });
  const vendor = { now: runtime.now, notify: channel.send };
  const webcrm = createWebcrmSandbox({ ...vendor, random: createChances(seed, 3).next, switches: switches.webcrm });
  const fortnox = createFortnoxSandbox({ ...vendor, random: createChances(seed, 4).next, switches: switches.fortnox });
  const network = createChances(seed, 5);
  runtime.fetch = sandboxFetch(
    { [WEBCRM_URL]: webcrm, [FORTNOX_URL]: fortnox },
    { delay: () => new Promise((resolve) => runtime.setTimer(10 + network.below(111), resolve)) },
  );

  const logged: { level: number; text: string }[] = [];
  const logger = pino(
    { level: 'warn', timestamp: false, base: null },
    {
      write: (line: string) =>
        void logged.push({ level: (JSON.parse(line) as { level: number }).level, text: line.trim() }),
    },
  );
  const store = createInlineStore();
  const service = await createService({
    config: readConfig({
      PUBLIC_URL: 'https://sync.invalid',
      FORTNOX_CLIENT_ID: CLIENT_ID,
      FORTNOX_CLIENT_SECRET: CLIENT_SECRET,
      FORTNOX_API_URL: FORTNOX_URL,
      FORTNOX_AUTH_URL: FORTNOX_URL,
      WEBCRM_API_URL: WEBCRM_URL,
    }),
    runtime,
    logger,
    encryptionKey: Buffer.alloc(32, 7),
    adminToken: 'a-token-that-nobody-uses-here',
    store,
  });

  /** Moves the clock until the promise has ended. */
  async function drive<T>(promise: Promise<T>): Promise<T> {
    let ended = false;
    const end = () => {
      ended = true;
    };
    promise.then(end, end);
    await runtime.runUntil(() => ended, CONNECT_MS);
    return promise;
  }

  const { admin } = service.services;
  const { tenant, webhook } = await drive(admin.createTenant('History'));
  await drive(
    admin.updateSettings(tenant.id, {
      numberOwner: settings.numberOwner,
      conflictPolicy: settings.conflictPolicy,
      organisationAddressIs: settings.organisationAddressIs,
      customFields: settings.customFields,
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
  fortnox.setWebhook(webhook.url, webhook.secret);
  await drive(admin.connect(tenant.id));
  channel.connect(service, tenant.id);
  await drive(service.start());

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
    writes(side: Side): readonly Write[] {
      if (side === 'webcrm') return webcrm.writes.map((write) => ({ ...write, side, id: String(write.id) }));
      return fortnox.writes.map(({ at, method, number, body }) => {
        if (method === 'DELETE') throw new Error(`the service deleted customer ${number}`);
        return { at, side, method, id: number, fields: body ?? {} };
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
