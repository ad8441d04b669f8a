import { Check } from 'typebox/schema';
import { EXAMPLES } from '../../schemas/examples.ts';

/** As much of JSON Schema as an example asks for. */
export interface ExampleSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly anyOf?: readonly ExampleSchema[];
  readonly properties?: Readonly<Record<string, ExampleSchema>>;
  readonly items?: ExampleSchema;
  readonly minimum?: number;
}

/** What stands where nothing better is known; the document's test refuses it. */
export const NO_EXAMPLE = '(no example)';

/** An example of the schema: its own, else one of EXAMPLES that it takes by its field's name, else one made of its parts. */
export function exampleOf(schema: ExampleSchema, name = '', within = ''): unknown {
  if (schema.examples !== undefined) return schema.examples[0];
  if (schema.const !== undefined) return schema.const;
  const candidates = [...(EXAMPLES[`${within}.${name}`] ?? []), ...(EXAMPLES[name] ?? [])];
  const known = candidates.find((value) => Check(schema as never, value));
  if (known !== undefined) return known;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.anyOf !== undefined) return exampleOf(schema.anyOf[0] ?? {}, name, within);
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([field, inner]) => [field, exampleOf(inner, field, name)]),
      );
    case 'array':
      return [exampleOf(schema.items ?? {}, name, within)];
    case 'integer':
    case 'number':
      return schema.minimum ?? 0;
    case 'boolean':
      return false;
    case 'null':
      return null;
    default:
      return NO_EXAMPLE;
  }
}
