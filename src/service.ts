import type { FastifyBaseLogger } from 'fastify';
import { type Hint, type Job, PRIORITY, type Tenant } from '../schemas/records.ts';
import { createAccess } from './access/access.ts';
import { pauseBroken } from './admin/broken-connection.ts';
import { createFigures } from './admin/figures.ts';
import { createFortnoxSignIn } from './admin/fortnox-sign-in.ts';
import { createHooks } from './admin/hooks.ts';
import { ACTIVITY_KEPT_MS } from './admin/lines.ts';
import { createPauses } from './admin/pauses.ts';
import { createRemoval } from './admin/remove.ts';
import { createSeal } from './admin/seal.ts';
import { createLookup } from './admin/search.ts';
import { createAdmin } from './admin/tenants.ts';
import { createVault } from './admin/vault.ts';
import { createAlerts } from './alerts/alerts.ts';
import { type AlertPost, createAlertPost } from './alerts/post.ts';
import type { AppServices } from './app.ts';
import type { Config } from './config.ts';
import { createSessions } from './console/sessions.ts';
import type { SyncError } from './errors/sync-error.ts';
import { createExplain } from './explain/explain.ts';
import { createForgetting } from './forgetting.ts';
import { createLogContext, type LogContext } from './http/log-context.ts';
import { createImports } from './imports/imports.ts';
import { createInstances } from './instances/instances.ts';
import { byId, routeApi } from './instances/routed-api.ts';
import { STREAM_SHARD } from './instances/shards.ts';
import { LOOK_AGAIN_MS } from './instances/timing.ts';
import { createAdmission } from './intake/admission.ts';
import { createIntake } from './intake/intake.ts';
import { createPoller, type Poller } from './intake/poller.ts';
import { createSharedPolls } from './intake/shared-polls.ts';
import { createActivityTail } from './live/activity-tail.ts';
import { createLiveStreams } from './live/streams.ts';
import { createMending } from './mending/mending.ts';
import { createMetrics } from './metrics/metrics.ts';
import { createPersons } from './persons/persons.ts';
import { createTombstones } from './persons/tombstones.ts';
import { createKeyLocks } from './queue/key-locks.ts';
import { createWorker } from './queue/worker.ts';
import { createReconcileService } from './reconcile/service.ts';
import { type Runtime, within } from './runtime.ts';
import type { Store } from './store/port.ts';
import { createStreamHolder } from './stream/holder.ts';
import type { OpenSocket } from './stream/socket.ts';
import { createStream } from './stream/stream.ts';
import { openWebSocket } from './stream/web-socket.ts';
import { createRegisterIndex } from './sync/article/register-index.ts';
import { createCalendars } from './sync/calendar.ts';
import type { SyncDeps } from './sync/context.ts';
import { refusePausedWrite } from './sync/paused.ts';
import { createStatusExecutor } from './sync/status/executor.ts';
import { createConnections } from './vendors/connections.ts';

export interface ServiceOptions {
  readonly config: Config;
  readonly runtime: Runtime;
  readonly logger: FastifyBaseLogger;
  readonly encryptionKey: Buffer;
  /** Keys that were used before it, to open what they sealed. */
  readonly formerKeys?: readonly Buffer[];
  readonly adminToken: string;
  /** Tokens that were used before it and count still. */
  readonly formerTokens?: readonly string[];
  /** Closed by whoever opened it, after `stop`. */
  readonly store: Store;
  /** How Fortnox's stream is reached; a WebSocket unless given. */
  readonly openSocket?: OpenSocket;
  /** Of the logger, so that every line names its request, tenant and job. */
  readonly logContext?: LogContext;
  /** The largest answer of a vendor that is read, bytes; 64 MiB unless given. */
  readonly answerBytes?: number;
  /** How alerts are sent; over https to addresses of the public internet alone unless given. */
  readonly alertPost?: AlertPost;
}

export interface Service {
  readonly services: AppServices;
  /** Begins to work and to poll. */
  start(): Promise<void>;
  /** This instance in its present life, as the store names it. */
  word(): string;
  /** Vendor calls that ended after others held this instance for dead. */
  lateCalls(): number;
  /** Gives running jobs back and waits for nothing else. May be called twice. */
  stop(): Promise<void>;
}

/** A stop waits so long for tokens that are being renewed, or that the store did not take. */
const TOKENS_MS = 5_000;

/** Puts the parts together. Nothing runs before `start`. */
export async function createService(options: ServiceOptions): Promise<Service> {
  const { config, runtime, logger, encryptionKey, formerKeys, adminToken, formerTokens = [] } = options;
  const metrics = createMetrics(runtime);
  const store = metrics.store(options.store);
  const logContext = options.logContext ?? createLogContext();
  const vault = createVault({ store, key: encryptionKey, former: formerKeys, runtime });
  const seal = createSeal(encryptionKey, runtime.randomBytes, formerKeys);
  const instances = createInstances({
    runtime,
    store,
    logger,
    seal,
    // What a job does is about the job, not about the request that woke its worker.
    wake: (tenantId) => logContext.run({}, () => worker.wake(tenantId)),
    work: () => ({ connections, worker, poller, imports, reconcile, hooks, stream, prepare: reconciling.prepare }),
  });
  const { owns, wake, part } = instances;
  const figures = createFigures(runtime);
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
    slots: { store, owner: instances.word },
    fenceOf: instances.fenceOf,
    mayWrite: (tenantId, side, entity) => refusePausedWrite(store, tenantId, side, entity),
    answerBytes: options.answerBytes,
    onCall: (call) => {
      metrics.onCall(call);
      figures.call(call.tenant, call.side, call.status);
      logger.debug(call, 'vendor call');
    },
  });
  const tombstones = createTombstones({ store, vault, runtime, key: encryptionKey, former: formerKeys });
  const intake = createIntake({ store, runtime, wake });
  const admission = createAdmission({ runtime, logger, onRefused: metrics.onHookRefused });
  const sync: SyncDeps = {
    runtime,
    store,
    locks: createKeyLocks(),
    connection: (tenantId) => connections.of(tenantId),
    hint: metrics.hintsFrom('job', intake).accept,
    activityKeptMs: ACTIVITY_KEPT_MS,
    calendar: createCalendars(),
    register: createRegisterIndex({ runtime }),
    isErased: tombstones.isErased,
    worksIn: instances.worksIn,
  };
  const onAuthFailure = (tenant: Tenant, error: SyncError) => pauseBroken({ store, runtime }, tenant.id, error);
  const handle = metrics.handle(createStatusExecutor(sync, logger));
  const worker = createWorker({
    runtime,
    store,
    logger,
    owner: instances.word,
    owns,
    lookAgainMs: store.shared ? LOOK_AGAIN_MS : undefined,
    // What it wrote may lie under what another instance did since: both sides are read again.
    onLate: (job) => intake.accept([askedAgain(job)]),
    handle: (tenant, job) => logContext.run({ tenant: tenant.id, job: job.key }, () => handle(tenant, job)),
    onOutcome(job, result) {
      metrics.onOutcome(job, result);
      figures.job(job.tenant, job.runAt);
    },
    onAuthFailure,
  });
  const poller = createPoller({
    runtime,
    store,
    connections,
    intake: metrics.hintsFrom('poll', intake),
    logger,
    periodMs: config.pollIntervalSeconds * 1000,
    owns,
    onPoll: metrics.onPoll,
    onAuthFailure,
  });
  const pollNow = createSharedPolls(part('poller', poller, { pollNow: byId }).pollNow);
  const polls: Pick<Poller, 'pollNow'> = {
    pollNow: (tenantId, side, entity) =>
      pollNow(tenantId, side, entity).catch((error: unknown) => {
        logger.warn(
          { err: error, tenant: tenantId, side },
          'a poll could not be asked for; the next round reads the same',
        );
      }),
  };
  const tokens = part('tokens', connections, { fortnoxToken: byId });
  const stream = createStreamHolder(() =>
    createStream({
      runtime,
      store,
      intake: metrics.hintsFrom('stream', intake),
      poller: polls,
      logger,
      open: options.openSocket ?? openWebSocket,
      url: config.fortnox.streamUrl,
      clientSecret: config.fortnox.clientSecret ?? '',
      tokenOf: tokens.fortnoxToken,
    }),
  );
  const imports = createImports({
    tombstones,
    runtime,
    store,
    connections,
    intake: metrics.hintsFrom('import', intake),
    logger,
    calendar: sync.calendar,
    worksIn: sync.worksIn,
    locks: sync.locks,
    owns,
    onAuthFailure,
  });
  const hooks = createHooks({
    runtime,
    store,
    connections,
    publicUrl: config.publicUrl,
    logger,
    owns,
    onAuthFailure,
  });
  const pauses = createPauses({ runtime, store, intake: metrics.hintsFrom('person', intake) });
  const reconciling = createReconcileService({
    hooks,
    pauses,
    runtime,
    store,
    connections,
    intake: metrics.hintsFrom('reconcile', intake),
    logger,
    poller,
    worker,
    calendar: sync.calendar,
    owns,
    onAuthFailure,
  });
  const { reconcile } = reconciling;
  const admin = reconciling.guarded(
    createAdmin({ runtime, store, vault, connections, worker: { wake }, pauses, config }),
  );

  const streamHere = part(
    'streamHere',
    { settle: (_tenantId: string) => stream.settle() },
    { settle: byId },
    { shard: STREAM_SHARD },
  );
  const removal = createRemoval({
    runtime,
    store,
    logger,
    hooks,
    publicUrl: config.publicUrl,
    async letGo(tenantId) {
      const isIt = (id: string) => id === tenantId;
      const working = [worker, poller, imports, reconcile].map((one) => one.letGo(isIt));
      await Promise.all([...working, streamHere.settle(tenantId)]);
      await connections.leave(tenantId);
    },
  });

  const mending = createMending({ ...sync, hint: metrics.hintsFrom('person', intake).accept, worker: { wake } });
  const explain = createExplain(sync);
  const persons = createPersons({ ...sync, worker: { wake }, tombstones });
  const alerts = createAlerts({
    runtime,
    store,
    vault,
    logger,
    seal,
    post: options.alertPost ?? createAlertPost(),
    pollPeriodMs: config.pollIntervalSeconds * 1000,
    onEvent: metrics.onAlert,
    onDelivery: metrics.onDelivery,
  });
  const api = routeApi(part, {
    admin,
    removal,
    hooks,
    mending,
    explain,
    persons,
    imports,
    reconcile,
    budgets: { of: async (tenantId) => connections.of(tenantId).budgets() },
    streamState: { of: async (tenantId) => stream.stateOf(tenantId) },
    figures: { of: async (tenantId) => figures.of(tenantId) },
    lookup: createLookup({ store, connections }),
  });
  metrics.watch({
    runtime,
    store,
    budgets: connections.allBudgets,
    hooks: admission.use,
    streamStateOf: (tenantId) => (stream.isHere() ? stream.stateOf(tenantId) : null),
  });

  const forgetting = createForgetting({ runtime, store, logger, imports, removal, isFirst: instances.isFirst });

  return {
    services: {
      runtime,
      store,
      vault,
      connections,
      intake: metrics.hintsFrom('webhook', intake),
      admission,
      imports: api.imports,
      worker: { wake },
      pauses,
      poller: polls,
      admin: api.admin,
      removal: api.removal,
      hooks: api.hooks,
      mending: api.mending,
      explain: api.explain,
      persons: api.persons,
      alertTargets: alerts.targets,
      metrics,
      logContext,
      reconcile: api.reconcile,
      config,
      budgetsOf: api.budgets.of,
      streamStateOf: api.streamState.of,
      fortnoxSignIn: createFortnoxSignIn({
        runtime,
        store,
        seal,
        admin: api.admin,
        config: {
          publicUrl: config.publicUrl,
          fortnoxAuthUrl: config.fortnox.authUrl,
          fortnoxClientId: config.fortnox.clientId,
        },
      }),
      seal,
      access: createAccess({ store, runtime, rootTokens: [adminToken, ...formerTokens] }),
      figures: api.figures,
      lookup: api.lookup,
      live: createLiveStreams({ runtime, tail: createActivityTail({ runtime, store, logger }) }),
      sessions: createSessions({ runtime, store, key: encryptionKey }),
    },
    word: instances.word,
    lateCalls: instances.lateCalls,
    async start() {
      // Each tenant that is ours is looked at for a long stop before its jobs run (R73).
      await instances.start();
      poller.start();
      reconcile.start();
      alerts.start();
      forgetting.start();
    },
    async stop() {
      forgetting.stop();
      instances.stop();
      await Promise.all([
        alerts.stop(),
        stream.stop(),
        reconcile.stop(),
        hooks.stop(),
        poller.stop(),
        imports.shutDown(),
        worker.stop(),
      ]);
      // Before a successor reads them: a refresh token that was used is good for nothing.
      await within(
        runtime,
        TOKENS_MS,
        connections.letGo(() => true),
      );
      await instances.leave();
      connections.close();
    },
  };
}

/** A hint of a job's record: both sides are read. */
const askedAgain = ({ tenant, entity, side, id }: Job): Hint => ({
  ...{ tenant, entity, side, id },
  priority: PRIORITY.notification,
  full: true,
});
