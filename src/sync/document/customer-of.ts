import { jobKey, otherSide, type Pair, PRIORITY, type Priority, type Side } from '../../../schemas/records.ts';
import type { JobOutcome } from '../../queue/types.ts';
import type { JobContext } from '../context.ts';
import { waitsFor } from '../customer/documents.ts';
import { journalRefusal } from '../journal.ts';
import { DONE } from '../outcome.ts';
import { isPaused, isWhollyPaused } from '../paused.ts';
import { refuse } from '../refuse.ts';

/** The pair of a document's customer, when it is in step. */
export type LinkedCustomer = Pair & { readonly webcrmId: string; readonly fortnoxId: string };

export const linkedCustomer = async (
  { store, tenant }: JobContext,
  side: Side,
  id: string,
): Promise<LinkedCustomer | null> => {
  const pair = await store.pairs.bySide(tenant.id, 'customer', side, id);
  const isWhole = pair !== null && pair.webcrmId !== null && pair.fortnoxId !== null;
  return isWhole && pair.state === 'linked' ? (pair as LinkedCustomer) : null;
};

/**
 * R10, R11, R12: the customer's Type is not selected; the record comes again when it is. `open`, a half-made pair that nothing was made
 * of, is let go.
 */
export async function refuseForType(
  context: JobContext,
  open: Pair | null,
  side: Side,
  customer: string,
): Promise<JobOutcome> {
  if (open?.state === 'creating') await context.store.pairs.delete(open.tenant, open.id, open.version);
  return refuse(context, 'type-not-selected', waitsFor(side, customer));
}

/**
 * R10: the organisation's Type is not selected. A pair that does not know it yet, since it was just being made, is looked at by its own job:
 * otherwise nobody would notice when the Type is selected again (R12).
 */
export async function tellCustomer({ store, tenant, job, hint }: JobContext, organisationId: string): Promise<void> {
  const pair = await store.pairs.bySide(tenant.id, 'customer', 'webcrm', organisationId);
  if (pair?.state !== 'linked') return;
  await hint([{ tenant: tenant.id, entity: 'customer', side: 'webcrm', id: organisationId, priority: job.priority }]);
}

/** R72: the customer is not made, or not looked at, because that is paused. */
function isHeldUp({ tenant }: JobContext, side: Side, pair: Pair | null): boolean {
  if (isWhollyPaused(tenant, 'customer')) return true;
  return (pair === null || pair.state === 'creating') && isPaused(tenant, 'customer', otherSide(side));
}

/**
 * The record waits until its customer is in step, and brings it: twenty deliveries of a new customer make one hint of it. A
 * customer that waits for a person is not brought again.
 */
export async function waitForCustomer(context: JobContext, side: Side, customer: string): Promise<JobOutcome> {
  const { store, tenant, job, hint } = context;
  const before = await store.pairs.bySide(tenant.id, 'customer', side, customer);
  const reason = isHeldUp(context, side, before) ? 'waiting-for-paused-customer' : 'waiting-for-customer';
  await journalRefusal(context, reason, waitsFor(side, customer));
  const pair = await store.pairs.bySide(tenant.id, 'customer', side, customer);
  if (pair?.state === 'linked' && pair.webcrmId !== null && pair.fortnoxId !== null) {
    // It was linked between our look and our waiting: nobody else would wake this record.
    await hint([{ tenant: tenant.id, entity: job.entity, side: job.side, id: job.id, priority: job.priority }]);
  } else if (pair === null || pair.state === 'creating' || pair.state === 'excluded') {
    await bringCustomer(context, side, customer);
  }
  return DONE;
}

/**
 * The customer's job brings whatever waits for it once it is in step, and lists its documents before that: were it asked for by each of
 * them, one that a vendor refuses would be tried for ever. One that failed is a person's, one that waits for its next try keeps its time.
 */
async function bringCustomer({ store, tenant, job, hint }: JobContext, side: Side, id: string): Promise<void> {
  const record = { entity: 'customer', side, id } as const;
  const present = await store.jobs.get(tenant.id, jobKey(record));
  // An import's own run may be one that makes no customers.
  if (present?.state === 'dead' || (present?.state === 'running' && present.importId === null)) return;
  const hasFailed = present !== null && (present.attempts > 0 || present.lastError !== null);
  // Only a notification is news enough to shorten a wait (`jobs.enqueue`).
  const least = hasFailed ? PRIORITY.poll : PRIORITY.notification;
  await hint([{ tenant: tenant.id, ...record, priority: Math.max(job.priority, least) as Priority }]);
}
