import type { DocumentKind } from './document-fields.ts';
import type { FortnoxSwitches } from './switches.ts';

/** What decides whether a document takes a write. */
export type Lockable = Readonly<Record<string, unknown>>;
type When = 'any' | 'rows-by-api';

interface Lock {
  readonly kind: DocumentKind | 'both';
  readonly stops: When;
  readonly why: string;
  holds(document: Lockable, switches: FortnoxSwitches): boolean;
}

const refers = (value: unknown): boolean => typeof value === 'string' && value !== '' && value !== '0';
const paid = (value: unknown): boolean => value !== null && value !== '';

/** Which documents are frozen (fortnox.md 8.4); no code is known for any. */
const LOCKS: readonly Lock[] = [
  { kind: 'both', stops: 'any', why: 'Dokumentet är makulerat.', holds: ({ Cancelled }) => Cancelled === true },
  { kind: 'invoice', stops: 'any', why: 'Fakturan är bokförd.', holds: ({ Booked }) => Booked === true },
  {
    kind: 'invoice',
    stops: 'any',
    why: 'Fakturan är skickad eller betald (kontantmetoden).',
    holds: ({ AccountingMethod, Sent, FinalPayDate }, { cashSentOrPaid }) =>
      cashSentOrPaid === 'locked' && AccountingMethod === 'CASH' && (Sent === true || paid(FinalPayDate)),
  },
  {
    kind: 'order',
    stops: 'any',
    why: 'Ordern är redan fakturerad.',
    holds: ({ InvoiceReference }) => refers(InvoiceReference),
  },
  {
    kind: 'invoice',
    stops: 'rows-by-api',
    why: 'En eller flera rader har koppling till en order, det går därför inte att uppdatera raderna via API.',
    holds: ({ OrderReference }) => refers(OrderReference),
  },
];

/** The text that Fortnox refuses this write with, or null when it takes it. */
export function lockOn(
  kind: DocumentKind,
  document: Lockable,
  rowsByApi: boolean,
  switches: FortnoxSwitches,
): string | null {
  const lock = LOCKS.find(
    (one) =>
      (one.kind === 'both' || one.kind === kind) && (one.stops === 'any' || rowsByApi) && one.holds(document, switches),
  );
  return lock?.why ?? null;
}
