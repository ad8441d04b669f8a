import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { NoContent, REFUSALS } from '../../schemas/api.ts';
import { PRIORITY } from '../../schemas/records.ts';
import { validSecrets } from '../../src/admin/webhook-secret.ts';
import type { AppServices } from '../../src/app.ts';
import { SyncError } from '../../src/errors/sync-error.ts';
import { isFollowed } from '../../src/intake/followed.ts';
import { parseFortnoxEvent } from '../../src/intake/fortnox-event.ts';
import { TOLERANCE_SECONDS, verifyWebhook } from '../../src/intake/standard-webhooks.ts';
import { HookToken, knownTenant, rawBody } from './known-tenant.ts';

/**
 * An event of Fortnox's stream in a signed request (Standard Webhooks). One of an entity that the tenant's settings do not
 * follow is accepted and left (A1).
 */
export const fortnoxWebhook: FastifyPluginAsyncTypebox<{ services: AppServices }> = async (app, { services }) => {
  app.post(
    '/fortnox/:token',
    {
      schema: {
        tags: ['webhooks'],
        summary: 'A signed event of Fortnox',
        description:
          'The body is an event as the stream of Fortnox gives it, signed as the Standard Webhooks specification says, with the secret of the tenant (webhook-id, webhook-timestamp, webhook-signature).',
        params: Type.Object({ token: HookToken }),
        response: { 202: NoContent, ...REFUSALS },
      },
    },
    async (request, reply) => {
      await services.admission.run(() => take(request));
      return reply.code(202).send(undefined);
    },
  );

  async function take(request: FastifyRequest): Promise<void> {
    const tenant = knownTenant(request);
    const now = services.runtime.now();
    const raw = rawBody(request);
    const signed = verifyWebhook({
      secret: await validSecrets(services, tenant.id),
      headers: request.headers,
      rawBody: raw,
      now,
    });
    if (!signed.ok) throw new SyncError('bad-signature', `The signature is not accepted: ${signed.why}.`);

    const event = parseFortnoxEvent(parseJson(raw));
    if (event === null) throw new SyncError('invalid-body', 'The body is not an event of Fortnox.');
    if ('ignored' in event) return;
    if (tenant.fortnoxDatabaseNumber !== null && event.tenantId !== tenant.fortnoxDatabaseNumber) {
      throw new SyncError('invalid-body', 'The event belongs to another Fortnox company.');
    }
    const { entity, id } = event;
    if (isFollowed(tenant, 'fortnox', entity)) {
      await services.intake.accept([
        { tenant: tenant.id, entity, side: 'fortnox', id, priority: PRIORITY.notification },
      ]);
    }
    // Only now: an event whose hint was not stored must count when it is sent again. A replay merges into its job.
    const first = await services.store.seen.add(tenant.id, signed.id, now, now + 2 * TOLERANCE_SECONDS * 1000);
    if (!first) request.log.info('a webhook came again');
  }
};

function parseJson(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch (cause) {
    throw new SyncError('not-json', 'The body is not valid JSON.', { cause });
  }
}
