import type { Pair } from '../../../schemas/records.ts';
import type { DocumentSettings } from '../../../schemas/settings.ts';
import type { DocumentKind, FortnoxDocument, FortnoxRow } from '../../vendors/fortnox/types.ts';
import { text } from '../normalise.ts';
import type { Reason } from '../reasons.ts';

/** The Fortnox half of a delivery as just read: an order with the invoice that was made from it, or an invoice. */
export interface FortnoxSide {
  readonly kind: DocumentKind;
  /** The paired document itself. */
  readonly document: FortnoxDocument;
  /** The invoice: of an order the one it was made into, of an invoice itself; null when there is none. */
  readonly invoice: FortnoxDocument | null;
  /** Other orders share that invoice (R40). */
  readonly shared: boolean;
}

/** Fortnox writes "0" for no document (fortnox.md 3). */
export function reference(value: unknown): string | null {
  const number = text(value);
  return number === null || number === '0' ? null : number;
}

export const isCredit = (invoice: FortnoxDocument): boolean => String(invoice.Credit) === 'true';

export const rowsOf = (kind: DocumentKind, document: FortnoxDocument): readonly FortnoxRow[] =>
  (kind === 'order' ? document.OrderRows : document.InvoiceRows) ?? [];

/** What may not be written now, and where a change of the head goes (R41). Reason null: it may. */
export interface Frozen {
  readonly head: Reason | null;
  readonly rows: Reason | null;
  /** An invoiced order takes no writes; its unbooked invoice does. */
  readonly target: DocumentKind;
}

/** Derived at each read, never stored (R41). */
export function frozenOf(side: FortnoxSide, settings: Pick<DocumentSettings, 'cashFrozen'>): Frozen {
  const { kind, document, invoice, shared } = side;
  if (kind === 'invoice') {
    const reason = frozenInvoice(document, settings);
    const rows = reason ?? (reference(document.OrderReference) === null ? null : 'rows-locked-by-order');
    return { head: reason, rows, target: 'invoice' };
  }
  if (document.Cancelled === true) return { head: 'document-cancelled', rows: 'document-cancelled', target: 'order' };
  if (reference(document.InvoiceReference) === null) return { head: null, rows: null, target: 'order' };
  const head =
    invoice === null ? 'order-invoiced' : (frozenInvoice(invoice, settings) ?? (shared ? 'invoice-shared' : null));
  return { head, rows: head === 'invoice-booked' ? 'invoice-booked' : 'rows-locked-by-order', target: 'invoice' };
}

function frozenInvoice(invoice: FortnoxDocument, { cashFrozen }: Pick<DocumentSettings, 'cashFrozen'>): Reason | null {
  if (invoice.Booked === true) return 'invoice-booked';
  if (invoice.Cancelled === true) return 'document-cancelled';
  const sentOrPaid = invoice.Sent === true || text(invoice.FinalPayDate) !== null;
  return cashFrozen && invoice.AccountingMethod === 'CASH' && sentOrPaid ? 'invoice-sent-or-paid' : null;
}

/** What became of the document, in words for a person (R48); null while there is nothing to say. */
export function documentState({ kind, document, invoice }: FortnoxSide): string | null {
  if (document.Cancelled === true) return `${kind === 'order' ? 'Order' : 'Invoice'} cancelled in Fortnox`;
  if (invoice === null) return null;
  if (invoice.Cancelled === true) return `Invoice ${invoice.DocumentNumber} cancelled in Fortnox`;
  const credit = reference(invoice.CreditInvoiceReference);
  if (credit === null || isCredit(invoice)) return null;
  return `Invoice ${invoice.DocumentNumber} credited by ${credit}`;
}

export const kindOf = (pair: Pick<Pair, 'fortnoxKind'>): DocumentKind =>
  pair.fortnoxKind === 'order' ? 'order' : 'invoice';
