import type { FastifyBaseLogger } from 'fastify';
import { pauseBroken } from './admin/broken-connection.ts';
import { ACTIVITY_KEPT_MS } from './admin/lines.ts';
import { createAdmin } from './admin/tenants.ts';
import { createVault } from './admin/vault.ts';
import type { AppServices } from './app.ts';
import type { Config } from './config.ts';
import { createExplain } from './explain/explain.ts';
import { createImports } from './imports/imports.ts';
import { createIntake } from './intake/intake.ts';
import { createPoller } from './intake/poller.ts';
import { createMending } from './mending/mending.ts';
import { createKeyLocks } from './queue/key-locks.ts';
import { createWorker } from './queue/worker.ts';
import { createReconcileService } from './reconcile/service.ts';
import { newId, type Runtime } from './runtime.ts';
import type { Store } from './store/port.ts';
import type { OpenSocket } from './stream/socket.ts';
import { createStream } from './stream/stream.ts';
import { openWebSocket } from './stream/web-socket.ts';
import { createRegisterIndex } from './sync/article/register-index.ts';
import { createCalendars } from './sync/calendar.ts';
import type { SyncDeps } from './sync/context.ts';
import { createStatusExecutor } from './sync/status/executor.ts';
import { createConnections } from './vendors/connections.ts';

export interface ServiceOptions {
  readonly config: Config;
  readonly runtime: Runtime;
  readonly logger: FastifyBaseLogger;
  readonly encryptionKey: Buffer;
  readonly adminToken: string;
  /** Closed by whoever opened it, after `stop`. */
  readonly store: Store;
  /** How Fortnox's stream is reached; a WebSocket unless given. */
  readonly openSocket?: OpenSocket;
}

export interface Service {
  readonly services: AppServices;
  /** Begins to work and to poll. */
  start(): Promise<void>;
  /** Gives running jobs back and waits for nothing else. May be called twice. */
  stop(): Promise<void>;
}

const DAY_MS = 86_400_000;

/** Puts the parts together. Nothing runs before `start`. */
export async function createService(options: ServiceOptions): Promise<Service> {
  const { config, runtime, logger, store, encryptionKey, adminToken } = options;
  const vault = createVault({ store, key: encryptionKey, runtime });
  const connections = createConnections({
    runtime,
    vault,
    config: {
      fortnoxApiUrl: config.fortnox.apiUrl,
      fortnoxAuthUrl: config.fortnox.authUrl,
      fortnoxClientId: config.fortnox.clientId ?? '',
      fortnoxClientSecret: config.fortnox.clientSecret ?? '',
      webcrmApiUrl: config.webcrm.apiUrl,
    },
  });
  const intake = createIntake({ store, runtime, wake: (tenantId) => worker.wake(tenantId) });
  const sync: SyncDeps = {
    runtime,
    store,
    locks: createKeyLocks(),
    connection: (tenantId) => connections.of(tenantId),
    hint: (hints) => intake.accept(hints),
    activityKeptMs: ACTIVITY_KEPT_MS,
    calendar: createCalendars(),
    register: createRegisterIndex({ runtime }),
  };
  const worker = createWorker({
    runtime,
    store,
    logger,
    owner: newId(runtime),
    handle: createStatusExecutor(sync, logger),
    onAuthFailure: (tenant, error) => pauseBroken({ store, runtime }, tenant.id, error),
  });
  const poller = createPoller({
    runtime,
    store,
    connections,
    intake,
    logger,
    periodMs: config.pollIntervalSeconds * 1000,
    onAuthFailure: (tenant, error) => pauseBroken({ store, runtime }, tenant.id, error),
  });
  const stream = createStream({
    runtime,
    store,
    intake,
    poller,
    logger,
    open: options.openSocket ?? openWebSocket,
    url: config.fortnox.streamUrl,
    clientSecret: config.fortnox.clientSecret ?? '',
    tokenOf: connections.fortnoxToken,
  });
  const imports = createImports({
    runtime,
    store,
    connections,
    intake,
    logger,
    calendar: sync.calendar,
    onAuthFailure: (tenant, error) => pauseBroken({ store, runtime }, tenant.id, error),
  });
  const reconciling = createReconcileService({
    runtime,
    store,
    connections,
    intake,
    logger,
    poller,
    worker,
    publicUrl: config.publicUrl,
    calendar: sync.calendar,
    onAuthFailure: (tenant, error) => pauseBroken({ store, runtime }, tenant.id, error),
  });
  const { reconcile } = reconciling;
  const admin = reconciling.guarded(createAdmin({ runtime, store, vault, connections, worker, config }));

  const mending = createMending({ ...sync, worker });
  const explain = createExplain(sync);

  let cancelExpiry = () => {};
  const expire = () => {
    store.activity.expire(runtime.now()).then(
      (count) => count > 0 && logger.info({ count }, 'activity lines expired'),
      (error: unknown) =>
        logger.error({ err: error }, 'expired activity lines could not be deleted; tried again tomorrow'),
    );
    imports.expire().catch((error: unknown) => {
      logger.error({ err: error }, 'old imports could not be forgotten; tried again tomorrow');
    });
    cancelExpiry = runtime.setTimer(DAY_MS, expire);
  };

  return {
    services: {
      runtime,
      store,
      vault,
      connections,
      intake,
      imports,
      worker,
      poller,
      admin,
      mending,
      explain,
      reconcile,
      config,
      adminToken,
      streamStateOf: stream.stateOf,
    },
    async start() {
      // Before any job runs (R73).
      await reconciling.prepare();
      await worker.start();
      await poller.start();
      stream.start();
      await imports.startUp();
      reconcile.start();
      expire();
    },
    async stop() {
      cancelExpiry();
      await Promise.all([stream.stop(), reconcile.stop(), poller.stop(), imports.shutDown(), worker.stop()]);
      connections.close();
    },
  };
}
