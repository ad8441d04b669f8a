import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { REFUSALS, RemovalBody, RemovedTenant, TenantParams } from '../../schemas/api.ts';
import type { AppServices } from '../../src/app.ts';
import { whoAsked } from '../../src/http/guard.ts';

/** The end of a tenant. */
export const removeTenantRoutes: FastifyPluginAsyncTypebox<{ services: AppServices }> = async (
  app,
  { services: { removal } },
) => {
  app.delete(
    '/tenants/:tenant',
    {
      config: { role: 'administer' },
      schema: {
        tags: ['tenants'],
        summary: 'Remove a tenant with everything that is kept of it (S2)',
        description:
          'The tenant stops, our hooks are removed from webCRM, and everything that is kept of it is deleted, its credentials first; nothing else at either vendor is touched, and nothing brings it back. Another name is refused (409, `conflict`). When webCRM does not remove the hooks the tenant is paused and nothing is deleted (409, `hooks-left`): send it again with `force` to leave them there. A removal that was cut short is finished by asking again, or at the next start.',
        params: TenantParams,
        body: RemovalBody,
        response: { 200: RemovedTenant, ...REFUSALS },
      },
    },
    async (request) => removal.remove(request.params.tenant, request.body, whoAsked(request)),
  );
};
