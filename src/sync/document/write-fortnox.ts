import type { RowPair } from '../../../schemas/delivery.ts';
import type { Image } from '../../../schemas/records.ts';
import type { FortnoxDocument, FortnoxRow } from '../../vendors/fortnox/types.ts';
import type { JobContext } from '../context.ts';
import { readSide } from '../fields.ts';
import type { MergedRow } from '../rows/merge.ts';
import { rowsOf } from './document.ts';
import { documentRecord } from './map.ts';
import type { DocumentDecision, DocumentPlanInput } from './plan.ts';
import type { DocumentRecords } from './records.ts';
import { besideArticle, priceToSend, type RowContext, readRow, writeRow } from './row-map.ts';

/** The document as Fortnox shows it after our write; null when nothing was written. */
export async function writeFortnox(
  { vendors, job }: JobContext,
  { fortnox }: DocumentRecords,
  input: DocumentPlanInput,
  { writes, rows, target }: DocumentDecision,
): Promise<FortnoxDocument | null> {
  const fields = writes.fortnox;
  if (Object.keys(fields).length === 0 && !rows.sendFortnoxRows) return null;
  const number = target === fortnox.kind ? fortnox.document.DocumentNumber : (fortnox.invoice?.DocumentNumber ?? '');
  if (!rows.sendFortnoxRows) return vendors.fortnox.updateDocument(target, number, { fields }, job.priority);
  const lines = new Map(input.lines.map(({ id, row }) => [id, row]));
  const sent = rows.rows.map((row) => {
    const present = row.index === null ? null : (input.vendorRows[row.index] ?? null);
    const changed = writeRow(input.rowContext, row.fortnoxWrite, row.next.webcrm, present);
    const line = lines.get(row.lineId ?? '');
    const beside = present && line && changed.ArticleNumber ? besideArticle(line, present) : {};
    return { rowId: present?.RowId ?? null, fields: { ...beside, ...changed } };
  });
  const answer = await vendors.fortnox.updateDocument(target, number, { fields, rows: sent }, job.priority);
  const again = pricesAnew(rows.rows, input.rowContext, rowsOf(target, answer));
  return again === null
    ? answer
    : vendors.fortnox.updateDocument(target, number, { fields: {}, rows: again }, job.priority);
}

/** The price that a write of the row means to leave there, without VAT; null: it means none. */
const meantPrice = ({ fortnoxWrite: { price, vat, article }, next }: MergedRow): string | null =>
  [price, vat, article].some((written) => written !== undefined) ? next.fortnox.price : null;

/**
 * R45: the rows to send once more, because Fortnox filled in another rate than the one with which a price was reckoned: a line may
 * say nothing of VAT, and which rate a row gets then depends on article and customer. null: all came to stand as meant.
 */
function pricesAnew(
  rows: readonly MergedRow[],
  context: RowContext,
  shown: readonly FortnoxRow[],
): { rowId: number | null; fields: Record<string, string> }[] | null {
  if (!context.vatIncluded || shown.length !== rows.length) return null;
  const again = shown.map((row, at) => {
    const merged = rows[at];
    const price = merged === undefined ? null : meantPrice(merged);
    const wanted = price === null ? null : priceToSend(context, price, { present: row });
    const now = readRow(context, row).price;
    const stands = wanted === null || now === readRow(context, { ...row, Price: wanted }).price;
    return { rowId: row.RowId ?? null, fields: stands ? {} : { Price: wanted } };
  });
  return again.every(({ fields }) => Object.keys(fields).length === 0) ? null : again;
}

/**
 * R1: Fortnox answers with the whole document. Only what we wrote becomes the image: another field that differs from what we
 * read was edited meanwhile, and must be seen as changed at the next plan.
 */
export function headImage(
  { map, kind }: DocumentPlanInput,
  { nextBase, changes, target }: DocumentDecision,
  { fortnox }: DocumentRecords,
  answer: FortnoxDocument | null,
): Image {
  if (answer === null) return nextBase.fortnox;
  const written = target === kind ? { document: answer } : { invoice: answer };
  const shown = readSide(map, 'fortnox', documentRecord({ ...fortnox, ...written }));
  const image: Record<string, string | null> = { ...nextBase.fortnox };
  for (const { field } of changes.fortnox) if (field in image) image[field] = shown[field] ?? null;
  return image;
}

/** The rows with their ids; of those that were sent the fields that we wrote as Fortnox shows them now. */
export function rowImages(
  { kind, rowContext }: DocumentPlanInput,
  { rows, target }: DocumentDecision,
  written: readonly RowPair[],
  answer: FortnoxDocument | null,
): readonly RowPair[] {
  if (answer === null || !rows.sendFortnoxRows || target !== kind) return written;
  const shown = rowsOf(kind, answer);
  return written.map((pair, at) => {
    const row = shown[at];
    const wrote = rows.rows[at]?.fortnoxWrite ?? {};
    if (row === undefined) return pair;
    const now = readRow(rowContext, row);
    // Where prices include VAT, a rate takes its price along.
    const names = rowContext.vatIncluded && 'vat' in wrote ? [...Object.keys(wrote), 'price'] : Object.keys(wrote);
    const fields = names.map((field) => [field, now[field as keyof typeof now]]);
    return { ...pair, fortnox: { ...pair.fortnox, ...Object.fromEntries(fields) } };
  });
}
