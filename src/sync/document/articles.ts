import type { RowPair } from '../../../schemas/delivery.ts';
import type { JobContext } from '../context.ts';
import { NOWHERE } from '../rows/fields.ts';
import type { LineNow } from '../rows/merge.ts';

/**
 * Which articles of the lines Fortnox does not have (R50). Asked only of those that a write would name anew; a document may
 * still show an article that was deleted since. Costs a call for an article that the register does not follow.
 */
export async function unknownArticles(
  { store, tenant, vendors, job }: JobContext,
  pairs: readonly RowPair[] | null,
  lines: readonly LineNow[],
): Promise<ReadonlySet<string>> {
  const before = new Map((pairs ?? []).flatMap((pair) => (pair.lineId === null ? [] : [[pair.lineId, pair] as const])));
  const unknown = new Set<string>();
  const asked = new Set<string>();
  for (const { id, row } of lines) {
    const pair = before.get(id);
    if (row.article === null) continue;
    // A row that was deleted in Fortnox while it was locked says nothing of what Fortnox has.
    if (pair !== undefined && pair.webcrm.article === row.article && pair.fortnox.article !== NOWHERE.article) {
      if (pair.fortnox.article === null) unknown.add(row.article);
    } else asked.add(row.article);
  }
  for (const article of asked) {
    const pair = await store.pairs.bySide(tenant.id, 'article', 'fortnox', article);
    if (pair?.state === 'linked') continue;
    if ((await vendors.fortnox.getArticle(article, job.priority)) === null) unknown.add(article);
  }
  return unknown;
}
