import type { Pair, Side } from '../../schemas/records.ts';
import type { JobOutcome } from '../queue/types.ts';
import type { JobContext } from './context.ts';
import { journal } from './journal.ts';
import { DONE } from './outcome.ts';
import { move } from './pair-state.ts';

/** R71: a side no longer exists. The pair says so; nothing is deleted or created on the other side. */
export async function markGone(context: JobContext, pair: Pair, side: Side): Promise<JobOutcome> {
  const { store, runtime } = context;
  const reason = side === 'fortnox' ? 'gone-in-fortnox' : 'gone-in-webcrm';
  if (pair.state === 'gone' && pair.reason === reason) return DONE;
  const gone = await store.pairs.replace({ ...pair, state: move(pair, 'gone'), reason, updatedAt: runtime.now() });
  await journal(context, { action: 'not-written', reasons: [reason], pair: gone });
  return DONE;
}
