import type { FastifyError } from 'fastify';

type Found = NonNullable<FastifyError['validation']>[number];
export type Fault = { field: string; message: string };

/**
 * What a schema found, one fault for each field. Of a choice the validator tells what is wrong with each of its branches: a person wants to
 * read what may stand there. `context` names the part of the request.
 */
export function faultsOf(validation: readonly Found[], context: string | undefined): Fault[] {
  const byField = new Map<string, Found[]>();
  for (const found of validation) {
    const field = fieldOf(found, context);
    byField.set(field, [...(byField.get(field) ?? []), found]);
  }
  const faults = [...byField].map(([field, all]) => ({ field, message: messageOf(all) }));
  const telling = faults.flatMap(({ field, message }) => (message === null ? [] : [{ field, message }]));
  return telling.length > 0 ? telling : faults.map(({ field }) => ({ field, message: 'is not valid' }));
}

function fieldOf({ instancePath, params }: Found, context: string | undefined): string {
  const path = instancePath.slice(1).replaceAll('/', '.');
  const { additionalProperty, missingProperty } = params as Record<string, string | undefined>;
  return [path, additionalProperty ?? missingProperty].filter(Boolean).join('.') || (context ?? 'body');
}

const isNull = ({ keyword, params }: Found): boolean => keyword === 'type' && params.type === 'null';

/** null: only that none of the branches of a choice fits, which its fields tell better. */
function messageOf(all: readonly Found[]): string | null {
  const allowed = all.flatMap(({ keyword, params }) =>
    keyword === 'const' ? [params.allowedValue] : keyword === 'enum' ? [params.allowedValues].flat() : [],
  );
  const others = all.filter((one) => !['const', 'enum', 'anyOf'].includes(one.keyword) && !isNull(one));
  const parts = [
    ...(allowed.length === 0 ? [] : [`must be ${allowed.length === 1 ? '' : 'one of '}${allowed.join(', ')}`]),
    ...new Set(others.map(wordsOf)),
    ...(all.some(isNull) ? ['null'] : []),
  ];
  return parts.length === 0 || (all.some(isNull) && parts.length === 1) ? null : parts.join(' or ');
}

function wordsOf({ params, message }: Found): string {
  if ('additionalProperty' in params) return 'is not known';
  return 'missingProperty' in params ? 'is missing' : (message ?? 'is not valid');
}
