import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from 'typebox';
import type { AccessToken } from '../../schemas/access.ts';
import { NoContent, PageQuery, pageOf, REFUSALS } from '../../schemas/api.ts';
import { MadeTokenView, NewToken, RotateToken, TokenParams, TokenView, WhoView } from '../../schemas/api-access.ts';
import { stateOf } from '../../src/access/access.ts';
import type { AppServices } from '../../src/app.ts';
import { principalOf } from '../../src/http/guard.ts';
import { pageRequest } from './paging.ts';

/** Tokens of this API: made, listed, rotated, revoked (B8). */
export const tokenRoutes: FastifyPluginAsyncTypebox<{ services: AppServices }> = async (
  app,
  { services: { access, runtime } },
) => {
  const tags = ['access'];
  const config = { role: 'administer' } as const;
  const shown = (whole: AccessToken): Static<typeof TokenView> => {
    const { secrets, schema: _schema, version: _version, ...token } = whole;
    return {
      ...token,
      tenants: token.tenants === null ? null : [...token.tenants],
      state: stateOf(whole, runtime.now()),
      secrets: secrets.map(({ createdAt, until }) => ({ createdAt, until })),
    };
  };

  app.get(
    '/me',
    {
      config: { role: 'read' },
      schema: { tags, summary: 'Whose token this is, and how far it goes', response: { 200: WhoView, ...REFUSALS } },
    },
    async (request) => {
      const { tenants, ...principal } = principalOf(request);
      return { ...principal, tenants: tenants === null ? null : [...tenants] };
    },
  );
  app.get(
    '/tokens',
    {
      config,
      schema: {
        tags,
        summary: 'List tokens, oldest first; never their secrets',
        querystring: PageQuery,
        response: { 200: pageOf(TokenView), ...REFUSALS },
      },
    },
    async (request) => {
      const page = await access.list(principalOf(request), pageRequest(request.query));
      return { items: page.items.map(shown), next: page.next };
    },
  );
  app.post(
    '/tokens',
    {
      config: { ...config, idempotent: true },
      schema: {
        tags,
        summary: 'Make a token; its secret is shown this once',
        body: NewToken,
        response: { 201: MadeTokenView, ...REFUSALS },
      },
    },
    async (request, reply) => {
      const { name, role, tenants = null, expiresAt = null } = request.body;
      const made = await access.make(principalOf(request), { name: name.trim(), role, tenants, expiresAt });
      return reply.code(201).send({ token: shown(made.token), secret: made.text });
    },
  );
  app.get(
    '/tokens/:id',
    {
      config,
      schema: { tags, summary: 'Show a token', params: TokenParams, response: { 200: TokenView, ...REFUSALS } },
    },
    async (request) => shown(await access.get(principalOf(request), request.params.id)),
  );
  app.post(
    '/tokens/:id/rotate',
    {
      config,
      schema: {
        tags,
        summary: 'Make a new secret of a token; the former one counts for a while',
        params: TokenParams,
        body: RotateToken,
        response: { 200: MadeTokenView, ...REFUSALS },
      },
    },
    async (request) => {
      const made = await access.rotate(principalOf(request), request.params.id, request.body.graceHours ?? 24);
      return { token: shown(made.token), secret: made.text };
    },
  );
  app.delete(
    '/tokens/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Revoke a token: it stops at its next request',
        params: TokenParams,
        response: { 204: NoContent, ...REFUSALS },
      },
    },
    async (request, reply) => {
      await access.revoke(principalOf(request), request.params.id);
      return reply.code(204).send(undefined);
    },
  );
};
