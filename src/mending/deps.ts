import { type Activity, type Hint, type Pair, PRIORITY, type Tenant } from '../../schemas/records.ts';
import { askedForBy } from '../admin/lines.ts';
import { SyncError } from '../errors/sync-error.ts';
import { storeLine } from '../store/activity-line.ts';
import type { SyncDeps } from '../sync/context.ts';
import { type RecordRef, recordLock } from '../sync/record-ref.ts';

export interface MendingDeps extends SyncDeps {
  readonly worker: { wake(tenantId: string): void };
}

/** One request of an administrator: whose tenant, and how the log names who asked. */
export interface Request {
  readonly tenant: Tenant;
  readonly by: string;
}

export const refused = (message: string, faults?: { field: string; message: string }[]): SyncError =>
  new SyncError('conflict', message, faults === undefined ? {} : { faults });

/** Gives the pair, or raises `not-found`. */
export async function pairOf({ store }: MendingDeps, { tenant }: Request, id: string): Promise<Pair> {
  const pair = await store.pairs.get(tenant.id, id);
  if (pair === null) throw new SyncError('not-found', 'The tenant has no pair with this id.');
  return pair;
}

/**
 * Does `work` while no job has these records. Raises `record-busy` when one has them now: waiting would hold the caller's request for
 * as long as the vendors take.
 */
export async function alone<T>(
  { locks }: MendingDeps,
  { tenant }: Request,
  records: readonly RecordRef[],
  work: () => Promise<T>,
): Promise<T> {
  const release = locks.tryLock(records.map((record) => recordLock(tenant.id, record)));
  if (release === null)
    throw new SyncError('record-busy', 'A job works on this record just now: ask again in a moment.', { waitMs: 1000 });
  try {
    return await work();
  } finally {
    release();
  }
}

/** Hints of records that a person asked for: at once, and both sides are read. */
export const askedFor = ({ tenant }: Request, records: readonly RecordRef[]): Hint[] =>
  records.map(({ entity, side, id }) => ({
    tenant: tenant.id,
    entity,
    side,
    id,
    priority: PRIORITY.notification,
    full: true,
  }));

/** Writes the line that says what a person did to a pair, and by which request. */
export const tell = (
  deps: MendingDeps,
  { tenant, by }: Request,
  pair: Pick<Pair, 'entity' | 'webcrmId' | 'fortnoxId' | 'id'>,
  line: Pick<Activity, 'action' | 'message'> & { reasons?: readonly string[] },
): Promise<void> =>
  storeLine(deps, {
    tenant: tenant.id,
    entity: pair.entity,
    webcrmId: pair.webcrmId,
    fortnoxId: pair.fortnoxId,
    pairId: pair.id,
    action: line.action,
    reasons: line.reasons ?? [],
    message: askedForBy(line.message, by),
  });
