import type { Pair, Side } from '../../../schemas/records.ts';
import { isSyncError, type SyncError } from '../../errors/sync-error.ts';
import type { JobOutcome } from '../../queue/types.ts';
import type { JobContext } from '../context.ts';
import { isSelected } from '../customer/types-filter.ts';
import { readSide, showsImage } from '../fields.ts';
import { readFresh } from '../fresh.ts';
import { markGone } from '../gone.ts';
import { journal } from '../journal.ts';
import { busy, DONE } from '../outcome.ts';
import type { Reason } from '../reasons.ts';
import { bringCustomerOrGoOn, tellCustomer, whyItWaits } from './customer-of.ts';
import { type FortnoxSide, frozenOf, kindOf, reference } from './document.ts';
import { documentOf, exclude, excludeUntilBrought, waitNoMore } from './exclude.ts';
import { hasRefusedDiscount } from './header-discount.ts';
import { documentRecord } from './map.ts';
import { mapFor } from './map-for.ts';
import { isDisputed, saysUnlinked } from './moved.ts';
import {
  type DocumentRecords,
  hasVatIncluded,
  linesNow,
  linesShow,
  organisationIdOf,
  readFortnox,
  readWebcrm,
  rowsNow,
  rowsShow,
  type WebcrmSide,
} from './records.ts';
import { afterNeighbours, rememberLockedRows } from './refused-write.ts';
import { settleDocument } from './write.ts';

/** A pair with both ids. */
export async function knownDocument(context: JobContext, pair: Pair): Promise<JobOutcome> {
  if (pair.state === 'detached') return DONE;
  const read = await readFresh(context, () => readAll(context, pair));
  return 'kind' in read ? read : decide(context, pair, read);
}

/** All records of the pair, or what came of the job. The side that the hint spoke of is read first: our own echo is seen by it alone. */
async function readAll(context: JobContext, pair: Pair): Promise<DocumentRecords | JobOutcome> {
  const { job } = context;
  const ownSide = { webcrm: pair.webcrmId ?? '', fortnox: pair.fortnoxId ?? '' };
  if (job.side === 'webcrm') {
    const webcrm = await readWebcrm(context, ownSide.webcrm);
    if (webcrm === null) return gone(context, pair, 'webcrm');
    if (await deliveryUnchanged(context, pair, webcrm)) return DONE;
    const fortnox = await readFortnox(context, kindOf(pair), ownSide.fortnox);
    if (fortnox === null) return gone(context, pair, 'fortnox');
    return withOrganisation(context, pair, webcrm, fortnox);
  }
  const fortnox = await readFortnox(context, kindOf(pair), ownSide.fortnox);
  if (fortnox === null) return gone(context, pair, 'fortnox');
  if (await documentUnchanged(context, pair, fortnox)) return DONE;
  const webcrm = await readWebcrm(context, ownSide.webcrm);
  if (webcrm === null) return gone(context, pair, 'webcrm');
  return withOrganisation(context, pair, webcrm, fortnox);
}

/** R71; a pair that waited for its customer waits no more. */
async function gone(context: JobContext, pair: Pair, side: Side): Promise<JobOutcome> {
  await waitNoMore(context, pair);
  return markGone(context, pair, side);
}

/** A pair of which nobody knows what its halves show, since the answer to the create was lost: both are read, and it goes its way as any other. */
export const recoveredDocument = (context: JobContext, pair: Pair): Promise<JobOutcome> =>
  knownDocument({ ...context, job: { ...context.job, full: true } }, pair);

/** An import, or a person who asks for it, has both sides read whatever one of them shows. */
const mayBeEcho = ({ job }: JobContext, pair: Pair): boolean =>
  !job.full && pair.base !== null && pair.state === 'linked' && pair.intended === undefined;

async function deliveryUnchanged(context: JobContext, pair: Pair, { delivery, lines }: WebcrmSide): Promise<boolean> {
  const { store, tenant } = context;
  if (!mayBeEcho(context, pair)) return false;
  // R45: no image holds it. Where another reason stands before it, whether it was told is not known, and it is looked at again.
  const { documents } = tenant.settings;
  if (hasRefusedDiscount(documents, delivery) !== (pair.reason === ('header-discount' satisfies Reason))) return false;
  // Told for as long as a line differs from its image: one that shows it again was taken back, and nothing is to be told.
  if (pair.reason === ('amount-discount' satisfies Reason)) return false;
  const map = await mapFor(context, kindOf(pair), pair.fortnoxId);
  if (!showsImage(map, 'webcrm', delivery, pair.base?.webcrm ?? {})) return false;
  if (!linesShow(pair.rows, linesNow(documents, lines))) return false;
  const owner = await store.pairs.bySide(tenant.id, 'customer', 'webcrm', organisationIdOf(delivery) ?? '');
  // What the pair says of its customer may be over, now that nothing differs.
  const isOpen = saysUnlinked(pair) || isDisputed(pair);
  return owner?.fortnoxId === pair.customerNumber && owner.state === 'linked' && !isOpen;
}

async function documentUnchanged(context: JobContext, pair: Pair, side: FortnoxSide): Promise<boolean> {
  if (!mayBeEcho(context, pair)) return false;
  const { document, kind } = side;
  const map = await mapFor(context, kind, document.DocumentNumber);
  const invoiceRef = kind === 'order' ? reference(document.InvoiceReference) : null;
  return (
    invoiceRef === pair.invoiceRef &&
    document.CustomerNumber === pair.customerNumber &&
    showsImage(map, 'fortnox', documentRecord(side), pair.base?.fortnox ?? {}) &&
    rowsShow(pair.rows, rowsNow(side, { vatIncluded: hasVatIncluded(side) }))
  );
}

async function withOrganisation(
  context: JobContext,
  pair: Pair,
  webcrm: WebcrmSide,
  fortnox: FortnoxSide,
): Promise<DocumentRecords | JobOutcome> {
  const { vendors, job } = context;
  const id = organisationIdOf(webcrm.delivery);
  const organisation = id === null ? null : await vendors.webcrm.getOrganisation(id, job.priority);
  if (organisation === null) return exclude(context, pair, 'no-organisation');
  return { ...webcrm, organisation, fortnox };
}

/** Decides on what was read, as fresh as the caller could read it (R2). */
export async function decide(context: JobContext, pair: Pair, records: DocumentRecords): Promise<JobOutcome> {
  const { store, tenant } = context;
  const { organisation, fortnox } = records;
  const organisationId = String(organisation.OrganisationId);
  if (!isSelected(tenant.settings, organisation)) {
    await excludeUntilBrought(context, pair, 'type-not-selected', organisationId);
    await tellCustomer(context, 'webcrm', organisationId);
    return DONE;
  }
  await waitNoMore(context, pair);
  if (hasVatIncluded(fortnox) && tenant.settings.documents.vatIncluded === 'refuse')
    return exclude(context, pair, 'vat-included');
  const owner = await store.pairs.bySide(tenant.id, 'customer', 'webcrm', organisationId);
  // Selected again, but its own job has not run yet: that one writes the customer first (R11, R12).
  if (owner?.state === 'excluded') {
    await excludeUntilBrought(context, pair, whyItWaits(context, 'webcrm', owner), organisationId);
    return bringCustomerOrGoOn(context, documentOf(pair), 'webcrm', organisationId);
  }
  return settleOrAgain(context, pair, records, owner?.state === 'linked' ? owner.fortnoxId : null);
}

/** A write that was refused because a record changed meanwhile is planned anew, never repeated as it was (R4). */
async function settleOrAgain(
  context: JobContext,
  pair: Pair,
  records: DocumentRecords,
  customerNumber: string | null,
): Promise<JobOutcome> {
  try {
    await settleDocument(context, pair, records, customerNumber);
  } catch (error) {
    if (!isSyncError(error) || error.code !== 'vendor-refused') throw error;
    if (await isLostRace(context, pair, records)) {
      await journal(context, { action: 'not-written', reasons: ['lost-race'], pair });
      return busy('the record changed between our read and our write');
    }
    return againWithout(context, pair, records, customerNumber, error);
  }
  return DONE;
}

/** What the write leaned on may be gone, or locked by what the document does not show; else the refusal is the data's. */
async function againWithout(
  context: JobContext,
  pair: Pair,
  records: DocumentRecords,
  customerNumber: string | null,
  error: SyncError,
): Promise<JobOutcome> {
  const { store, tenant } = context;
  const now = await store.pairs.get(tenant.id, pair.id);
  if (now !== null && (await rememberLockedRows(context, now, error))) return busy('the rows belong to an order');
  return afterNeighbours(context, records, customerNumber, error);
}

/** R4: a refusal counts as a lost race when a record is no longer what it was when we planned. */
async function isLostRace(context: JobContext, pair: Pair, planned: DocumentRecords): Promise<boolean> {
  const webcrm = await readWebcrm(context, pair.webcrmId ?? '');
  const fortnox = await readFortnox(context, kindOf(pair), pair.fortnoxId ?? '');
  if (webcrm === null || fortnox === null) return true;
  const map = await mapFor(context, kindOf(pair), pair.fortnoxId);
  const { documents } = context.tenant.settings;
  const image = (half: WebcrmSide, side: FortnoxSide) =>
    JSON.stringify([
      readSide(map, 'webcrm', half.delivery),
      linesNow(documents, half.lines),
      readSide(map, 'fortnox', documentRecord(side)),
      side.document.OrderRows ?? side.document.InvoiceRows,
      frozenOf(side, documents),
    ]);
  return image(planned, planned.fortnox) !== image(webcrm, fortnox);
}
