import type { Pair } from '../../../schemas/records.ts';
import { isSyncError } from '../../errors/sync-error.ts';
import type { JobOutcome } from '../../queue/types.ts';
import type { WebcrmOrganisation } from '../../vendors/webcrm/types.ts';
import type { JobContext } from '../context.ts';
import { isSelected } from '../customer/types-filter.ts';
import { readNow } from '../fresh.ts';
import { text } from '../normalise.ts';
import { busy, DONE } from '../outcome.ts';
import type { Reason } from '../reasons.ts';
import { refuse } from '../refuse.ts';
import { documentStart } from '../start-date.ts';
import { unknownArticles } from './articles.ts';
import { createDocument, linkLeft, type NewDocument } from './create-document.ts';
import { linkedCustomer, refuseForType, waitForCustomer } from './customer-of.ts';
import { kindOf } from './document.ts';
import { hasRefusedDiscount } from './header-discount.ts';
import { decide, recoveredDocument } from './known.ts';
import { documentOfNumber } from './link-by-number.ts';
import { isAsked, isOpen, refuseOpen } from './open-intent.ts';
import { linesNow, organisationIdOf, readWebcrm, type WebcrmSide, withInvoice } from './records.ts';
import { afterNeighbours } from './refused-write.ts';

/** A delivery without a document. `pair` is a half-made one, if any. */
export async function fromDelivery(context: JobContext, pair: Pair | null): Promise<JobOutcome> {
  const { vendors, job, tenant } = context;
  const { documents } = tenant.settings;
  if (pair !== null && isOpen(pair)) {
    // Before anything else: what an earlier try made is there, whatever has become of the delivery and its customer since.
    const left = await linkLeft(context, pair);
    if (left !== null) return recoveredDocument(context, left);
  } else {
    const early = await tooEarlyByHint(context);
    if (early !== null) return early;
  }
  const read = readNow(context);
  const webcrm = await readWebcrm(context, job.id);
  if (webcrm === null) return (await isUnheardOf(context, pair)) ? DONE : refuse(context, 'gone-in-webcrm');
  const { delivery, lines } = webcrm;
  const organisationId = organisationIdOf(delivery);
  if (organisationId === null) return refuse(context, 'no-organisation');
  if (!isOpen(pair) && (await isOwnCreate(context, webcrm))) return DONE;
  // Of a begun create too: nothing was made, and a person may have changed since then what it was to be made of.
  if (!isAsked(pair)) {
    const reason = notYet(context, webcrm);
    if (reason !== null) return refuseOpen(context, pair, reason);
    const wait = quietFor(context, webcrm);
    if (wait > 0) return { kind: 'later', afterMs: wait, why: 'the delivery was changed a moment ago' };
  }
  const organisation = await vendors.webcrm.getOrganisation(organisationId, job.priority);
  if (organisation === null) return refuse(context, 'no-organisation');
  if (!isSelected(tenant.settings, organisation)) return refuseForType(context, pair, 'webcrm', organisationId);
  const customer = await linkedCustomer(context, 'webcrm', organisationId);
  if (customer === null) return waitForCustomer(context, 'webcrm', organisationId);

  if (!isOpen(pair)) {
    const linked = await documentOfNumber(context, pair, webcrm, customer);
    if (linked !== null) return linked;
  }
  const unknown = await unknownArticles(context, null, linesNow(documents, lines));
  if (unknown.size > 0 && documents.unknownArticle === 'refuse') {
    return refuseOpen(context, pair, 'article-refused');
  }
  if (read.isOld() && (await isOutdated(context, webcrm, organisation)))
    return busy('the delivery was changed while its document was prepared');
  const made = await createOrWait(context, pair, {
    webcrm,
    customerNumber: customer.fortnoxId,
    unknownArticles: unknown,
  });
  if ('kind' in made) return made;
  // What Fortnox gave (the number) or filled goes back.
  const fortnox = await withInvoice(context, kindOf(made.pair), made.document);
  return decide(context, made.pair, { ...webcrm, organisation, fortnox });
}

/**
 * Whether nothing is known of what is not there, and nobody asked for it: the id of an opportunity, most likely, that a line named
 * (webcrm.md 8.3). One refusal for each that was ever quoted would say nothing to anybody.
 */
async function isUnheardOf({ store, tenant, job }: JobContext, pair: Pair | null): Promise<boolean> {
  if (pair !== null || job.full) return false;
  return (await store.decisions.get(tenant.id, job.entity, job.side, job.id)) === null;
}

/** Whether the delivery, a line or the organisation's Type is another than it was: nothing is made of what it was (R10). */
async function isOutdated(
  context: JobContext,
  webcrm: WebcrmSide,
  { OrganisationId, OrganisationType }: WebcrmOrganisation,
): Promise<boolean> {
  const { vendors, job } = context;
  const now = await readWebcrm(context, job.id);
  const organisation = await vendors.webcrm.getOrganisation(String(OrganisationId), job.priority);
  return JSON.stringify(now) !== JSON.stringify(webcrm) || organisation?.OrganisationType !== OrganisationType;
}

/** Our own create whose answer is not stored yet (R23): its document's job finds it and links it. */
async function isOwnCreate({ store, tenant, job, hint }: JobContext, { delivery }: WebcrmSide): Promise<boolean> {
  const key = text(delivery.DeliveryErpId);
  const creating = key === null ? null : await store.pairs.byIntentKey(tenant.id, key);
  if (!creating?.fortnoxId) return false;
  const { fortnoxKind: entity, fortnoxId: id } = creating;
  await hint([{ tenant: tenant.id, entity, side: 'fortnox', id, priority: job.priority }]);
  return true;
}

/** A create that Fortnox refuses because its customer or an article was deleted unheard of waits until that is known. */
async function createOrWait(
  context: JobContext,
  pair: Pair | null,
  made: NewDocument,
): Promise<JobOutcome | Awaited<ReturnType<typeof createDocument>>> {
  try {
    return await createDocument(context, pair, made);
  } catch (error) {
    if (!isSyncError(error) || error.code !== 'vendor-refused') throw error;
    return afterNeighbours(context, made.webcrm, made.customerNumber, error);
  }
}

/** R25, R13: why a delivery does not become a document now; null when it may. */
function notYet({ tenant, job, calendar }: JobContext, { delivery, lines }: WebcrmSide): Reason | null {
  const { documents } = tenant.settings;
  const statuses: readonly string[] = documents.sendStatuses;
  if (!statuses.includes(String(delivery.DeliveryStatus))) return 'status-not-selected';
  if (lines.length === 0) return 'no-rows';
  if (hasRefusedDiscount(documents, delivery)) return 'header-discount';
  const start = documentStart(tenant);
  const { dateOf } = calendar(documents.timeZone);
  const dates = [delivery.DeliveryCreatedAt, delivery.DeliveryOrderDate].map(dateOf);
  const newest = dates
    .filter((date) => date !== null)
    .sort()
    .at(-1);
  return job.importId === null && newest !== undefined && newest < start ? 'before-start-date' : null;
}

/** What a delivery waits for that ends by itself: it was quiet meanwhile, and is looked at as soon as it is brought. */
const BROUGHT: readonly string[] = [
  'waiting-for-customer',
  'waiting-for-paused-customer',
  'type-not-selected',
  'to-fortnox-paused',
  'to-webcrm-paused',
] satisfies Reason[];

/** R25, without a read: a delivery that may become a document is looked at when its hint is as old as it has to be quiet. */
async function tooEarlyByHint({ runtime, job, tenant, store }: JobContext): Promise<JobOutcome | null> {
  if (job.importId !== null) return null;
  const wait = job.createdAt + tenant.settings.documents.quietSeconds * 1000 - runtime.now();
  if (wait <= 0) return null;
  const decision = await store.decisions.get(tenant.id, job.entity, job.side, job.id);
  if (decision !== null && BROUGHT.includes(decision.reason)) return null;
  return { kind: 'later', afterMs: wait, why: 'a delivery without a document is left alone until it has been quiet' };
}

/** How long the delivery and its lines have still to be quiet, ms. Never longer than the setting, whatever webCRM's clock says. */
function quietFor({ runtime, tenant }: JobContext, { delivery, lines }: WebcrmSide): number {
  const quiet = tenant.settings.documents.quietSeconds * 1000;
  const stamps = [delivery.DeliveryUpdatedAt, ...lines.map((line) => line.QuotationLineUpdatedAt)];
  const newest = Math.max(0, ...stamps.map((at) => Date.parse(String(at))).filter((at) => !Number.isNaN(at)));
  return Math.min(quiet, Math.max(0, newest + quiet - runtime.now()));
}
