import type { RowPair } from '../../../schemas/delivery.ts';
import type { CreateIntent, Pair } from '../../../schemas/records.ts';
import { SyncError } from '../../errors/sync-error.ts';
import type { WebcrmDelivery } from '../../vendors/webcrm/types.ts';
import type { JobContext } from '../context.ts';
import { readSide } from '../fields.ts';
import { journalCreated } from '../journal.ts';
import { baseAfterCreate, fieldsFor } from '../new-record.ts';
import { move } from '../pair-state.ts';
import { refuseWhenPaused } from '../paused.ts';
import { newPair, storePair } from '../stored-pair.ts';
import { type FortnoxSide, reference } from './document.ts';
import { dateOf, documentRecord } from './map.ts';
import { mapFor } from './map-for.ts';
import { askedAgain } from './open-intent.ts';
import { hasVatIncluded, rowsNow } from './records.ts';
import { expressed, lineExpress } from './row-express.ts';

/** Steps between the sort orders of lines, as webCRM's own screens leave them (webcrm.md 8.4). */
const SORT_STEP = 10;

/**
 * Makes the delivery of an order or invoice that was born in Fortnox once, and links the two (R22, R42): whoever has a half-made pair
 * has looked with `linkLeftDelivery` for what an earlier try left. Its lines are stored as intended; they are posted by whoever
 * settles the pair afterwards.
 */
export async function createDelivery(
  context: JobContext,
  existing: Pair | null,
  fortnox: FortnoxSide,
  organisationId: string,
): Promise<{ pair: Pair; delivery: WebcrmDelivery }> {
  const { vendors, job } = context;
  const map = await mapFor(context, fortnox.kind, fortnox.document.DocumentNumber);
  refuseWhenPaused(context, 'webcrm');
  const pair = await openIntent(context, existing, fortnox, readSide(map, 'fortnox', documentRecord(fortnox)));
  const intent = pair.intent as CreateIntent;
  const fields: Record<string, unknown> = {
    DeliveryDescription: `Fortnox ${fortnox.kind} ${fortnox.document.DocumentNumber}`,
    ...headOf(context, fortnox),
    ...fieldsFor(map, 'webcrm', intent.sent),
    DeliveryOrganisationId: Number(organisationId),
    DeliveryErpId: intent.key,
  };
  const id = (await vendors.webcrm.createDelivery(fields, job.priority)) ?? (await recoverDelivery(context, intent));
  if (id === null) {
    throw new SyncError(
      'vendor-answer-unreadable',
      `webCRM took the delivery of ${fortnox.kind} ${job.id} but does not show it yet; it is looked for again.`,
    );
  }
  const linked = await finish(context, fortnox, pair, id, 'created-in-webcrm');
  return { pair: linked, delivery: { ...fields, DeliveryId: Number(id) } };
}

/** Links the delivery that an earlier try left, when there is one (R22). null: there is none. */
export async function linkLeftDelivery(
  context: JobContext,
  existing: Pair,
  fortnox: FortnoxSide,
): Promise<Pair | null> {
  if (!existing.intent) return null;
  const left = await recoverDelivery(context, existing.intent);
  return left === null ? null : finish(context, fortnox, existing, left, 'recovered');
}

/** The pair of the delivery that was made; `from` holds what it was made of. */
async function finish(
  context: JobContext,
  fortnox: FortnoxSide,
  from: Pair,
  webcrmId: string,
  reason: 'recovered' | 'created-in-webcrm',
): Promise<Pair> {
  const { store, runtime } = context;
  const { kind, document } = fortnox;
  const { sent, rows } = from.intent as CreateIntent;
  const map = await mapFor(context, kind, document.DocumentNumber);
  const next = await store.pairs.replace({
    ...from,
    webcrmId,
    state: move(from, 'linked'),
    intent: null,
    customerNumber: document.CustomerNumber,
    invoiceRef: kind === 'order' ? reference(document.InvoiceReference) : null,
    base: baseAfterCreate(map, 'fortnox', sent, null),
    rows,
    reason,
    updatedAt: runtime.now(),
  });
  await journalCreated(context, next, 'webcrm', sent, [reason]);
  return next;
}

/** Status and date that a document gives its delivery once, at creation; a person's later ones stay (R42). */
function headOf({ tenant, calendar }: JobContext, { kind, document, invoice }: FortnoxSide): Record<string, string> {
  const { statusOfOrder, statusOfInvoice, timeZone } = tenant.settings.documents;
  const date = dateOf(kind, document);
  return {
    DeliveryStatus: kind === 'invoice' || invoice !== null ? statusOfInvoice : statusOfOrder,
    ...(date === null ? {} : { DeliveryOrderDate: calendar(timeZone).noonOf(date) }),
  };
}

function openIntent(
  context: JobContext,
  existing: Pair | null,
  fortnox: FortnoxSide,
  sent: CreateIntent['sent'],
): Promise<Pair> {
  const { runtime, job, tenant } = context;
  const ids = { entity: 'delivery', fortnoxKind: fortnox.kind, webcrmId: null, fortnoxId: job.id } as const;
  const pair = existing ?? newPair(context, ids);
  const express = lineExpress(tenant.settings.documents);
  const rows: RowPair[] = rowsNow(fortnox, { vatIncluded: hasVatIncluded(fortnox) }).map((row, at) => ({
    lineId: null,
    sort: (at + 1) * SORT_STEP,
    webcrm: expressed(express, row),
    fortnox: row,
  }));
  const intent: CreateIntent = {
    side: 'webcrm',
    key: pair.intent?.key ?? `sync-${pair.id}`,
    name: '',
    customerNumber: fortnox.document.CustomerNumber,
    sent,
    rows,
    at: pair.intent?.at ?? runtime.now(),
    ...askedAgain(pair),
  };
  return storePair(context, existing, { ...pair, state: 'creating', intent, candidates: [], reason: null });
}

/** The delivery that an earlier try of this intent left, found by our key; null when there is none (R22). */
async function recoverDelivery({ vendors, job }: JobContext, intent: CreateIntent): Promise<string | null> {
  const found = await vendors.webcrm.findDeliveriesByErpId(intent.key, job.priority);
  if (found.length > 1) {
    throw new SyncError(
      'vendor-refused',
      `${found.length} deliveries bear our key ${intent.key}: ${found.map((row) => row.DeliveryId).join(', ')}. Clear DeliveryErpId of all but one.`,
    );
  }
  return found[0] ? String(found[0].DeliveryId) : null;
}
