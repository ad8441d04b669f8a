import type { FieldChange, Image, Pair } from '../../../schemas/records.ts';
import { pausedReason } from '../paused.ts';
import type { Reason } from '../reasons.ts';
import type { DocumentPlanInput } from './plan.ts';

/** Kept among Fortnox's images while the document has a customer that the delivery does not follow: the one that both had last. */
const AGREED = 'agreedCustomer';

/** Customer numbers of a delivery and its document (R47). */
export interface Customers {
  /** Of the delivery's organisation now; null: it is not linked with a customer at present. */
  readonly webcrm: string | null;
  /** Of the document now. */
  readonly fortnox: string;
  /** The one that both had last. */
  readonly agreed: string;
}

/** What delivery and document show now, and what they had in common last. Pure. */
export const customersOf = (
  pair: Pick<Pair, 'base' | 'customerNumber'>,
  webcrm: string | null,
  fortnox: string,
): Customers => ({
  webcrm,
  fortnox,
  agreed: pair.base?.fortnox[AGREED] ?? pair.customerNumber ?? fortnox,
});

/** The document has a customer that the delivery did not follow. Pure. */
export const isDisputed = ({ base }: Pick<Pair, 'base'>): boolean => base?.fortnox[AGREED] !== undefined;

/** The last plan found the delivery's customer without its other half. Pure. */
export const saysUnlinked = ({ reason }: Pick<Pair, 'reason'>): boolean =>
  reason === ('customer-not-linked' satisfies Reason);

interface Moved {
  /** The customer that the document gets. */
  readonly to?: string;
  readonly change?: readonly FieldChange[];
  readonly reason?: readonly Reason[];
}

/**
 * R47: the delivery was moved to another organisation. An invoice keeps its customer; an order follows only by setting, and never
 * when it was Fortnox that changed it. Pure.
 */
export function planCustomer({
  settings,
  kind,
  frozen,
  customer,
  paused,
}: Pick<DocumentPlanInput, 'settings' | 'kind' | 'frozen' | 'customer' | 'paused'>): Moved | null {
  const { webcrm, fortnox, agreed } = customer;
  // They may well be one: what has to be looked at is the customer's own pair.
  if (webcrm === null) return { reason: ['customer-not-linked'] };
  if (webcrm === fortnox) return null;
  const movedInWebcrm = webcrm !== agreed && fortnox === agreed;
  const mayMove =
    kind === 'order' && settings.documents.moveOrders && frozen.target === 'order' && frozen.head === null;
  if (!movedInWebcrm || !mayMove) return { reason: ['customer-cannot-change'] };
  if (paused?.fortnox) return { reason: [pausedReason('fortnox')] };
  return { to: webcrm, change: [{ field: 'customerNumber', before: fortnox, after: webcrm }] };
}

/**
 * Fortnox's image with what is to be known of the customer at the next plan, when the document shows `now`: without it a customer that
 * was changed in Fortnox would count as the one that both had, and the delivery as moved. Pure.
 */
export function withAgreed(image: Image, { webcrm, agreed }: Customers, now: string): Image {
  const { [AGREED]: _, ...fields } = image;
  return now === webcrm || now === agreed ? fields : { ...fields, [AGREED]: agreed };
}
