import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Compile, type Validator } from 'typebox/schema';
import { type AppOptions, type AppServices, buildApp } from '../../src/app.ts';
import { createSharedCompilers } from './shared-compilers.ts';

interface Media {
  readonly schema?: { readonly $ref?: string };
}
interface Described {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

/** What the document leaves out on purpose: pages for people, and their files. */
const NOT_DESCRIBED = /^\/($|docs(\/|$)|console\/(:file|icon\.svg)$)/;
const PROBLEM = 'application/problem+json';

/** What applications of one process share, since all of them have the same document: it takes longer to make than many answers. */
const shared: {
  document?: Document;
  readonly validators: Map<object, Validator>;
  readonly schemaController: AppOptions['schemaController'];
} = { validators: new Map(), schemaController: createSharedCompilers() };

/**
 * The application, with every answer that it gives held against its own OpenAPI document: status, content type, and the body both before
 * and after it is written as JSON, since writing turns null into "" where the schema says text. What does not fit makes `close` fail, and
 * with it the test.
 */
export async function buildDescribedApp(services: AppServices, options?: AppOptions): Promise<FastifyInstance> {
  const app = await buildApp(services, { schemaController: shared.schemaController, ...options });
  const faults = new Set<string>();
  const documentOf = (): Document => {
    shared.document ??= app.swagger() as unknown as Document;
    return shared.document;
  };

  function check(request: FastifyRequest, reply: FastifyReply, stage: 'raw' | 'sent', payload: unknown): void {
    const route = request.routeOptions.url;
    if (route !== undefined && NOT_DESCRIBED.test(route)) return;
    const fault = faultOf(documentOf(), { route, method: request.method, reply, stage, payload });
    if (fault !== null) faults.add(`${request.method} ${route ?? request.url}, answer ${reply.statusCode}: ${fault}`);
  }
  app.addHook('preSerialization', (request, reply, payload, done) => {
    check(request, reply, 'raw', JSON.parse(JSON.stringify(payload)));
    done(null, payload);
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    check(request, reply, 'sent', payload);
    done(null, payload);
  });
  app.addHook('onClose', async () => {
    if (faults.size > 0)
      throw new Error(`Answers that the OpenAPI document does not describe:\n${[...faults].join('\n')}`);
  });
  return app;
}

interface Answered {
  readonly route: string | undefined;
  readonly method: string;
  readonly reply: FastifyReply;
  readonly stage: 'raw' | 'sent';
  readonly payload: unknown;
}

function faultOf(document: Document, { route, method, reply, stage, payload }: Answered): string | null {
  const status = reply.statusCode;
  const type = String(reply.getHeader('content-type') ?? '').split(';')[0] ?? '';
  // Nothing was found for the request: a problem document is all that may be said.
  if (route === undefined) return type === PROBLEM ? null : `${type} where a problem document is due`;
  const path = route.replaceAll(/:(\w+)/g, '{$1}');
  const operation = document.paths[path]?.[method === 'HEAD' ? 'get' : method.toLowerCase()];
  if (operation === undefined) return 'the operation is not described';
  const response = operation.responses[status] ?? operation.responses[`${String(status)[0]}XX`];
  if (response === undefined) return 'the status is not described';
  if (response.content === undefined) return isEmpty(payload) ? null : 'a body where none is described';
  if (method === 'HEAD') return null;
  // Before it is written an answer may not bear its type yet.
  const media = response.content[stage === 'raw' && type === '' ? 'application/json' : type];
  if (media?.schema === undefined) return `the content type ${type || '(none)'} is not described`;
  const isJson = /[/+]json$/.test(type) || type === '';
  if (stage === 'sent' && !isJson) return null;
  return faultOfBody(document, media.schema, stage === 'sent' ? JSON.parse(String(payload)) : payload);
}

const isEmpty = (payload: unknown): boolean => payload === undefined || payload === null || payload === '';

function faultOfBody(document: Document, schema: { readonly $ref?: string }, body: unknown): string | null {
  const found = schema.$ref === undefined ? schema : document.components.schemas[schema.$ref.split('/').at(-1) ?? ''];
  if (found === undefined) return `there is no schema ${schema.$ref}`;
  const validator = shared.validators.get(found) ?? Compile(found as never);
  shared.validators.set(found, validator);
  if (validator.Check(body)) return null;
  const [, errors] = validator.Errors(body);
  return errors.map(({ instancePath, message }) => `${instancePath || '(body)'} ${message}`).join('; ');
}
