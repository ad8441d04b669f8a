import type { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { ActivityView, REFUSALS, TenantParams } from '../../schemas/api.ts';
import { StreamQuery } from '../../schemas/api-activity.ts';
import type { Activity } from '../../schemas/records.ts';
import { reaches } from '../../src/access/principal.ts';
import type { AppServices } from '../../src/app.ts';
import { SyncError } from '../../src/errors/sync-error.ts';
import type { Authenticate } from '../../src/http/authenticate.ts';
import { principalOf } from '../../src/http/guard.ts';
import { placeOf } from '../../src/live/streams.ts';

/** A stream is sent as it is; the schema describes it. */
const Events = Type.Unsafe<Readable>({ type: 'string' });
const SHOWN = Object.keys(ActivityView.properties) as (keyof typeof ActivityView.properties)[];

/** A tenant's activity while it happens (B2). */
export const activityStreamRoutes: FastifyPluginAsyncTypebox<{
  services: AppServices;
  authenticate: Authenticate;
}> = async (app, { services: { admin, live }, authenticate }) => {
  // A server closes when its last answer has ended, and these would not.
  app.addHook('preClose', async () => live.close());

  app.get(
    '/tenants/:tenant/activity/stream',
    {
      config: { role: 'read' },
      // An answer without a body would never end the stream that was opened for it.
      exposeHeadRoute: false,
      schema: {
        tags: ['work'],
        summary: 'What is done, while it is done, by server-sent events (B2)',
        description:
          'Events: `ready` when the stream is open; `line` with a line as `GET /api/tenants/{tenant}/activity` gives it, oldest first, its event id being its place; `gap` when more came than is told at once or than the client took (read the list); `end` when the token or session holds no longer. A comment every 15 s keeps the line open. After a broken line send the last event id as `Last-Event-ID` (browsers do): what came since follows, and a line that comes twice has the same id.  At most 20 streams of a token, and 200 of an instance.',
        params: TenantParams,
        querystring: StreamQuery,
        response: {
          200: {
            description: 'The events, until one side closes',
            content: { 'text/event-stream': { schema: Events } },
          },
          ...REFUSALS,
        },
      },
    },
    async (request, reply) => {
      const { id } = await admin.getTenant(request.params.tenant);
      const principal = principalOf(request);
      const { last, after } = request.query;
      const given = request.headers['last-event-id'] ?? after;
      const place = given === undefined ? null : placeOf(String(given));
      if (given !== undefined && place === null)
        throw new SyncError('invalid-body', 'Last-Event-ID is not the id of an event of this stream.', {
          faults: [{ field: 'Last-Event-ID', message: 'Send the id of the last event unchanged, or none' }],
        });
      const stream = live.open({
        principal,
        tenant: id,
        from: place === null ? { last: Number(last ?? 0) } : { after: place },
        shown: viewOf,
        async mayGoOn() {
          const now = await authenticate(request);
          return now?.id === principal.id && reaches(now, id);
        },
      });
      return (
        reply
          .header('content-type', 'text/event-stream; charset=utf-8')
          .header('cache-control', 'no-cache, no-transform')
          // nginx holds answers back otherwise.
          .header('x-accel-buffering', 'no')
          .send(stream.body)
      );
    },
  );
};

const viewOf = (line: Activity) => Object.fromEntries(SHOWN.map((name) => [name, line[name as keyof Activity]]));
