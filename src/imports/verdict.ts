import type { ImportOutcome, ImportRun } from '../../schemas/imports.ts';
import type { Pair, Tenant } from '../../schemas/records.ts';
import type { Store } from '../store/port.ts';
import type { Reason } from '../sync/reasons.ts';

/** What an import will do with a record, as far as its index and the store tell. */
export interface Verdict {
  /** null: its partner's job does the work, and is counted. */
  readonly outcome: ImportOutcome | null;
  readonly reason: string | null;
  readonly partner: string | null;
  /** A job is queued for it. */
  readonly job: boolean;
}

export interface VerdictDeps {
  readonly store: Pick<Store, 'pairs' | 'listed'>;
  readonly tenant: Tenant;
  readonly run: ImportRun;
}

export const skip = (reason: Reason | string, job = false): Verdict => ({
  outcome: 'skip',
  reason,
  partner: null,
  job,
});
export const create = (side: 'fortnox' | 'webcrm'): Verdict => ({
  outcome: `create-in-${side}`,
  reason: null,
  partner: null,
  job: true,
});
export const linked = (partner: string, reason: string | null): Verdict => ({
  outcome: 'match',
  reason,
  partner,
  job: true,
});
export const covered = (partner: string): Verdict => ({ outcome: null, reason: null, partner, job: false });

/** A pair that a person, or a deletion, has taken out of step; null: it may be worked. */
export const standing = (pair: Pair | null): Verdict | null =>
  pair?.state === 'detached' || pair?.state === 'gone' ? skip(pair.reason ?? pair.state) : null;
