import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { NoContent, REFUSALS } from '../../schemas/api.ts';
import { PersonErased, PersonExport, PersonParams } from '../../schemas/api-persons.ts';
import type { AppServices } from '../../src/app.ts';
import { whoAsked } from '../../src/http/guard.ts';
import type { Person } from '../../src/persons/persons.ts';
import { copyLine, copyPair } from './copies.ts';

/** Export and erasure of a person's data (B8, R77). */
export const personRoutes: FastifyPluginAsyncTypebox<{ services: AppServices }> = async (app, { services }) => {
  const { admin, persons, runtime } = services;
  const tags = ['persons'];
  const params = PersonParams;
  const config = { role: 'administer' } as const;
  const askedOf = async (request: FastifyRequest) => {
    const { tenant, side, id } = request.params as Person & { tenant: string };
    return [
      { tenant: await admin.getTenant(tenant), by: whoAsked(request) },
      { side, id },
    ] as const;
  };

  app.get(
    '/tenants/:tenant/persons/:side/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Everything that is kept about a person (R77)',
        description: 'The vendors keep records of their own: ask them for those.',
        params,
        response: { 200: PersonExport, ...REFUSALS },
      },
    },
    async (request) => {
      const kept = await persons.export(...(await askedOf(request)));
      return {
        exportedAt: runtime.now(),
        records: kept.records.map(({ entity, side, id }) => ({ entity, side, id })),
        pairs: kept.pairs.map(copyPair),
        jobs: [...kept.jobs],
        activity: kept.activity.map(copyLine),
        refusals: [...kept.refusals],
        listed: kept.listed.map((record) => ({ ...record })),
        trials: kept.trials.map(({ kind, id, held }) => ({ kind, id, held: { ...held } })),
      };
    },
  );
  app.delete(
    '/tenants/:tenant/persons/:side/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Erase a person: all that is kept is deleted, and nothing brings the person back (R77)',
        description: "The vendors' records are not touched. A keyed hash of the record's id stays, and nothing else.",
        params,
        response: { 200: PersonErased, ...REFUSALS },
      },
    },
    async (request) => persons.erase(...(await askedOf(request))),
  );
  app.post(
    '/tenants/:tenant/persons/:side/:id/readmit',
    {
      config,
      schema: {
        tags,
        summary: 'Synchronise the record of an erased person again',
        params,
        response: { 204: NoContent, ...REFUSALS },
      },
    },
    async (request, reply) => {
      await persons.readmit(...(await askedOf(request)));
      return reply.code(204).send(undefined);
    },
  );
};
