import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { type FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Runtime } from '../runtime.ts';
import type { FortnoxSandbox } from './fortnox/index.ts';
import { SWITCH_VALUES as FORTNOX_SWITCHES } from './fortnox/switches.ts';
import { controlPage, type PageLink } from './page.ts';
import { kindsByHand, type RecordsByHand } from './people.ts';
import { seedCompanies } from './seed.ts';
import { ASSORTMENT_SIZE } from './seed-documents.ts';
import type { WebcrmSandbox } from './webcrm/index.ts';
import { SWITCH_VALUES as WEBCRM_SWITCHES } from './webcrm/switches.ts';

const Vendor = Type.Object({ vendor: Type.Union([Type.Literal('fortnox'), Type.Literal('webcrm')]) });
const Kind = Type.Object({ ...Vendor.properties, kind: Type.String() });
const OneRecord = Type.Object({ ...Kind.properties, id: Type.String({ minLength: 1 }) });
const OneAction = Type.Object({ ...OneRecord.properties, action: Type.String() });
const Texts = Type.Record(Type.String(), Type.String());
const Fields = Type.Record(Type.String(), Type.Unknown());
const Count = (byDefault: number) => Type.Integer({ minimum: 0, maximum: 5000, default: byDefault });
const Seed = Type.Object(
  {
    matched: Count(12),
    onlyWebcrm: Count(3),
    onlyFortnox: Count(3),
    otherType: Count(2),
    articles: Type.Integer({ minimum: 0, maximum: ASSORTMENT_SIZE, default: ASSORTMENT_SIZE }),
    deliveries: Count(2),
  },
  { additionalProperties: false },
);
const Fault = Type.Object(
  {
    method: Type.Optional(Type.String()),
    path: Type.Optional(Type.String()),
    status: Type.Union([Type.Literal(0), Type.Integer({ minimum: 200, maximum: 599 })]),
    body: Type.Optional(Type.String()),
    headers: Type.Optional(Texts),
    times: Type.Integer({ minimum: 1 }),
    applied: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

const refusal = (message: string, statusCode = 400): Error => Object.assign(new Error(message), { statusCode });

/** A stand-in refuses what its vendor's own screens would refuse: the caller's mistake, not ours. */
function byHand<T>(edit: () => T): T {
  try {
    return edit();
  } catch (error) {
    throw refusal(error instanceof Error ? error.message : String(error));
  }
}

/** Only known switches change, each to a value of its table. */
function setSwitches(
  switches: object,
  allowed: Readonly<Record<string, readonly unknown[]>>,
  wanted: Record<string, unknown>,
): void {
  for (const [name, value] of Object.entries(wanted)) {
    const values = Object.hasOwn(allowed, name) ? allowed[name] : undefined;
    if (!values) throw refusal(`There is no switch ${name}`);
    if (!values.includes(value)) throw refusal(`${name} is one of ${values.join(', ')}`);
  }
  Object.assign(switches, wanted);
}

/**
 * The sandbox's steering: a page at / that shows both companies side by side, and a REST interface under /control for
 * people's edits, faults, switches, counters and violations. It is not started; the caller listens or injects.
 */
export function createControl(deps: {
  fortnox: FortnoxSandbox;
  webcrm: WebcrmSandbox;
  runtime: Pick<Runtime, 'random'>;
  links?: readonly PageLink[];
}): FastifyInstance {
  const { fortnox, webcrm } = deps;
  const sides = { fortnox, webcrm } as const;
  const allowed = { fortnox: FORTNOX_SWITCHES, webcrm: WEBCRM_SWITCHES };
  const kinds = kindsByHand(fortnox, webcrm);
  function of({ vendor, kind }: { vendor: 'fortnox' | 'webcrm'; kind: string }): RecordsByHand {
    const found = Object.hasOwn(kinds[vendor], kind) ? kinds[vendor][kind] : undefined;
    if (!found) throw refusal(`${vendor} has ${Object.keys(kinds[vendor]).join(', ')}`, 404);
    return found;
  }
  const page = controlPage(deps.links ?? []);
  const app = fastify({ ajv: { customOptions: { removeAdditional: false } } }).withTypeProvider<TypeBoxTypeProvider>();

  app.get('/', (_request, reply) =>
    reply.type('text/html; charset=utf-8').header('content-security-policy', page.policy).send(page.html),
  );

  app.post('/control/reset', (_request, reply) => {
    fortnox.reset();
    webcrm.reset();
    return reply.code(204).send();
  });
  app.post('/control/seed', { schema: { body: Seed } }, ({ body }) =>
    byHand(() => seedCompanies(fortnox, webcrm, { ...body, random: deps.runtime.random })),
  );

  app.post('/control/:vendor/fail', { schema: { params: Vendor, body: Fault } }, ({ params, body }, reply) => {
    sides[params.vendor].failNext(body);
    return reply.code(204).send();
  });
  app.get('/control/:vendor/counts', { schema: { params: Vendor } }, ({ params }) => sides[params.vendor].counts());
  app.get(
    '/control/:vendor/violations',
    { schema: { params: Vendor } },
    ({ params }) => sides[params.vendor].violations,
  );
  app.get(
    '/control/:vendor/calls',
    { schema: { params: Vendor } },
    ({ params }) => sides[params.vendor].counts().byRoute,
  );
  app.get('/control/:vendor/switches', { schema: { params: Vendor } }, ({ params }) => sides[params.vendor].switches);
  app.patch('/control/:vendor/switches', { schema: { params: Vendor, body: Fields } }, ({ params, body }) => {
    setSwitches(sides[params.vendor].switches, allowed[params.vendor], body);
    return sides[params.vendor].switches;
  });

  app.get('/control/:vendor/:kind', { schema: { params: Kind } }, ({ params }) => of(params).list());
  app.post('/control/:vendor/:kind', { schema: { params: Kind, body: Fields } }, ({ params, body }, reply) => {
    const made = byHand(() => of(params).create(body));
    return reply.code(201).send(made);
  });
  app.get('/control/:vendor/:kind/:id', { schema: { params: OneRecord } }, ({ params }) => {
    const found = byHand(() => of(params).get(params.id));
    if (found === null) throw refusal(`There is no ${params.id} among the ${params.kind}`, 404);
    return found;
  });
  app.patch(
    '/control/:vendor/:kind/:id',
    { schema: { params: OneRecord, body: Fields } },
    ({ params, body }, reply) => {
      byHand(() => of(params).edit(params.id, body));
      return reply.code(204).send();
    },
  );
  app.delete('/control/:vendor/:kind/:id', { schema: { params: OneRecord } }, ({ params }, reply) => {
    const remove = of(params).delete;
    if (remove === null) throw refusal(`People cannot delete ${params.kind}`);
    byHand(() => remove(params.id));
    return reply.code(204).send();
  });
  app.post(
    '/control/:vendor/:kind/:id/:action',
    { schema: { params: OneAction, body: Type.Union([Fields, Type.Null()]) } },
    ({ params, body }, reply) => {
      const { actions } = of(params);
      const action = Object.hasOwn(actions, params.action) ? actions[params.action] : undefined;
      if (!action) throw refusal(`There is no ${params.action} among ${Object.keys(actions).join(', ')}`, 404);
      const made = byHand(() => action(params.id, body ?? {}));
      return made === undefined ? reply.code(204).send() : reply.code(201).send(made);
    },
  );

  return app as unknown as FastifyInstance;
}
