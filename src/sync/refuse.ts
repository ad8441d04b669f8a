import type { JobOutcome } from '../queue/types.ts';
import type { JobContext } from './context.ts';
import { journalRefusal } from './journal.ts';
import { DONE } from './outcome.ts';
import type { Reason } from './reasons.ts';

/** Ends the job of a record that has no pair with a reason. `waitsFor` names the customer whose link brings the record again. */
export async function refuse(context: JobContext, reason: Reason, waitsFor?: string): Promise<JobOutcome> {
  await journalRefusal(context, reason, waitsFor);
  return DONE;
}
