import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../config.ts';
import type { Runtime } from '../runtime.ts';
import { STREAM_PATH } from '../sandbox/http-server.ts';
import type { Printer } from '../terminal/print.ts';
import { createApi } from './api.ts';
import type { Closers } from './closers.ts';
import { openCompanies } from './companies.ts';
import { freePort } from './free-port.ts';
import { openService } from './service.ts';
import { SIZES, type Sizes } from './sizes.ts';
import type { Tour } from './tour.ts';

const HOST = '127.0.0.1';
/** A price raises no event: only a poll finds it. Six minutes are too long for a tour. */
const POLL_SECONDS = 20;

export interface World {
  readonly tour: Tour;
  readonly urls: { readonly service: string; readonly control: string };
  readonly adminToken: string;
}

/**
 * Starts both stand-ins and the service, each on a port of its own, the data in a temporary folder that goes away with
 * `closers`. PORT and LOG_LEVEL of `env` are heeded, MONGODB_URL (the store is then there), and an empty
 * FORTNOX_STREAM_URL: Fortnox's events then come as signed webhooks. Raises what a start raises.
 */
export async function openWorld(deps: {
  runtime: Runtime;
  env: Readonly<Record<string, string | undefined>>;
  printer: Printer;
  signal: AbortSignal;
  closers: Closers;
  /** How much the companies hold; the tour's when not given. */
  sizes?: Sizes;
  /** How often each side is asked for changes; the tour's when not given. */
  pollSeconds?: number;
}): Promise<World> {
  const { runtime, env, printer, signal, closers, sizes = SIZES, pollSeconds = POLL_SECONDS } = deps;
  const dataDir = await mkdtemp(join(tmpdir(), 'webcrm-fortnox-demo-'));
  closers.add(() => rm(dataDir, { recursive: true, force: true }));
  const port = env.PORT ? Number(env.PORT) : await freePort(HOST);
  const service = `http://${HOST}:${port}`;
  const companies = await openCompanies({
    runtime,
    host: HOST,
    sizes,
    consoleUrl: service,
    signal,
    closers,
    complain: (text) => printer.line(text),
  });

  const adminToken = runtime.randomBytes(24).toString('base64url');
  const { fortnox, webcrm, seeded, urls } = companies;
  const config = readConfig({
    PORT: String(port),
    HOST,
    PUBLIC_URL: service,
    DATA_DIR: dataDir,
    MONGODB_URL: env.MONGODB_URL,
    ADMIN_TOKEN: adminToken,
    ENCRYPTION_KEY: runtime.randomBytes(32).toString('base64'),
    FORTNOX_CLIENT_ID: 'sandbox-client',
    FORTNOX_CLIENT_SECRET: 'sandbox-secret',
    FORTNOX_API_URL: urls.fortnox,
    FORTNOX_AUTH_URL: urls.fortnox,
    FORTNOX_STREAM_URL: env.FORTNOX_STREAM_URL === '' ? '' : `${urls.fortnox.replace('http', 'ws')}${STREAM_PATH}`,
    WEBCRM_API_URL: urls.webcrm,
    SANDBOX_URL: urls.control,
    POLL_INTERVAL_SECONDS: String(pollSeconds),
    LOG_LEVEL: env.LOG_LEVEL ?? 'error',
  });
  await openService({ runtime, config, adminToken, closers });

  const tour: Tour = {
    runtime,
    printer,
    signal,
    api: createApi({ base: service, token: adminToken, fetch: runtime.fetch, signal }),
    control: createApi({ base: urls.control, token: null, fetch: runtime.fetch, signal }),
    seeded,
    access: { webcrmToken: webcrm.applicationToken, fortnoxRefreshToken: fortnox.issueRefreshToken() },
    pointFortnoxWebhook(target) {
      // One way is enough: both would say everything twice.
      if (config.fortnox.streamUrl === null) fortnox.setWebhook(target.url, target.secret);
    },
    deliveryPairs: 0,
    probes: { webcrm: 0, fortnox: 0 },
    tenantId: '',
  };
  return { tour, urls: { service, control: urls.control }, adminToken };
}
