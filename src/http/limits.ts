import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { SyncError } from '../errors/sync-error.ts';

/**
 * Limits every route of `scope`, per minute: a caller whom `identify` knows by its own key, anybody else by address,
 * so that guessing tokens is slow and cannot use up a known caller's share.
 */
export async function limitScope(
  scope: FastifyInstance,
  limits: { known: number; unknown: number; identify(request: FastifyRequest): Promise<string | null> },
): Promise<void> {
  await scope.register(rateLimit, {
    timeWindow: 60_000,
    keyGenerator: async (request) => {
      const key = await limits.identify(request);
      return key === null ? `address:${request.ip}` : `known:${key}`;
    },
    max: (_request, key) => (key.startsWith('known:') ? limits.known : limits.unknown),
    errorResponseBuilder: (_request, context) =>
      new SyncError('too-many-requests', `Too many requests: try again in ${Math.ceil(context.ttl / 1000)} s.`),
  });
}
