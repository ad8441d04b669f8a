import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  CheckView,
  ConnectedView,
  CreatedTenant,
  CredentialNames,
  FortnoxCredentials,
  ModeChangeView,
  NewTenant,
  NoContent,
  PageQuery,
  PauseBody,
  pageOf,
  REFUSALS,
  RotatedHooks,
  SettingsAnswer,
  SettingsHeaders,
  SettingsQuery,
  TenantParams,
  TenantView,
  WebcrmCredentials,
  WebhookAccess,
} from '../../schemas/api.ts';
import { BeginSignIn, SignInView } from '../../schemas/api-sign-in.ts';
import { reachableTenants } from '../../src/access/reachable.ts';
import { modeChangeOf, refuseUnseen } from '../../src/admin/mode-change.ts';
import type { PartChoice } from '../../src/admin/pauses.ts';
import { SettingsChange } from '../../src/admin/settings-check.ts';
import { settingsTag } from '../../src/admin/settings-tag.ts';
import type { AppServices } from '../../src/app.ts';
import { principalOf, whoAsked } from '../../src/http/guard.ts';
import { copyTenant } from './copies.ts';
import { pageRequest } from './paging.ts';

/** Tenants: settings, credentials, the connection. */
export const tenantRoutes: FastifyPluginAsyncTypebox<{ services: AppServices }> = async (
  app,
  { services: { admin, hooks, store, fortnoxSignIn } },
) => {
  const tags = ['tenants'];
  const params = TenantParams;

  app.get(
    '/tenants',
    {
      config: { role: 'read' },
      schema: {
        tags,
        summary: 'List tenants',
        querystring: PageQuery,
        response: { 200: pageOf(TenantView), ...REFUSALS },
      },
    },
    async (request) => {
      const page = await reachableTenants(store, principalOf(request), pageRequest(request.query));
      return { items: page.items.map(copyTenant), next: page.next };
    },
  );
  app.post(
    '/tenants',
    {
      config: { role: 'administer', allTenants: true, idempotent: true },
      schema: { tags, summary: 'Create a tenant', body: NewTenant, response: { 201: CreatedTenant, ...REFUSALS } },
    },
    async (request, reply) => {
      const made = await admin.createTenant(request.body.name.trim(), whoAsked(request));
      return reply.code(201).send({ ...made, tenant: copyTenant(made.tenant) });
    },
  );
  app.get(
    '/tenants/:tenant',
    {
      config: { role: 'read' },
      schema: { tags, summary: 'Show a tenant', params, response: { 200: TenantView, ...REFUSALS } },
    },
    async (request) => copyTenant(await admin.getTenant(request.params.tenant)),
  );
  app.get(
    '/tenants/:tenant/settings',
    {
      config: { role: 'read' },
      schema: { tags, summary: 'Show the settings', params, response: { 200: SettingsAnswer, ...REFUSALS } },
    },
    async (request, reply) => {
      const { settings } = await admin.getTenant(request.params.tenant);
      return reply.header('etag', settingsTag(settings)).send(settings);
    },
  );
  app.get(
    '/tenants/:tenant/document-mode',
    {
      config: { role: 'read' },
      schema: {
        tags,
        summary: 'What another document mode would concern (R49)',
        params,
        response: { 200: ModeChangeView, ...REFUSALS },
      },
    },
    async (request) => modeChangeOf(store, await admin.getTenant(request.params.tenant)),
  );
  app.patch(
    '/tenants/:tenant/settings',
    {
      config: { role: 'administer' },
      schema: {
        tags,
        summary: 'Change settings; those not sent stay as they are, also within documents and articles',
        description:
          'Another `documentMode` that concerns deliveries is refused (409) with their count until it is sent with `?confirm=documentMode` (R49).',
        params,
        querystring: SettingsQuery,
        headers: SettingsHeaders,
        body: SettingsChange,
        response: { 200: SettingsAnswer, ...REFUSALS },
      },
    },
    async (request, reply) => {
      const { tenant: id } = request.params;
      const { documentMode } = request.body;
      if (documentMode !== undefined && request.query.confirm === undefined)
        refuseUnseen(documentMode, await modeChangeOf(store, await admin.getTenant(id)));
      const ifMatch = request.headers['if-match'];
      const { settings } = await admin.updateSettings(id, request.body, whoAsked(request), ifMatch);
      return reply.header('etag', settingsTag(settings)).send(settings);
    },
  );
  app.get(
    '/tenants/:tenant/credentials',
    {
      config: { role: 'read' },
      schema: {
        tags,
        summary: 'Names of stored credentials and when they were stored',
        params,
        response: { 200: CredentialNames, ...REFUSALS },
      },
    },
    async (request) => ({ items: [...(await admin.credentials(request.params.tenant))] }),
  );
  app.put(
    '/tenants/:tenant/credentials/webcrm',
    {
      config: { role: 'administer' },
      schema: {
        tags,
        summary: 'Log in to webCRM and keep the application token',
        params,
        body: WebcrmCredentials,
        response: { 204: NoContent, ...REFUSALS },
      },
    },
    async (request, reply) => {
      await admin.setWebcrmToken(request.params.tenant, request.body.applicationToken, whoAsked(request));
      return reply.code(204).send(undefined);
    },
  );
  app.put(
    '/tenants/:tenant/credentials/fortnox',
    {
      config: { role: 'administer' },
      schema: {
        tags,
        summary: 'Exchange a Fortnox grant and keep the tokens',
        params,
        body: FortnoxCredentials,
        response: { 204: NoContent, ...REFUSALS },
      },
    },
    async (request, reply) => {
      await admin.setFortnoxGrant(request.params.tenant, request.body, whoAsked(request));
      return reply.code(204).send(undefined);
    },
  );
  app.post(
    '/tenants/:tenant/fortnox/authorize',
    {
      config: { role: 'administer', done: 'Connecting to Fortnox was begun.' },
      schema: {
        tags,
        summary: 'Begin to connect Fortnox: the address to send a person to (B7)',
        description:
          'The person signs in to the company and consents; Fortnox then sends the browser to /oauth/fortnox/callback, which stores the tokens. Connecting anew is the same, and only to the same company (R26).',
        params,
        body: BeginSignIn,
        response: { 200: SignInView, ...REFUSALS },
      },
    },
    async (request) => {
      const { account = 'service', returnTo = null } = request.body ?? {};
      return fortnoxSignIn.begin(
        request.params.tenant,
        { service: account === 'service', returnTo },
        whoAsked(request),
      );
    },
  );
  app.post(
    '/tenants/:tenant/check',
    {
      config: { role: 'operate', done: 'The connection was checked.' },
      schema: {
        tags,
        summary: 'Check the connection; writes nothing at the vendors',
        params,
        response: { 200: CheckView, ...REFUSALS },
      },
    },
    async (request) => admin.check(request.params.tenant),
  );
  app.post(
    '/tenants/:tenant/connect',
    {
      config: { role: 'administer' },
      schema: {
        tags,
        summary: 'Start the synchronisation when the check passes',
        params,
        response: { 200: ConnectedView, ...REFUSALS },
      },
    },
    async (request) => {
      const connected = await admin.connect(request.params.tenant, whoAsked(request));
      return { ...connected, tenant: copyTenant(connected.tenant) };
    },
  );
  app.post(
    '/tenants/:tenant/pause',
    {
      config: { role: 'operate' },
      schema: {
        tags,
        summary: 'Pause the tenant, or a kind of record towards one side; notifications are still stored',
        description:
          'Without a part nothing is read or written for the tenant. With `entity`, `to` or both, only those writes stop: everything else goes on, what is to be written waits visibly (GET /api/tenants/{tenant}/refused, explain), and nothing is written there by imports, mending or the status on the record either. A call that was sent already ends. The tenant may be new.',
        params,
        body: PauseBody,
        response: { 200: TenantView, ...REFUSALS },
      },
    },
    async (request) => copyTenant(await admin.pause(request.params.tenant, whoAsked(request), partOf(request.body))),
  );
  app.post(
    '/tenants/:tenant/resume',
    {
      config: { role: 'operate' },
      schema: {
        tags,
        summary: 'Go on after a pause of the tenant, or of a kind of record towards one side',
        description:
          'Without a part: the tenant goes on; parts that are paused stay so. With one: the pauses that lie within it end, and each record that waited is looked at once, articles before customers before deliveries. After more than seven days what both sides changed is shown first (R72).',
        params,
        body: PauseBody,
        response: { 200: TenantView, ...REFUSALS },
      },
    },
    async (request) => copyTenant(await admin.resume(request.params.tenant, whoAsked(request), partOf(request.body))),
  );
  app.post(
    '/tenants/:tenant/webhook-secret',
    {
      config: { role: 'administer' },
      schema: {
        tags,
        summary: 'Make a new webhook secret; the former one holds for a day',
        params,
        response: { 200: WebhookAccess, ...REFUSALS },
      },
    },
    async (request) => admin.rotateWebhookSecret(request.params.tenant, whoAsked(request)),
  );
  app.post(
    '/tenants/:tenant/webhooks/rotate',
    {
      config: { role: 'administer' },
      schema: {
        tags,
        summary: "Replace the token in the addresses of webCRM's hooks, without a gap",
        description:
          'New hooks are registered and verified at webCRM; until then the former token is accepted, and the former hooks are removed then. When webCRM fails in between, both are accepted, and it is gone on with by itself or by asking again. The address for signed Fortnox events changes as well; its former one holds for a day.',
        params,
        response: { 200: RotatedHooks, ...REFUSALS },
      },
    },
    async (request) => hooks.rotate(await admin.getTenant(request.params.tenant), whoAsked(request)),
  );
};

/** undefined: the tenant as a whole. */
const partOf = (body: PartChoice | null | undefined): PartChoice | undefined =>
  body?.entity === undefined && body?.to === undefined ? undefined : body;
