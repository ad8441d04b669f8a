import type { InjectOptions } from 'fastify';
import { createLogger } from '../../src/http/logging.ts';
import { createFortnoxSandbox } from '../../src/sandbox/fortnox/index.ts';
import { sandboxFetch } from '../../src/sandbox/in-process.ts';
import { createWebcrmSandbox } from '../../src/sandbox/webcrm/index.ts';
import { createService } from '../../src/service.ts';
import { createInlineStore } from '../../src/store/embedded/inline-store.ts';
import { buildDescribedApp } from '../support/described-app.ts';
import { injectAny } from '../support/events.ts';
import { operationsOf } from '../support/operations.ts';
import { FORTNOX_URL, serviceOptions, WEBCRM_URL } from '../support/service-options.ts';
import { createVirtualRuntime } from '../support/virtual-runtime.ts';

export const ADMIN_TOKEN = 'canary-token-of-the-administrator-1';

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** The whole service with its routes and both vendors; all that it logs, at its most talkative, and all that vendors were sent. `path`: the store's file; in memory when not given. */
export async function openWorld(path?: string) {
  const runtime = createVirtualRuntime({ seed: 5, start: Date.parse('2026-03-02T08:00:00Z') });
  const vendor = { now: runtime.now, random: runtime.random, notify: () => {} };
  const fortnox = createFortnoxSandbox(vendor);
  const webcrm = createWebcrmSandbox(vendor);
  const calls: { readonly url: string; readonly authorization: string; readonly body: string }[] = [];
  const vendors = sandboxFetch(
    { [WEBCRM_URL]: webcrm, [FORTNOX_URL]: fortnox },
    { delay: () => new Promise((resolve) => runtime.setTimer(5, resolve)) },
  );
  runtime.fetch = async (input, init) => {
    const request = new Request(input, init);
    const authorization = request.headers.get('authorization') ?? '';
    calls.push({ url: request.url, authorization, body: await request.clone().text() });
    return vendors(request);
  };
  const logged: string[] = [];
  const logger = createLogger('trace', { write: (text) => void logged.push(text) });
  const store = createInlineStore(path);
  const service = await createService(serviceOptions({ runtime, store, logger, adminToken: ADMIN_TOKEN }));
  const app = await buildDescribedApp(service.services, { logger });
  const { drive } = runtime;

  async function ask(request: InjectOptions): Promise<Answer> {
    // The console's files are read from the disk, which no virtual clock hastens.
    const isPage = !/^\/(api|webhooks|oauth)/.test(String(request.url));
    const answer = await (isPage ? app.inject(request) : drive(injectAny(app, request)));
    return { status: answer.statusCode, body: answer.body, headers: answer.headers };
  }
  return {
    runtime,
    fortnox,
    webcrm,
    store,
    service,
    app,
    calls,
    logged,
    ask,
    /** What the service says that it can be asked. */
    operations: async () => operationsOf((await ask({ url: '/docs/json' })).body),
    /** Asks the API; as the administrator unless another token is given. */
    api: (method: string, url: string, payload?: object, token = ADMIN_TOKEN): Promise<Answer> =>
      ask({
        method: method as 'GET',
        url: `/api${url}`,
        headers: { authorization: `Bearer ${token}` },
        ...(payload === undefined ? {} : { payload }),
      }),
    async close(): Promise<void> {
      await app.close();
      await drive(service.stop());
      await store.close();
    },
  };
}
export type World = Awaited<ReturnType<typeof openWorld>>;

/** A tenant that is connected and at work, with its secrets as their owners know them. */
export async function connected(world: World) {
  const { fortnox, webcrm, api, runtime } = world;
  const made = JSON.parse((await api('POST', '/tenants', { name: 'Lyktan' })).body);
  const tenant = made.tenant.id as string;
  const hookToken = String(made.webhook.url).split('/').at(-1) as string;
  await api('PATCH', `/tenants/${tenant}/settings`, { customFields: { customerNumber: 'OrganisationCustom1' } });
  await api('PUT', `/tenants/${tenant}/credentials/webcrm`, { applicationToken: webcrm.applicationToken });
  const refreshToken = fortnox.issueRefreshToken();
  await api('PUT', `/tenants/${tenant}/credentials/fortnox`, { grant: 'refresh_token', refreshToken });
  const { status, body } = await api('POST', `/tenants/${tenant}/connect`);
  if (status !== 200) throw new Error(`not connected: ${status} ${body}`);
  await runtime.drive(world.service.start());
  return { tenant, hookToken, webhookSecret: made.webhook.secret as string, refreshToken };
}
