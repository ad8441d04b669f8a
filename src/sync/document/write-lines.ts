import type { RowPair } from '../../../schemas/delivery.ts';
import { isSyncError, SyncError } from '../../errors/sync-error.ts';
import type { WebcrmLine } from '../../vendors/webcrm/types.ts';
import { withItem } from '../article/item-link.ts';
import type { JobContext } from '../context.ts';
import { provenPut } from '../proven-put.ts';
import type { MergedRow, RowsDecision } from '../rows/merge.ts';
import { writeLine } from './row-map.ts';

/** Whether lines that exist are to be updated: that asks for the proof of partial PUT (R3). */
export const updatesLines = ({ rows }: RowsDecision): boolean =>
  rows.some((row) => row.lineId !== null && (row.webcrmWrite !== null || row.sortWrite !== null));

export const writesLines = (decision: RowsDecision): boolean =>
  updatesLines(decision) || decision.deleteLines.length > 0 || decision.rows.some((row) => row.lineId === null);

/**
 * Writes a delivery's lines as decided and gives the rows back with the ids of those that were posted. From the last to the
 * first, so that a crash half-way leaves those that are there in their order.
 */
export async function writeLines(
  context: JobContext,
  deliveryId: string,
  lines: readonly WebcrmLine[],
  decision: RowsDecision,
): Promise<RowPair[]> {
  const { vendors, job } = context;
  const present = new Map(lines.map((line) => [String(line.QuotationLineId), line]));
  const ids = new Map<MergedRow, string | null>();
  for (const row of decision.rows.toReversed()) {
    const line = row.lineId === null ? null : present.get(row.lineId);
    ids.set(row, row.lineId);
    if (row.lineId === null) ids.set(row, await postLine(context, deliveryId, row));
    else if (line !== undefined && line !== null) await updateLine(context, row, row.lineId, line);
  }
  for (const id of decision.deleteLines) await vendors.webcrm.deleteLine(id, job.priority);
  return decision.rows.map((row) => ({ ...row.next, lineId: ids.get(row) ?? row.next.lineId }));
}

async function updateLine(context: JobContext, row: MergedRow, id: string, before: WebcrmLine): Promise<void> {
  const { tenant } = context;
  if (row.webcrmWrite === null && row.sortWrite === null) return;
  const fields = writeLine(tenant.settings.documents, row.webcrmWrite ?? {}, row.next.webcrm);
  if (row.sortWrite !== null) fields.QuotationLineSortOrder = String(row.sortWrite);
  await provenPut(context, { kind: 'line', id, before, fields });
}

async function postLine(context: JobContext, deliveryId: string, row: MergedRow): Promise<string> {
  const { vendors, job, tenant } = context;
  const fields = {
    ...writeLine(tenant.settings.documents, row.webcrmWrite ?? {}, row.next.webcrm),
    QuotationLineSortOrder: String(row.sort),
  };
  const id = await withItem(context, row.next.webcrm.article, post);
  if (id !== null) return id;
  throw new SyncError(
    'vendor-answer-unreadable',
    `webCRM took a line of delivery ${deliveryId} without naming its id; the lines are read again.`,
  );

  /** With the link to the register, which webCRM needs where lines are linked (webcrm.md 8.4). */
  async function post(link: string | null): Promise<string | null> {
    try {
      const linked = link === null ? fields : { ...fields, QuotationLineLinkedDataId: link };
      return await vendors.webcrm.createLine(deliveryId, linked, job.priority);
    } catch (error) {
      const refused = isSyncError(error) && error.code === 'vendor-refused';
      if (!refused || link === null || (await vendors.webcrm.getItem(link, job.priority)) !== null) throw error;
      // The item was deleted by hand, which raises nothing: the article's own job makes it anew (R60).
      await hintArticle(context, row.next.webcrm.article);
      return post(null);
    }
  }
}

async function hintArticle({ hint, tenant, job }: JobContext, article: string | null): Promise<void> {
  if (article === null) return;
  await hint([{ tenant: tenant.id, entity: 'article', side: 'fortnox', id: article, priority: job.priority }]);
}
