import type { Pair, PairState } from '../../schemas/records.ts';
import type { JobContext } from './context.ts';
import { journal } from './journal.ts';
import { exclusion } from './long-pause.ts';
import { move } from './pair-state.ts';
import { isPausedReason, noteHeld } from './paused.ts';
import type { FieldDecision } from './planner.ts';
import { mostTelling } from './status/status.ts';

/** What of a pair is stored after its writes. */
export type PairUpdate = Partial<Pick<Pair, 'base' | 'rows' | 'invoiceRef' | 'customerNumber'>> & {
  readonly state: PairState;
};

/**
 * Stores what was read and written last, and logs it: one line a side that was written, or one for a decision not to write
 * when its reason is new. Nothing is stored when nothing is new.
 */
export async function remember(
  context: JobContext,
  pair: Pair,
  decision: Pick<FieldDecision, 'changes' | 'reasons'>,
  update: PairUpdate,
): Promise<Pair> {
  const { store, runtime } = context;
  noteHeld(context, decision.reasons);
  const quiet = decision.changes.fortnox.length === 0 && decision.changes.webcrm.length === 0;
  const reason = mostTelling(decision.reasons);
  const { intended: _, excludedAt: _since, ...known } = pair;
  const next: Pair = { ...known, ...update, ...exclusion(pair, update.state, runtime.now()), reason };
  if (quiet && same(pair, next)) return pair;
  const stored = await store.pairs.replace({ ...next, state: move(pair, update.state), updatedAt: runtime.now() });
  for (const target of ['fortnox', 'webcrm'] as const) {
    const changes = decision.changes[target];
    if (changes.length === 0) continue;
    await journal(context, { action: 'updated', target, changes, reasons: decision.reasons, pair: stored });
  }
  // That something waits for a pause to end is told of the record, once for all that waits (`keepHeld`).
  if (quiet && reason !== pair.reason && reason !== 'in-step' && !isPausedReason(reason))
    await journal(context, { action: 'not-written', reasons: decision.reasons, pair: stored });
  return stored;
}

const same = (a: Pair, b: Pair): boolean => JSON.stringify(comparable(a)) === JSON.stringify(comparable(b));

/** Images are compared by content: the order of their fields says nothing. */
const comparable = ({ state, reason, invoiceRef, customerNumber, rows, base, intended }: Pair): unknown => [
  intended ?? [],
  state,
  reason,
  invoiceRef,
  customerNumber,
  rows,
  base && [base.webcrm, base.fortnox].map((image) => Object.entries(image).sort(([a], [b]) => (a < b ? -1 : 1))),
];
