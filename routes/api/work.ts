import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  JobView,
  PairView,
  pageOf,
  REFUSALS,
  Retried,
  RetryJobs,
  TenantItemParams,
  TenantParams,
} from '../../schemas/api.ts';
import { JobsQuery, PairsQuery, StatusView } from '../../schemas/api-activity.ts';
import { healthOf } from '../../src/admin/health.ts';
import type { AppServices } from '../../src/app.ts';
import { SyncError } from '../../src/errors/sync-error.ts';
import { activityRoutes } from './activity.ts';
import { copyPair } from './copies.ts';
import { pageRequest } from './paging.ts';

/** What the service does for a tenant: jobs, pairs, status, and its activity. */
export const workRoutes: FastifyPluginAsyncTypebox<{ services: AppServices }> = async (app, { services }) => {
  const { admin, store, worker, runtime } = services;
  const tags = ['work'];
  const params = TenantParams;
  await app.register(activityRoutes, { services });

  app.get(
    '/tenants/:tenant/jobs',
    {
      config: { role: 'read' },
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
      const { key, state } = request.query;
      if (key === undefined) {
        const page = await store.jobs.list(id, { ...pageRequest(request.query), state });
        return { items: [...page.items], next: page.next };
      }
      const job = await store.jobs.get(id, key);
      return { items: job === null || (state ?? job.state) !== job.state ? [] : [job], next: null };
    },
  );
  app.post(
    '/tenants/:tenant/jobs/retry',
    {
      config: { role: 'operate', done: 'Failed jobs were sent again.' },
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
  app.get(
    '/tenants/:tenant/pairs',
    {
      config: { role: 'read' },
      schema: {
        tags,
        summary: 'Pairs of records, newest change first; of one state, one entity, one reason',
        params,
        querystring: PairsQuery,
        response: { 200: pageOf(PairView), ...REFUSALS },
      },
    },
    async (request) => {
      const { id } = await admin.getTenant(request.params.tenant);
      const { state, entity, reason } = request.query;
      const page = await store.pairs.list(id, { ...pageRequest(request.query), state, entity, reason });
      return { items: page.items.map(copyPair), next: page.next };
    },
  );
  app.get(
    '/tenants/:tenant/pairs/:id',
    {
      config: { role: 'read' },
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
    '/tenants/:tenant/status',
    {
      config: { role: 'read' },
      schema: {
        tags,
        summary: 'What waits for a person; counts, budgets and lateness',
        params,
        response: { 200: StatusView, ...REFUSALS },
      },
    },
    async (request) => {
      const tenant = await admin.getTenant(request.params.tenant);
      return healthOf(services, tenant);
    },
  );
};
