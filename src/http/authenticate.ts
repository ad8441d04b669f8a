import type { FastifyRequest } from 'fastify';
import type { Access } from '../access/access.ts';
import type { Principal } from '../access/principal.ts';

/** Tells whom a request comes from; null: it proves nobody. */
export type Authenticate = (request: FastifyRequest) => Promise<Principal | null>;

/** The token of `Authorization: Bearer <token>`; null when the header is absent or of another form. */
function bearerOf(request: Pick<FastifyRequest, 'headers'>): string | null {
  const [scheme, given, ...rest] = (request.headers.authorization ?? '').split(' ');
  return scheme?.toLowerCase() === 'bearer' && given !== undefined && given !== '' && rest.length === 0 ? given : null;
}

/** By the bearer token. */
export const byBearer =
  (access: Pick<Access, 'principalOf'>): Authenticate =>
  async (request) => {
    const token = bearerOf(request);
    return token === null ? null : access.principalOf(token);
  };

/** The first of several ways that proves somebody. */
export const firstOf =
  (...ways: readonly Authenticate[]): Authenticate =>
  async (request) => {
    for (const way of ways) {
      const principal = await way(request);
      if (principal !== null) return principal;
    }
    return null;
  };
