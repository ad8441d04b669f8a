import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { PageQuery, pageOf, REFUSALS, TenantItemParams, TenantParams } from '../../schemas/api.ts';
import { ImportRecordsQuery, ImportRecordView, ImportView, NewImport } from '../../schemas/api-imports.ts';
import type { Listed } from '../../schemas/imports.ts';
import type { AppServices } from '../../src/app.ts';
import type { ImportProgress } from '../../src/imports/view.ts';
import { REASONS, type Reason } from '../../src/sync/reasons.ts';
import { pageRequest } from './paging.ts';

/** Imports: a dry run first, its progress, stop and resume (B3, C5). */
export const importRoutes: FastifyPluginAsyncTypebox<{ services: AppServices }> = async (app, { services }) => {
  const { admin, imports } = services;
  const tags = ['work'];
  const params = TenantItemParams;
  const one = { 200: ImportView, ...REFUSALS };
  const accepted = { 202: ImportView, ...REFUSALS };

  app.post(
    '/tenants/:tenant/imports',
    {
      config: { role: 'operate', done: 'An import was begun.', idempotent: true },
      schema: {
        tags,
        summary: 'Import both sides, or show first what would be done (B3, C5)',
        params: TenantParams,
        body: NewImport,
        response: accepted,
      },
    },
    async (request, reply) => {
      const tenant = await admin.getTenant(request.params.tenant);
      return reply.code(202).send(shown(await imports.begin(tenant, request.body ?? {})));
    },
  );
  app.get(
    '/tenants/:tenant/imports',
    {
      config: { role: 'read' },
      schema: {
        tags,
        summary: 'Imports, newest first',
        params: TenantParams,
        querystring: PageQuery,
        response: { 200: pageOf(ImportView), ...REFUSALS },
      },
    },
    async (request) => {
      const { id } = await admin.getTenant(request.params.tenant);
      const page = await imports.list(id, pageRequest(request.query));
      return { items: page.items.map(shown), next: page.next };
    },
  );
  app.get(
    '/tenants/:tenant/imports/:id',
    { config: { role: 'read' }, schema: { tags, summary: 'Progress of an import', params, response: one } },
    async (request) => {
      const { id } = await admin.getTenant(request.params.tenant);
      return shown(await imports.progress(id, request.params.id));
    },
  );
  app.get(
    '/tenants/:tenant/imports/:id/records',
    {
      config: { role: 'read' },
      schema: {
        tags,
        summary: 'What would be done with each record, and every value that would be overwritten (R21)',
        params,
        querystring: ImportRecordsQuery,
        response: { 200: pageOf(ImportRecordView), ...REFUSALS },
      },
    },
    async (request) => {
      const { id } = await admin.getTenant(request.params.tenant);
      const { limit: _limit, cursor: _cursor, ...filter } = request.query;
      const page = await imports.records(id, request.params.id, { ...pageRequest(request.query), ...filter });
      return { items: page.items.map(recordShown), next: page.next };
    },
  );
  app.post(
    '/tenants/:tenant/imports/:id/start',
    {
      config: { role: 'operate', done: 'An import was started.' },
      schema: { tags, summary: 'Start a dry run that is ready', params, response: accepted },
    },
    async (request, reply) => {
      const tenant = await admin.getTenant(request.params.tenant);
      return reply.code(202).send(shown(await imports.start(tenant, request.params.id)));
    },
  );
  app.post(
    '/tenants/:tenant/imports/:id/stop',
    {
      config: { role: 'operate', done: 'An import was stopped.' },
      schema: { tags, summary: 'Stop: jobs that wait are taken back', params, response: one },
    },
    async (request) => {
      const { id } = await admin.getTenant(request.params.tenant);
      return shown(await imports.stop(id, request.params.id));
    },
  );
  app.post(
    '/tenants/:tenant/imports/:id/resume',
    {
      config: { role: 'operate', done: 'An import was resumed.' },
      schema: { tags, summary: 'Go on where it was stopped', params, response: accepted },
    },
    async (request, reply) => {
      const tenant = await admin.getTenant(request.params.tenant);
      return reply.code(202).send(shown(await imports.resume(tenant, request.params.id)));
    },
  );
};

/** The answer's schema has mutable lists; ours are not. */
const shown = (run: ImportProgress) => ({ ...run, kinds: [...run.kinds], paused: [...run.paused] });

const recordShown = ({ kind, side, id, name, number, organisationNumber, partner, outcome, reason, lost }: Listed) => ({
  kind,
  side,
  id,
  name,
  number,
  organisationNumber,
  partner,
  outcome,
  reason,
  message: reason !== null && reason in REASONS ? REASONS[reason as Reason].sentence : null,
  lost: lost.map((one) => ({ ...one })),
});
