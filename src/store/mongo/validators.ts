import { SyncError } from '../../errors/sync-error.ts';
import type { CollectionName } from './collections.ts';
import type { Row } from './mongo.ts';

type BsonType = 'string' | 'number' | 'date' | 'bool';

const fields = (bsonType: BsonType, ...names: string[]): Record<string, { bsonType: BsonType }> =>
  Object.fromEntries(names.map((name) => [name, { bsonType }]));
interface Validator {
  readonly $jsonSchema: {
    readonly bsonType: 'object';
    readonly required: readonly string[];
    readonly properties: Readonly<Record<string, { readonly bsonType: BsonType }>>;
  };
}
/** Every field named must be there with its type; others are free. */
const requires = (properties: Record<string, { bsonType: BsonType }>): Validator => ({
  $jsonSchema: { bsonType: 'object', required: Object.keys(properties), properties },
});

/**
 * What a server refuses whoever writes it: a document without a field that it is found, fenced or expired by. The rest is
 * the text of the document, which the service checks when it reads it.
 */
export const VALIDATORS: Readonly<Record<CollectionName, Validator>> = {
  tenants: requires({ ...fields('string', 'id', 'hookToken', 'doc'), ...fields('number', 'version', 'createdAt') }),
  secrets: requires({ ...fields('string', 'tenant', 'name', 'sealed'), ...fields('number', 'updatedAt') }),
  pairs: requires({
    ...fields('string', 'tenant', 'id', 'entity', 'fortnoxKind', 'state', 'doc'),
    ...fields('number', 'version', 'updatedAt'),
  }),
  jobs: requires({
    ...fields('string', 'tenant', 'key', 'entity', 'side', 'id', 'state'),
    ...fields('number', 'priority', 'attempts', 'runAt', 'createdAt', 'seq', 'again'),
    ...fields('bool', 'full'),
  }),
  cursors: requires({ ...fields('string', 'tenant', 'name'), ...fields('number', 'at') }),
  activity: requires({
    ...fields('string', 'tenant', 'id', 'entity', 'action', 'doc'),
    ...fields('number', 'at', 'seq'),
    ...fields('date', 'expiresAt'),
  }),
  decisions: requires({ ...fields('string', 'tenant', 'entity', 'side', 'id', 'reason'), ...fields('number', 'at') }),
  imports: requires({ ...fields('string', 'tenant', 'id', 'doc'), ...fields('number', 'startedAt') }),
  listed: requires({
    ...fields('string', 'tenant', 'importId', 'kind', 'side', 'id', 'doc'),
    ...fields('bool', 'stale'),
  }),
  states: requires({ ...fields('string', 'tenant', 'name', 'doc'), ...fields('number', 'updatedAt') }),
  fenced: requires({ ...fields('string', 'kind', 'id', 'doc'), ...fields('number', 'version', 'updatedAt') }),
  mail: requires({
    ...fields('string', 'to', 'name', 'body'),
    ...fields('number', 'seq'),
    ...fields('date', 'expiresAt'),
  }),
  alerts: requires({
    ...fields('string', 'tenant', 'kind', 'state', 'doc'),
    ...fields('number', 'raisedAt', 'version'),
  }),
  alertTargets: requires({ ...fields('string', 'id', 'doc'), ...fields('number', 'createdAt', 'version') }),
  tokens: requires({ ...fields('string', 'id', 'doc'), ...fields('number', 'version', 'createdAt') }),
  answers: requires({ ...fields('string', 'scope', 'key', 'fingerprint'), ...fields('date', 'expiresAt') }),
  tombstones: requires({ ...fields('string', 'tenant', 'hash'), ...fields('number', 'at') }),
  seen: requires({ ...fields('string', 'tenant', 'id'), ...fields('date', 'expiresAt') }),
  ping: requires(fields('number', 'at')),
};

const IS: Readonly<Record<BsonType, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  bool: (value) => typeof value === 'boolean',
  date: (value) => value instanceof Date,
};

/**
 * Refuses, before any of a set is written, what the server would refuse in its midst. Raises `store-failed` that names the
 * document and the field.
 */
export function checkRows(collection: CollectionName, rows: readonly Row[]): void {
  const rules = Object.entries(VALIDATORS[collection].$jsonSchema.properties);
  for (const row of rows)
    for (const [field, { bsonType }] of rules)
      if (!IS[bsonType](row[field]))
        throw new SyncError(
          'store-failed',
          `The document ${row._id} of ${collection} cannot be stored: its ${field} is no ${bsonType}`,
        );
}
