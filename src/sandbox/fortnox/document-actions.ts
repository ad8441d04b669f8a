import { localDate } from './calendar.ts';
import { DOCUMENT_FIELDS } from './document-fields.ts';
import type { FortnoxDocumentRecord } from './document-head.ts';
import type { Documents } from './documents.ts';
import type { Events } from './events.ts';
import { Refusal } from './refusal.ts';
import { type FortnoxRowRecord, ROW_FIELDS } from './row-fields.ts';
import type { FortnoxSwitches } from './switches.ts';
import { negated } from './totals.ts';

const refuse = (why: string): never => {
  throw new Refusal(400, 2000588, why);
};
const REFERENCES = ['ExternalInvoiceReference1', 'ExternalInvoiceReference2'];
/** Fields that belong to the one document and go into none that is made from it. */
const OWN = [
  ...REFERENCES,
  '@url',
  'DocumentNumber',
  'DeliveryDate',
  'Remarks',
  'Comments',
  'PrintTemplate',
  'Labels',
  'InvoiceDate',
  'DueDate',
  'OutboundDate',
  'EmailInformation',
  'NotCompleted',
  'InvoiceRows',
];

/** The writable head fields of a document that an invoice has as well. */
function handedDown(
  source: FortnoxDocumentRecord,
  also: readonly string[],
): Record<string, unknown> & { CustomerNumber: string } {
  const rules = Object.entries(DOCUMENT_FIELDS.invoice);
  const names = rules.filter(([name, rule]) => also.includes(name) || !(rule.readOnly || OWN.includes(name)));
  const copied = names.filter(([name]) => name in source).map(([name]) => [name, source[name]]);
  return { ...Object.fromEntries(copied), CustomerNumber: source.CustomerNumber };
}

function asInvoiceRow(row: FortnoxRowRecord): FortnoxRowRecord {
  const kept = Object.keys(ROW_FIELDS.invoice).map((name) => [name, row[name] ?? null]);
  return { ...(Object.fromEntries(kept) as FortnoxRowRecord), RowId: 0 };
}

/** What people do with whole documents in Fortnox's own screens (fortnox.md 7). All raise Refusal. */
export function createDocumentActions(deps: {
  now: () => number;
  documents: Documents;
  events: Events;
  switches: FortnoxSwitches;
}) {
  const { documents, events, switches } = deps;
  let lastPayment = 0;
  let lastVoucher = 0;

  function invoiceThat(number: string): FortnoxDocumentRecord {
    const invoice = documents.peek('invoice', number);
    if (invoice.Cancelled === true) refuse('Dokumentet är makulerat.');
    return invoice;
  }
  function voucher(): Record<string, unknown> {
    lastVoucher += 1;
    const year = Number(localDate(deps.now()).slice(0, 4));
    return { Booked: true, VoucherNumber: lastVoucher, VoucherSeries: 'B', VoucherYear: year };
  }

  return {
    cancelOrder(number: string): void {
      const order = documents.peek('order', number);
      if (order.Cancelled === true) refuse('Dokumentet är makulerat.');
      if (order.InvoiceReference !== '0') refuse('Ordern är redan fakturerad.');
      documents.set('order', number, { Cancelled: true });
      events.send('order', 'cancelled', number, 'person');
    },
    cancelInvoice(number: string): void {
      invoiceThat(number);
      documents.set('invoice', number, { Cancelled: true });
      events.send('invoice', 'cancelled', number, 'person');
    },
    bookInvoice(number: string): void {
      const invoice = invoiceThat(number);
      if (invoice.Booked === true) refuse('Fakturan är bokförd.');
      for (const row of invoice.InvoiceRows ?? [])
        if (Number(row.DeliveredQuantity) > 0 && !row.Description && !row.ArticleNumber)
          throw new Refusal(400, 2003977, 'En rad saknar benämning och artikel.');
      documents.set('invoice', number, voucher());
      events.send('invoice', 'booked', number, 'person');
    },
    sendInvoice(number: string): void {
      invoiceThat(number);
      documents.set('invoice', number, { Sent: true });
      events.send('invoice', 'updated', number, 'person');
    },
    /** Pays all of it. The cash method books with the payment, the other before it. */
    payInvoice(number: string): void {
      const invoice = invoiceThat(number);
      const cash = invoice.AccountingMethod === 'CASH';
      if (invoice.FinalPayDate !== null) refuse('Fakturan är redan betald.');
      if (!cash && invoice.Booked !== true) refuse('Fakturan är inte bokförd.');
      documents.set('invoice', number, { FinalPayDate: localDate(deps.now()) });
      lastPayment += 1;
      events.send('payment', 'booked', String(lastPayment), 'person');
    },
    /** Makes the credit invoice of a booked one; both refer to each other. Its number. */
    creditInvoice(number: string): string {
      const invoice = invoiceThat(number);
      if (invoice.Booked !== true) refuse('Endast bokförda fakturor kan krediteras.');
      if (invoice.Credit === 'true' || invoice.CreditInvoiceReference !== '0') refuse('Fakturan är redan krediterad.');
      const head = handedDown(invoice, switches.creditCopiesReference ? REFERENCES : []);
      const rows = (invoice.InvoiceRows ?? []).map((row) => ({
        ...row,
        DeliveredQuantity: negated(row.DeliveredQuantity),
        Discount: row.DiscountType === 'AMOUNT' ? Number(negated(row.Discount)) : row.Discount,
      }));
      const made = documents.add('invoice', { ...head, Credit: 'true', CreditInvoiceReference: number }, rows, false);
      documents.set('invoice', number, { CreditInvoiceReference: made });
      events.send('invoice', 'created', made, 'person');
      events.send('invoice', 'updated', number, 'person');
      return made;
    },
    /** One invoice for the delivered quantities of one or more orders of a customer. Its number. */
    invoiceOrders(numbers: readonly string[]): string {
      const orders = [...new Set(numbers)].map((number) => documents.peek('order', number));
      const [first, ...others] = orders;
      if (!first) throw new Refusal(400, 2000588, 'Ingen order angavs.');
      if (others.some(({ CustomerNumber }) => CustomerNumber !== first.CustomerNumber))
        refuse('Ordrarna har olika kunder.');
      for (const order of orders) {
        if (order.Cancelled === true) refuse('Dokumentet är makulerat.');
        if (order.InvoiceReference !== '0') refuse('Ordern är redan fakturerad.');
      }
      const head = handedDown(first, [
        ...(switches.createinvoiceCopiesReference ? REFERENCES : []),
        ...(switches.createinvoiceCopiesDeliveryDate ? ['DeliveryDate'] : []),
        ...(first.CopyRemarks === true ? ['Remarks'] : []),
      ]);
      const refers = others.length === 0 || switches.collectiveOrderReference === 'first';
      const rows = orders.flatMap(({ OrderRows = [] }) => OrderRows.map(asInvoiceRow));
      const reference = { OrderReference: refers ? first.DocumentNumber : '0' };
      const made = documents.add('invoice', { ...head, ...reference }, rows, true);
      for (const { DocumentNumber } of orders) documents.set('order', DocumentNumber, { InvoiceReference: made });
      events.send('invoice', 'created', made, 'person');
      for (const { DocumentNumber } of orders) events.send('order', 'updated', DocumentNumber, 'person');
      return made;
    },
    reset(): void {
      lastPayment = 0;
      lastVoucher = 0;
    },
  };
}
