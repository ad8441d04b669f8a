import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { REFUSALS, TenantParams } from '../../schemas/api.ts';
import { ExplainQuery, ExplanationView } from '../../schemas/api-explain.ts';
import type { AppServices } from '../../src/app.ts';
import type { Explain } from '../../src/explain/explain.ts';
import { explanationView } from '../../src/explain/view.ts';

/** Why a record is not on the other side, and what a person can do about it. Changes nothing. */
export const explainRoutes: FastifyPluginAsyncTypebox<{
  services: Pick<AppServices, 'admin'> & { readonly explain: Explain };
}> = async (app, { services }) => {
  app.get(
    '/tenants/:tenant/explain',
    {
      config: { role: 'read' },
      schema: {
        tags: ['work'],
        summary: 'Why is this record not in Fortnox, or not in webCRM? (B2, B6)',
        params: TenantParams,
        querystring: ExplainQuery,
        response: { 200: ExplanationView, ...REFUSALS },
      },
    },
    async (request) => {
      const tenant = await services.admin.getTenant(request.params.tenant);
      return explanationView(await services.explain.record(tenant, request.query));
    },
  );
};
