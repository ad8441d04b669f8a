import type { RowPair } from '../../schemas/delivery.ts';
import { PRIORITY } from '../../schemas/records.ts';
import { customerIdentity, organisationIdentity } from '../sync/customer/identity.ts';
import { reference } from '../sync/document/document.ts';
import { firstRows } from '../sync/document/first-rows.ts';
import { organisationIdOf } from '../sync/document/records.ts';
import { text } from '../sync/normalise.ts';
import type { DocumentKind } from '../vendors/fortnox/types.ts';
import { type MendingDeps, type Request, refused } from './deps.ts';

/** What a person wants to be one pair. */
export interface Wanted {
  readonly webcrmId: string;
  readonly fortnoxKind: 'customer' | DocumentKind;
  readonly fortnoxId: string;
  /** Link though the numbers of the two differ. */
  readonly confirm: boolean;
}

/** What the checks found out about the pair to be. */
export interface Checked {
  /** Of a delivery: the customer of its document. */
  readonly customerNumber: string | null;
  /** Of a delivery: the images of its rows to begin with. */
  readonly rows: readonly RowPair[] | null;
}

const IDENTIFIERS = [
  ['number', 'customer number'],
  ['organisationNumber', 'organisation number'],
] as const;

/** R20 for a link by hand: both records exist, and nothing contradicts. Reads both; raises `conflict` with what does not fit. */
export function checkLink(deps: MendingDeps, request: Request, wanted: Wanted): Promise<Checked> {
  return wanted.fortnoxKind === 'customer'
    ? checkCustomer(deps, request, wanted)
    : checkDocument(deps, request, wanted, wanted.fortnoxKind);
}

async function checkCustomer(deps: MendingDeps, { tenant }: Request, wanted: Wanted): Promise<Checked> {
  const { webcrm, fortnox } = deps.connection(tenant.id);
  const [organisation, customer] = await Promise.all([
    webcrm.getOrganisation(wanted.webcrmId, PRIORITY.notification),
    fortnox.getCustomer(wanted.fortnoxId, PRIORITY.notification),
  ]);
  if (organisation === null) throw refused(`webCRM has no organisation ${wanted.webcrmId}: nothing was linked.`);
  if (customer === null) throw refused(`Fortnox has no customer ${wanted.fortnoxId}: nothing was linked.`);
  const own = organisationIdentity(tenant.settings, organisation);
  const other = customerIdentity(customer);
  const faults = IDENTIFIERS.flatMap(([field, name]) => {
    const [a, b] = [own[field], other[field]];
    const contradicts = a !== null && b !== null && a.toLowerCase() !== b.toLowerCase();
    return contradicts ? [{ field, message: `the ${name} is ${a} in webCRM and ${b} in Fortnox` }] : [];
  });
  if (faults.length > 0 && !wanted.confirm) {
    const all = faults.map((fault) => fault.message).join(', ');
    throw refused(`Not linked: ${all}. Correct them, or send confirm: true if they are one all the same.`, faults);
  }
  return { customerNumber: null, rows: null };
}

async function checkDocument(
  deps: MendingDeps,
  { tenant }: Request,
  wanted: Wanted,
  kind: DocumentKind,
): Promise<Checked> {
  const { webcrm, fortnox } = deps.connection(tenant.id);
  const [delivery, lines, document] = await Promise.all([
    webcrm.getDelivery(wanted.webcrmId, PRIORITY.notification),
    webcrm.linesOf(wanted.webcrmId, PRIORITY.notification),
    fortnox.getDocument(kind, wanted.fortnoxId, PRIORITY.notification),
  ]);
  if (delivery === null || lines === null)
    throw refused(`webCRM has no delivery ${wanted.webcrmId}: nothing was linked.`);
  if (document === null) throw refused(`Fortnox has no ${kind} ${wanted.fortnoxId}: nothing was linked.`);
  const order = kind === 'invoice' ? reference(document.OrderReference) : null;
  if (order !== null && tenant.settings.documentMode === 'order')
    throw refused(`Invoice ${wanted.fortnoxId} was made from order ${order}: link the delivery to that order.`);
  const owner = await deps.store.pairs.bySide(tenant.id, 'customer', 'webcrm', organisationIdOf(delivery) ?? '');
  if (owner?.state !== 'linked' || owner.fortnoxId === null)
    throw refused(
      `The customer of delivery ${wanted.webcrmId} is not in step (organisation ${organisationIdOf(delivery) ?? 'none'}): link that one first.`,
    );
  if (owner.fortnoxId !== document.CustomerNumber)
    throw refused(
      `Delivery ${wanted.webcrmId} is of customer ${owner.fortnoxId}, ${kind} ${wanted.fortnoxId} of customer ${document.CustomerNumber}: they are linked only when they have the same one.`,
    );
  await refuseLockedNumber(deps, tenant, wanted);
  const rows = firstRows(tenant.settings, lines, { kind, document, invoice: null, shared: false });
  return { customerNumber: document.CustomerNumber, rows };
}

/** Two deliveries with one number lock each other (webcrm.md 8.3): the one that bore it before gives it up first. */
async function refuseLockedNumber(deps: MendingDeps, tenant: Request['tenant'], wanted: Wanted): Promise<void> {
  const { fortnoxKind, fortnoxId, webcrmId } = wanted;
  const { number } = tenant.settings.documents.fields;
  const former = await deps.store.pairs.bySide(tenant.id, fortnoxKind, 'fortnox', fortnoxId);
  if (!former?.webcrmId || former.webcrmId === webcrmId) return;
  const bearer = await deps.connection(tenant.id).webcrm.getDelivery(former.webcrmId, PRIORITY.notification);
  if (bearer !== null && text(bearer[number]) === fortnoxId)
    throw refused(
      `Delivery ${former.webcrmId} bears the number ${fortnoxId} in webCRM, and two deliveries with one number lock each other: delete it there or remove its number first.`,
    );
}
