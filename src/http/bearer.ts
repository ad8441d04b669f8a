import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Tells whether a request bears the token. Digests are compared, so that the time taken tells nothing, not even a length. */
export function bearerCheck(token: string): (request: FastifyRequest) => boolean {
  const expected = digest(token);
  return (request) => {
    const [scheme, given, ...rest] = (request.headers.authorization ?? '').split(' ');
    const wellFormed = scheme?.toLowerCase() === 'bearer' && given !== undefined && rest.length === 0;
    return timingSafeEqual(digest(given ?? ''), expected) && wellFormed;
  };
}
