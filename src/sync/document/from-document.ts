import type { Hint, Pair } from '../../../schemas/records.ts';
import type { JobOutcome } from '../../queue/types.ts';
import type { DocumentKind, FortnoxDocument } from '../../vendors/fortnox/types.ts';
import type { JobContext } from '../context.ts';
import { isSelected } from '../customer/types-filter.ts';
import { text } from '../normalise.ts';
import { DONE } from '../outcome.ts';
import type { Reason } from '../reasons.ts';
import { refuse } from '../refuse.ts';
import { documentStart } from '../start-date.ts';
import { createDelivery, linkLeftDelivery } from './create-delivery.ts';
import { linkedCustomer, refuseForType, waitForCustomer } from './customer-of.ts';
import { isCredit, reference } from './document.ts';
import { decide, recoveredDocument } from './known.ts';
import { deliveryOfNumber } from './link-by-number.ts';
import { dateOf } from './map.ts';
import { isAsked, isOpen, refuseOpen } from './open-intent.ts';
import { withInvoice } from './records.ts';

/** An order or invoice without a delivery of its own. `pair` is a half-made one, if any. */
export async function fromDocument(context: JobContext, pair: Pair | null): Promise<JobOutcome> {
  const { vendors, job, tenant } = context;
  const { documents, documentMode } = tenant.settings;
  const kind: DocumentKind = job.entity === 'order' ? 'order' : 'invoice';
  // R40: in invoice mode orders are Fortnox's own business.
  if (kind === 'order' && documentMode === 'invoice' && pair === null) return DONE;
  if (kind === 'invoice' && (await toOrders(context))) return DONE;
  const document = await vendors.fortnox.getDocument(kind, job.id, job.priority);
  if (document === null) return refuse(context, 'gone-in-fortnox');
  if (pair !== null && isOpen(pair)) {
    // Before anything else: what an earlier try made is there, whatever has become of the document and its customer since.
    const left = await linkLeftDelivery(context, pair, await withInvoice(context, kind, document));
    if (left !== null) return recoveredDocument(context, left);
  } else {
    if (await isOwnCreate(context, document)) return DONE;
    if (kind === 'invoice') {
      if (await belongsToOrder(context, document)) return DONE;
      if (isCredit(document) && documents.creditInvoices === 'on-original') return onOriginal(context, document);
    }
  }
  // Of a begun create too: nothing was made, and the document may have been cancelled since then.
  const reason = isAsked(pair)
    ? null
    : (notWanted(context, kind, document) ?? (await alreadyShown(context, kind, document)));
  if (reason !== null) return refuseOpen(context, pair, reason);
  const customer = await linkedCustomer(context, 'fortnox', document.CustomerNumber);
  if (customer === null) return unlinkedCustomer(context, pair, document.CustomerNumber);
  const organisation = await vendors.webcrm.getOrganisation(customer.webcrmId, job.priority);
  if (organisation === null) return refuse(context, 'no-organisation');
  if (!isSelected(tenant.settings, organisation))
    return refuseForType(context, pair, 'fortnox', document.CustomerNumber);

  if (!isOpen(pair)) {
    const linked = await deliveryOfNumber(context, pair, { kind, document }, customer);
    if (linked !== null) return linked;
  }
  const fortnox = await withInvoice(context, kind, document);
  const made = await createDelivery(context, pair, fortnox, customer.webcrmId);
  return decide(context, made.pair, { delivery: made.delivery, lines: [], organisation, fortnox });
}

const DAY_MS = 86_400_000;

const sameTenant = ({ tenant, job }: JobContext, record: Pick<Hint, 'entity' | 'side' | 'id'>): Hint => ({
  tenant: tenant.id,
  priority: job.priority,
  ...record,
});

/** R40: an invoice that orders were made into is looked at through their pairs. */
async function toOrders(context: JobContext): Promise<boolean> {
  const { store, tenant, job, hint } = context;
  const pairs = await store.pairs.byInvoice(tenant.id, job.id);
  await hint(
    pairs.flatMap(({ fortnoxId }) =>
      fortnoxId === null ? [] : [sameTenant(context, { entity: 'order', side: 'fortnox', id: fortnoxId })],
    ),
  );
  return pairs.length > 0;
}

/** Our own create whose answer is not stored yet (R23): its delivery's job finds it and links it. */
async function isOwnCreate(context: JobContext, document: FortnoxDocument): Promise<boolean> {
  const { store, tenant, hint } = context;
  const key = text(document.ExternalInvoiceReference1);
  const creating = key === null ? null : await store.pairs.byIntentKey(tenant.id, key);
  if (!creating?.webcrmId) return false;
  await hint([sameTenant(context, { entity: 'delivery', side: 'webcrm', id: creating.webcrmId })]);
  return true;
}

/**
 * R40: an invoice made from an order goes to that order. A collective invoice may name another of its orders, or none (unproven): then
 * each open order of the customer is asked, first those with a pair, then those that have none yet, because they wait or their hint
 * is late. In invoice mode these are Fortnox's own business, and only orders that were paired before the mode was changed count (R49).
 */
async function belongsToOrder(context: JobContext, invoice: FortnoxDocument): Promise<boolean> {
  const { store, tenant, vendors, job, hint } = context;
  const isOrderMode = tenant.settings.documentMode === 'order';
  const named = reference(invoice.OrderReference);
  const toOrder = async (id: string): Promise<true> => {
    await hint([sameTenant(context, { entity: 'order', side: 'fortnox', id })]);
    return true;
  };
  const pairOf = (id: string) => store.pairs.bySide(tenant.id, 'order', 'fortnox', id);
  const becameIt = async (id: string): Promise<boolean> => {
    const order = await vendors.fortnox.getDocument('order', id, job.priority);
    return reference(order?.InvoiceReference) === invoice.DocumentNumber;
  };
  if (named !== null && (isOrderMode || (await pairOf(named)) !== null)) return toOrder(named);
  const { CustomerNumber: customer } = invoice;
  const asked = new Set<string>();
  for (const { fortnoxId: id } of await store.pairs.openOrders(tenant.id, customer)) {
    if (id === null) continue;
    asked.add(id);
    if (await becameIt(id)) return toOrder(id);
  }
  if (!isOrderMode) return false;
  const since = touchedSince(context, invoice);
  for (const order of await vendors.fortnox.findDocuments('order', 'customernumber', customer, job.priority, since)) {
    const id = String(order.DocumentNumber);
    if (order.Cancelled === true || asked.has(id)) continue;
    // Its pair may have been made a moment ago: what that says of its invoice is as good as asking.
    const known = (await pairOf(id))?.invoiceRef ?? null;
    if (known === null ? await becameIt(id) : known === invoice.DocumentNumber) return toOrder(id);
  }
  return false;
}

/** From when on the orders of an invoice must have changed: making the invoice changed them, a day for its date at the most. */
function touchedSince({ runtime }: JobContext, invoice: FortnoxDocument): number {
  const dated = Date.parse(text(invoice.InvoiceDate) ?? '');
  return Math.min(Number.isNaN(dated) ? Number.POSITIVE_INFINITY : dated, runtime.now()) - DAY_MS;
}

/** R40: an order that came up after its invoice had become a delivery (its date was moved far ahead) is shown there already. */
async function alreadyShown(
  { store, tenant }: JobContext,
  kind: DocumentKind,
  document: FortnoxDocument,
): Promise<Reason | null> {
  const invoice = kind === 'order' ? reference(document.InvoiceReference) : null;
  if (invoice === null) return null;
  const pair = await store.pairs.bySide(tenant.id, 'invoice', 'fortnox', invoice);
  return pair?.webcrmId ? 'invoice-has-delivery' : null;
}

/** R48: a credit invoice shows on the delivery of the invoice that it credits. */
async function onOriginal(context: JobContext, credit: FortnoxDocument): Promise<JobOutcome> {
  const original = reference(credit.CreditInvoiceReference);
  if (original !== null) {
    await context.hint([sameTenant(context, { entity: 'invoice', side: 'fortnox', id: original })]);
  }
  return refuse(context, 'credit-on-original');
}

/** R48, R13, R45: why a document does not become a delivery; null when it does. */
function notWanted({ tenant, job }: JobContext, kind: DocumentKind, document: FortnoxDocument): Reason | null {
  if (document.Cancelled === true) return 'document-cancelled';
  if (document.VATIncluded === true && tenant.settings.documents.vatIncluded === 'refuse') return 'vat-included';
  const date = dateOf(kind, document);
  const isOld = date !== null && date < documentStart(tenant);
  return isOld && job.importId === null ? 'before-start-date' : null;
}

/** R10, R11: the documents of an organisation whose Type is not selected do not come; others wait for their customer. */
async function unlinkedCustomer(context: JobContext, open: Pair | null, number: string): Promise<JobOutcome> {
  const { store, tenant } = context;
  const pair = await store.pairs.bySide(tenant.id, 'customer', 'fortnox', number);
  return pair?.state === 'excluded'
    ? refuseForType(context, open, 'fortnox', number)
    : waitForCustomer(context, 'fortnox', number);
}
