import type { AccessToken } from '../../../schemas/access.ts';
import type { Alert, AlertTarget } from '../../../schemas/alerts.ts';
import type { ImportRun, Listed } from '../../../schemas/imports.ts';
import type { Activity, Entity, Job, Pair, Side, Tenant } from '../../../schemas/records.ts';
import type { CursorKey } from '../paging-cursor.ts';
import {
  type FencedFields,
  MOVED_KINDS,
  TRANSFER_ORDER,
  type TransferGroup,
  type TransferItem,
  type TransferStore,
} from '../transfer.ts';
import { type Db, openDb, type Row } from './db.ts';
import { readDocument } from './documents.ts';
import { createEngine } from './engine.ts';
import { toSyncError } from './errors.ts';
import { takeLock } from './lock.ts';
import { insertTarget } from './ops/alert-targets.ts';
import { insertAlert } from './ops/alerts.ts';
import { COLLECTIONS } from './ops/index.ts';
import { readJob } from './ops/job-row.ts';
import { readToken } from './ops/tokens.ts';
import { type Condition, readPage } from './paging.ts';

interface SecretFields {
  readonly tenant: string;
  readonly name: string;
  readonly sealed: string;
  readonly updatedAt: number;
}
interface DecisionFields {
  readonly tenant: string;
  readonly entity: Entity;
  readonly side: Side;
  readonly id: string;
  readonly reason: string;
  readonly at: number;
  readonly waitsFor: string | null;
}

interface AnswerFields {
  readonly scope: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly sealed: string | null;
  readonly expiresAt: number;
}

/** How a table's rows become documents and back, and the order they are given out in. */
interface Form {
  /** The group's own name unless given. */
  readonly table?: string;
  readonly keys: readonly CursorKey[];
  /** Which rows are moved; all unless given. */
  readonly where?: readonly Condition[];
  readonly out: (row: Row) => object;
  readonly in: (db: Db, document: never) => unknown;
}

const keys = (...names: readonly string[]): readonly CursorKey[] => names.map((name): CursorKey => [name, 'string']);

const INSERT_JOB = `INSERT INTO jobs (tenant, key, entity, side, id, priority, state, attempts, run_at, created_at,
  import_id, full, again, lease_owner, lease_until, last_error) VALUES (${Array(16).fill('?').join(', ')})`;

function insertJob(db: Db, job: Job): void {
  db.run(
    INSERT_JOB,
    ...[job.tenant, job.key, job.entity, job.side, job.id, job.priority, job.state, job.attempts, job.runAt],
    ...[job.createdAt, job.importId, job.full ? 1 : 0, job.again ? 1 : 0, job.leaseOwner, job.leaseUntil],
    job.lastError === null ? null : JSON.stringify(job.lastError),
  );
}

/** Nothing that is loaded is old enough to be swept away by what is loaded after it. */
const LONG_AGO = -1;

const FORMS: Readonly<Record<TransferGroup, Form>> = {
  tenants: {
    keys: keys('id'),
    out: readDocument('tenants'),
    in: (db, tenant: Tenant) => COLLECTIONS.tenants.insert(db, tenant),
  },
  secrets: {
    keys: keys('tenant', 'name'),
    out: ({ tenant, name, sealed, updated_at }) => ({ tenant, name, sealed, updatedAt: updated_at }),
    in: (db, { tenant, name, sealed, updatedAt }: SecretFields) =>
      COLLECTIONS.secrets.put(db, tenant, name, sealed, updatedAt),
  },
  pairs: {
    keys: keys('tenant', 'id'),
    out: readDocument('pairs'),
    in: (db, pair: Pair) => COLLECTIONS.pairs.insert(db, pair),
  },
  jobs: {
    keys: [
      ['tenant', 'string'],
      ['created_at', 'number'],
      ['seq', 'number'],
    ],
    out: readJob,
    in: insertJob,
  },
  cursors: {
    keys: keys('tenant', 'name'),
    out: ({ tenant, name, at }) => ({ tenant, name, at }),
    in: (db, { tenant, name, at }: { tenant: string; name: string; at: number }) =>
      COLLECTIONS.cursors.put(db, tenant, name, at),
  },
  activity: {
    keys: [
      ['tenant', 'string'],
      ['at', 'number'],
      ['seq', 'number'],
    ],
    out: readDocument('activity'),
    in: (db, line: Activity) => COLLECTIONS.activity.insert(db, [line]),
  },
  decisions: {
    keys: keys('tenant', 'entity', 'side', 'id'),
    out: ({ tenant, entity, side, id, reason, at, waits_for }) => ({
      ...{ tenant, entity, side, id, reason, at },
      waitsFor: waits_for,
    }),
    in: (db, { tenant, entity, side, id, reason, at, waitsFor }: DecisionFields) =>
      COLLECTIONS.decisions.set(db, tenant, entity, side, id, reason, at, waitsFor ?? undefined),
  },
  imports: {
    keys: keys('tenant', 'id'),
    out: readDocument('imports'),
    in: (db, run: ImportRun) => COLLECTIONS.imports.put(db, run),
  },
  listed: {
    keys: keys('tenant', 'import_id', 'kind', 'side', 'id'),
    out: (row) => ({ ...(JSON.parse(String(row.doc)) as Listed), stale: row.stale === 1 }),
    in: (db, record: Listed) => COLLECTIONS.listed.put(db, [record]),
  },
  states: {
    keys: keys('tenant', 'name'),
    out: ({ tenant, name, doc, updated_at }) => ({
      ...{ tenant, name, updatedAt: updated_at },
      value: JSON.parse(String(doc)) as unknown,
    }),
    in: (db, state: { tenant: string; name: string; value: unknown; updatedAt: number }) =>
      COLLECTIONS.states.put(db, state.tenant, state.name, state.value, state.updatedAt),
  },
  alerts: {
    keys: keys('tenant', 'kind'),
    out: readDocument('alerts'),
    in: (db, alert: Alert) => insertAlert(db, alert),
  },
  alertTargets: {
    table: 'alert_targets',
    keys: keys('id'),
    out: readDocument('alertTargets'),
    in: (db, target: AlertTarget) => insertTarget(db, target),
  },
  tokens: {
    keys: keys('id'),
    out: readToken,
    in: (db, token: AccessToken) => COLLECTIONS.tokens.insert(db, token),
  },
  answers: {
    keys: keys('scope', 'key'),
    out: ({ scope, key, fingerprint, sealed, expires_at }) => ({
      ...{ scope, key, fingerprint, sealed },
      expiresAt: expires_at,
    }),
    in: (db, { scope, key, fingerprint, sealed, expiresAt }: AnswerFields) => {
      COLLECTIONS.answers.begin(db, scope, key, fingerprint, LONG_AGO, expiresAt);
      if (sealed !== null) COLLECTIONS.answers.finish(db, scope, key, sealed, expiresAt);
    },
  },
  tombstones: {
    keys: keys('tenant', 'hash'),
    out: ({ tenant, hash, at }) => ({ tenant, hash, at }),
    in: (db, { tenant, hash, at }: { tenant: string; hash: string; at: number }) =>
      COLLECTIONS.tombstones.put(db, tenant, hash, at),
  },
  fenced: {
    keys: keys('kind', 'id'),
    where: [['kind IN (SELECT value FROM json_each(?))', JSON.stringify(MOVED_KINDS)]],
    out: ({ kind, id, version, doc, updated_at }) => ({
      ...{ kind, id, version, updatedAt: updated_at },
      value: JSON.parse(String(doc)) as unknown,
    }),
    in: (db, { kind, id, version, value, updatedAt }: FencedFields) =>
      db.run(
        'INSERT INTO fenced (kind, id, version, doc, updated_at) VALUES (?, ?, ?, ?, ?)',
        ...[kind, id, version, JSON.stringify(value), updatedAt],
      ),
  },
  seen: {
    keys: keys('tenant', 'id'),
    out: ({ tenant, id, expires_at }) => ({ tenant, id, expiresAt: expires_at }),
    in: (db, { tenant, id, expiresAt }: { tenant: string; id: string; expiresAt: number }) =>
      COLLECTIONS.seen.add(db, tenant, id, LONG_AGO, expiresAt),
  },
};

/** Rows that are read at once. */
const PAGE = 500;

/**
 * Opens the file for copying, and keeps every other process out meanwhile. The file is made when it is absent and brought
 * to this release's version. Raises as openEmbeddedStore.
 */
export function openEmbeddedTransfer(path: string): TransferStore {
  // It makes, migrates and checks the file, and gives back the jobs of whoever died at work.
  createEngine(path).close();
  const unlock = takeLock(path);
  const db = openDb(path);
  db.exec('PRAGMA synchronous = FULL');

  function loadAll(items: readonly TransferItem[]): void {
    db.exec('BEGIN IMMEDIATE');
    try {
      for (const { collection, document } of items) FORMS[collection].in(db, document as never);
      db.exec('COMMIT');
    } catch (error) {
      if (db.inTransaction) db.exec('ROLLBACK');
      throw toSyncError(error);
    }
  }

  return {
    async *dump() {
      for (const group of TRANSFER_ORDER) yield* dumpGroup(db, group);
    },
    load: async (items) => loadAll(items),
    async close() {
      db.all('PRAGMA wal_checkpoint(TRUNCATE)');
      db.close();
      unlock();
    },
  };
}

function* dumpGroup(db: Db, group: TransferGroup): Iterable<TransferItem> {
  const { table = group, keys, where = [], out } = FORMS[group];
  const listing = { table, where, keys, descending: false, read: out };
  let cursor: string | undefined;
  do {
    const page = readPage(db, listing, cursor === undefined ? { limit: PAGE } : { limit: PAGE, cursor });
    for (const document of page.items) yield { collection: group, document: document as TransferItem['document'] };
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
}
