import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { AppServices } from '../../src/app.ts';
import { type Asset, type ConsoleAssets, loadAssets } from '../../src/console/assets.ts';
import { SyncError } from '../../src/errors/sync-error.ts';
import { etagOf } from '../../src/hash.ts';
import type { SessionCookie } from '../../src/http/session-cookie.ts';
import { ICON } from './icon.ts';
import { sessionRoutes } from './session.ts';

/** Nothing but the page's own files, and no inline script or style. */
const POLICY = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    connectSrc: ["'self'"],
    imgSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
};
const helmet = { contentSecurityPolicy: POLICY, referrerPolicy: { policy: 'no-referrer' as const } };
const FOREVER = 'public, max-age=31536000, immutable';

/** The administrators' web page at `/`, its files, and signing in. */
export const consoleRoutes: FastifyPluginAsyncTypebox<{ services: AppServices; cookie: SessionCookie }> = async (
  app,
  { services, cookie },
) => {
  let loading: Promise<ConsoleAssets> | null = null;
  const assets = (): Promise<ConsoleAssets> => {
    loading ??= loadAssets().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  };
  await app.register(sessionRoutes, { services, cookie });

  app.get('/', { helmet, schema: { hide: true } }, async (request, reply) => {
    const { page } = await assets();
    const etag = etagOf(page);
    reply.headers({ etag, 'cache-control': 'no-cache' });
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    return reply.type('text/html; charset=utf-8').send(page);
  });
  app.get('/console/icon.svg', { helmet, schema: { hide: true } }, async (_request, reply) =>
    reply.type('image/svg+xml').header('cache-control', 'public, max-age=86400').send(ICON),
  );
  app.get(
    '/console/:file',
    { helmet, schema: { hide: true, params: Type.Object({ file: Type.String() }) } },
    async (request, reply) => {
      const asset = (await assets()).files.get(request.params.file);
      if (!asset) throw new SyncError('not-found', 'There is nothing at this address.');
      const [encoding, body] = encoded(asset, request.headers['accept-encoding'] ?? '');
      if (encoding !== null) reply.header('content-encoding', encoding);
      return reply.type(asset.type).headers({ 'cache-control': FOREVER, vary: 'accept-encoding' }).send(body);
    },
  );
};

function encoded(asset: Asset, accepted: string): readonly [encoding: string | null, body: Buffer] {
  if (/\bbr\b/.test(accepted)) return ['br', asset.brotli];
  if (/\bgzip\b/.test(accepted)) return ['gzip', asset.gzip];
  return [null, asset.body];
}
