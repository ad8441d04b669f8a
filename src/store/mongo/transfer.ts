import type { AccessToken } from '../../../schemas/access.ts';
import type { Alert, AlertTarget } from '../../../schemas/alerts.ts';
import type { ImportRun, Listed } from '../../../schemas/imports.ts';
import type { Activity, Job, Pair, Tenant } from '../../../schemas/records.ts';
import type { Runtime } from '../../runtime.ts';
import { toStoredText } from '../stored-text.ts';
import {
  type FencedFields,
  MOVED_KINDS,
  TRANSFER_ORDER,
  type TransferGroup,
  type TransferItem,
  type TransferStore,
} from '../transfer.ts';
import { reader } from './documents.ts';
import { toSyncError } from './errors.ts';
import { idOf, type Mongo, present, type Row, textOrNull } from './mongo.ts';
import { connectMongo } from './mongo-store.ts';
import { activityRow } from './ops/activity.ts';
import { targetRow } from './ops/alert-targets.ts';
import { alertRow } from './ops/alerts.ts';
import { importRow } from './ops/imports.ts';
import { jobRow, readJob } from './ops/job-row.ts';
import { listedRow, readListed } from './ops/listed.ts';
import { pairRow } from './ops/pair-row.ts';
import { tenantRow } from './ops/tenants.ts';
import { readToken, tokenRow } from './ops/tokens.ts';

type Fields = Readonly<Record<string, unknown>>;

/** How a group's rows become documents and back, and the order they are given out in. */
interface Form {
  readonly sort: readonly string[];
  /** Which rows are moved; all unless given. */
  readonly where?: Fields;
  readonly out: (row: Row) => object;
  readonly in: (document: never, mongo: Mongo) => Row;
}

/** The fields of a row as they are, texts without their mark and times as numbers. */
const plain =
  (...names: readonly string[]) =>
  (row: Row): Fields =>
    Object.fromEntries(
      names.map((name) => {
        const value: unknown = row[name];
        if (value instanceof Date) return [name, value.getTime()];
        return [name, typeof value === 'string' ? textOrNull(value) : (value ?? null)];
      }),
    );
/** The row of such fields; those of the key make its `_id`. */
const stored =
  (...key: readonly string[]) =>
  (fields: Fields): Row => ({
    _id: idOf(...key.map((name) => String(fields[name]))),
    ...Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? toStoredText(value) : value]),
    ),
  });

const FORMS: Readonly<Record<TransferGroup, Form>> = {
  tenants: { sort: ['id'], out: reader('tenants'), in: (tenant: Tenant) => tenantRow(tenant) },
  secrets: {
    sort: ['tenant', 'name'],
    out: plain('tenant', 'name', 'sealed', 'updatedAt'),
    in: stored('tenant', 'name'),
  },
  pairs: { sort: ['tenant', 'id'], out: reader('pairs'), in: (pair: Pair) => pairRow(pair) },
  jobs: {
    sort: ['tenant', 'createdAt', 'seq'],
    out: readJob,
    in: (job: Job, mongo) => jobRow(job, mongo.sequence()),
  },
  cursors: { sort: ['tenant', 'name'], out: plain('tenant', 'name', 'at'), in: stored('tenant', 'name') },
  activity: {
    sort: ['tenant', 'at', 'seq'],
    out: reader('activity'),
    in: (line: Activity, mongo) => activityRow(line, mongo.sequence()),
  },
  decisions: {
    sort: ['tenant', 'entity', 'side', 'id'],
    out: plain('tenant', 'entity', 'side', 'id', 'reason', 'at', 'waitsFor'),
    in: stored('tenant', 'entity', 'side', 'id'),
  },
  imports: { sort: ['tenant', 'id'], out: reader('imports'), in: (run: ImportRun) => importRow(run) },
  listed: {
    sort: ['tenant', 'importId', 'kind', 'side', 'id'],
    out: readListed,
    in: (record: Listed) => listedRow(record),
  },
  states: {
    sort: ['tenant', 'name'],
    out: (row) => ({ ...plain('tenant', 'name', 'updatedAt')(row), value: JSON.parse(String(row.doc)) as unknown }),
    in: ({ tenant, name, value, updatedAt }: { tenant: string; name: string; value: unknown; updatedAt: number }) => ({
      _id: idOf(tenant, name),
      tenant: toStoredText(tenant),
      name: toStoredText(name),
      doc: JSON.stringify(value),
      updatedAt,
    }),
  },
  alerts: { sort: ['tenant', 'kind'], out: reader('alerts'), in: (alert: Alert) => alertRow(alert) },
  alertTargets: { sort: ['id'], out: reader('alertTargets'), in: (target: AlertTarget) => targetRow(target) },
  tokens: { sort: ['id'], out: readToken, in: (token: AccessToken) => tokenRow(token) },
  answers: {
    sort: ['scope', 'key'],
    out: plain('scope', 'key', 'fingerprint', 'sealed', 'expiresAt'),
    in: ({ expiresAt, sealed, ...rest }: { scope: string; key: string; sealed: string | null; expiresAt: number }) => ({
      ...stored('scope', 'key')(rest),
      ...present({ sealed }),
      expiresAt: new Date(expiresAt),
    }),
  },
  fenced: {
    sort: ['kind', 'id'],
    where: { kind: { $in: [...MOVED_KINDS] } },
    out: (row) => ({
      ...plain('kind', 'id', 'version', 'updatedAt')(row),
      value: JSON.parse(String(row.doc)) as unknown,
    }),
    in: ({ kind, id, version, value, updatedAt }: FencedFields) => ({
      _id: idOf(kind, id),
      kind,
      id: toStoredText(id),
      version,
      doc: JSON.stringify(value),
      updatedAt,
    }),
  },
  tombstones: { sort: ['tenant', 'hash'], out: plain('tenant', 'hash', 'at'), in: stored('tenant', 'hash') },
  seen: {
    sort: ['tenant', 'id'],
    out: plain('tenant', 'id', 'expiresAt'),
    in: ({ tenant, id, expiresAt }: { tenant: string; id: string; expiresAt: number }) => ({
      _id: idOf(tenant, id),
      tenant: toStoredText(tenant),
      id: toStoredText(id),
      expiresAt: new Date(expiresAt),
    }),
  },
};

/** Opens a database for copying. Raises as openMongoStore. */
export async function openMongoTransfer(options: { url: string; runtime: Runtime }): Promise<TransferStore> {
  const { mongo, close } = await connectMongo(options);
  return {
    async *dump() {
      for (const group of TRANSFER_ORDER) yield* dumpGroup(mongo, group);
    },
    async load(items) {
      try {
        for (const group of TRANSFER_ORDER) {
          const rows = items
            .filter((item) => item.collection === group)
            .map((item) => FORMS[group].in(item.document as never, mongo));
          if (rows.length === 0) continue;
          await mongo.rows(group).insertMany(rows, { writeConcern: { w: 'majority', journal: true } });
        }
      } catch (error) {
        throw toSyncError(error, 'loading');
      }
    },
    close,
  };
}

async function* dumpGroup(mongo: Mongo, group: TransferGroup): AsyncIterable<TransferItem> {
  const { sort, where = {}, out } = FORMS[group];
  const order = Object.fromEntries(sort.map((field) => [field, 1 as const]));
  try {
    const rows = mongo
      .rows(group)
      .find(where, { readConcern: { level: 'majority' } })
      .sort(order)
      .allowDiskUse(true);
    for await (const row of rows) yield { collection: group, document: out(row) as Fields };
  } catch (error) {
    throw toSyncError(error, `reading ${group}`);
  }
}
