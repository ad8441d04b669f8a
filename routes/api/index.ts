import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { tenantLine } from '../../src/admin/lines.ts';
import type { AppServices } from '../../src/app.ts';
import { byBearer, firstOf } from '../../src/http/authenticate.ts';
import { guard } from '../../src/http/guard.ts';
import { idempotency } from '../../src/http/idempotency.ts';
import { bySession, type SessionCookie } from '../../src/http/session-cookie.ts';
import { activityStreamRoutes } from './activity-stream.ts';
import { alertRoutes } from './alerts.ts';
import { explainRoutes } from './explain.ts';
import { importRoutes } from './imports.ts';
import { mendingRoutes } from './mending.ts';
import { overviewRoutes } from './overview.ts';
import { personRoutes } from './persons.ts';
import { reconcileRoutes } from './reconcile.ts';
import { removeTenantRoutes } from './remove-tenant.ts';
import { tenantRoutes } from './tenants.ts';
import { tokenRoutes } from './tokens.ts';
import { workRoutes } from './work.ts';

/** The administrators' API. Every route names the role that it needs; the guard asks for it. */
export const apiRoutes: FastifyPluginAsyncTypebox<{ services: AppServices; cookie: SessionCookie }> = async (
  app,
  { services, cookie },
) => {
  const authenticate = firstOf(byBearer(services.access), bySession({ ...services, cookie }));
  await guard(app, {
    authenticate,
    tell: (line) => tenantLine(services, { ...line, action: 'request' }),
  });
  idempotency(app, services);
  await app.register(tokenRoutes, { services });
  await app.register(tenantRoutes, { services });
  await app.register(removeTenantRoutes, { services });
  await app.register(overviewRoutes, { services });
  await app.register(workRoutes, { services });
  await app.register(activityStreamRoutes, { services, authenticate });
  await app.register(reconcileRoutes, { services });
  await app.register(importRoutes, { services });
  await app.register(mendingRoutes, { services });
  await app.register(explainRoutes, { services });
  await app.register(personRoutes, { services });
  await app.register(alertRoutes, { services });
};
