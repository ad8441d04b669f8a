import { fortnoxRow, headFields, isFrozen, type RowFace, reference, rowsOf, webcrmRow } from '../faces.ts';
import type { RecordFields } from '../fields.ts';
import { shown } from '../typed-values.ts';
import { documentOf, documentPairs, isRefused, kindOf } from './documents.ts';
import type { Ending } from './ending.ts';
import { isSelected, type Parties } from './parties.ts';

/** Heads and rows stand alike on both sides, and webCRM shows what Fortnox alone decides. */
export function judgeContents(ending: Ending, parties: Parties): string[] {
  const problems: string[] = [];
  for (const pair of documentPairs(ending)) {
    const kind = kindOf(pair);
    const delivery = ending.deliveries.find((one) => String(one.DeliveryId) === pair.webcrmId);
    const document = pair.fortnoxId === null ? null : documentOf(ending, kind, pair.fortnoxId);
    if (delivery === undefined || document === null || ending.moved.has(Number(delivery.DeliveryId))) continue;
    const organisation = parties.organisationOf(String(document.CustomerNumber));
    if (organisation === null || !isSelected(organisation)) continue;
    if (isRefused(ending, delivery)) continue;
    if (document.VATIncluded === true && ending.settings.documents.vatIncluded === 'refuse') continue;
    const where = `delivery ${pair.webcrmId} / ${kind} ${pair.fortnoxId}`;
    const wrong = [...judgeShown(ending, kind, delivery, document)];
    const { cashFrozen } = ending.settings.documents;
    if (!isFrozen(document, kind, cashFrozen)) {
      wrong.push(...judgeHead(ending, kind, delivery, document), ...judgeCurrency(ending, delivery, document));
      // Of a collective invoice nothing but its making may say so: its rows are locked all the same (fortnox.md 8.4).
      const ofOrders = ending.born.some(
        (it) => it.kind === kind && it.number === pair.fortnoxId && it.orders.length > 0,
      );
      if (kind === 'order' || (!ofOrders && reference(document.OrderReference) === null))
        wrong.push(...judgeRows(ending, kind, delivery, document));
    }
    problems.push(...wrong.map((one) => `${where}: ${one}`));
  }
  return problems;
}

type Kind = ReturnType<typeof kindOf>;

function* judgeShown({ settings, documents }: Ending, kind: Kind, delivery: RecordFields, document: RecordFields) {
  const { fields } = settings.documents;
  const differs = (column: string | undefined, name: string, wanted: string) => {
    if (column === undefined) return [];
    const present = shown('text', delivery[column]);
    return present === wanted ? [] : [`${name} is "${present}" in webCRM, "${wanted}" in Fortnox`];
  };
  if (kind === settings.documentMode)
    yield* differs(fields.number, 'the number', shown('text', document.DocumentNumber));
  const invoiceNumber = kind === 'invoice' ? String(document.DocumentNumber) : reference(document.InvoiceReference);
  const invoice = documents.invoice.find((one) => one.DocumentNumber === invoiceNumber) ?? null;
  if (invoice === null) return;
  yield* differs(fields.invoiceNumber, 'the invoice number', String(invoiceNumber));
  yield* differs(fields.invoiceDate, 'the invoice date', shown('date', invoice.InvoiceDate));
  yield* differs(fields.invoiceBooked, 'booked', invoice.Booked === true ? 'Yes' : 'No');
  if (fields.documentState === undefined) return;
  const credited = String(invoice.Credit) !== 'true' && reference(invoice.CreditInvoiceReference) !== null;
  const told = document.Cancelled === true || invoice.Cancelled === true || credited;
  if (told !== (shown('text', delivery[fields.documentState]) !== ''))
    yield `the state says "${String(delivery[fields.documentState])}"`;
}

function* judgeHead({ settings }: Ending, kind: Kind, delivery: RecordFields, document: RecordFields) {
  for (const field of headFields(settings)) {
    if (!field.of.includes(kind)) continue;
    const sides = {
      webcrm: shown(field.kind, delivery[field.webcrm]),
      fortnox: shown(field.kind, document[field.fortnox]),
    };
    // Fortnox cannot be without an order date.
    if (sides.webcrm !== sides.fortnox)
      yield `${field.name} is "${sides.webcrm}" in webCRM, "${sides.fortnox}" in Fortnox`;
  }
}

/** What the settings do not name is left alone. */
function* judgeCurrency({ settings }: Ending, delivery: RecordFields, document: RecordFields) {
  const { currencies } = settings.documents;
  const shownIn = { webcrm: String(delivery.DeliveryCurrencyName), fortnox: String(document.Currency) };
  const wanted = currencies.find((one) => one.fortnox === shownIn.fortnox)?.webcrm;
  if (wanted === undefined || !currencies.some((one) => one.webcrm === shownIn.webcrm)) return;
  if (shownIn.webcrm !== wanted) yield `the currency is "${shownIn.webcrm}" in webCRM, "${shownIn.fortnox}" in Fortnox`;
}

const told = (row: RowFace): string =>
  row.article === '' && row.price === ''
    ? `text ${row.text}`
    : `${row.article}|${row.text}|${row.quantity} ${row.unit} a ${row.price} -${row.discount}% VAT ${row.vat}`;

function* judgeRows(ending: Ending, kind: Kind, delivery: RecordFields, document: RecordFields) {
  const { settings, articles } = ending;
  const rows = rowsOf(document, kind);
  const lines = ending.lines.get(Number(delivery.DeliveryId)) ?? [];
  if (rows.length !== lines.length) yield `${lines.length} lines in webCRM, ${rows.length} rows in Fortnox`;
  const known = new Set(articles.map((one) => String(one.ArticleNumber)));
  const views = {
    webcrm: lines.map((line) => webcrmRow(line, settings)),
    fortnox: rows.map((row) => fortnoxRow(row, kind, settings)),
  };
  // What one side cannot hold is judged by number only: prices with VAT, discounts of an amount, unknown articles.
  const inexact =
    document.VATIncluded === true ||
    rows.some((row) => row.DiscountType === 'AMOUNT' && shown('discount', row.Discount) !== '') ||
    [...views.webcrm, ...views.fortnox].some(({ article }) => article !== '' && !known.has(article));
  if (inexact) return;
  const [ours, theirs] = [views.webcrm.map(told).sort(), views.fortnox.map(told).sort()];
  if (ours.join('\n') !== theirs.join('\n')) {
    const only = (one: string[], other: string[]) => one.filter((row) => !other.includes(row)).join('; ');
    yield `rows differ: webCRM [${only(ours, theirs)}], Fortnox [${only(theirs, ours)}]`;
  }
}
