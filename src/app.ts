import helmet from '@fastify/helmet';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { type FastifyBaseLogger, type FastifyInstance, type FastifyServerOptions, fastify } from 'fastify';
import { apiRoutes } from '../routes/api/index.ts';
import { consoleRoutes } from '../routes/console/index.ts';
import { healthRoutes } from '../routes/health/health.ts';
import { oauthRoutes } from '../routes/oauth/fortnox.ts';
import { webhookRoutes } from '../routes/webhooks/index.ts';
import type { Entity, Side } from '../schemas/records.ts';
import type { Access } from './access/access.ts';
import type { FiguresOf } from './admin/figures.ts';
import type { FortnoxSignIn } from './admin/fortnox-sign-in.ts';
import type { Hooks } from './admin/hooks.ts';
import type { Removal } from './admin/remove.ts';
import type { Seal } from './admin/seal.ts';
import type { Lookup } from './admin/search.ts';
import type { Admin, AdminDeps } from './admin/tenants.ts';
import type { AlertTargets } from './alerts/targets.ts';
import type { Config } from './config.ts';
import type { Sessions } from './console/sessions.ts';
import type { Explain } from './explain/explain.ts';
import { boundConnections, CONNECTION_LIMITS, type ConnectionLimits, connectionOptions } from './http/connections.ts';
import type { LogContext } from './http/log-context.ts';
import { metrics } from './http/metrics.ts';
import { openapi } from './http/openapi.ts';
import { problems, refuseUnroutable } from './http/problems.ts';
import { sessionCookie } from './http/session-cookie.ts';
import type { Imports } from './imports/imports.ts';
import type { Admission } from './intake/admission.ts';
import type { LiveStreams } from './live/streams.ts';
import type { Mending } from './mending/mending.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { Persons } from './persons/persons.ts';
import type { Intake } from './queue/types.ts';
import type { Reconcile } from './reconcile/reconcile.ts';
import { newId } from './runtime.ts';
import type { StreamState } from './stream/state.ts';
import type { BudgetUse } from './vendors/connections-types.ts';

/** What the routes call. */
export interface AppServices extends AdminDeps {
  admin: Admin;
  removal: Pick<Removal, 'remove'>;
  hooks: Pick<Hooks, 'rotate'>;
  access: Access;
  /** Seals what is kept of answers. */
  seal: Seal;
  fortnoxSignIn: FortnoxSignIn;
  persons: Persons;
  intake: Intake;
  /** Bounds what hooks ask of the store. */
  admission: Admission;
  /** Asks a side for its changes now, when a notification names no record. */
  poller: { pollNow(tenantId: string, side: Side, entity?: Entity): Promise<void> };
  imports: Pick<Imports, 'begin' | 'list' | 'progress' | 'records' | 'start' | 'stop' | 'resume'>;
  reconcile: Pick<Reconcile, 'begin' | 'view'>;
  mending: Mending;
  explain: Explain;
  alertTargets: AlertTargets;
  metrics: Pick<Metrics, 'registry' | 'refresh'>;
  logContext: LogContext;
  /** How the tenant's changes in Fortnox become known at the moment. */
  streamStateOf(tenantId: string): Promise<StreamState>;
  /** The use of the tenant's budgets, where they are used. */
  budgetsOf(tenantId: string): Promise<{ fortnox: BudgetUse; webcrm: BudgetUse }>;
  config: Pick<Config, 'publicUrl'> & Partial<Pick<Config, 'sandboxUrl' | 'trustProxy'>>;
  /** What was counted of each tenant in the last day. */
  figures: { of(tenantId: string): Promise<FiguresOf> };
  lookup: Lookup;
  /** Streams of activity that are open here. */
  live: LiveStreams;
  /** Sign-ins of the console. */
  sessions: Sessions;
}

export interface AppOptions {
  logger?: FastifyBaseLogger;
  /** What makes validators and serialisers of the routes' schemas: several applications of one process may share it. */
  schemaController?: FastifyServerOptions['schemaController'];
  /** CONNECTION_LIMITS where not given. */
  limits?: Partial<ConnectionLimits>;
}

/** Largest request body, in bytes. */
const BODY_LIMIT = 256 * 1024;

/** Builds the HTTP application; it listens nowhere yet. Close it to free what it holds. */
export async function buildApp(services: AppServices, options: AppOptions = {}): Promise<FastifyInstance> {
  const limits = { ...CONNECTION_LIMITS, ...options.limits };
  const app = fastify({
    ...(options.logger ? { loggerInstance: options.logger } : { logger: false }),
    ...(options.schemaController ? { schemaController: options.schemaController } : {}),
    bodyLimit: BODY_LIMIT,
    // Without it every caller behind a proxy has the proxy's address, and strangers use up everybody's share.
    trustProxy: services.config.trustProxy ?? false,
    ...connectionOptions(limits),
    // A client's own request id would let it forge log lines.
    requestIdHeader: false,
    genReqId: () => newId(services.runtime),
    routerOptions: { maxParamLength: 200 },
    // Nothing is coerced or dropped in silence: what does not fit is refused by name.
    frameworkErrors: refuseUnroutable,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false, allErrors: true } },
  }).withTypeProvider<TypeBoxTypeProvider>();

  boundConnections(app as unknown as FastifyInstance, limits, services.runtime);
  // Fastify reads plain text by itself; the API takes JSON only.
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    const { tenant } = request.params as { tenant?: string };
    services.logContext.run({ reqId: request.id, ...(tenant === undefined ? {} : { tenant }) }, done);
  });
  // A kept-alive connection would hold the close for its whole idle time: the last answers on each say that it ends.
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
  });
  await app.register(problems);
  await app.register(helmet);
  await app.register(openapi, { publicUrl: services.config.publicUrl });
  await app.register(metrics, { metrics: services.metrics });
  await app.register(healthRoutes, { services });
  await app.register(webhookRoutes, { services, prefix: '/webhooks' });
  await app.register(oauthRoutes, { services });
  const cookie = sessionCookie(services.config.publicUrl);
  await app.register(consoleRoutes, { services, cookie });
  await app.register(apiRoutes, { services, cookie, prefix: '/api' });
  return app as unknown as FastifyInstance;
}
