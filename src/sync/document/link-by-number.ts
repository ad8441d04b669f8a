import type { Pair } from '../../../schemas/records.ts';
import type { JobOutcome } from '../../queue/types.ts';
import type { DocumentKind, FortnoxDocument } from '../../vendors/fortnox/types.ts';
import type { JobContext } from '../context.ts';
import { forgetRefusals, journal } from '../journal.ts';
import { text } from '../normalise.ts';
import { busy } from '../outcome.ts';
import { type RecordRef, recordLock } from '../record-ref.ts';
import { refuse } from '../refuse.ts';
import { newPair, storePair } from '../stored-pair.ts';
import type { LinkedCustomer } from './customer-of.ts';
import { firstRows } from './first-rows.ts';
import { knownDocument } from './known.ts';
import { organisationIdOf, readWebcrm, type WebcrmSide } from './records.ts';

/** R20: a delivery that bears the number of a document of the same customer is that one's. null: it bears none. */
export async function documentOfNumber(
  context: JobContext,
  existing: Pair | null,
  webcrm: WebcrmSide,
  customer: LinkedCustomer,
): Promise<JobOutcome | null> {
  const { vendors, job, tenant } = context;
  const kind = tenant.settings.documentMode;
  const number = text(webcrm.delivery[tenant.settings.documents.fields.number]);
  if (number === null || !/^\d{1,18}$/.test(number)) return null;
  return withFree(context, { entity: kind, side: 'fortnox', id: number }, async () => {
    const document = await vendors.fortnox.getDocument(kind, number, job.priority);
    if (document === null || document.CustomerNumber !== customer.fortnoxId) return null;
    return link(context, existing, webcrm, document, kind);
  });
}

/**
 * R20: a document whose number a delivery of the same customer bears is that one's. null: none bears it. An import has matched its documents
 * against all that it listed (R24). Only documents of the mode's kind are sought: the other kind counts in a series of its own.
 */
export async function deliveryOfNumber(
  context: JobContext,
  existing: Pair | null,
  { kind, document }: { kind: DocumentKind; document: FortnoxDocument },
  customer: LinkedCustomer,
): Promise<JobOutcome | null> {
  const { vendors, job, store, tenant } = context;
  const { documentMode, documents } = tenant.settings;
  if (job.importId !== null || kind !== documentMode) return null;
  const { number: field } = documents.fields;
  const found = await vendors.webcrm.findDeliveriesByNumber(field, document.DocumentNumber, job.priority);
  const own = found.filter((row) => organisationIdOf(row) === customer.webcrmId).map((row) => String(row.DeliveryId));
  const pairs = await Promise.all(own.map((id) => store.pairs.bySide(tenant.id, 'delivery', 'webcrm', id)));
  const [id, ...others] = own.filter((_, at) => pairs[at] === null);
  if (id === undefined) return null;
  if (others.length > 0) return refuse(context, 'match-ambiguous');
  return withFree(context, { entity: 'delivery', side: 'webcrm', id }, async () => {
    const webcrm = await readWebcrm(context, id);
    return webcrm && link(context, existing, webcrm, document, kind);
  });
}

/** Does `work` while no job has the record that fits; null when it belongs to a pair. */
async function withFree(
  context: JobContext,
  record: RecordRef,
  work: () => Promise<JobOutcome | null>,
): Promise<JobOutcome | null> {
  const { store, tenant, locks, isErased } = context;
  const release = locks.tryLock([recordLock(tenant.id, record)]);
  if (release === null) return busy('another job works on the record of this number');
  try {
    if ((await store.pairs.bySide(tenant.id, record.entity, record.side, record.id)) !== null) return null;
    // Of the two that would be one, the other was erased: who wants them linked says so.
    if (await isErased(tenant.id, record)) return await refuse(context, 'erased');
    return await work();
  } finally {
    release();
  }
}

async function link(
  context: JobContext,
  existing: Pair | null,
  { delivery, lines }: WebcrmSide,
  document: FortnoxDocument,
  kind: DocumentKind,
): Promise<JobOutcome> {
  const ids = {
    entity: 'delivery',
    fortnoxKind: kind,
    webcrmId: String(delivery.DeliveryId),
    fortnoxId: document.DocumentNumber,
  } as const;
  const pair = await storePair(context, existing, {
    ...(existing ?? newPair(context, ids)),
    ...ids,
    state: 'linked',
    // Without them both lists of rows would be kept, and what stands on both would be charged twice.
    rows: firstRows(context.tenant.settings, lines, { kind, document, invoice: null, shared: false }),
    customerNumber: document.CustomerNumber,
    reason: 'linked-by-document-number',
  });
  await forgetRefusals(context, pair);
  await journal(context, { action: 'linked', reasons: ['linked-by-document-number'], pair });
  return knownDocument(context, pair);
}
