import type { Row, RowPair } from '../../../schemas/delivery.ts';
import type { Pair } from '../../../schemas/records.ts';
import type { DocumentSettings } from '../../../schemas/settings.ts';
import type { DocumentKind, FortnoxDocument } from '../../vendors/fortnox/types.ts';
import type { WebcrmDelivery, WebcrmLine, WebcrmOrganisation } from '../../vendors/webcrm/types.ts';
import type { JobContext } from '../context.ts';
import type { LineNow } from '../rows/merge.ts';
import { type FortnoxSide, reference, rowsOf } from './document.ts';
import { type RowContext, readLine, readRow } from './row-map.ts';

/** webCRM's half as just read. */
export interface WebcrmSide {
  readonly delivery: WebcrmDelivery;
  readonly lines: readonly WebcrmLine[];
}

/** Everything that a decision on a document rests on, as just read. */
export interface DocumentRecords extends WebcrmSide {
  readonly organisation: WebcrmOrganisation;
  readonly fortnox: FortnoxSide;
}

export async function readWebcrm({ vendors, job }: JobContext, id: string): Promise<WebcrmSide | null> {
  const [delivery, lines] = await Promise.all([
    vendors.webcrm.getDelivery(id, job.priority),
    vendors.webcrm.linesOf(id, job.priority),
  ]);
  return delivery === null || lines === null ? null : { delivery, lines };
}

/** The document, and the invoice that an order was made into (R40). null: the document no longer exists. */
export async function readFortnox(context: JobContext, kind: DocumentKind, id: string): Promise<FortnoxSide | null> {
  const document = await context.vendors.fortnox.getDocument(kind, id, context.job.priority);
  return document === null ? null : withInvoice(context, kind, document);
}

export async function withInvoice(
  { vendors, job, store, tenant }: JobContext,
  kind: DocumentKind,
  document: FortnoxDocument,
): Promise<FortnoxSide> {
  if (kind === 'invoice') return { kind, document, invoice: document, shared: false };
  const number = reference(document.InvoiceReference);
  if (number === null) return { kind, document, invoice: null, shared: false };
  const [invoice, pairs] = await Promise.all([
    vendors.fortnox.getDocument('invoice', number, job.priority),
    store.pairs.byInvoice(tenant.id, number),
  ]);
  const withPair = pairs.some((pair) => pair.fortnoxId !== document.DocumentNumber);
  return { kind, document, invoice, shared: withPair || namesAnother(invoice, document.DocumentNumber) };
}

/**
 * An order without a pair shares the invoice as well (R40). One made of a single order names it, and that cannot be edited; a
 * collective one may name none of its orders (unproven). Rows tell nothing: Fortnox's own screens add and remove them.
 */
const namesAnother = (invoice: FortnoxDocument | null, order: string): boolean =>
  invoice !== null && reference(invoice.OrderReference) !== order;

export const organisationIdOf = (delivery: WebcrmDelivery): string | null =>
  delivery.DeliveryOrganisationId ? String(delivery.DeliveryOrganisationId) : null;

export const linesNow = (settings: DocumentSettings, lines: readonly WebcrmLine[]): LineNow[] =>
  lines.map((line) => ({
    id: String(line.QuotationLineId),
    sort: line.QuotationLineSortOrder ?? 0,
    row: readLine(settings, line),
  }));

export const rowsNow = ({ kind, document }: FortnoxSide, rows: Pick<RowContext, 'vatIncluded'>): Row[] =>
  rowsOf(kind, document).map((row) => readRow({ kind, ...rows }, row));

export const hasVatIncluded = ({ document }: FortnoxSide): boolean => document.VATIncluded === true;

const sameRow = (a: Row, b: Row): boolean =>
  JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());

/** The lines are as their images show them, in their order. */
export const linesShow = (rows: Pair['rows'], lines: readonly LineNow[]): boolean =>
  rows !== null &&
  rows.length === lines.length &&
  lines.every((line, at) => isLine(rows[at], line) && rows[at]?.sort === line.sort);

const isLine = (pair: RowPair | undefined, line: LineNow): boolean =>
  pair !== undefined && pair.lineId === line.id && sameRow(pair.webcrm, line.row);

/** Fortnox's rows are as their images show them, in their order. */
export const rowsShow = (rows: Pair['rows'], present: readonly Row[]): boolean =>
  rows !== null &&
  rows.length === present.length &&
  present.every((row, at) => {
    const image = rows[at]?.fortnox;
    return image !== undefined && sameRow(image, row);
  });
