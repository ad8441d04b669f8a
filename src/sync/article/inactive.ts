import type { Activity, FieldChange, Image, Pair } from '../../../schemas/records.ts';
import type { JobOutcome } from '../../queue/types.ts';
import type { WebcrmItem } from '../../vendors/webcrm/types.ts';
import type { JobContext } from '../context.ts';
import { readSide } from '../fields.ts';
import { journal } from '../journal.ts';
import { dataText, text } from '../normalise.ts';
import { busy, DONE } from '../outcome.ts';
import { move } from '../pair-state.ts';
import { refuse } from '../refuse.ts';
import { holdItem } from './item-link.ts';
import { articleMap, dataField } from './map.ts';
import { settleItem } from './write.ts';

const REASON = 'article-inactive';

/**
 * R60: the article was deactivated or, with `article` null, deleted. Its item is kept, marked or removed as the settings say;
 * one without an item gets none. A deleted article's pair is gone, so that nobody takes the article for one that exists.
 */
export async function inactiveArticle(
  context: JobContext,
  pair: Pair | null,
  article: Image | null,
): Promise<JobOutcome> {
  const { vendors, job, tenant } = context;
  if (pair === null) return refuse(context, REASON);
  const item = pair.webcrmId === null ? null : await vendors.webcrm.getItem(pair.webcrmId, job.priority);
  if (item === null) return end(context, pair, article, null);
  const { inactive } = tenant.settings.articles;
  if (inactive === 'remove') return remove(context, pair, article, item);
  return settleItem(context, pair, item, {
    article: article ?? pair.base?.fortnox ?? {},
    // Of a deleted article there is nothing left to follow.
    map: article === null ? [] : articleMap(tenant.settings),
    marked: inactive === 'mark',
    state: article === null ? 'gone' : 'linked',
    standing: REASON,
  });
}

/** The item goes, once no line is being linked to it. */
async function remove(context: JobContext, pair: Pair, article: Image | null, item: WebcrmItem): Promise<JobOutcome> {
  const release = holdItem(context, pair.fortnoxId ?? context.job.id);
  if (release === null) return busy('a line is being linked to the item');
  try {
    return await removeHeld(context, pair, article, item);
  } finally {
    release();
  }
}

async function removeHeld(
  context: JobContext,
  pair: Pair,
  article: Image | null,
  item: WebcrmItem,
): Promise<JobOutcome> {
  const { vendors, job, tenant, store, runtime } = context;
  const lost = foreignValues(context, item);
  // Before the delete, after which nobody could tell.
  if (lost.length > 0) await journal(context, { action: 'conflict', lost, reasons: [REASON], pair });
  // Also before it: should its answer be lost, nobody links a line to an item that may be there no more.
  const going = await store.pairs.replace({
    ...pair,
    state: move(pair, 'gone'),
    reason: REASON,
    updatedAt: runtime.now(),
  });
  await vendors.webcrm.deleteItem(String(item.QuotationLineLinkedDataItemId), job.priority);
  const shown = Object.entries(readSide(articleMap(tenant.settings), 'webcrm', item));
  const changes = shown.flatMap(([field, before]) => (before === null ? [] : [{ field, before, after: null }]));
  return end(context, going, article, changes);
}

/** What an item holds that does not come from its article. */
function foreignValues({ tenant }: JobContext, item: WebcrmItem): Activity['lost'] {
  const { number, name, unit } = tenant.settings.documents.items;
  const ours = new Set([
    ...[number, name, ...(unit === null ? [] : [unit])].map(dataField),
    ...['Id', 'Price', 'CostPrice', 'EntityType'].map((field) => `QuotationLineLinkedDataItem${field}`),
  ]);
  return Object.entries(item).flatMap(([field, value]) => {
    const before = ours.has(field) ? null : field.includes('Data') ? dataText(value) : text(value);
    return before === null ? [] : [{ side: 'webcrm' as const, field, before, after: null }];
  });
}

/** The pair has no item any more. `removed` is what its item held when we deleted it. */
async function end(
  context: JobContext,
  pair: Pair,
  article: Image | null,
  removed: readonly FieldChange[] | null,
): Promise<JobOutcome> {
  const { store, runtime } = context;
  // The image is kept: an article that still shows in lists is compared with it.
  const base = article === null ? pair.base : { webcrm: {}, fortnox: article };
  const isKnown = pair.state === 'gone' && pair.reason === REASON && pair.webcrmId === null;
  if (isKnown && JSON.stringify(pair.base) === JSON.stringify(base)) return DONE;
  const gone = await store.pairs.replace({
    ...pair,
    state: move(pair, 'gone'),
    webcrmId: null,
    intent: null,
    base,
    candidates: [],
    reason: REASON,
    updatedAt: runtime.now(),
  });
  if (isKnown) return DONE;
  const line = { reasons: [REASON], pair: { ...gone, webcrmId: pair.webcrmId } } as const;
  await journal(
    context,
    removed === null
      ? { action: 'not-written', ...line }
      : { action: 'updated', target: 'webcrm', changes: removed, ...line },
  );
  return DONE;
}
