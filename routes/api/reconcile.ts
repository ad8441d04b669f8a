import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from 'typebox';
import { REFUSALS, TenantParams } from '../../schemas/api.ts';
import { type ReconcileRunView, ReconcileView } from '../../schemas/api-reconcile.ts';
import type { Tenant } from '../../schemas/records.ts';
import type { AppServices } from '../../src/app.ts';
import type { ReconcileRun, ReconcileState } from '../../src/reconcile/state.ts';

const DAY_MS = 24 * 3_600_000;

/** Comparing everything now, and how far it is (S2, B1, R71). */
export const reconcileRoutes: FastifyPluginAsyncTypebox<{
  services: Pick<AppServices, 'admin' | 'reconcile'>;
}> = async (app, { services }) => {
  const { admin, reconcile } = services;
  const schema = { tags: ['work'], params: TenantParams };

  app.post(
    '/tenants/:tenant/reconcile',
    {
      config: { role: 'operate', done: 'Reconcile was begun.' },
      schema: {
        ...schema,
        summary: 'Compare everything on both sides with what is known of it, and queue what differs',
        response: { 202: ReconcileView, ...REFUSALS },
      },
    },
    async (request, reply) => {
      const tenant = await admin.getTenant(request.params.tenant);
      return reply.code(202).send(viewOf(tenant, await reconcile.begin(tenant, 'by-hand')));
    },
  );
  app.get(
    '/tenants/:tenant/reconcile',
    {
      config: { role: 'read' },
      schema: {
        ...schema,
        summary: 'The last and the present reconcile, and what was read singly in this cycle',
        response: { 200: ReconcileView, ...REFUSALS },
      },
    },
    async (request) => {
      const tenant = await admin.getTenant(request.params.tenant);
      return viewOf(tenant, await reconcile.view(tenant.id));
    },
  );
};

function viewOf({ settings }: Tenant, { present, last, cycle }: ReconcileState): Static<typeof ReconcileView> {
  const days = settings.reconcile.cycleDays;
  return {
    present: present && runView(present),
    last: last && runView(last),
    cycle: cycle && {
      startedAt: cycle.startedAt,
      read: cycle.read,
      total: cycle.total,
      endsAt: cycle.startedAt + (days - 1) * DAY_MS,
    },
  };
}

const runView = ({ counts, leftOut, ...run }: ReconcileRun): Static<typeof ReconcileRunView> => ({
  ...run,
  counts: { ...counts, hinted: { ...counts.hinted } },
  leftOut: leftOut.map((one) => ({ ...one })),
});
