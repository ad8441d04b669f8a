import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from 'typebox';
import { NoContent, REFUSALS } from '../../schemas/api.ts';
import { SessionView, SignIn } from '../../schemas/console-session.ts';
import type { Principal } from '../../src/access/principal.ts';
import type { AppServices } from '../../src/app.ts';
import { SESSION_MS } from '../../src/console/sessions.ts';
import { SyncError } from '../../src/errors/sync-error.ts';
import { limitScope } from '../../src/http/limits.ts';
import { refuseCrossSite, type SessionCookie } from '../../src/http/session-cookie.ts';

/** Signing in with an admin token, and out. The token is kept in a cookie that no script can read. */
export const sessionRoutes: FastifyPluginAsyncTypebox<{
  services: Pick<AppServices, 'access' | 'sessions' | 'config'>;
  cookie: SessionCookie;
}> = async (app, { services, cookie }) => {
  const { access, sessions } = services;
  const sandboxUrl = services.config.sandboxUrl ?? null;
  await limitScope(app, { known: 60, unknown: 30, identify: async () => null });
  const tags = ['console'];
  const headers = { 'cache-control': 'no-store' };

  app.get(
    '/console/session',
    { schema: { tags, summary: 'Whether this browser is signed in', response: { 200: SessionView, ...REFUSALS } } },
    async (request, reply) => {
      reply.headers(headers);
      const ticket = cookie.ticketOf(request);
      const session = ticket === null ? null : await sessions.tokenOf(ticket);
      const principal = session === null ? null : await access.principalOf(session.token);
      return { ...shown(principal, session?.expiresAt ?? null), sandboxUrl };
    },
  );
  app.post(
    '/console/session',
    {
      schema: {
        tags,
        summary: 'Sign in to the console with an admin token',
        description: 'Takes the header `x-console`, which only a script of the same origin can send.',
        body: SignIn,
        response: { 200: SessionView, ...REFUSALS },
      },
    },
    async (request, reply) => {
      refuseCrossSite(request);
      const token = request.body.token.trim();
      const principal = await access.principalOf(token);
      if (principal === null)
        throw new SyncError(
          'unauthorised',
          'This is not a valid admin token. Its first one was printed at the first start.',
        );
      const { ticket, expiresAt } = sessions.open(token);
      reply.headers({ ...headers, 'set-cookie': cookie.set(ticket, SESSION_MS / 1000) });
      return { ...shown(principal, expiresAt), sandboxUrl };
    },
  );
  app.delete(
    '/console/session',
    { schema: { tags, summary: 'Sign out', response: { 204: NoContent, ...REFUSALS } } },
    async (request, reply) => {
      refuseCrossSite(request);
      const ticket = cookie.ticketOf(request);
      if (ticket !== null) await sessions.close(ticket);
      return reply
        .code(204)
        .headers({ ...headers, 'set-cookie': cookie.clear() })
        .send(undefined);
    },
  );
};

/** A session ends with its token, when that is sooner. */
function shown(principal: Principal | null, until: number | null): Omit<Static<typeof SessionView>, 'sandboxUrl'> {
  if (principal === null) return { signedIn: false, name: null, role: null, expiresAt: null };
  const expiresAt = Math.min(until ?? 0, principal.expiresAt ?? Number.POSITIVE_INFINITY);
  return { signedIn: true, name: principal.name, role: principal.role, expiresAt };
}
