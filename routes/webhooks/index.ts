import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Tenant } from '../../schemas/records.ts';
import { tenantOfToken } from '../../src/admin/hook-tokens.ts';
import type { AppServices } from '../../src/app.ts';
import { limitScope } from '../../src/http/limits.ts';
import { fortnoxWebhook } from './fortnox.ts';
import { webcrmWebhook } from './webcrm.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whom the token of a hook's address belongs to. */
    hookTenant: Tenant | null;
  }
}

/** 32 random bytes in base64url: anything else is not looked up. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** Where the vendors call. A body is kept as it came, whatever its type: only the route knows what it may be. */
export const webhookRoutes: FastifyPluginAsyncTypebox<{ services: AppServices }> = async (app, { services }) => {
  app.decorateRequest('hookTenant', null);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  await limitScope(app, {
    known: 6_000,
    unknown: 60,
    identify: async (request) => {
      const { token = '' } = request.params as { token?: string };
      const caller = request.routeOptions.url?.includes('/fortnox/') ? 'fortnox' : 'webcrm';
      request.hookTenant = TOKEN.test(token)
        ? await services.admission.run(() => tenantOfToken(services.store, token, caller, services.runtime.now()))
        : null;
      return request.hookTenant?.id ?? null;
    },
  });
  // Two lines for each of thousands of hooks a second would say nothing that the figures and the activity do not.
  const logLevel = 'warn';
  await app.register(webcrmWebhook, { services, logLevel });
  await app.register(fortnoxWebhook, { services, logLevel });
};
