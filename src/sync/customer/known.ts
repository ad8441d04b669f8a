import type { Pair } from '../../../schemas/records.ts';
import { isSyncError } from '../../errors/sync-error.ts';
import type { JobOutcome } from '../../queue/types.ts';
import type { FortnoxCustomer } from '../../vendors/fortnox/types.ts';
import type { WebcrmOrganisation } from '../../vendors/webcrm/types.ts';
import { readSide } from '../fields.ts';
import { readFresh } from '../fresh.ts';
import { markGone } from '../gone.ts';
import { journal } from '../journal.ts';
import { busy, DONE } from '../outcome.ts';
import type { CustomerContext } from './context.ts';
import { bringWaiting, listDocuments } from './documents.ts';
import { customerIsEcho, organisationIsEcho } from './echo.ts';
import { isSelected } from './types-filter.ts';
import { type Records, settle, wouldWriteWebcrm } from './write.ts';

/** R24: as an import listed it, when nobody told of a change since. */
const organisationListed = async ({ importing }: CustomerContext, id: string): Promise<WebcrmOrganisation | null> =>
  (await importing?.organisation(id)) ?? null;

/** As an import listed it, else read now. */
export const organisationNow = async (context: CustomerContext, id: string): Promise<WebcrmOrganisation | null> =>
  (await organisationListed(context, id)) ?? context.vendors.webcrm.getOrganisation(id, context.job.priority);

/** A pair with both ids. */
export async function knownCustomer(context: CustomerContext, pair: Pair): Promise<JobOutcome> {
  await bringWaiting(context, pair);
  const listed = await organisationListed(context, pair.webcrmId ?? '');
  const read = await readFresh(context, () => readBoth(context, pair, listed));
  if ('kind' in read) return read;
  if (listed === null || !wouldWriteWebcrm(context, pair, read)) return settleOrAgain(context, pair, read);
  // R2: a list may be minutes old, and a hook that is lost tells of no change since.
  const organisation = await context.vendors.webcrm.getOrganisation(pair.webcrmId ?? '', context.job.priority);
  if (organisation === null) return markGone(context, pair, 'webcrm');
  return settleOrAgain(context, pair, { ...read, organisation });
}

/** Both records, or what came of the job. The side that the hint spoke of is read first: our own echo is seen by it alone, and costs one call. */
async function readBoth(
  context: CustomerContext,
  pair: Pair,
  listed: WebcrmOrganisation | null,
): Promise<Records | JobOutcome> {
  const { vendors, job } = context;
  const readOrganisation = async () => listed ?? vendors.webcrm.getOrganisation(pair.webcrmId ?? '', job.priority);
  const readCustomer = () => vendors.fortnox.getCustomer(pair.fortnoxId ?? '', job.priority);
  if (job.side === 'webcrm') {
    const organisation = await readOrganisation();
    if (organisation === null) return markGone(context, pair, 'webcrm');
    if (organisationUnchanged(context, pair, organisation)) return DONE;
    const customer = await readCustomer();
    if (customer === null) return markGone(context, pair, 'fortnox');
    return { organisation, customer };
  }
  const customer = await readCustomer();
  if (customer === null) return markGone(context, pair, 'fortnox');
  if (customerUnchanged(context, pair, customer)) return DONE;
  const organisation = await readOrganisation();
  if (organisation === null) return markGone(context, pair, 'webcrm');
  return { organisation, customer };
}

/** An import, or a person who asks for it, has both sides read whatever one of them shows. */
const organisationUnchanged = ({ job, map, tenant }: CustomerContext, pair: Pair, organisation: WebcrmOrganisation) =>
  !job.full && organisationIsEcho(tenant.settings, map, pair, organisation);

const customerUnchanged = ({ job, map }: CustomerContext, pair: Pair, customer: FortnoxCustomer): boolean =>
  !job.full && customerIsEcho(map, pair, customer);

/** Settles the pair; a write that was refused because a record changed meanwhile is planned anew (R4). */
export async function settleOrAgain(context: CustomerContext, pair: Pair, read: Records): Promise<JobOutcome> {
  const becomesLinked = pair.state !== 'linked' && isSelected(context.tenant.settings, read.organisation);
  let records = read;
  if (becomesLinked && context.job.importId === null) {
    const { vendors, job } = context;
    const id = String(read.organisation.OrganisationId);
    const number = read.customer.CustomerNumber;
    await listDocuments(context, { organisationId: id, customerNumber: number });
    // R2: the lists are calls between the reads and the write.
    const organisation = await vendors.webcrm.getOrganisation(id, job.priority);
    if (organisation === null) return markGone(context, pair, 'webcrm');
    const customer = await vendors.fortnox.getCustomer(number, job.priority);
    if (customer === null) return markGone(context, pair, 'fortnox');
    records = { organisation, customer };
  }
  try {
    await bringWaiting(context, await settle(context, pair, records));
  } catch (error) {
    if (!(await isLostRace(context, records, error))) throw error;
    await journal(context, { action: 'not-written', reasons: ['lost-race'], pair });
    return busy('the record changed between our read and our write');
  }
  return DONE;
}

/** R4: a refusal counts as a lost race when a record is no longer what it was when we planned. */
async function isLostRace({ vendors, job, map }: CustomerContext, planned: Records, error: unknown): Promise<boolean> {
  if (!isSyncError(error) || error.code !== 'vendor-refused') return false;
  const organisation = await vendors.webcrm.getOrganisation(String(planned.organisation.OrganisationId), job.priority);
  const customer = await vendors.fortnox.getCustomer(planned.customer.CustomerNumber, job.priority);
  if (organisation === null || customer === null) return true;
  const image = (records: Records) =>
    JSON.stringify([readSide(map, 'webcrm', records.organisation), readSide(map, 'fortnox', records.customer)]);
  return image(planned) !== image({ organisation, customer });
}
