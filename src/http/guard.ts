import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Role } from '../../schemas/access.ts';
import { includes, type Principal, reaches } from '../access/principal.ts';
import { SyncError } from '../errors/sync-error.ts';
import type { Authenticate } from './authenticate.ts';
import { limitScope } from './limits.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whom the request comes from; null before it was asked, and for nobody. */
    principal: Principal | null;
  }
  interface FastifyContextConfig {
    /** The least role that the route needs. */
    role?: Role;
    /** It concerns all tenants at once: whoever reaches some only is refused. */
    allTenants?: boolean;
    /** What an action did, for the tenant's activity: told once it was done, with who asked. */
    done?: string;
  }
}

/** Stands on an answer that was given before: nothing was done for it. */
export const REPLAYED = 'idempotency-replayed';
/** Requests a minute: of one principal, and of an address that proves nobody. */
const LIMITS = { known: 1200, unknown: 60 };

export interface GuardOptions {
  readonly authenticate: Authenticate;
  /** Writes the line of an action that was done. */
  readonly tell: (line: { tenant: string; message: string; by: string }) => Promise<void>;
}

/** Gives the principal of a guarded route; nobody gets as far without one. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === null) throw unauthorised();
  return request.principal;
}

/** Who asked, as lines of the log name it. */
export const whoAsked = (request: FastifyRequest): string => `${principalOf(request).name}, request ${request.id}`;

const unauthorised = () => new SyncError('unauthorised', 'Send the header Authorization: Bearer <token>.');

/**
 * Guards every route of `scope` that is registered after it: the limit is counted first, so that guesses are slowed down; then
 * the token, its role and its tenants are looked at, before a stranger's body is read. A route without a role is a defect: the
 * application does not start.
 */
export async function guard(scope: FastifyInstance, { authenticate, tell }: GuardOptions): Promise<void> {
  scope.decorateRequest('principal', null);
  await limitScope(scope, {
    ...LIMITS,
    async identify(request) {
      request.principal = await authenticate(request);
      return request.principal?.id ?? null;
    },
  });
  // preParsing: after the limit, which is a route's onRequest.
  scope.addHook('preParsing', async (request) => {
    const principal = principalOf(request);
    const { role = 'administer', allTenants = false } = request.routeOptions.config;
    if (!includes(principal.role, role))
      throw new SyncError(
        'forbidden',
        `The token "${principal.name}" has the role ${principal.role}, and this needs ${role}: use a token with that role.`,
      );
    if (allTenants && principal.tenants !== null)
      throw new SyncError(
        'forbidden',
        `The token "${principal.name}" reaches some tenants only, and this concerns all: use a token that reaches all.`,
      );
    const { tenant } = request.params as { tenant?: string };
    if (tenant !== undefined && !reaches(principal, tenant))
      throw new SyncError('not-found', 'There is no tenant with this id.');
  });
  scope.addHook('onSend', async (request, reply) => {
    const { role, done } = request.routeOptions.config;
    if (role === 'read' || reply.statusCode >= 300 || reply.hasHeader(REPLAYED)) return;
    const { tenant } = request.params as { tenant?: string };
    const { id: token, name } = principalOf(request);
    request.log.info({ token, name, tenant, method: request.method, route: request.routeOptions.url }, 'done as asked');
    if (done !== undefined && tenant !== undefined) await tell({ tenant, message: done, by: whoAsked(request) });
  });
  scope.addHook('onRoute', (route) => {
    // HEAD routes are made of GET routes and share their options.
    if (route.config?.role === undefined) throw new Error(`The route ${route.method} ${route.url} names no role.`);
    if (!route.schema) return;
    route.schema.security = [{ token: [] }, { session: [] }];
    (route.schema as Record<string, unknown>)['x-role'] = route.config.role;
  });
}
