import { type Hint, type Job, jobKey, otherSide, type Pair, type Side, type Tenant } from '../../../schemas/records.ts';
import type { JobOutcome } from '../../queue/types.ts';
import type { JobContext } from '../context.ts';
import { waitsFor } from '../customer/documents.ts';
import { journalRefusal } from '../journal.ts';
import { DONE } from '../outcome.ts';
import { isPaused, isWhollyPaused } from '../paused.ts';
import type { Reason } from '../reasons.ts';
import type { RecordRef } from '../record-ref.ts';
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
  const refused = await refuse(context, 'type-not-selected', waitsFor(side, customer));
  // When the record waits, not before: the customer's job brings what waited as it began.
  await tellCustomer(context, side, customer);
  return refused;
}

/**
 * R10: the organisation's Type is not selected. A pair that does not know it yet, since it was just being made, is looked at by its own job:
 * otherwise nobody would notice when the Type is selected again (R12).
 */
export async function tellCustomer({ store, tenant, job, hint }: JobContext, side: Side, id: string): Promise<void> {
  const pair = await store.pairs.bySide(tenant.id, 'customer', side, id);
  // By the organisation: a customer that shows nothing new would not be looked at further.
  if (pair?.state === 'linked' && pair.webcrmId !== null) await hint([nudge(tenant, job, 'webcrm', pair.webcrmId)]);
}

/** Never more than a nudge: the customer's job brings what waits for it, and whoever waits asks for the customer. */
const nudge = ({ id: tenant }: Tenant, { priority }: Job, side: Side, id: string): Hint => ({
  tenant,
  entity: 'customer',
  side,
  id,
  priority,
  nudge: true,
});

/** R12, R72: what a record says that waits for this customer: not in step yet, or not made or not looked at because that is paused. */
export function whyItWaits({ tenant }: JobContext, side: Side, customer: Pair | null): Reason {
  const isUnmade = customer === null || customer.state === 'creating';
  const isHeldUp = isWhollyPaused(tenant, 'customer') || (isUnmade && isPaused(tenant, 'customer', otherSide(side)));
  return isHeldUp ? 'waiting-for-paused-customer' : 'waiting-for-customer';
}

/**
 * The record waits until its customer is in step, and brings it: twenty deliveries of a new customer make one hint of it. A
 * customer that waits for a person is not brought again.
 */
export async function waitForCustomer(context: JobContext, side: Side, customer: string): Promise<JobOutcome> {
  const { store, tenant, job } = context;
  const before = await store.pairs.bySide(tenant.id, 'customer', side, customer);
  await journalRefusal(context, whyItWaits(context, side, before), waitsFor(side, customer));
  return bringCustomerOrGoOn(context, job, side, customer);
}

/** For a record that has said that it waits. */
export async function bringCustomerOrGoOn(
  context: JobContext,
  { entity, side: of, id }: RecordRef,
  side: Side,
  customer: string,
): Promise<JobOutcome> {
  const { store, tenant, job, hint } = context;
  const pair = await store.pairs.bySide(tenant.id, 'customer', side, customer);
  if (pair?.state === 'linked' && pair.webcrmId !== null && pair.fortnoxId !== null) {
    // It was linked between our look and our waiting: nobody else would wake this record.
    await hint([{ tenant: tenant.id, entity, side: of, id, priority: job.priority }]);
  } else if (pair === null || pair.state === 'creating' || pair.state === 'excluded') {
    await bringCustomer(context, side, customer);
  }
  return DONE;
}

async function bringCustomer({ store, tenant, job, hint }: JobContext, side: Side, id: string): Promise<void> {
  const present = await store.jobs.get(tenant.id, jobKey({ entity: 'customer', side, id }));
  // It brings what waits when it is done, and need not run twice. Not so an import's run, which may be one that makes no customers.
  if (present?.state === 'running' && present.importId === null) return;
  await hint([nudge(tenant, job, side, id)]);
}
