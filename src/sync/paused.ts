import { type PairEntity, type PausedPart, type Side, VENDOR_NAMES, WRITTEN } from '../../schemas/records.ts';
import { SyncError } from '../errors/sync-error.ts';
import type { JobOutcome } from '../queue/types.ts';
import type { Store } from '../store/port.ts';
import type { JobContext } from './context.ts';
import { journal, PAIR_ENTITY } from './journal.ts';
import { busy, DONE } from './outcome.ts';
import type { Reason } from './reasons.ts';

type Parts = { readonly pausedParts: readonly Pick<PausedPart, 'entity' | 'to' | 'resuming'>[] };

/** Whether records of this kind are not written on this side for now. Pure. */
export const isPaused = ({ pausedParts }: Parts, entity: PairEntity, to: Side): boolean =>
  pausedParts.some((part) => part.entity === entity && part.to === to && !part.resuming);

/** Of which sides records of this kind are not written for now. Pure. */
export const pausedSides = (tenant: Parts, entity: PairEntity): Readonly<Record<Side, boolean>> => ({
  fortnox: isPaused(tenant, entity, 'fortnox'),
  webcrm: isPaused(tenant, entity, 'webcrm'),
});

/** Whether records of this kind are written nowhere for now: their jobs read nothing. Pure. */
export const isWhollyPaused = (tenant: Parts, entity: PairEntity): boolean =>
  WRITTEN[entity].every((to) => isPaused(tenant, entity, to));

const REASON_OF = { fortnox: 'to-fortnox-paused', webcrm: 'to-webcrm-paused' } as const satisfies Record<Side, Reason>;

/** Why a write to this side waits. */
export const pausedReason = (to: Side): Reason => REASON_OF[to];
export const isPausedReason = (reason: string | null): boolean =>
  reason === REASON_OF.fortnox || reason === REASON_OF.webcrm;

/** How a record says that it waits for its kind to be resumed (`decisions.waitsFor`). */
export const waitsForResume = (entity: PairEntity): string => `paused:${entity}`;

const NAMES: Readonly<Record<PairEntity, string>> = {
  article: 'Articles',
  customer: 'Customers',
  delivery: 'Deliveries and documents',
};

/** "Customers to Fortnox", as a sentence names what is paused. */
export const partName = ({ entity, to }: Pick<PausedPart, 'entity' | 'to'>): string =>
  `${NAMES[entity]} to ${VENDOR_NAMES[to]}`;

/** A write that is paused: nothing was sent, and what is to be written waits until somebody resumes it. */
export class DirectionPaused extends SyncError {
  readonly to: Side;

  constructor(entity: PairEntity, to: Side) {
    super('direction-paused', `${partName({ entity, to })}: paused. Nothing was written; resume it to go on.`);
    this.name = 'DirectionPaused';
    this.to = to;
  }
}

/**
 * What a vendor's client asks before each write, when its slot is there: the tenant as it is stored now. Raises `DirectionPaused`, or
 * `tenant-paused` when all of it is paused: so nothing is written after a pause was answered, whoever began it.
 */
export async function refusePausedWrite(
  store: { readonly tenants: Pick<Store['tenants'], 'get'> },
  tenantId: string,
  to: Side,
  entity: PairEntity,
): Promise<void> {
  const tenant = await store.tenants.get(tenantId);
  if (tenant === null) return;
  if (tenant.state === 'paused') throw new SyncError('tenant-paused', 'The tenant is paused: nothing was written.');
  if (isPaused(tenant, entity, to)) throw new DirectionPaused(entity, to);
}

/** Raises `DirectionPaused` when the job's kind of record is not to be made on this side now: asked before an intent is stored. */
export function refuseWhenPaused({ tenant, job }: Pick<JobContext, 'tenant' | 'job'>, to: Side): void {
  const entity = PAIR_ENTITY[job.entity];
  if (isPaused(tenant, entity, to)) throw new DirectionPaused(entity, to);
}

/** How often a job of an import looks again by itself. */
const IMPORT_MS = 10 * 60_000;

/** Notes which of a plan's reasons are paused directions, so that the record is brought again. */
export function noteHeld({ held }: Pick<JobContext, 'held'>, reasons: readonly Reason[]): void {
  for (const to of ['fortnox', 'webcrm'] as const) if (reasons.includes(REASON_OF[to])) held.add(to);
}

/**
 * The end of a job that may have met a pause: a record with something to write in a paused direction waits for it to be resumed, visibly,
 * and one that has no more is let go.
 */
export async function keepHeld(context: JobContext): Promise<JobOutcome> {
  const { store, tenant, job, held, runtime } = context;
  const entity = PAIR_ENTITY[job.entity];
  const [to] = held;
  if (to === undefined) {
    // Whoever is brought after a pause is brought with both sides to be read.
    if (!job.full && tenant.pausedParts.length === 0) return DONE;
    const decision = await store.decisions.get(tenant.id, job.entity, job.side, job.id);
    if (decision !== null && isPausedReason(decision.reason))
      await store.decisions.set(tenant.id, job.entity, job.side, job.id, null, runtime.now());
    return DONE;
  }
  const reason = REASON_OF[to];
  const { entity: kind, side, id } = job;
  if (await store.decisions.set(tenant.id, kind, side, id, reason, runtime.now(), waitsForResume(entity))) {
    const pair = await store.pairs.bySide(tenant.id, kind, side, id);
    await journal(context, { action: 'not-written', reasons: [reason], pair });
  }
  // A record that only an import makes (R13) stays its job, and is brought by the same hint.
  const pair = job.importId === null ? null : await store.pairs.bySide(tenant.id, kind, side, id);
  const isUnmade = pair === null || pair.webcrmId === null || pair.fortnoxId === null;
  if (job.importId !== null && isUnmade) return { kind: 'later', afterMs: IMPORT_MS, why: reason };
  // Resumed between our look and our waiting: nobody else would bring this record.
  const now = await store.tenants.get(tenant.id);
  const isOver = now !== null && [...held].some((side) => !isPaused(now, entity, side));
  return isOver ? busy('the direction was just resumed') : DONE;
}
