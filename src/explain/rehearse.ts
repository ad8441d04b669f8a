import type { Activity, Entity, Hint, Job, Pair, Tenant } from '../../schemas/records.ts';
import { isSyncError, type SyncError } from '../errors/sync-error.ts';
import { createKeyLocks } from '../queue/key-locks.ts';
import type { JobOutcome } from '../queue/types.ts';
import { askedJob } from '../sync/asked-job.ts';
import type { JobContext, SyncDeps } from '../sync/context.ts';
import { workOn } from '../sync/executor.ts';
import type { RecordRef as AnyRecord } from '../sync/record-ref.ts';
import { createOverlay, type ToldDecision } from './overlay-store.ts';
import { createRehearsalVendors, type RehearsalVendors } from './vendors.ts';
import { type PlannedWrite, WouldWrite } from './would-write.ts';

export type RehearsalDeps = Pick<
  SyncDeps,
  'runtime' | 'store' | 'connection' | 'calendar' | 'register' | 'isErased' | 'worksIn'
>;

/** Which record is asked about. */
export interface RecordRef extends AnyRecord {
  readonly entity: Exclude<Entity, 'line'>;
}

/** How a rehearsed job ended. */
export type Ending =
  | JobOutcome
  | { readonly kind: 'create'; readonly write: PlannedWrite }
  | { readonly kind: 'failed'; readonly error: SyncError };

/** What the record's job would do now, and what it read for it. */
export interface Rehearsal {
  readonly ending: Ending;
  /** In the order in which they would be sent. */
  readonly writes: readonly PlannedWrite[];
  /** The lines that the log would get. */
  readonly lines: readonly Activity[];
  readonly decisions: readonly ToldDecision[];
  readonly hints: readonly Hint[];
  /** The record's pair as it is stored, and as it would be afterwards. */
  readonly before: Pair | null;
  readonly after: Pair | null;
  /** The job's surroundings with clients that give its own reads again, at no call. */
  readonly replay: JobContext;
  readonly hasRead: RehearsalVendors['hasRead'];
  /** Calls that it cost. */
  readonly reads: number;
}

/**
 * Runs the record's own job with a store that keeps its writes to itself and with clients that only read. The vendors' and the
 * connection's refusals become the ending; raises what is wrong on our side. Both sides are read, as at a person's request.
 */
export async function rehearse(deps: RehearsalDeps, tenant: Tenant, ref: RecordRef): Promise<Rehearsal> {
  const before = await deps.store.pairs.bySide(tenant.id, ref.entity, ref.side, ref.id);
  const overlay = createOverlay(deps.store, before);
  const calls = createRehearsalVendors(deps.connection(tenant.id));
  const hints: Hint[] = [];
  const context: JobContext = {
    ...deps,
    store: overlay.store,
    locks: createKeyLocks(),
    hint: async (more) => void hints.push(...more),
    activityKeptMs: 0,
    tenant,
    job: rehearsalJob(deps, tenant, ref),
    vendors: calls.vendors,
    held: new Set(),
  };
  const ending = await run(context, await overlay.store.pairs.bySide(tenant.id, ref.entity, ref.side, ref.id));
  return {
    ending,
    writes: calls.writes,
    lines: overlay.lines,
    decisions: overlay.decisions,
    hints,
    before,
    after: await overlay.store.pairs.bySide(tenant.id, ref.entity, ref.side, ref.id),
    replay: { ...context, vendors: calls.replay },
    hasRead: calls.hasRead,
    reads: calls.reads(),
  };
}

async function run(context: JobContext, pair: Pair | null): Promise<Ending> {
  try {
    return await workOn(context, pair);
  } catch (error) {
    if (error instanceof WouldWrite) return { kind: 'create', write: error.write };
    // What is wrong with our store or our program is no answer about the record.
    if (isSyncError(error) && !OURS.has(error.code)) return { kind: 'failed', error };
    throw error;
  }
}

const OURS: ReadonlySet<string> = new Set([
  'internal',
  'stopping',
  'store-busy',
  'store-failed',
  'store-duplicate',
  'version-changed',
]);

/** As old as R25 asks: so a delivery that was changed a moment ago shows for how long it has still to be quiet. */
function rehearsalJob({ runtime }: RehearsalDeps, tenant: Tenant, ref: RecordRef): Job {
  const now = runtime.now();
  return askedJob(tenant.id, ref, now, now - tenant.settings.documents.quietSeconds * 1000 - 1);
}
