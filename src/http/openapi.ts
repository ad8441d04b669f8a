import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { completed, OVERVIEW } from './openapi-document.ts';
import { cookieName } from './session-cookie.ts';

/** The OpenAPI document, and pages that show it at /docs. */
export const openapi = fp(async (app: FastifyInstance, options: { publicUrl: string }) => {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'webCRM - Fortnox synchronisation',
        version: '0.1.0',
        description: OVERVIEW,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: options.publicUrl }],
      components: {
        securitySchemes: {
          token: {
            type: 'http',
            scheme: 'bearer',
            description:
              'The root token (ADMIN_TOKEN), or one made with POST /api/tokens. What a token may do is its role: `read`, `operate` or `administer`, each with those before it; `x-role` names the one that an operation needs. A tenant that it does not reach is answered as unknown.',
          },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: cookieName(options.publicUrl),
            description:
              'Signed in to the console with a token, which is then what counts. What changes anything is taken from the same origin alone, with the header `x-console`.',
          },
        },
      },
      tags: [
        { name: 'access', description: 'Tokens of this API, and who one is' },
        { name: 'tenants', description: 'One webCRM system paired with one Fortnox company' },
        { name: 'work', description: 'Jobs, pairs, imports, reconcile, explain and what was done' },
        { name: 'mending', description: 'What a person decides: links, conflicts, synchronise now, release' },
        { name: 'alerts', description: 'What is wrong with which tenant, and whom it is told' },
        { name: 'persons', description: 'What is kept about a person, given out and erased' },
        { name: 'oauth', description: 'Where a person comes back to after the consent' },
        { name: 'console', description: 'Signing in to the web page' },
        { name: 'webhooks', description: 'Called by the vendors' },
        { name: 'health', description: 'Called by an orchestrator' },
      ],
    },
    transformObject: (made) => ('openapiObject' in made ? completed(made.openapiObject) : made.swaggerObject),
  });
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true });
});
