import fc from 'fast-check';
import type { Schema } from '../support/operations.ts';

const TEXTS = [
  '',
  ' ',
  '\0',
  '\ud800',
  '../../etc/passwd',
  "'; DROP TABLE tenants;--",
  '{"$gt":""}',
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  '=HYPERLINK("x")',
  '%00',
  '\r\nx-injected: 1',
  '𝒯ö́ß'.repeat(40),
  'x'.repeat(5000),
  '-1',
  '1e309',
  'NaN',
];

/** What nobody who means well sends. */
export const hostileText = fc.oneof(
  fc.constantFrom(...TEXTS),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string(),
);
export const hostile: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1e308,
    2 ** 53,
    [],
    {},
    [[[[[[]]]]]],
    { $where: '1' },
    { constructor: { prototype: 1 } },
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

function text(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.format === 'date') return fc.constantFrom('2026-01-31', '2026-02-30');
  if (schema.pattern !== undefined) {
    try {
      const made = fc.stringMatching(new RegExp(schema.pattern), { size: 'small' });
      return made.filter((value) => value.length <= (schema.maxLength ?? 5000));
    } catch {
      // A look-ahead cannot be generated from.
    }
  }
  const { minLength = 0 } = schema;
  return fc.string({ minLength, maxLength: Math.max(minLength, Math.min(schema.maxLength ?? 20, 40)) });
}

/** Values that the schema takes, as a rule. */
export function valid(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(valid));
  switch (schema.type) {
    case 'object':
      return fc.record(
        Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, inner]) => [name, valid(inner)])),
        { requiredKeys: [...(schema.required ?? [])] },
      );
    case 'array':
      return fc.array(valid(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 4, Math.max(schema.minItems ?? 0, 4)),
      });
    case 'integer':
    case 'number':
      return fc.integer({
        min: Math.max(schema.minimum ?? -1000, -(2 ** 31)),
        max: Math.min(schema.maximum ?? 2 ** 31 - 1, 2 ** 31 - 1),
      });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'string':
      return text(schema);
    default:
      return hostile;
  }
}

/** A valid value, one with a field that is not, or something else altogether. */
export const mutated = (schema: Schema): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 3, arbitrary: valid(schema) },
    {
      weight: 2,
      arbitrary: fc.tuple(valid(schema), fc.nat(), hostile, hostileText).map(([value, place, bad, name]) => {
        if (typeof value !== 'object' || value === null || Array.isArray(value)) return bad;
        const keys = [...Object.keys(value), name];
        return { ...value, [keys[place % keys.length] ?? name]: bad };
      }),
    },
    { weight: 1, arbitrary: hostile },
  );
