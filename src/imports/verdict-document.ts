import type { Listed } from '../../schemas/imports.ts';
import { otherSide, type PairState, type Side } from '../../schemas/records.ts';
import { isSelected } from '../sync/customer/types-filter.ts';
import { neverCreates } from '../sync/listed.ts';
import { text } from '../sync/normalise.ts';
import type { Reason } from '../sync/reasons.ts';
import type { WebcrmOrganisation } from '../vendors/webcrm/types.ts';
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
  const reason = await whyNotYet(deps, side, customer);
  // Its job waits for the customer and tells so.
  return reason === null ? create(target) : skip(reason, true);
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

/**
 * Why the record cannot follow its customer, in the words of its own job; null: that one is in step, or will be by this import,
 * whose customers are worked off first.
 */
async function whyNotYet(deps: VerdictDeps, side: Side, customer: string): Promise<Reason | null> {
  const { store, tenant, run } = deps;
  const pair = await store.pairs.bySide(tenant.id, 'customer', side, customer);
  if (pair !== null && pair.webcrmId !== null && pair.fortnoxId !== null)
    return (await whyNotOfType(deps, pair.webcrmId, pair.state)) ?? (FOLLOWED.has(pair.state) ? null : WAITS);
  const listed = await store.listed.get(tenant.id, run.id, 'customer', side, customer);
  if (listed === null) return WAITS;
  const { outcome, partner } = await customerVerdict(deps, listed);
  const follows = outcome === 'match' || outcome?.startsWith('create-') || (outcome === null && partner !== null);
  const organisation = side === 'webcrm' ? customer : follows ? partner : null;
  const unselected = organisation === null ? null : await whyNotOfType(deps, organisation, null);
  return unselected ?? (follows ? null : WAITS);
}

const WAITS: Reason = 'waiting-for-customer';
/** An excluded pair too, when its organisation was listed with a selected Type: its own job links it again (R12). */
const FOLLOWED: ReadonlySet<PairState> = new Set<PairState>(['linked', 'excluded']);

/** R10, R11: by the organisation as it was listed; one that was not listed is as its pair says. */
async function whyNotOfType(
  { store, tenant, run }: VerdictDeps,
  organisation: string,
  state: PairState | null,
): Promise<Reason | null> {
  const listed = await store.listed.get(tenant.id, run.id, 'customer', 'webcrm', organisation);
  const isOut =
    listed === null ? state === 'excluded' : !isSelected(tenant.settings, listed.record as WebcrmOrganisation);
  return isOut ? 'type-not-selected' : null;
}
