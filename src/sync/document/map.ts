import type { DeliveryField } from '../../../schemas/delivery.ts';
import type { DocumentSettings } from '../../../schemas/settings.ts';
import type { DocumentKind, FortnoxDocument } from '../../vendors/fortnox/types.ts';
import { type Calendar, writtenDate } from '../calendar.ts';
import { type Column, column, type FieldLine, translated, type VendorRecord } from '../fields.ts';
import { text } from '../normalise.ts';
import { documentState, type FortnoxSide, reference } from './document.ts';

/** webCRM's custom fields have no stated length (webcrm.md 8.3): 250 as for organisations. */
const WEBCRM_LENGTH = 250;

/** What of an order's head lives on in its invoice, where it still may change (R41). */
const FIELDS_ON_INVOICE = [
  'DeliveryDate',
  'Currency',
  'OurReference',
  'YourReference',
  'YourOrderNumber',
  'Remarks',
] as const;

/**
 * Fortnox's half as one record: the document's own fields, of an invoiced order those of its invoice that the invoice has as
 * well, and what is told of the invoice under names of our own.
 */
export function documentRecord(side: FortnoxSide): VendorRecord {
  const { kind, document, invoice } = side;
  const onInvoice = kind === 'order' && invoice !== null;
  return {
    ...document,
    ...(onInvoice ? Object.fromEntries(FIELDS_ON_INVOICE.map((name) => [name, invoice[name]])) : {}),
    invoiceNumber: invoice?.DocumentNumber ?? null,
    invoiceDate: invoice?.InvoiceDate ?? null,
    invoiceBooked: invoice === null ? null : invoice.Booked === true ? 'Yes' : 'No',
    documentState: documentState(side),
  };
}

const date = (name: string, clearable = true): Column =>
  column(name, 10, { read: writtenDate, clearable, unreadable: 'date-unreadable' });

/** webCRM keeps an instant; a calendar date is written as its noon (R46). */
const instant = (name: string, { dateOf, noonOf }: Calendar): Column => ({
  read: (record) => dateOf(record[name]),
  write: (value) => ({ [name]: value === null ? '' : noonOf(value) }),
  clearable: true,
  unreadable: 'date-unreadable',
});

/** Read only: nothing is ever written there (R31). */
const told = (name: string, read: (value: unknown) => string | null = text): Column => ({
  read: (record) => read(record[name]),
  write: () => undefined,
  clearable: false,
  unreadable: 'in-step',
});

/** What the map depends on besides the settings. */
export interface MapOptions {
  readonly kind: DocumentKind;
  /** Whether the document's number is shown: not where another kind of document counts in the same field. */
  readonly showsNumber: boolean;
  /** Of the tenant's time zone (R46). */
  readonly calendar: Calendar;
}

/**
 * The head of deliveries as a table, one line a field (D6, D7). A field whose webCRM column the settings do not name is not
 * synchronised.
 */
export function deliveryMap(
  settings: DocumentSettings,
  { kind, showsNumber, calendar }: MapOptions,
): readonly FieldLine<DeliveryField>[] {
  const { fields, currencies } = settings;
  const named = (
    field: DeliveryField,
    name: string | undefined,
    fortnox: Column,
    make = plain,
  ): FieldLine<DeliveryField>[] => (name === undefined ? [] : [{ field, webcrm: make(name), fortnox }]);
  const owned = (
    field: DeliveryField,
    name: string | undefined,
    fortnox: Column,
    make = plain,
  ): FieldLine<DeliveryField>[] => named(field, name, fortnox, make).map((line) => ({ ...line, owner: 'fortnox' }));
  const currency = translated(
    'DeliveryCurrencyName',
    WEBCRM_LENGTH,
    currencies,
    /^[A-Z]{3}$/,
    // Without a table webCRM's own codes say nothing to us, and nobody asked: Fortnox takes the customer's currency.
    currencies.length === 0 ? 'in-step' : 'currency-unknown',
  );
  const orderDate: FieldLine<DeliveryField> = {
    field: 'orderDate',
    webcrm: instant('DeliveryOrderDate', calendar),
    fortnox: date('OrderDate', false),
  };
  return [
    ...(kind === 'order' ? [orderDate] : []),
    ...named('deliveryDate', fields.deliveryDate, date('DeliveryDate'), (name) => date(name)),
    { field: 'currency', webcrm: currency, fortnox: column('Currency', 3, { clearable: false }) },
    ...named('ourReference', fields.ourReference, column('OurReference', 50)),
    ...named('yourReference', fields.yourReference, column('YourReference', 50)),
    ...named('yourOrderNumber', fields.yourOrderNumber, column('YourOrderNumber', 75)),
    ...named('remarks', fields.remarks, column('Remarks', 1024), multiline),
    ...(showsNumber ? owned('number', fields.number, told('DocumentNumber')) : []),
    ...owned('invoiceNumber', fields.invoiceNumber, told('invoiceNumber', reference)),
    ...owned(
      'invoiceDate',
      fields.invoiceDate,
      told('invoiceDate', (value) => writtenDate(value) ?? null),
      (name) => date(name),
    ),
    ...owned('invoiceBooked', fields.invoiceBooked, told('invoiceBooked')),
    ...owned('documentState', fields.documentState, told('documentState')),
  ];
}

const plain = (name: string): Column => column(name, WEBCRM_LENGTH);
const multiline = (name: string): Column => column(name, 2000, { write: (value) => value.replaceAll('\n', '\r\n') });

/** The canonical fields of `FIELDS_ON_INVOICE`. */
export const ON_INVOICE: ReadonlySet<string> = new Set<DeliveryField>([
  'deliveryDate',
  'currency',
  'ourReference',
  'yourReference',
  'yourOrderNumber',
  'remarks',
]);

export const dateOf = (kind: DocumentKind, document: FortnoxDocument): string | null =>
  writtenDate(kind === 'order' ? document.OrderDate : document.InvoiceDate) ?? null;

/** The field that tells whether the delivery is in step (R75); null when the settings name none. Never part of an image. */
export function deliveryStatusColumn({ fields: { status } }: DocumentSettings): Column | null {
  return status === undefined ? null : plain(status);
}
