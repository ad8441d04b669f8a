import type { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { ActivityView, pageOf, REFUSALS, TenantParams } from '../../schemas/api.ts';
import { ActivityCsvQuery, ActivityQuery, RefusedQuery, RefusedView } from '../../schemas/api-activity.ts';
import { activityCsv } from '../../src/admin/activity-csv.ts';
import type { AppServices } from '../../src/app.ts';
import { customerWaitedFor } from '../../src/sync/customer/documents.ts';
import { REASONS, type Reason, sentenceOf } from '../../src/sync/reasons.ts';
import { copyLine } from './copies.ts';
import { pageRequest, period } from './paging.ts';

/** A stream is sent as it is; the schema describes it. */
const CsvFile = Type.Unsafe<Readable>({ type: 'string' });

/** What was done for a tenant, and what was not (B2). */
export const activityRoutes: FastifyPluginAsyncTypebox<{ services: AppServices }> = async (app, { services }) => {
  const { admin, store } = services;
  const tags = ['work'];
  const params = TenantParams;

  app.get(
    '/tenants/:tenant/activity',
    {
      config: { role: 'read' },
      schema: {
        tags,
        summary: 'What was done, or not, and why; newest first (B2)',
        params,
        querystring: ActivityQuery,
        response: { 200: pageOf(ActivityView), ...REFUSALS },
      },
    },
    async (request) => {
      const { id } = await admin.getTenant(request.params.tenant);
      const { limit: _limit, cursor: _cursor, from: _from, to: _to, ...filters } = request.query;
      const page = await store.activity.list(id, {
        ...pageRequest(request.query),
        ...filters,
        ...period(request.query),
      });
      return { items: page.items.map(copyLine), next: page.next };
    },
  );
  app.get(
    '/tenants/:tenant/activity.csv',
    {
      config: { role: 'read' },
      schema: {
        tags,
        summary: 'The same as a file for a spreadsheet: one row per change (B2)',
        description:
          'RFC 4180, UTF-8 with BOM, a header row, times in UTC. At most 100,000 rows; the last row of a longer file says with which cursor to go on. A cell that a spreadsheet would take for a formula has an apostrophe before it.',
        params,
        querystring: ActivityCsvQuery,
        response: {
          200: { description: 'The file', content: { 'text/csv': { schema: CsvFile } } },
          ...REFUSALS,
        },
      },
    },
    async (request, reply) => {
      const { id } = await admin.getTenant(request.params.tenant);
      const { from: _from, to: _to, ...filters } = request.query;
      const bounds = period(request.query);
      // A cursor that is none is refused here, before the file begins.
      await store.activity.list(id, { ...filters, ...bounds, limit: 1 });
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="activity.csv"')
        .send(activityCsv(store, id, { ...filters, ...bounds }));
    },
  );
  app.get(
    '/tenants/:tenant/refused',
    {
      config: { role: 'read' },
      schema: {
        tags,
        summary: 'Records that are not in step and have no pair, each with its reason; newest first (B2)',
        params,
        querystring: RefusedQuery,
        response: { 200: pageOf(RefusedView), ...REFUSALS },
      },
    },
    async (request) => {
      const { id } = await admin.getTenant(request.params.tenant);
      const page = await store.decisions.list(id, { ...pageRequest(request.query), reason: request.query.reason });
      return {
        items: page.items.map(({ at, waitsFor, ...refused }) => ({
          ...refused,
          message: sentence(refused.reason),
          since: at,
          waitsFor: customerWaitedFor(waitsFor),
        })),
        next: page.next,
      };
    },
  );
};

/** A reason that an earlier release stored has no sentence any more. */
const sentence = (reason: string): string =>
  Object.hasOwn(REASONS, reason) ? sentenceOf(reason as Reason) : `The reason is ${reason}.`;
