import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { PageQuery, REFUSALS, TenantParams } from '../../schemas/api.ts';
import { HistoryQuery, HistoryView, OverviewView } from '../../schemas/api-overview.ts';
import { FieldsView, NamesBody, NamesView, SearchQuery, SearchView } from '../../schemas/api-search.ts';
import { reachableTenants } from '../../src/access/reachable.ts';
import { FIGURE_STEP_MS } from '../../src/admin/figures.ts';
import { healthOf } from '../../src/admin/health.ts';
import { findPairs, namesOf, titleOf } from '../../src/admin/search.ts';
import type { AppServices } from '../../src/app.ts';
import { principalOf } from '../../src/http/guard.ts';
import { pageRequest } from './paging.ts';

const HOUR_MS = 3_600_000;
/** A day is drawn in hours, a week in six of them. */
const LONG_HOURS = 48;

/** What a console shows at a glance: all tenants, a tenant over time, records by name. */
export const overviewRoutes: FastifyPluginAsyncTypebox<{ services: AppServices }> = async (app, { services }) => {
  const { admin, store, runtime, vault } = services;
  const tags = ['work'];

  app.get(
    '/overview',
    {
      config: { role: 'read' },
      schema: {
        tags,
        summary: 'How every tenant does: what `GET /api/tenants/{tenant}/status` tells of each, in one call',
        querystring: PageQuery,
        response: { 200: OverviewView, ...REFUSALS },
      },
    },
    async (request) => {
      const page = await reachableTenants(store, principalOf(request), pageRequest(request.query));
      const items = await Promise.all(
        page.items.map(async (tenant) => {
          // Not by way of the tenant: it may have been removed meanwhile.
          const names = new Set((await vault.list(tenant.id)).map(({ name }) => name));
          return {
            id: tenant.id,
            name: tenant.name,
            createdAt: tenant.createdAt,
            credentials: { webcrm: names.has('webcrm-token'), fortnox: names.has('fortnox-tokens') },
            health: await healthOf(services, tenant),
          };
        }),
      );
      return { items, next: page.next };
    },
  );
  app.get(
    '/tenants/:tenant/history',
    {
      config: { role: 'read' },
      schema: {
        tags,
        summary: 'What was done over time, how late jobs were, and how much of the budgets was used',
        params: TenantParams,
        querystring: HistoryQuery,
        response: { 200: HistoryView, ...REFUSALS },
      },
    },
    async (request) => {
      const { id } = await admin.getTenant(request.params.tenant);
      const hours = Number(request.query.hours ?? 24);
      const stepMs = hours > LONG_HOURS ? 6 * HOUR_MS : hours > 6 ? HOUR_MS : FIGURE_STEP_MS;
      const to = runtime.now();
      // A whole first step: half of one would look like a slump.
      const from = Math.floor((to - hours * HOUR_MS) / stepMs) * stepMs;
      const [{ since, items }, { webcrm, fortnox }] = await Promise.all([
        services.figures.of(id),
        services.budgetsOf(id),
      ]);
      return {
        from,
        to,
        activity: { stepMs, items: [...(await store.activity.tally(id, { from, to: to + 1, stepMs }))] },
        figures: {
          stepMs: FIGURE_STEP_MS,
          since,
          items: items
            .filter(({ at }) => at + FIGURE_STEP_MS > from)
            .map((one) => ({ ...one, calls: { ...one.calls } })),
        },
        perStep: { webcrm: perStep(webcrm), fortnox: perStep(fortnox) },
      };
    },
  );
  app.get(
    '/tenants/:tenant/search',
    {
      config: { role: 'read' },
      schema: {
        tags,
        summary: 'Find records by name, number or id',
        params: TenantParams,
        querystring: SearchQuery,
        response: { 200: SearchView, ...REFUSALS },
      },
    },
    async (request) => {
      const tenant = await admin.getTenant(request.params.tenant);
      const { q, vendors } = request.query;
      const pairs = await findPairs(store, tenant.id, q);
      const there = vendors === undefined ? null : await services.lookup.atVendors(tenant, q);
      return {
        pairs: pairs.map((pair) => ({
          id: pair.id,
          entity: pair.entity,
          fortnoxKind: pair.fortnoxKind,
          ...titleOf(pair),
          webcrmId: pair.webcrmId,
          fortnoxId: pair.fortnoxId,
          state: pair.state,
          reason: pair.reason,
          updatedAt: pair.updatedAt,
        })),
        vendors: there?.records ?? null,
        failed: there?.failed ?? [],
      };
    },
  );
  app.get(
    '/tenants/:tenant/fields',
    {
      config: { role: 'read' },
      schema: {
        tags: ['tenants'],
        summary: 'The fields and Types that webCRM has, and which of them settings might name',
        description: "Read from webCRM's own metadata, set-up and lines: five calls at most, nothing is written.",
        params: TenantParams,
        response: { 200: FieldsView, ...REFUSALS },
      },
    },
    async (request) => {
      return services.lookup.fields(await admin.getTenant(request.params.tenant));
    },
  );
  app.post(
    '/tenants/:tenant/names',
    {
      config: { role: 'read' },
      schema: {
        tags,
        summary: 'What records are called that lists name by id; changes nothing',
        params: TenantParams,
        body: NamesBody,
        response: { 200: NamesView, ...REFUSALS },
      },
    },
    async (request) => {
      const { id } = await admin.getTenant(request.params.tenant);
      const { records, vendors = false } = request.body;
      const items = await namesOf(store, id, records);
      return { items: vendors ? await services.lookup.named(id, items) : items };
    },
  );
};

const perStep = ({ limit, windowMs }: { limit: number; windowMs: number }): number =>
  Math.round((limit * FIGURE_STEP_MS) / windowMs);
