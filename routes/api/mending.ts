import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { NoContent, PairView, REFUSALS, TenantItemParams, TenantParams, TenantView } from '../../schemas/api.ts';
import { Decision, LinkByHand, Recreate, Relink, SyncAccepted, SyncNow } from '../../schemas/api-mending.ts';
import type { AppServices } from '../../src/app.ts';
import { SyncError } from '../../src/errors/sync-error.ts';
import { whoAsked } from '../../src/http/guard.ts';
import type { Choice } from '../../src/mending/decide.ts';
import { syncRecords } from '../../src/mending/sync-now.ts';
import type { RecordRef } from '../../src/sync/record-ref.ts';
import { copyPair, copyTenant } from './copies.ts';

/** What a person does to pairs that are wrong, and to jobs (B4, B6, R71-R73). */
export const mendingRoutes: FastifyPluginAsyncTypebox<{ services: AppServices }> = async (app, { services }) => {
  const { admin, mending, intake } = services;
  const tags = ['mending'];
  const of = async (request: FastifyRequest) => ({
    tenant: await admin.getTenant((request.params as { tenant: string }).tenant),
    by: whoAsked(request),
  });

  app.post(
    '/tenants/:tenant/pairs',
    {
      config: { role: 'operate', idempotent: true },
      schema: {
        tags,
        summary: 'Link two records by hand (R20)',
        params: TenantParams,
        body: LinkByHand,
        response: { 201: PairView, ...REFUSALS },
      },
    },
    async (request, reply) => {
      const { confirm = false, ...wanted } = request.body;
      return reply.code(201).send(copyPair(await mending.link(await of(request), { ...wanted, confirm })));
    },
  );
  app.post(
    '/tenants/:tenant/pairs/:id/decide',
    {
      config: { role: 'operate' },
      schema: {
        tags,
        summary: 'Decide a conflict or a proposal: link, create or leave',
        params: TenantItemParams,
        body: Decision,
        response: { 200: PairView, ...REFUSALS },
      },
    },
    async (request) => copyPair(await mending.decide(await of(request), request.params.id, choiceOf(request.body))),
  );
  app.post(
    '/tenants/:tenant/pairs/:id/unlink',
    {
      config: { role: 'operate' },
      schema: {
        tags,
        summary: 'Unlink: nothing is synchronised, and nothing links the two again by itself',
        params: TenantItemParams,
        response: { 200: PairView, ...REFUSALS },
      },
    },
    async (request) => copyPair(await mending.unlink(await of(request), request.params.id)),
  );
  app.post(
    '/tenants/:tenant/pairs/:id/relink',
    {
      config: { role: 'operate' },
      schema: {
        tags,
        summary: 'Link a detached or gone pair again, as it was or with another record',
        params: TenantItemParams,
        body: Relink,
        response: { 200: PairView, ...REFUSALS },
      },
    },
    async (request) => {
      const { confirm = false, ...to } = request.body;
      return copyPair(await mending.relink(await of(request), request.params.id, { ...to, confirm }));
    },
  );
  app.post(
    '/tenants/:tenant/pairs/:id/recreate',
    {
      config: { role: 'operate', idempotent: true },
      schema: {
        tags,
        summary: 'Make the missing record of a gone pair anew from the one that is left (R71)',
        params: TenantItemParams,
        body: Recreate,
        response: { 200: PairView, ...REFUSALS },
      },
    },
    async (request) => {
      const { side, confirm = false } = request.body;
      return copyPair(await mending.recreate(await of(request), request.params.id, { side, confirm }));
    },
  );
  app.delete(
    '/tenants/:tenant/pairs/:id',
    {
      config: { role: 'operate' },
      schema: {
        tags,
        summary: 'Let a single record that was left alone follow by itself again',
        params: TenantItemParams,
        response: { 204: NoContent, ...REFUSALS },
      },
    },
    async (request, reply) => {
      await mending.forget(await of(request), request.params.id);
      return reply.code(204).send(undefined);
    },
  );
  app.post(
    '/tenants/:tenant/jobs/sync',
    {
      config: { role: 'operate', done: 'Records were to be synchronised now.' },
      schema: {
        tags,
        summary: 'Synchronise now: one record, a selection, or what changed since a time (B6)',
        params: TenantParams,
        body: SyncNow,
        response: { 202: SyncAccepted, ...REFUSALS },
      },
    },
    async (request, reply) => {
      const asked = await of(request);
      const { records, since } = request.body;
      const one = oneOf(request.body);
      if ([one, records, since].filter((part) => part !== undefined).length !== 1)
        throw invalid('body', 'name one record (side and id), records, or since');
      if (since !== undefined) return reply.code(202).send({ queued: await mending.syncSince(asked, since) });
      const refs = (one ?? records ?? []).map(({ entity = 'customer', ...rest }): RecordRef => ({ entity, ...rest }));
      const keys = await syncRecords({ hint: intake.accept }, asked, refs);
      return reply.code(202).send(one === undefined ? { keys, queued: keys.length } : { key: keys[0] ?? '' });
    },
  );
  app.post(
    '/tenants/:tenant/release',
    {
      config: { role: 'operate' },
      schema: {
        tags,
        summary: 'Let the jobs of a held tenant go on (R73)',
        params: TenantParams,
        response: { 200: TenantView, ...REFUSALS },
      },
    },
    async (request) => copyTenant(await mending.release(await of(request))),
  );
};

const invalid = (field: string, message: string) =>
  new SyncError('invalid-body', `${field}: ${message}.`, { faults: [{ field, message }] });

type NewSync = Static<typeof SyncNow>;

/** The one record that the body names; undefined: none. */
function oneOf({ side, id, entity }: NewSync): NonNullable<NewSync['records']> | undefined {
  if (side === undefined && id === undefined && entity === undefined) return undefined;
  if (side === undefined) throw invalid('side', 'is missing');
  if (id === undefined) throw invalid('id', 'is missing');
  return [{ side, id, ...(entity === undefined ? {} : { entity }) }];
}

function choiceOf({ link, create, leave, confirm = false }: Static<typeof Decision>): Choice {
  const choices: (Choice | undefined)[] = [
    link === undefined ? undefined : { kind: 'link', other: link, confirm },
    create ? { kind: 'create' } : undefined,
    leave ? { kind: 'leave' } : undefined,
  ];
  const [choice, ...more] = choices.filter((part) => part !== undefined);
  if (choice === undefined || more.length > 0) throw invalid('body', 'send exactly one of link, create and leave');
  return choice;
}
