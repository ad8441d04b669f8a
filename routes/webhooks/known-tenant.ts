import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Tenant } from '../../schemas/records.ts';
import { SyncError } from '../../src/errors/sync-error.ts';

/** The token of a hook's address. Whatever it is, it is looked for: a stranger learns nothing of its form. */
export const HookToken = Type.String({ description: "The unguessable part of the tenant's own address" });

/** The tenant of the hook's token, or `not-found`: to a stranger such an address does not exist. */
export function knownTenant(request: FastifyRequest): Tenant {
  if (!request.hookTenant) throw new SyncError('not-found', 'There is nothing at this address.');
  return request.hookTenant;
}

/** The body as it came; empty when there was none. */
export const rawBody = (request: FastifyRequest): Buffer =>
  Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
