import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  Accepted,
  ActivityQuery,
  ActivityView,
  ImportView,
  JobsQuery,
  JobView,
  PairsQuery,
  PairView,
  pageOf,
  REFUSALS,
  Retried,
  RetryJobs,
  StatusView,
  SyncNow,
  TenantItemParams,
  TenantParams,
} from '../../schemas/api.ts';
import { jobKey, type Pair, PRIORITY } from '../../schemas/records.ts';
import type { AppServices } from '../../src/app.ts';
import { SyncError } from '../../src/errors/sync-error.ts';
import { POLLED } from '../../src/intake/followed.ts';
import { pageRequest } from './paging.ts';

/** What the service does for a tenant: jobs, pairs, activity, imports. */
export const workRoutes: FastifyPluginAsyncTypebox<{ services: AppServices }> = async (app, { services }) => {
  const { admin, store, intake, imports, worker, connections, runtime } = services;
  const tags = ['work'];
  const params = TenantParams;

  app.get(
    '/tenants/:tenant/jobs',
    {
      schema: {
        tags,
        summary: 'Jobs, oldest first; state=dead lists what failed (B4)',
        params,
        querystring: JobsQuery,
        response: { 200: pageOf(JobView), ...REFUSALS },
      },
    },
    async (request) => {
      const { id } = await admin.getTenant(request.params.tenant);
      const page = await store.jobs.list(id, { ...pageRequest(request.query), state: request.query.state });
      return { items: [...page.items], next: page.next };
    },
  );
  app.post(
    '/tenants/:tenant/jobs/retry',
    {
      schema: {
        tags,
        summary: 'Retry failed jobs: those named, or all (B4)',
        params,
        body: RetryJobs,
        response: { 200: Retried, ...REFUSALS },
      },
    },
    async (request) => {
      const { id } = await admin.getTenant(request.params.tenant);
      const retried = await store.jobs.retry(id, request.body.keys ?? null, runtime.now());
      worker.wake(id);
      return { retried };
    },
  );
  app.post(
    '/tenants/:tenant/jobs/sync',
    {
      schema: {
        tags,
        summary: 'Synchronise one record now (B6)',
        params,
        body: SyncNow,
        response: { 202: Accepted, ...REFUSALS },
      },
    },
    async (request, reply) => {
      const { id: tenant } = await admin.getTenant(request.params.tenant);
      const { side, id, entity = 'customer' } = request.body;
      if (!POLLED[side].includes(entity)) {
        const message = `is not kept in ${side}: name one of ${POLLED[side].join(', ')}`;
        throw new SyncError('invalid-body', `entity ${message}.`, { faults: [{ field: 'entity', message }] });
      }
      const hint = { tenant, entity, side, id, priority: PRIORITY.notification } as const;
      await intake.accept([hint]);
      return reply.code(202).send({ key: jobKey(hint) });
    },
  );
  app.get(
    '/tenants/:tenant/pairs',
    {
      schema: {
        tags,
        summary: 'Pairs of records, newest change first; of one state, of one entity',
        params,
        querystring: PairsQuery,
        response: { 200: pageOf(PairView), ...REFUSALS },
      },
    },
    async (request) => {
      const { id } = await admin.getTenant(request.params.tenant);
      const { state, entity } = request.query;
      const page = await store.pairs.list(id, { ...pageRequest(request.query), state, entity });
      return { items: page.items.map(copyPair), next: page.next };
    },
  );
  app.get(
    '/tenants/:tenant/pairs/:id',
    {
      schema: {
        tags,
        summary: 'One pair with what was last read of each side',
        params: TenantItemParams,
        response: { 200: PairView, ...REFUSALS },
      },
    },
    async (request) => {
      const { id } = await admin.getTenant(request.params.tenant);
      const pair = await store.pairs.get(id, request.params.id);
      if (!pair) throw new SyncError('not-found', 'The tenant has no pair with this id.');
      return copyPair(pair);
    },
  );
  app.get(
    '/tenants/:tenant/activity',
    {
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
      const { limit: _limit, cursor: _cursor, ...filters } = request.query;
      const page = await store.activity.list(id, { ...pageRequest(request.query), ...filters });
      return {
        items: page.items.map((line) => ({
          ...line,
          changes: [...line.changes],
          lost: [...line.lost],
          reasons: [...line.reasons],
        })),
        next: page.next,
      };
    },
  );
  app.post(
    '/tenants/:tenant/imports',
    {
      schema: {
        tags,
        summary: 'Import the customers of both sides (C5)',
        params,
        response: { 202: ImportView, ...REFUSALS },
      },
    },
    async (request, reply) => {
      const tenant = await admin.getTenant(request.params.tenant);
      if (tenant.state !== 'connected')
        throw new SyncError('conflict', 'The tenant is not connected: connect or resume it first.');
      return reply.code(202).send(await imports.start(tenant));
    },
  );
  app.get(
    '/tenants/:tenant/imports/:id',
    {
      schema: {
        tags,
        summary: 'Progress of an import',
        params: TenantItemParams,
        response: { 200: ImportView, ...REFUSALS },
      },
    },
    async (request) => {
      const { id } = await admin.getTenant(request.params.tenant);
      return imports.progress(id, request.params.id);
    },
  );
  app.get(
    '/tenants/:tenant/status',
    { schema: { tags, summary: 'Counts, budgets and lateness', params, response: { 200: StatusView, ...REFUSALS } } },
    async (request) => {
      const tenant = await admin.getTenant(request.params.tenant);
      const [jobs, pairs, nextDue] = await Promise.all([
        store.jobs.counts(tenant.id),
        store.pairs.counts(tenant.id),
        store.jobs.nextDue(tenant.id),
      ]);
      const latenessMs = nextDue === null ? 0 : Math.max(0, runtime.now() - nextDue);
      const { state, pausedReason } = tenant;
      return { state, pausedReason, jobs, pairs, budgets: connections.of(tenant.id).budgets(), latenessMs };
    },
  );
};

/** The answer's schema has mutable lists; the stored pair's are not. */
const copyPair = (pair: Pair) => ({
  ...pair,
  candidates: [...pair.candidates],
  rows: pair.rows?.map((row) => ({ ...row, webcrm: { ...row.webcrm }, fortnox: { ...row.fortnox } })) ?? null,
});
