import { pino } from 'pino';
import { type Entity, PRIORITY, type Side } from '../../schemas/records.ts';
import { DEFAULT_SETTINGS } from '../../schemas/settings.ts';
import { readConfig } from '../../src/config.ts';
import { freePort } from '../../src/demo/free-port.ts';
import { sleep } from '../../src/runtime.ts';
import type { SendNotification } from '../../src/sandbox/chassis.ts';
import { createFortnoxSandbox } from '../../src/sandbox/fortnox/index.ts';
import { CLIENT_ID, CLIENT_SECRET } from '../../src/sandbox/fortnox/tokens.ts';
import { STREAM_PATH, serveSandbox } from '../../src/sandbox/http-server.ts';
import { createWebcrmSandbox } from '../../src/sandbox/webcrm/index.ts';
import { createService } from '../../src/service.ts';
import { createInlineStore } from '../../src/store/embedded/inline-store.ts';
import type { Store } from '../../src/store/port.ts';
import { buildDescribedApp } from '../support/described-app.ts';
import { fastRuntime } from '../support/fast-runtime.ts';
import { ANSWER_BYTES } from './faults.ts';
import { startFaultProxy } from './proxy.ts';

const HOST = '127.0.0.1';

/**
 * The whole service with its HTTP server, a proxy before each vendor, both vendors as servers: all on sockets of their own, in time that
 * goes `factor` times as fast. Polls are an hour apart: what is found here is found by notifications and by trying again.
 */
export async function openWorld(options: { readonly factor: number; readonly store?: Store }) {
  const runtime = fastRuntime(options.factor);
  const wait = (ms: number) => sleep(runtime, ms);
  const notified = new Set<Promise<unknown>>();
  /** As the vendors do: sent once. */
  const notify: SendNotification = (url, headers, body) => {
    const sent = runtime.fetch(url, { method: 'POST', headers, body }).then(
      (answer) => answer.body?.cancel(),
      () => undefined,
    );
    notified.add(sent);
    void sent.finally(() => notified.delete(sent));
  };
  const deps = { now: runtime.now, random: runtime.random, notify };
  const fortnox = createFortnoxSandbox(deps);
  const webcrm = createWebcrmSandbox(deps);
  const servers = {
    fortnox: await serveSandbox(fortnox, { host: HOST, port: 0 }),
    webcrm: await serveSandbox(webcrm, { host: HOST, port: 0 }),
  };
  const proxies = {
    fortnox: await startFaultProxy(servers.fortnox.url, wait),
    webcrm: await startFaultProxy(servers.webcrm.url, wait),
  };
  const port = await freePort(HOST);
  const store = options.store ?? createInlineStore();
  const adminToken = 'a-token-of-the-administrator-of-tests';
  const logger = pino({ level: process.env.TEST_LOG ?? 'silent' });
  const service = await createService({
    config: readConfig({
      PORT: String(port),
      HOST,
      PUBLIC_URL: `http://${HOST}:${port}`,
      FORTNOX_CLIENT_ID: CLIENT_ID,
      FORTNOX_CLIENT_SECRET: CLIENT_SECRET,
      FORTNOX_API_URL: proxies.fortnox.url,
      FORTNOX_AUTH_URL: proxies.fortnox.url,
      FORTNOX_STREAM_URL: `${proxies.fortnox.url.replace('http', 'ws')}${STREAM_PATH}`,
      WEBCRM_API_URL: proxies.webcrm.url,
      POLL_INTERVAL_SECONDS: '3600',
    }),
    runtime,
    logger,
    encryptionKey: Buffer.alloc(32, 7),
    adminToken,
    store,
    answerBytes: ANSWER_BYTES,
  });
  const app = await buildDescribedApp(service.services, { logger });
  await app.listen({ host: HOST, port });
  const { admin } = service.services;
  const { tenant } = await admin.createTenant('Faults');
  await admin.updateSettings(tenant.id, {
    customFields: { customerNumber: 'OrganisationCustom1' },
    documents: { ...DEFAULT_SETTINGS.documents, quietSeconds: 0 },
    articles: { ...DEFAULT_SETTINGS.articles, follow: false },
  });
  await service.start();

  /** Credentials that are good, as an administrator gives them. */
  async function connect(): Promise<void> {
    await admin.setWebcrmToken(tenant.id, webcrm.applicationToken);
    await admin.setFortnoxGrant(tenant.id, { grant: 'refresh_token', refreshToken: fortnox.issueRefreshToken() });
    await admin.connect(tenant.id);
  }
  await connect();

  return {
    runtime,
    wait,
    fortnox,
    webcrm,
    proxies,
    store,
    /** What of the vendors' lists was looked at already. */
    known: { violations: 0 },
    tenantId: tenant.id,
    hookToken: tenant.hookToken,
    services: service.services,
    url: `http://${HOST}:${port}`,
    adminToken,
    connect,
    hint: (entity: Entity, side: Side, id: string) =>
      service.services.intake.accept([{ tenant: tenant.id, entity, side, id, priority: PRIORITY.notification }]),
    /** Whether it holds within `forMs`, looked at each `everyMs`. */
    async until(
      holds: () => Promise<boolean>,
      { everyMs, forMs }: { everyMs: number; forMs: number },
    ): Promise<boolean> {
      for (const end = runtime.now() + forMs; runtime.now() < end; await wait(everyMs)) if (await holds()) return true;
      return holds();
    },
    async close(): Promise<void> {
      // Calls that hang in a proxy end with it.
      for (const proxy of Object.values(proxies)) await proxy.close();
      await app.close();
      await service.stop();
      for (const server of Object.values(servers)) await server.close();
      await Promise.all(notified);
      await store.close();
    },
  };
}
export type World = Awaited<ReturnType<typeof openWorld>>;
