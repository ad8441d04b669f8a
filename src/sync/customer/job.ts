import type { Pair, Tenant } from '../../../schemas/records.ts';
import type { JobOutcome } from '../../queue/types.ts';
import type { FortnoxCustomer } from '../../vendors/fortnox/types.ts';
import type { WebcrmOrganisation } from '../../vendors/webcrm/types.ts';
import type { JobContext } from '../context.ts';
import { readSide } from '../fields.ts';
import { readNow } from '../fresh.ts';
import { markGone } from '../gone.ts';
import { identityOfListed, openImporting } from '../listed.ts';
import { text } from '../normalise.ts';
import { busy, DONE } from '../outcome.ts';
import { isPaused, refuseWhenPaused } from '../paused.ts';
import type { Reason } from '../reasons.ts';
import { recordLock } from '../record-ref.ts';
import { refuse } from '../refuse.ts';
import { isBeforeStart } from '../start-date.ts';
import type { CustomerContext } from './context.ts';
import { bringWaiting, listDocuments } from './documents.ts';
import { holdCustomer } from './doubt.ts';
import { customerIdentity, organisationIdentity } from './identity.ts';
import { knownCustomer, organisationNow, settleOrAgain } from './known.ts';
import { createInFortnox, createInWebcrm, holdForPerson, linkExisting, linkLeft } from './link.ts';
import { customerMap, numberInWebcrm } from './map.ts';
import { type Match, match } from './match.ts';
import { searchFortnox, searchWebcrm } from './search.ts';
import { isSelected } from './types-filter.ts';

/** Keeps one organisation and one customer in step. */
export async function customerJob(surroundings: JobContext, pair: Pair | null): Promise<JobOutcome> {
  if (pair?.state === 'detached') return DONE;
  if (pair === null && (await surroundings.isErased(surroundings.tenant.id, surroundings.job)))
    return refuse(surroundings, 'erased');
  const importing = await openImporting(surroundings, pair);
  const context: CustomerContext = { ...surroundings, map: customerMap(surroundings.tenant.settings), importing };
  const release = context.locks.tryLock(importing?.turn ? [importing.turn] : []);
  if (release === null) return busy('another record with this organisation number is at work');
  try {
    if (pair !== null && pair.webcrmId !== null && pair.fortnoxId !== null) return await knownCustomer(context, pair);
    return await (context.job.side === 'webcrm' ? fromWebcrm(context, pair) : fromFortnox(context, pair));
  } finally {
    release();
  }
}

/** An organisation without a customer. */
async function fromWebcrm(context: CustomerContext, pair: Pair | null): Promise<JobOutcome> {
  const { vendors, job, tenant } = context;
  const { settings } = tenant;
  const read = readNow(context);
  const organisation = await organisationNow(context, job.id);
  const resumed = await resumeCreate(context, pair, organisation === null);
  if (resumed !== null) return resumed;
  if (organisation === null) return refuse(context, 'gone-in-webcrm');
  if (!isSelected(settings, organisation)) return typeLost(context, pair);
  if (text(organisation.OrganisationName) === null) return refuse(context, 'waiting-for-name');
  const own = organisationIdentity(settings, organisation);
  if (settings.numberOwner === 'webcrm' && own.number === null) return refuse(context, 'waiting-for-customer-number');

  if (pair === null && (await isOwnCreate(context, own.number))) return DONE;
  if (pair?.state !== 'creating') {
    const { candidates, halfMade, held } = await searchFortnox(context, own, pair?.id ?? null);
    if (halfMade) return untilMade(context, halfMade);
    const found = match(own, candidates);
    if (held && pair === null && found.kind !== 'link') return refuse(context, reasonHeld(found));
    if (found.kind === 'conflict') {
      await holdForPerson(context, pair, 'webcrm', found);
      return DONE;
    }
    if (found.kind === 'link') {
      return linkAndSettle(context, pair, { webcrmId: job.id, fortnoxId: found.id }, found.reason);
    }
    if (job.importId === null && isBeforeStart(settings.startDate, organisation.OrganisationUpdatedAt)) {
      return refuse(context, 'before-start-date');
    }
    if (context.importing?.neverCreatesIn('fortnox')) return refuse(context, 'other-direction');
  }
  const number = settings.numberOwner === 'webcrm' ? numberInWebcrm(settings, organisation) : null;
  refuseWhenPaused(context, 'fortnox');
  await listDocuments(context, { organisationId: job.id, customerNumber: null });
  if (read.isOld() && (await isOutdated(context, organisation)))
    return busy('the organisation was changed while its customer was looked for');
  const made = await createInFortnox(context, pair, organisation, number);
  // What Fortnox filled (number, terms, currency) goes back in one write. The organisation was read many calls ago: R2. One that
  // an import listed would have been marked as changed.
  const present = context.importing?.own ? organisation : await vendors.webcrm.getOrganisation(job.id, job.priority);
  if (present === null) return DONE;
  return settleOrAgain(context, made.pair, { organisation: present, customer: made.customer });
}

/** Whether the two are one was asked already: whichever of them comes up now waits for the answer (R20). */
const reasonHeld = (found: Match): Reason => (found.kind === 'conflict' ? found.reason : 'match-contradicted');

/** Whether the organisation is another than it was, or of another Type: nothing is made of what it was (R10). */
async function isOutdated({ vendors, job, map }: CustomerContext, organisation: WebcrmOrganisation): Promise<boolean> {
  const now = await vendors.webcrm.getOrganisation(job.id, job.priority);
  const image = (one: WebcrmOrganisation) => JSON.stringify([one.OrganisationType, readSide(map, 'webcrm', one)]);
  return now === null || image(now) !== image(organisation);
}

/** A customer without an organisation. */
async function fromFortnox(context: CustomerContext, pair: Pair | null): Promise<JobOutcome> {
  const { vendors, job, tenant, store, hint } = context;
  if (pair === null && (await isForTheOtherDirection(context))) return refuse(context, 'other-direction');
  const customer = await vendors.fortnox.getCustomer(job.id, job.priority);
  const resumed = await resumeCreate(context, pair, customer === null);
  if (resumed !== null) return resumed;
  if (customer === null) return refuse(context, 'gone-in-fortnox');
  const key = text(customer.ExternalReference);
  const creating = key === null ? null : await store.pairs.byIntentKey(tenant.id, key);
  if (creating?.webcrmId) {
    // Our own create whose answer is not stored yet (R23): its organisation's job finds it and links it.
    await hint([
      { tenant: tenant.id, entity: 'customer', side: 'webcrm', id: creating.webcrmId, priority: job.priority },
    ]);
    return DONE;
  }
  const type = defaultType(tenant, customer);
  if (pair?.state !== 'creating') {
    const own = customerIdentity(customer);
    const { candidates, halfMade, held } = await searchWebcrm(context, own, pair?.id ?? null);
    if (halfMade) return untilMade(context, halfMade);
    const found = match(own, candidates);
    if (held && pair === null && found.kind === 'none') return refuse(context, reasonHeld(found));
    if (found.kind === 'conflict') {
      if (pair === null) return holdCustomer(context, found);
      await holdForPerson(context, pair, 'fortnox', found);
      return DONE;
    }
    if (found.kind === 'link') {
      return linkAndSettle(context, pair, { webcrmId: found.id, fortnoxId: job.id }, found.reason);
    }
  }
  if (context.importing?.neverCreatesIn('webcrm') && pair?.state !== 'creating')
    return refuse(context, 'other-direction');
  if (type === null) return refuse(context, 'no-default-type');
  await bringWaiting(context, await createInWebcrm(context, pair, customer, type));
  return DONE;
}

/** Our own create of an organisation whose answer is not stored yet (R23): its customer's job finds it and links it. */
async function isOwnCreate({ store, tenant, job, hint }: CustomerContext, number: string | null): Promise<boolean> {
  const creating = number === null ? null : await store.pairs.bySide(tenant.id, 'customer', 'fortnox', number);
  if (number === null || creating?.intent?.side !== 'webcrm') return false;
  await hint([{ tenant: tenant.id, entity: 'customer', side: 'fortnox', id: number, priority: job.priority }]);
  return true;
}

/**
 * What an earlier try made is linked before anything else, and gone on with (R22); null: nothing was made. When the job's own record was
 * deleted meanwhile, the pair names what was made, which is then not taken for born there (R71).
 */
async function resumeCreate(context: CustomerContext, pair: Pair | null, isGone: boolean): Promise<JobOutcome | null> {
  const left = await linkLeft(context, pair);
  if (left === null) return null;
  return isGone ? markGone(context, left, context.job.side) : knownCustomer(context, left);
}

/** A record that fits is just being created, or waits for that to be resumed (R22). */
function untilMade(context: CustomerContext, { intent }: Pair): JobOutcome {
  const to = intent?.side;
  if (to === undefined || !isPaused(context.tenant, 'customer', to)) return busy('a record that fits is being created');
  context.held.add(to);
  return DONE;
}

/** R10: a pair that nothing was made of is let go. What was made of the organisation was linked before, and is excluded (R11). */
async function typeLost(context: CustomerContext, pair: Pair | null): Promise<JobOutcome> {
  if (pair?.state === 'creating') await context.store.pairs.delete(pair.tenant, pair.id, pair.version);
  return refuse(context, 'type-not-selected');
}

/** A customer that the index shows to be without a partner is not read for an import that makes no organisations. */
async function isForTheOtherDirection(context: CustomerContext): Promise<boolean> {
  const { importing } = context;
  if (!importing?.own || !importing.neverCreatesIn('webcrm')) return false;
  const own = identityOfListed(importing.own);
  const { candidates, halfMade } = await searchWebcrm(context, own, null);
  return halfMade === null && match(own, candidates).kind === 'none';
}

const defaultType = ({ settings }: Tenant, customer: FortnoxCustomer): string | null =>
  settings.defaultType[customer.Type === 'PRIVATE' ? 'private' : 'company'];

async function linkAndSettle(
  context: CustomerContext,
  existing: Pair | null,
  ids: { webcrmId: string; fortnoxId: string },
  reason: Reason,
): Promise<JobOutcome> {
  const { store, tenant, locks } = context;
  const other = context.job.side === 'webcrm' ? 'fortnox' : 'webcrm';
  const otherId = other === 'fortnox' ? ids.fortnoxId : ids.webcrmId;
  const record = { entity: 'customer', side: other, id: otherId } as const;
  // Of the two that would be one, the other was erased: who wants them linked says so.
  if (await context.isErased(tenant.id, record)) return refuse(context, 'erased');
  const release = locks.tryLock([recordLock(tenant.id, record)]);
  if (release === null) return busy('another job works on the record that fits');
  try {
    const half = await store.pairs.bySide(tenant.id, 'customer', other, otherId);
    if (half === null || half.id === existing?.id) {
      return await link(existing);
    }
    // A person left it alone: nothing links it by itself.
    if (half.state === 'detached') return await refuse(context, 'detached');
    // The other record waits for a person with a half pair of its own: that one is completed, and ours, if any, deleted.
    if (half.state !== 'conflict') return busy('the record that fits is at work');
    if (existing !== null && !(await store.pairs.delete(tenant.id, existing.id, existing.version)))
      return busy('the pair was just changed');
    return await link(half);
  } finally {
    release();
  }

  async function link(from: Pair | null): Promise<JobOutcome> {
    // Before the link is stored: after a crash nobody would know that they are still to be listed.
    await listDocuments(context, { organisationId: ids.webcrmId, customerNumber: ids.fortnoxId });
    return knownCustomer(context, await linkExisting(context, from, ids, reason));
  }
}
