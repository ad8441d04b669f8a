import type { Pair } from '../../../schemas/records.ts';
import type { JobOutcome } from '../../queue/types.ts';
import type { JobContext } from '../context.ts';
import { DONE } from '../outcome.ts';
import { refuse } from '../refuse.ts';
import { fromDelivery } from './from-delivery.ts';
import { fromDocument } from './from-document.ts';
import { knownDocument } from './known.ts';

/** Keeps one delivery and its order or invoice in step. */
export async function documentJob(context: JobContext, pair: Pair | null): Promise<JobOutcome> {
  if (pair?.state === 'detached') return DONE;
  if (pair === null && (await context.isErased(context.tenant.id, context.job))) return refuse(context, 'erased');
  if (pair !== null && pair.webcrmId !== null && pair.fortnoxId !== null) return knownDocument(context, pair);
  return context.job.side === 'webcrm' ? fromDelivery(context, pair) : fromDocument(context, pair);
}
