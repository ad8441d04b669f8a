import type { Pair } from '../../../schemas/records.ts';
import type { JobContext } from '../context.ts';
import { type FieldLine, readSide } from '../fields.ts';
import { baseShown, intending } from '../intended.ts';
import { askFirst } from '../long-pause.ts';
import { pausedSides } from '../paused.ts';
import { provenPut, whileProving } from '../proven-put.ts';
import { remember } from '../remember.ts';
import { riding } from '../status/ride.ts';
import { unknownArticles } from './articles.ts';
import { type FortnoxSide, frozenOf, kindOf, reference, rowsOf } from './document.ts';
import { hasRefusedDiscount } from './header-discount.ts';
import { documentRecord, ON_INVOICE } from './map.ts';
import { mapFor } from './map-for.ts';
import { customersOf, withAgreed } from './moved.ts';
import { type DocumentDecision, type DocumentPlanInput, planDocument } from './plan.ts';
import { type DocumentRecords, hasVatIncluded, linesNow, rowsNow } from './records.ts';
import { hasLockedRows } from './refused-write.ts';
import { headImage, rowImages, writeFortnox } from './write-fortnox.ts';
import { updatesLines, writeLines, writesLines } from './write-lines.ts';

/**
 * Plans a pair from what was just read, writes what the plan says, stores the new base and the log lines. A crash between a
 * write and the base is harmless: the next plan finds both sides equal, and lines half posted are matched (R22).
 * `customerNumber` is that of the delivery's organisation, null when that is not linked with a customer.
 */
export async function settleDocument(
  context: JobContext,
  pair: Pair,
  records: DocumentRecords,
  customerNumber: string | null,
): Promise<Pair> {
  const input = await planInput(context, pair, records, customerNumber);
  const decision = planDocument(input);
  const asked = await askFirst(context, pair, { ...decision, state: 'linked' });
  if (asked !== null) return asked;
  const kinds = [
    ...(Object.keys(decision.writes.webcrm).length > 0 ? (['delivery'] as const) : []),
    ...(updatesLines(decision.rows) ? (['line'] as const) : []),
  ];
  const { rows } = decision;
  // R22: neither a line nor a row has room for a key, so what is intended of them is stored before the first of them is written.
  const intended = rows.sendFortnoxRows || writesLines(rows) ? { rows: rows.pendingBase } : {};
  return whileProving(context, kinds, () =>
    intending(context, pair, decision, { base: input.base, ...intended }, (stored) =>
      carryOut(context, stored, records, input, decision),
    ),
  );
}

async function planInput(
  context: JobContext,
  pair: Pair,
  records: DocumentRecords,
  customerNumber: string | null,
): Promise<DocumentPlanInput> {
  const { settings } = context.tenant;
  const { fortnox, delivery } = records;
  const { kind, document } = fortnox;
  const map = await mapFor(context, kind, document.DocumentNumber);
  const shown = {
    webcrm: readSide(map, 'webcrm', delivery),
    fortnox: readSide(map, 'fortnox', documentRecord(fortnox)),
  };
  const lines = linesNow(settings.documents, records.lines);
  const vatIncluded = hasVatIncluded(fortnox);
  const documentRows = rowsNow(fortnox, { vatIncluded });
  const unknown = await unknownArticles(context, pair.rows, lines);
  const frozen = frozenOf(fortnox, settings.documents);
  return {
    settings,
    kind,
    map,
    base: baseNow({ ...pair, base: baseShown(pair, shown) }, map, fortnox),
    rows: pair.rows,
    ...shown,
    lines,
    documentRows,
    vendorRows: rowsOf(kind, document),
    rowContext: { kind, settings: settings.documents, vatIncluded, unknownArticles: unknown },
    frozen: { ...frozen, rows: frozen.rows ?? (hasLockedRows(pair) ? 'rows-locked-by-order' : null) },
    articleRefused: unknown.size > 0 && settings.documents.unknownArticle === 'refuse',
    discountRefused: hasRefusedDiscount(settings.documents, delivery),
    paused: pausedSides(context.tenant, 'delivery'),
    customer: customersOf(pair, customerNumber, document.CustomerNumber),
  };
}

/**
 * The base of an order that was just made into an invoice: from now on the head is read from the invoice, and what that did not
 * take over from the order (unproven) is no edit of a person's.
 */
function baseNow(pair: Pair, map: readonly FieldLine[], fortnox: FortnoxSide): Pair['base'] {
  const { kind, invoice } = fortnox;
  if (pair.base === null || kind !== 'order' || invoice === null || pair.invoiceRef === invoice.DocumentNumber)
    return pair.base;
  const order = readSide(map, 'fortnox', documentRecord({ ...fortnox, invoice: null }));
  const shown = readSide(map, 'fortnox', documentRecord(fortnox));
  const image = { ...pair.base.fortnox };
  for (const field of ON_INVOICE)
    if (shown[field] === null && order[field] !== null && field in image) image[field] = null;
  return { ...pair.base, fortnox: image };
}

async function carryOut(
  context: JobContext,
  pair: Pair,
  records: DocumentRecords,
  input: DocumentPlanInput,
  decision: DocumentDecision,
): Promise<Pair> {
  const answer = await writeFortnox(context, records, input, decision);
  const id = String(records.delivery.DeliveryId);
  if (Object.keys(decision.writes.webcrm).length > 0) {
    await provenPut(context, {
      kind: 'delivery',
      id,
      before: records.delivery,
      fields: riding(context, 'delivery', records.delivery, decision.writes.webcrm, { ...decision, state: 'linked' }),
    });
  }
  const written = await writeLines(context, id, records.lines, decision.rows);
  const { document } = records.fortnox;
  const customerNumber = decision.writes.fortnox.CustomerNumber ?? document.CustomerNumber;
  const head = headImage(input, decision, records, answer);
  return remember(context, pair, decision, {
    state: 'linked',
    base: { webcrm: decision.nextBase.webcrm, fortnox: withAgreed(head, input.customer, customerNumber) },
    rows: decision.rowsWait ? pair.rows : rowImages(input, decision, written, answer),
    invoiceRef: kindOf(pair) === 'order' ? reference(document.InvoiceReference) : null,
    customerNumber,
  });
}
