import { Check } from 'typebox/schema';
import { ROLES } from '../../schemas/access.ts';
import { NO_EXAMPLE } from '../../src/http/openapi-examples.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly examples?: readonly unknown[];
}
interface Media {
  readonly schema?: Schema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}
interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly 'x-role'?: string;
  readonly parameters?: readonly {
    in: string;
    name: string;
    required?: boolean;
    description?: string;
    schema?: Schema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<
    Record<string, { readonly description?: string; readonly content?: Readonly<Record<string, Media>> }>
  >;
}
export interface Document {
  readonly openapi: string;
  readonly info: Readonly<Record<string, unknown>>;
  readonly servers?: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description?: string }[];
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly securitySchemes: Readonly<Record<string, unknown>>;
  };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}
/** An operation with where it stands, for the words of a fault. */
interface Placed {
  readonly path: string;
  readonly operation: Operation;
  readonly document: Document;
}

const TYPES = ['object', 'array', 'string', 'integer', 'number', 'boolean', 'null'];
const PROBLEM = 'application/problem+json';

/** What every operation must have; a rule gives what is wrong. */
const RULES: Readonly<Record<string, (placed: Placed) => readonly (string | false | undefined)[]>> = {
  'has a name that a program can use': ({ operation }) => [
    !/^[a-z]+[A-Z][A-Za-z]*$/.test(operation.operationId ?? '') && `operationId ${operation.operationId}`,
  ],
  'says what it does, in one group': ({ operation, document }) => [
    !operation.summary && 'no summary',
    operation.tags?.length !== 1 && 'not one tag',
    ...(operation.tags ?? []).map((tag) => !document.tags.some(({ name }) => name === tag) && `unknown tag ${tag}`),
  ],
  'says who may call it': ({ path, operation, document }) => [
    operation.security === undefined && 'no security',
    path.startsWith('/api/') && !operation.security?.length && 'open, though of the API',
    path.startsWith('/api/') && !(ROLES as readonly string[]).includes(operation['x-role'] ?? '') && 'no role',
    ...(operation.security ?? [])
      .flatMap(Object.keys)
      .map((scheme) => !(scheme in document.components.securitySchemes) && `unknown scheme ${scheme}`),
  ],
  'describes its parameters': ({ path, operation }) => {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const told = (operation.parameters ?? []).filter((one) => one.in === 'path');
    return [
      told
        .map(({ name }) => name)
        .sort()
        .join() !== [...named].sort().join() && 'path and parameters differ',
      ...told.map(({ name, required }) => required !== true && `${name} is not required`),
      ...(operation.parameters ?? []).map(
        ({ name, description, schema }) =>
          !description && schema?.enum === undefined && `the parameter ${name} says nothing of itself`,
      ),
    ];
  },
  'describes its answers and its refusals': ({ path, operation: { responses } }) => [
    !Object.keys(responses).some((status) => /^[23]\d\d$/.test(status)) && 'no success',
    path.startsWith('/api/') && !('4XX' in responses && '5XX' in responses) && 'no refusals',
    ...Object.entries(responses).flatMap(([status, { description, content }]) => [
      (!description || description === 'Default Response') && `the answer ${status} says nothing of itself`,
      /^[45]XX$/.test(status) &&
        path.startsWith('/api/') &&
        content?.[PROBLEM] === undefined &&
        `${status} is no problem`,
      status === '204' && content !== undefined && '204 with a body',
      /^20[0-3]$/.test(status) &&
        path.startsWith('/api/') &&
        status !== '204' &&
        !content &&
        `${status} without a body`,
    ]),
  ],
  'gives an example of each body that fits its schema': ({ operation, document }) =>
    mediaOf(operation).flatMap(([where, type, media]) => {
      if (!/json$/.test(type)) return [];
      const schema = resolved(document, media.schema);
      const examples =
        media.example === undefined ? Object.values(media.examples ?? {}).map(({ value }) => value) : [media.example];
      const all = examples.length === 0 ? (schema.examples ?? []) : examples;
      return [
        all.length === 0 && `${where}: no example`,
        ...all.flatMap((example) => [
          !Check(schema as never, example) &&
            `${where}: the example does not fit: ${JSON.stringify(example).slice(0, 300)}`,
          ...unknownIn(schema, example).map((name) => `${where}: the example has ${name}, which the schema does not`),
          JSON.stringify(example).includes(NO_EXAMPLE) && `${where}: no example: ${JSON.stringify(example)}`,
        ]),
      ];
    }),
  'has sound schemas': ({ operation, document }) =>
    [
      ...mediaOf(operation).map(([, , { schema }]) => schema),
      ...(operation.parameters ?? []).map(({ schema }) => schema),
    ]
      .map((schema) => resolved(document, schema))
      .flatMap(faultsOfSchema),
};

const mediaOf = ({ requestBody, responses }: Operation): [where: string, type: string, media: Media][] =>
  [['request', requestBody] as const, ...Object.entries(responses)].flatMap(([where, of]) =>
    Object.entries(of?.content ?? {}).map(([type, media]): [string, string, Media] => [where, type, media]),
  );

function resolved({ components }: Document, schema: Schema | undefined): Schema {
  const found = schema?.$ref === undefined ? schema : components.schemas[schema.$ref.split('/').at(-1) ?? ''];
  if (found === undefined) throw new Error(`no schema${schema?.$ref === undefined ? '' : ` at ${schema.$ref}`}`);
  return found;
}

/** Fields of a value that the schema says nothing of. */
function unknownIn(schema: Schema, value: unknown): string[] {
  if (schema.anyOf !== undefined) {
    const found = schema.anyOf.filter((one) => Check(one as never, value)).map((one) => unknownIn(one, value));
    return found.toSorted((one, other) => one.length - other.length)[0] ?? [];
  }
  if (Array.isArray(value)) return value.flatMap((one) => unknownIn(schema.items ?? {}, one));
  const { properties } = schema;
  if (typeof value !== 'object' || value === null || properties === undefined) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    properties[name] === undefined ? [name] : unknownIn(properties[name], inner),
  );
}

function faultsOfSchema(schema: Schema): string[] {
  const at = JSON.stringify(schema).slice(0, 120);
  const absent = (schema.required ?? []).filter((name) => !(name in (schema.properties ?? {})));
  const own = [
    schema.type !== undefined && !TYPES.includes(schema.type) && `type ${schema.type}`,
    schema.type === 'array' && schema.items === undefined && 'a list of what?',
    schema.enum !== undefined &&
      (schema.enum.length === 0 || schema.type === undefined) &&
      'an enum without type or values',
    absent.length > 0 && `requires ${absent.join()}, which it does not have`,
    schema.pattern !== undefined && !isPattern(schema.pattern) && `pattern ${schema.pattern}`,
  ].filter((fault) => fault !== false);
  const inner = Object.entries(schema)
    .filter(([key]) => !['examples', 'enum', 'required', 'default', 'const'].includes(key))
    .flatMap(([key, value]) =>
      typeof value !== 'object' || value === null
        ? []
        : key === 'properties' || key === 'patternProperties' || Array.isArray(value)
          ? Object.values(value as object).filter((one) => typeof one === 'object')
          : [value],
    );
  return [...own.map((fault) => `${fault}: ${at}`), ...inner.flatMap((one) => faultsOfSchema(one as Schema))];
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch {
    // That it raises is the answer.
    return false;
  }
}

/** Every fault of the document, one line each. */
export function lint(document: Document, version: string): string[] {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation, document })),
  );
  const ids = operations.map(({ operation }) => operation.operationId);
  const forms = Object.keys(document.paths).map((path) => path.replaceAll(/\{\w+\}/g, '{}'));
  const whole = [
    !/^3\.1\.\d+$/.test(document.openapi) && `openapi ${document.openapi}`,
    ...['title', 'description', 'license'].map((name) => !document.info[name] && `info.${name} is missing`),
    document.info.version !== version && `info.version is ${document.info.version}, and the package has ${version}`,
    !document.servers?.length && 'no server',
    ...document.tags.map(
      ({ name, description }) =>
        (!description || !operations.some(({ operation }) => operation.tags?.includes(name))) &&
        `the tag ${name} is not described or not used`,
    ),
    ...ids.map((id, at) => ids.indexOf(id) < at && `${id} names two operations`),
    ...forms.map((form, at) => forms.indexOf(form) < at && `${form} stands twice`),
  ];
  const each = operations.flatMap((placed) =>
    Object.entries(RULES).flatMap(([rule, faultsOf]) =>
      faultsOf(placed)
        .filter((fault) => typeof fault === 'string')
        .map((fault) => `${placed.method} ${placed.path}: ${rule}: ${fault}`),
    ),
  );
  return [...whole.filter((fault) => typeof fault === 'string'), ...each];
}
