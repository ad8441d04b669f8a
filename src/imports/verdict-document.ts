import type { Listed } from '../../schemas/imports.ts';
import { otherSide, type Side } from '../../schemas/records.ts';
import { neverCreates } from '../sync/listed.ts';
import { text } from '../sync/normalise.ts';
import { covered, create, linked, skip, standing, type Verdict, type VerdictDeps } from './verdict.ts';
import { customerVerdict } from './verdict-customer.ts';

/**
 * Judges a delivery, an order or an invoice by pairs, our key and stored numbers (R20). Rows are not read: whether a delivery has
 * any, and what the document's own rules say of it, shows when its job runs.
 */
export async function documentVerdict(deps: VerdictDeps, listed: Listed): Promise<Verdict> {
  const { store, tenant, run } = deps;
  const { kind, side, id } = listed;
  const pair = await store.pairs.bySide(tenant.id, kind, side, id);
  const stands = standing(pair);
  if (stands !== null) return stands;
  const partner = (side === 'webcrm' ? pair?.fortnoxId : pair?.webcrmId) ?? null;
  if (partner !== null)
    return side === 'fortnox' && (await isListed(deps, partner)) ? covered(partner) : linked(partner, null);
  const other = side === 'webcrm' ? await judgeDelivery(deps, listed) : await judgeDocument(deps, listed);
  if (other !== null) return other;
  const customer = text(side === 'webcrm' ? listed.record?.DeliveryOrganisationId : listed.record?.CustomerNumber);
  if (customer === null || customer === '0') return skip('no-organisation');
  const target = otherSide(side);
  if (neverCreates(run, target)) return skip('other-direction');
  // Its job waits for the customer and tells so, where it is not to be linked.
  return (await followsCustomer(deps, side, customer)) ? create(target) : skip('waiting-for-customer', true);
}

const isListed = async ({ store, tenant, run }: VerdictDeps, delivery: string): Promise<boolean> =>
  (await store.listed.get(tenant.id, run.id, 'delivery', 'webcrm', delivery)) !== null;

/** R25: what is known without its lines. */
async function judgeDelivery({ store, tenant, run }: VerdictDeps, { number, record }: Listed): Promise<Verdict | null> {
  const { documentMode, documents } = tenant.settings;
  const document = number === null ? null : await store.listed.get(tenant.id, run.id, documentMode, 'fortnox', number);
  if (document !== null) {
    const organisation = String(record?.DeliveryOrganisationId ?? '');
    const pair = await store.pairs.bySide(tenant.id, 'customer', 'webcrm', organisation);
    if (pair?.fortnoxId === document.record?.CustomerNumber && pair !== null)
      return linked(document.id, 'linked-by-document-number');
  }
  const statuses: readonly string[] = documents.sendStatuses;
  return statuses.includes(String(record?.DeliveryStatus)) ? null : skip('status-not-selected');
}

/** R23, R40: a document that another record's job works. */
async function judgeDocument(deps: VerdictDeps, { kind, id, number, record }: Listed): Promise<Verdict | null> {
  const { store, tenant, run } = deps;
  if (record?.Cancelled === true) return skip('document-cancelled');
  if (kind === 'invoice') {
    const [order] = await store.pairs.byInvoice(tenant.id, id);
    if (order?.webcrmId) return covered(order.webcrmId);
  }
  const key = text(record?.ExternalInvoiceReference1);
  const creating = key === null ? null : await store.pairs.byIntentKey(tenant.id, key);
  if (creating?.webcrmId) return covered(creating.webcrmId);
  if (kind !== tenant.settings.documentMode) return null;
  for (const delivery of await store.listed.find(tenant.id, run.id, 'delivery', 'webcrm', 'number', number ?? '')) {
    const theirs = await judgeDelivery(deps, delivery);
    if (theirs?.outcome === 'match' && theirs.partner === id) return covered(delivery.id);
  }
  return null;
}

/** Its customer is in step, or will be by this import. */
async function followsCustomer(deps: VerdictDeps, side: Side, customer: string): Promise<boolean> {
  const { store, tenant, run } = deps;
  const pair = await store.pairs.bySide(tenant.id, 'customer', side, customer);
  if (pair?.state === 'linked' && pair.webcrmId !== null && pair.fortnoxId !== null) return true;
  const listed = await store.listed.get(tenant.id, run.id, 'customer', side, customer);
  if (listed === null) return false;
  const { outcome, partner } = await customerVerdict(deps, listed);
  return outcome === 'match' || outcome?.startsWith('create-') === true || (outcome === null && partner !== null);
}
