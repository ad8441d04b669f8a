import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { NoContent, REFUSALS } from '../../schemas/api.ts';
import { type Entity, PRIORITY, type Tenant } from '../../schemas/records.ts';
import type { AppServices } from '../../src/app.ts';
import { isFollowed } from '../../src/intake/followed.ts';
import { HOOK_PATHS, type HookPath, parseWebcrmHook } from '../../src/intake/webcrm-hook.ts';
import { HookToken, knownTenant, rawBody } from './known-tenant.ts';

const Event = Type.Enum(['create', 'update', 'delete']);
const Path = Type.Enum(Object.keys(HOOK_PATHS) as HookPath[]);
const FormerParams = Type.Object({ token: HookToken, event: Event });
const Params = Type.Object({ token: HookToken, entity: Path, event: Event });

/** A change in webCRM. webCRM signs nothing: the token of the address is the proof (webcrm.md 5.2). */
export const webcrmWebhook: FastifyPluginAsyncTypebox<{ services: AppServices }> = async (app, { services }) => {
  // Before the check of the event: a stranger learns nothing of the address.
  const preValidation = async (request: FastifyRequest): Promise<void> => void knownTenant(request);
  const common = { tags: ['webhooks'], response: { 202: NoContent, ...REFUSALS } };

  app.post(
    '/webcrm/:token/:entity/:event',
    {
      preValidation,
      schema: {
        ...common,
        summary: 'webCRM says that an organisation, a delivery or a quotation line changed',
        description:
          'The body, in whatever form webCRM sends it, only names records: a bare id, an address, an object, a form, or nothing. 202 comes when the hint is stored.',
        params: Params,
      },
    },
    async (request, reply) => {
      await take(request, request.params.entity, request.params.event);
      return reply.code(202).send(undefined);
    },
  );
  app.post(
    '/webcrm/:token/:event',
    {
      preValidation,
      schema: {
        ...common,
        operationId: 'postWebhooksWebcrmFormer',
        summary: 'webCRM says that an organisation changed: the address of hooks registered by earlier releases',
        params: FormerParams,
      },
    },
    async (request, reply) => {
      await take(request, 'organisations', request.params.event);
      return reply.code(202).send(undefined);
    },
  );

  async function take(request: FastifyRequest, path: HookPath, event: string): Promise<void> {
    const tenant = knownTenant(request);
    const body = readable(rawBody(request), request.headers['content-type'] ?? '');
    const records = parseWebcrmHook(path, event, body);
    const hints = records.map((record) => ({
      ...record,
      tenant: tenant.id,
      side: 'webcrm' as const,
      priority: PRIORITY.notification,
    }));
    await services.admission.run(() => services.intake.accept(hints));
    if (records.length > 0) return;
    // Not awaited: it takes seconds. A poll that fails says so itself, and the next round reads the same.
    services.poller
      .pollNow(tenant.id, 'webcrm', polledFor(tenant, path))
      .catch((err: unknown) => request.log.error({ err }, 'poll failed'));
  }
};

/** Which list shows a change of the hook's entity. Without a query on lines, the list of deliveries may (webcrm.md 5). */
function polledFor(tenant: Tenant, path: HookPath): Entity {
  if (path === 'organisations') return 'customer';
  return path === 'lines' && isFollowed(tenant, 'webcrm', 'line') ? 'line' : 'delivery';
}

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
