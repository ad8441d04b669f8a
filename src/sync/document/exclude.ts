import type { Pair } from '../../../schemas/records.ts';
import type { JobOutcome } from '../../queue/types.ts';
import type { JobContext } from '../context.ts';
import { waitsFor } from '../customer/documents.ts';
import { journal } from '../journal.ts';
import { exclusion } from '../long-pause.ts';
import { DONE } from '../outcome.ts';
import { move } from '../pair-state.ts';
import type { Reason } from '../reasons.ts';
import type { RecordRef } from '../record-ref.ts';

/** R11: nothing is written, in either direction; the old base stays, so that the changes are seen afterwards (R72). */
export async function exclude(context: JobContext, pair: Pair, reason: Reason): Promise<JobOutcome> {
  const { store, runtime } = context;
  if (pair.state === 'excluded' && pair.reason === reason) return DONE;
  const excluded = await store.pairs.replace({
    ...pair,
    state: move(pair, 'excluded'),
    reason,
    // Whatever keeps it now: how long it has been left alone is asked afterwards.
    ...exclusion(pair, 'excluded', runtime.now()),
    updatedAt: runtime.now(),
  });
  await journal(context, { action: 'not-written', reasons: [reason], pair: excluded });
  return DONE;
}

/**
 * The record by which a pair says that it waits, whichever half was hinted: whoever goes on finds it there. The document, since deliveries that
 * wait are those without one (R49).
 */
export const documentOf = ({ fortnoxKind, fortnoxId }: Pair): RecordRef => ({
  entity: fortnoxKind,
  side: 'fortnox',
  id: fortnoxId ?? '',
});

/**
 * R11, R12: a pair that its customer keeps from being written, and that the customer's job brings as long as that customer is in step. Without
 * it nobody would, when the Type was lost and selected again before the customer's own job looked: that one sees no change.
 */
export async function excludeUntilBrought(
  context: JobContext,
  pair: Pair,
  reason: Reason,
  organisationId: string,
): Promise<void> {
  const { store, runtime } = context;
  await exclude(context, pair, reason);
  const { entity, side, id } = documentOf(pair);
  await store.decisions.set(pair.tenant, entity, side, id, reason, runtime.now(), waitsFor('webcrm', organisationId));
}

/** The pair goes on, or is over: its customer need not bring it. Only excluded ones wait. */
export async function waitNoMore({ store, runtime }: JobContext, pair: Pair): Promise<void> {
  if (pair.state !== 'excluded') return;
  const { entity, side, id } = documentOf(pair);
  await store.decisions.set(pair.tenant, entity, side, id, null, runtime.now());
}
