import type { Job, Pair } from '../../../schemas/records.ts';
import type { Store } from '../../store/port.ts';
import type { Shown } from './fields.ts';
import { type Status, statusOf } from './status.ts';

/** Where a job's record stands by what is stored, and which webCRM record shows it. */
export interface Standing {
  readonly kind: Shown;
  /** null: there is no record in webCRM yet. */
  readonly webcrmId: string | null;
  readonly pair: Pair | null;
  readonly refusal: string | null;
}

const KINDS: Readonly<Partial<Record<Job['entity'], Shown>>> = {
  customer: 'organisation',
  delivery: 'delivery',
  order: 'delivery',
  invoice: 'delivery',
};
export const shownBy = (job: Pick<Job, 'entity'>): Shown | null => KINDS[job.entity] ?? null;

export async function standingOf(
  store: Pick<Store, 'pairs' | 'decisions'>,
  job: Pick<Job, 'tenant' | 'entity' | 'side' | 'id'>,
  kind: Shown,
): Promise<Standing> {
  const pair = await store.pairs.bySide(job.tenant, job.entity, job.side, job.id);
  const decision = await store.decisions.get(job.tenant, job.entity, job.side, job.id);
  const webcrmId = pair?.webcrmId ?? (job.side === 'webcrm' ? job.id : null);
  return { kind, webcrmId, pair, refusal: decision?.reason ?? null };
}

/** Something that a person would see differently happened between the two. */
export const moved = (before: Standing, after: Standing): boolean => told(before) !== told(after);

const told = ({ pair, refusal }: Standing): string =>
  JSON.stringify([pair?.state, pair?.reason, pair?.webcrmId, pair?.fortnoxId, refusal]);

/** What the record shows; null: nothing is said. */
export function statusFor({ pair, refusal }: Standing): Status | null {
  if (pair === null || pair.state === 'creating') return refusal === null ? null : statusOf(refusal);
  const status = statusOf(pair.reason);
  if (pair.state === 'linked' || status === null) return status;
  return pair.reason === null ? null : { ...status, erp: 'NotReadyForSynchronization' };
}
