import { clone } from '../common/clone.ts';
import { daysAfter } from './calendar.ts';
import type { FortnoxCustomerRecord } from './company.ts';
import { DOCUMENT_FIELDS, type DocumentKind, FROM_CUSTOMER } from './document-fields.ts';
import { Refusal } from './refusal.ts';
import type { FortnoxRowRecord } from './row-fields.ts';
import { ROWS_FIELD } from './row-fields.ts';
import { emptyRecord, emptyValue } from './rules.ts';
import type { FortnoxSwitches } from './switches.ts';
import { documentMoney } from './totals.ts';
import { effectOf, validateFields } from './validate.ts';

/** An order or invoice as the single GET answers it. */
export interface FortnoxDocumentRecord {
  DocumentNumber: string;
  CustomerNumber: string;
  OrderRows?: FortnoxRowRecord[];
  InvoiceRows?: FortnoxRowRecord[];
  [field: string]: unknown;
}

export const rowsOf = (document: FortnoxDocumentRecord, kind: DocumentKind): FortnoxRowRecord[] =>
  document[ROWS_FIELD[kind]] ?? [];

/** Raises Refusal for a head field that Fortnox would not take. */
export function checkHead(kind: DocumentKind, fields: Record<string, unknown>, switches: FortnoxSwitches): void {
  const rules = DOCUMENT_FIELDS[kind];
  const { ExternalInvoiceReference1, ExternalInvoiceReference2 } = DOCUMENT_FIELDS.invoice;
  const limits = kind === 'order' && switches.orderTextLimits === 'as-invoice';
  const strict =
    limits && ExternalInvoiceReference1 && ExternalInvoiceReference2
      ? { ...rules, ExternalInvoiceReference1, ExternalInvoiceReference2 }
      : rules;
  validateFields(strict, fields);
}

/** A new document with what its customer hands down. */
export function emptyHead(kind: DocumentKind, number: string, today: string): FortnoxDocumentRecord {
  const dates = kind === 'order' ? { OrderDate: today } : { InvoiceDate: today };
  return {
    ...emptyRecord(DOCUMENT_FIELDS[kind]),
    ...dates,
    '@url': `https://api.fortnox.se/3/${kind}s/${encodeURIComponent(number)}`,
    DocumentNumber: number,
    CustomerNumber: '',
  };
}

/** Copies the customer onto the document; what the customer leaves empty stays as it is. */
export function takeCustomer(document: FortnoxDocumentRecord, customer: FortnoxCustomerRecord): void {
  document.CustomerNumber = customer.CustomerNumber;
  for (const [own, theirs] of Object.entries(FROM_CUSTOMER)) {
    const value = customer[theirs];
    if (value !== undefined && value !== null && value !== '') document[own] = value;
  }
}

/** Puts fields onto the head as a write does (fortnox.md 8.1); rows and the customer's number are left out. */
export function applyHead(
  kind: DocumentKind,
  document: FortnoxDocumentRecord,
  fields: Record<string, unknown>,
  switches: FortnoxSwitches,
): void {
  const rules = DOCUMENT_FIELDS[kind];
  const fixed = [ROWS_FIELD[kind], 'CustomerNumber', 'DocumentNumber', 'OrderDate', 'InvoiceDate'];
  for (const [name, value] of Object.entries(fields)) {
    const effect = effectOf(value, switches.jsonNull === 'clears');
    const rule = rules[name];
    if (effect === 'leaves' || !rule) continue;
    if (effect === 'clears' && fixed.includes(name)) throw new Refusal(400, 2000588, `${name} får inte vara tomt.`);
    if (name === ROWS_FIELD[kind] || name === 'CustomerNumber' || name === 'DocumentNumber') continue;
    if (effect === 'clears') document[name] = emptyValue(rule);
    else if (rule.type === 'texts') document[name] = { ...(document[name] as object | null), ...(value as object) };
    else document[name] = clone(value);
  }
  const dated = ['InvoiceDate', 'TermsOfPayment', 'CustomerNumber'].some((name) => name in fields);
  if (kind === 'invoice' && (document.DueDate === null || (dated && !fields.DueDate)))
    document.DueDate = daysAfter(String(document.InvoiceDate), Number(document.TermsOfPayment) || 0);
}

/** Reckons the sums from the rows; a paid invoice owes nothing. */
export function reckon(kind: DocumentKind, document: FortnoxDocumentRecord): void {
  const rows = rowsOf(document, kind);
  const money = documentMoney(rows, {
    vatIncluded: document.VATIncluded === true,
    currency: String(document.Currency),
    freight: Number(document.Freight),
    administrationFee: Number(document.AdministrationFee),
  });
  Object.assign(document, money, { HouseWork: rows.some(({ HouseWork }) => HouseWork === true) });
  if (kind === 'invoice') document.Balance = document.FinalPayDate === null ? money.TotalToPay : 0;
}
