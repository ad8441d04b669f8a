import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { AppServices } from '../../src/app.ts';
import { SyncError } from '../../src/errors/sync-error.ts';
import { bearerCheck } from '../../src/http/bearer.ts';
import { limitScope } from '../../src/http/limits.ts';
import { explainRoutes } from './explain.ts';
import { importRoutes } from './imports.ts';
import { mendingRoutes } from './mending.ts';
import { reconcileRoutes } from './reconcile.ts';
import { tenantRoutes } from './tenants.ts';
import { workRoutes } from './work.ts';

/** The administrators' API. Every route needs the token; the limit is counted first, so that guesses are slowed down. */
export const apiRoutes: FastifyPluginAsyncTypebox<{ services: AppServices }> = async (app, { services }) => {
  const bears = bearerCheck(services.adminToken);
  await limitScope(app, { known: 1200, unknown: 60, identify: async (request) => (bears(request) ? 'admin' : null) });
  // preParsing: after the limit (a route's onRequest), before a stranger's body is read.
  app.addHook('preParsing', async (request) => {
    if (!bears(request)) throw new SyncError('unauthorised', 'Send the header Authorization: Bearer <admin token>.');
  });
  app.addHook('onRoute', (route) => {
    if (route.schema) route.schema.security = [{ adminToken: [] }];
  });
  await app.register(tenantRoutes, { services });
  await app.register(workRoutes, { services });
  await app.register(reconcileRoutes, { services });
  await app.register(importRoutes, { services });
  await app.register(mendingRoutes, { services });
  await app.register(explainRoutes, { services });
};
