import type { Pair } from '../../../schemas/records.ts';
import type { JobOutcome } from '../../queue/types.ts';
import type { JobContext } from '../context.ts';
import type { Reason } from '../reasons.ts';
import { refuse } from '../refuse.ts';
import { storePair } from '../stored-pair.ts';

/** Whether a create was begun of which nobody knows whether it arrived. */
export const isOpen = (pair: Pair | null): boolean => pair !== null && pair.intent !== null;

/** Whether a person wants it made, whatever would keep it from being made by itself. */
export const isAsked = (pair: Pair | null): boolean => pair?.intent?.asked === true;

/** That it was asked for outlives every try. */
export const askedAgain = (pair: Pair): { readonly asked?: true } => (isAsked(pair) ? { asked: true } : {});

/**
 * Ends the job of a record without a document, or without a delivery, with a reason. A pair that nothing was made of says why it waits.
 * Its key is kept: what was under way may arrive yet.
 */
export async function refuseOpen(context: JobContext, pair: Pair | null, reason: Reason): Promise<JobOutcome> {
  if (pair?.state === 'creating' && pair.reason !== reason) await storePair(context, pair, { ...pair, reason });
  return refuse(context, reason);
}
