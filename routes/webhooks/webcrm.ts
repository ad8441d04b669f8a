import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { NoContent, REFUSALS } from '../../schemas/api.ts';
import { PRIORITY } from '../../schemas/records.ts';
import type { AppServices } from '../../src/app.ts';
import { parseWebcrmHook } from '../../src/intake/webcrm-hook.ts';
import { knownTenant, rawBody } from './known-tenant.ts';

const Params = Type.Object({ token: Type.String(), event: Type.Enum(['create', 'update', 'delete']) });

/** A change of an organisation in webCRM. webCRM signs nothing: the token of the address is the proof (webcrm.md 5.2). */
export const webcrmWebhook: FastifyPluginAsyncTypebox<{ services: AppServices }> = async (app, { services }) => {
  app.post(
    '/webcrm/:token/:event',
    {
      // Before the check of the event: a stranger learns nothing of the address.
      preValidation: async (request) => void knownTenant(request),
      schema: {
        tags: ['webhooks'],
        summary: 'webCRM says that an organisation changed',
        params: Params,
        response: { 202: NoContent, ...REFUSALS },
      },
    },
    async (request, reply) => {
      const tenant = knownTenant(request);
      const body = readable(rawBody(request), request.headers['content-type'] ?? '');
      const ids = parseWebcrmHook(request.params.event, body);
      await services.intake.accept(
        ids.map((id) => ({
          tenant: tenant.id,
          entity: 'customer',
          side: 'webcrm',
          id,
          priority: PRIORITY.notification,
        })),
      );
      if (ids.length === 0) {
        // Not awaited: it takes seconds. A poll that fails says so itself, and the next round reads the same.
        services.poller.pollNow(tenant.id, 'webcrm').catch((err: unknown) => request.log.error({ err }, 'poll failed'));
      }
      return reply.code(202).send(undefined);
    },
  );
};

/** The form of webCRM's body is not documented: JSON whatever its type says, a form, or bare text. */
function readable(body: Buffer, contentType: string): unknown {
  const text = body.toString('utf8').trim();
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is no fault here: it is read as the two other forms.
    return contentType.startsWith('application/x-www-form-urlencoded')
      ? Object.fromEntries(new URLSearchParams(text))
      : text;
  }
}
