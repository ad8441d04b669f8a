import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { type FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Runtime } from '../runtime.ts';
import type { SandboxVendor } from './chassis.ts';
import { SWITCH_VALUES as FORTNOX_SWITCHES } from './fortnox/switches.ts';
import { controlPage, type PageLink } from './page.ts';
import { seedCompanies } from './seed.ts';
import type { WebcrmSandbox } from './webcrm/index.ts';
import { SWITCH_VALUES as WEBCRM_SWITCHES } from './webcrm/switches.ts';

/** What the control needs of Fortnox's stand-in. */
export interface ControlledFortnox extends SandboxVendor {
  readonly switches: object;
  readonly person: {
    createCustomer(fields: Record<string, string>): string;
    editCustomer(number: string, fields: Record<string, string>): void;
    deleteCustomer(number: string): void;
  };
  customers(): readonly object[];
}

const Vendor = Type.Object({ vendor: Type.Union([Type.Literal('fortnox'), Type.Literal('webcrm')]) });
const CustomerPath = Type.Object({ number: Type.String({ minLength: 1 }) });
const OrganisationPath = Type.Object({ id: Type.Integer({ minimum: 1 }) });
const Texts = Type.Record(Type.String(), Type.String());
const Fields = Type.Record(Type.String(), Type.Unknown());
const Count = (byDefault: number) => Type.Integer({ minimum: 0, maximum: 5000, default: byDefault });
const Seed = Type.Object(
  { matched: Count(12), onlyWebcrm: Count(3), onlyFortnox: Count(3), otherType: Count(2) },
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
  fortnox: ControlledFortnox;
  webcrm: WebcrmSandbox;
  runtime: Pick<Runtime, 'random'>;
  links?: readonly PageLink[];
}): FastifyInstance {
  const { fortnox, webcrm } = deps;
  const sides = { fortnox, webcrm } as const;
  const allowed = { fortnox: FORTNOX_SWITCHES, webcrm: WEBCRM_SWITCHES };
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
  app.get('/control/:vendor/records', { schema: { params: Vendor } }, ({ params }) =>
    params.vendor === 'fortnox' ? fortnox.customers() : webcrm.organisations(),
  );
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

  app.post('/control/fortnox/customers', { schema: { body: Texts } }, ({ body }, reply) => {
    const number = byHand(() => fortnox.person.createCustomer(body));
    return reply.code(201).send({ number });
  });
  app.patch(
    '/control/fortnox/customers/:number',
    { schema: { params: CustomerPath, body: Texts } },
    ({ params, body }, reply) => {
      byHand(() => fortnox.person.editCustomer(params.number, body));
      return reply.code(204).send();
    },
  );
  app.delete('/control/fortnox/customers/:number', { schema: { params: CustomerPath } }, ({ params }, reply) => {
    byHand(() => fortnox.person.deleteCustomer(params.number));
    return reply.code(204).send();
  });

  app.post('/control/webcrm/organisations', { schema: { body: Fields } }, ({ body }, reply) => {
    const id = byHand(() => webcrm.person.createOrganisation(body));
    return reply.code(201).send({ id });
  });
  app.patch(
    '/control/webcrm/organisations/:id',
    { schema: { params: OrganisationPath, body: Fields } },
    ({ params, body }, reply) => {
      byHand(() => webcrm.person.editOrganisation(params.id, body));
      return reply.code(204).send();
    },
  );
  app.delete('/control/webcrm/organisations/:id', { schema: { params: OrganisationPath } }, ({ params }, reply) => {
    byHand(() => webcrm.person.deleteOrganisation(params.id));
    return reply.code(204).send();
  });

  return app as unknown as FastifyInstance;
}
