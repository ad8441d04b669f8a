import { Problem } from '../../schemas/api.ts';
import { ERROR_CODES } from '../errors/codes.ts';
import { type ExampleSchema, exampleOf } from './openapi-examples.ts';

interface Media {
  schema: ExampleSchema & { readonly $ref?: string };
  example?: unknown;
  examples?: unknown;
}
interface Described {
  operationId?: string;
  security?: unknown;
  readonly parameters?: readonly { readonly schema?: object }[];
  requestBody?: { required?: boolean; readonly content: Record<string, Media> };
  readonly responses: Record<string, { description: string; content?: Record<string, Media>; headers?: object }>;
}
interface Document {
  readonly paths: Record<string, Record<string, Described>>;
  readonly components: { schemas: Record<string, object> };
}

const PROBLEM = 'application/problem+json';
const REQUEST_ID = { description: 'Names the request in the log', schema: { type: 'string' } };
const RETRY_AFTER = { description: 'Of 429 and 503: come back after so many seconds', schema: { type: 'string' } };

/** Every code that a problem may bear, with its status, for readers. */
const codeTable = Object.entries(ERROR_CODES)
  .map(([code, { status, title }]) => `| \`${code}\` | ${status} | ${title} |`)
  .join('\n');

/** What the document's reader must know of every operation. */
export const OVERVIEW = `Keeps webCRM and Fortnox in two-way step.

Times are milliseconds since the epoch (UTC). Lists come in pages: \`next\` of an answer is the \`cursor\` of the next request, and null at the
end. Each token may ask 1200 times a minute; a 429 says in \`Retry-After\` when to come back.

Errors are problem documents (RFC 9457) with one of these codes, which are never renamed:

| Code | Status | What |
|---|---|---|
${codeTable}`;

/** The one schema of all refusals. */
const problemSchema = {
  ...(JSON.parse(JSON.stringify(Problem)) as { properties: Record<string, object> }),
  examples: [
    {
      type: 'about:blank',
      title: ERROR_CODES['invalid-body'].title,
      status: ERROR_CODES['invalid-body'].status,
      detail: 'The request was not carried out: nameLimit: must be >= 20.',
      code: 'invalid-body',
      requestId: '5f2c9a7e31b84d06a1c3e8f0d9b27465',
      faults: [{ field: 'nameLimit', message: 'must be >= 20' }],
    },
  ],
};
problemSchema.properties.code = { ...problemSchema.properties.code, type: 'string', enum: Object.keys(ERROR_CODES) };

/**
 * Adds to the document made from the routes what can be derived: a name for each operation, examples, the codes of problems, headers, the
 * type of enumerations, and that what needs no token needs none.
 */
export function completed<T extends object>(made: T): T {
  const document = structuredClone(made) as T & Document;
  document.components.schemas.Problem = problemSchema;
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(methods)) {
      operation.operationId ??= nameOf(method, path);
      operation.security ??= [];
      for (const { schema } of operation.parameters ?? []) addTypes(schema);
      completeBody(operation);
      completeAnswers(operation);
    }
  return document;
}

function completeBody({ requestBody }: Described): void {
  if (requestBody === undefined) return;
  for (const media of Object.values(requestBody.content)) {
    requestBody.required = !(media.schema.anyOf ?? []).some(({ type }) => type === 'null');
    completeMedia(media);
  }
}

function completeAnswers({ responses }: Described): void {
  for (const response of Object.values(responses)) {
    response.headers = { 'x-request-id': REQUEST_ID, ...response.headers };
    for (const [type, media] of Object.entries(response.content ?? {})) {
      if (type === PROBLEM) {
        media.schema = { $ref: '#/components/schemas/Problem' };
        response.headers = { ...response.headers, 'retry-after': RETRY_AFTER };
      } else {
        if (response.description === 'Default Response') response.description = 'Done';
        if (type === 'application/json') completeMedia(media);
      }
    }
  }
}

function completeMedia(media: Media): void {
  addTypes(media.schema);
  if (media.example === undefined && media.examples === undefined) media.example = exampleOf(media.schema);
}

/** Programs that make clients want the type of an enumeration spelled out. */
function addTypes(schema: unknown): void {
  if (typeof schema !== 'object' || schema === null) return;
  const one = schema as { enum?: readonly unknown[]; type?: string };
  if (Array.isArray(one.enum) && one.type === undefined && one.enum.every((value) => typeof value === 'string'))
    one.type = 'string';
  for (const [key, inner] of Object.entries(schema)) if (key !== 'examples' && key !== 'enum') addTypes(inner);
}

/** `GET /api/tenants/{tenant}/settings` is getTenantSettings: a collection whose item is named loses its plural. */
export function nameOf(method: string, path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== 'api');
  const words = parts.flatMap((part, at) => {
    if (part.startsWith('{')) return [];
    return (parts[at + 1]?.startsWith('{') ? part.replace(/s$/, '') : part).split(/[-.]/);
  });
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
