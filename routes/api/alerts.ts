import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Alert, AlertTarget } from '../../schemas/alerts.ts';
import { NoContent, PageQuery, pageOf, REFUSALS, TenantParams } from '../../schemas/api.ts';
import {
  AlertPolicyChange,
  AlertPolicyView,
  AlertsQuery,
  AlertTargetChange,
  AlertTargetSecret,
  AlertTargetView,
  AlertTestView,
  AlertView,
  NewAlertTarget,
} from '../../schemas/api-alerts.ts';
import { changePolicy, readPolicy } from '../../src/alerts/policy.ts';
import type { AppServices } from '../../src/app.ts';
import { pageRequest } from './paging.ts';

const TargetParams = Type.Object({
  target: Type.String({ minLength: 1, maxLength: 64, description: 'Id of the target' }),
});

/** Alerts, when they are raised, and where they are sent. */
export const alertRoutes: FastifyPluginAsyncTypebox<{ services: AppServices }> = async (app, { services }) => {
  const { admin, store, alertTargets } = services;
  const tags = ['alerts'];

  app.get(
    '/alerts',
    {
      config: { role: 'read', allTenants: true },
      schema: {
        tags,
        summary: 'What is wrong, or was, of all tenants; newest first',
        querystring: AlertsQuery,
        response: { 200: pageOf(AlertView), ...REFUSALS },
      },
    },
    async (request) => {
      const page = await store.alerts.list({ ...pageRequest(request.query), state: request.query.state });
      return { items: page.items.map(alertView), next: page.next };
    },
  );
  app.get(
    '/tenants/:tenant/alerts',
    {
      config: { role: 'read' },
      schema: {
        tags,
        summary: 'What is wrong, or was, of a tenant; newest first',
        params: TenantParams,
        querystring: AlertsQuery,
        response: { 200: pageOf(AlertView), ...REFUSALS },
      },
    },
    async (request) => {
      const { id } = await admin.getTenant(request.params.tenant);
      const { state } = request.query;
      const page = await store.alerts.list({ ...pageRequest(request.query), state, tenant: id });
      return { items: page.items.map(alertView), next: page.next };
    },
  );
  app.get(
    '/alert-policy',
    {
      config: { role: 'read', allTenants: true },
      schema: { tags, summary: 'When alerts are raised', response: { 200: AlertPolicyView, ...REFUSALS } },
    },
    () => readPolicy(store),
  );
  app.patch(
    '/alert-policy',
    {
      config: { role: 'administer', allTenants: true },
      schema: {
        tags,
        summary: 'Change when alerts are raised; what is not sent stays',
        body: AlertPolicyChange,
        response: { 200: AlertPolicyView, ...REFUSALS },
      },
    },
    (request) => changePolicy(services, request.body),
  );
  app.get(
    '/alert-targets',
    {
      config: { role: 'read', allTenants: true },
      schema: {
        tags,
        summary: 'Where alerts are sent',
        querystring: PageQuery,
        response: { 200: pageOf(AlertTargetView), ...REFUSALS },
      },
    },
    async (request) => {
      const page = await alertTargets.list(pageRequest(request.query));
      return { items: page.items.map(targetView), next: page.next };
    },
  );
  app.post(
    '/alert-targets',
    {
      config: { role: 'administer', allTenants: true, idempotent: true },
      schema: {
        tags,
        summary: 'Add a target: signed webhooks to an https address',
        description:
          'Messages are signed as the Standard Webhooks specification says (webhook-id, webhook-timestamp, webhook-signature), with the secret of this answer. A message that is not taken is tried again for about three days.',
        body: NewAlertTarget,
        response: { 201: AlertTargetSecret, ...REFUSALS },
      },
    },
    async (request, reply) => {
      const { name, url, kinds = null, tenants = null } = request.body;
      const { target, secret } = await alertTargets.create({ name: name.trim(), url, kinds, tenants });
      return reply.code(201).send({ target: targetView(target), secret });
    },
  );
  app.get(
    '/alert-targets/:target',
    {
      config: { role: 'read', allTenants: true },
      schema: {
        tags,
        summary: 'Show a target',
        params: TargetParams,
        response: { 200: AlertTargetView, ...REFUSALS },
      },
    },
    async (request) => targetView(await alertTargets.get(request.params.target)),
  );
  app.patch(
    '/alert-targets/:target',
    {
      config: { role: 'administer', allTenants: true },
      schema: {
        tags,
        summary: 'Change a target; what is not sent stays',
        params: TargetParams,
        body: AlertTargetChange,
        response: { 200: AlertTargetView, ...REFUSALS },
      },
    },
    async (request) => targetView(await alertTargets.change(request.params.target, request.body)),
  );
  app.post(
    '/alert-targets/:target/secret',
    {
      config: { role: 'administer', allTenants: true },
      schema: {
        tags,
        summary: 'Make a new secret; for a day messages bear the signatures of both',
        params: TargetParams,
        response: { 200: AlertTargetSecret, ...REFUSALS },
      },
    },
    async (request) => {
      const { target, secret } = await alertTargets.rotate(request.params.target);
      return { target: targetView(target), secret };
    },
  );
  app.post(
    '/alert-targets/:target/test',
    {
      config: { role: 'operate', allTenants: true },
      schema: {
        tags,
        summary: 'Send a test message now, once',
        params: TargetParams,
        response: { 200: AlertTestView, ...REFUSALS },
      },
    },
    (request) => alertTargets.test(request.params.target),
  );
  app.delete(
    '/alert-targets/:target',
    {
      config: { role: 'administer', allTenants: true },
      schema: {
        tags,
        summary: 'Delete a target; messages that wait for it are dropped',
        params: TargetParams,
        response: { 204: NoContent, ...REFUSALS },
      },
    },
    async (request, reply) => {
      await alertTargets.delete(request.params.target);
      return reply.code(204).send(undefined);
    },
  );
};

const alertView = ({ sends, ...alert }: Alert) => ({ ...alert, unsent: sends.length });

function targetView({ kinds, tenants, secrets, ...target }: AlertTarget) {
  const formerSecretUntil = secrets.find(({ until }) => until !== null)?.until ?? null;
  return { ...target, kinds: kinds && [...kinds], tenants: tenants && [...tenants], formerSecretUntil };
}
