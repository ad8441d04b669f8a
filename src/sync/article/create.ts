import type { CreateIntent, Image, Pair, PairBase } from '../../../schemas/records.ts';
import { SyncError } from '../../errors/sync-error.ts';
import type { WebcrmItem } from '../../vendors/webcrm/types.ts';
import type { JobContext } from '../context.ts';
import { forgetRefusals, journal, journalCreated } from '../journal.ts';
import { baseAfterCreate, fieldsFor } from '../new-record.ts';
import { dataText } from '../normalise.ts';
import type { Reason } from '../reasons.ts';
import { newPair, storePair } from '../stored-pair.ts';
import { articleMap, dataField, emptyData } from './map.ts';
import type { NumberAt } from './register-index.ts';

/** What the register had for an article without an item. */
export type Adopted =
  | { readonly kind: 'adopted'; readonly pair: Pair; readonly item: WebcrmItem }
  | { readonly kind: 'none' }
  /** Several fit: a person decides. */
  | { readonly kind: 'conflict' };

/**
 * Links the article with the item that bears its number, when the register has just one. With an open intent the register is
 * read anew: that item is what an earlier try left (R22).
 */
export async function adoptItem(context: JobContext, existing: Pair | null): Promise<Adopted> {
  const intent = existing?.intent ?? null;
  const items = await itemsOf(context, existing, intent !== null);
  const [item] = items;
  if (item === undefined) return { kind: 'none' };
  const ids = items.map((one) => String(one.QuotationLineLinkedDataItemId));
  if (items.length > 1) {
    await ambiguous(context, existing, ids);
    return { kind: 'conflict' };
  }
  const made = intent === null ? null : { sent: intent.sent, reason: 'recovered' as const };
  return { kind: 'adopted', pair: await link(context, existing, ids[0] as string, made), item };
}

/** Makes the article's item once and links the two (R22). Raises `vendor-answer-unreadable` when webCRM does not show it. */
export async function createItem(context: JobContext, existing: Pair | null, article: Image): Promise<Pair> {
  const { vendors, job, register, tenant } = context;
  const pair = await openIntent(context, existing, article);
  const fields = { ...emptyData(), ...fieldsFor(articleMap(tenant.settings), 'webcrm', article) };
  const id = (await vendors.webcrm.createItem(fields, job.priority)) ?? (await idAfterCreate(context, pair));
  register.add(tenant.id, numberAt(context), id);
  return link(context, pair, id, { sent: article, reason: 'created-in-webcrm' });
}

/** webCRM may answer a POST with nothing (webcrm.md 7). */
async function idAfterCreate(context: JobContext, pair: Pair): Promise<string> {
  const [item, ...more] = await itemsOf(context, pair, true);
  if (item === undefined || more.length > 0) {
    throw new SyncError(
      'vendor-answer-unreadable',
      `webCRM took the item of article ${context.job.id} but does not show it alone; it is looked for again.`,
    );
  }
  return String(item.QuotationLineLinkedDataItemId);
}

const numberAt = ({ job, tenant }: JobContext): NumberAt => ({
  column: dataField(tenant.settings.documents.items.number),
  number: job.id,
});

/** The items that bear the number now and belong to no other pair. The index may be old, so each is read. */
async function itemsOf(context: JobContext, own: Pair | null, fresh: boolean): Promise<WebcrmItem[]> {
  const { vendors, job, register, tenant, store } = context;
  const where = numberAt(context);
  const found: WebcrmItem[] = [];
  for (const id of await register.find(tenant.id, where, () => vendors.webcrm.listItems(job.priority), fresh)) {
    const owner = await store.pairs.bySide(tenant.id, 'article', 'webcrm', id);
    if (owner !== null && owner.id !== own?.id) continue;
    const item = await vendors.webcrm.getItem(id, job.priority);
    if (item !== null && dataText(item[where.column]) === where.number) found.push(item);
  }
  return found;
}

const newArticlePair = (context: JobContext): Pair =>
  newPair(context, { entity: 'article', fortnoxKind: 'article', webcrmId: null, fortnoxId: context.job.id });

function openIntent(context: JobContext, existing: Pair | null, sent: Image): Promise<Pair> {
  const { runtime, job } = context;
  const intent: CreateIntent = {
    side: 'webcrm',
    key: job.id,
    name: sent.name ?? '',
    customerNumber: null,
    sent,
    rows: null,
    at: runtime.now(),
  };
  const pair = existing ?? newArticlePair(context);
  return storePair(context, existing, { ...pair, state: 'creating', intent, base: null, candidates: [], reason: null });
}

/** Stores the id. `made`: the item is of our making, from what was sent; null: it was there before. */
async function link(
  context: JobContext,
  existing: Pair | null,
  webcrmId: string,
  made: { readonly sent: Image; readonly reason: Reason } | null,
): Promise<Pair> {
  const reason = made?.reason ?? 'linked-by-number';
  const linked = await storePair(context, existing, {
    ...(existing ?? newArticlePair(context)),
    webcrmId,
    state: 'linked',
    intent: null,
    base: made && baseOf(context, made.sent),
    candidates: [],
    reason,
  });
  if (made !== null) {
    await journalCreated(context, linked, 'webcrm', made.sent, [reason]);
  } else {
    await forgetRefusals(context, linked);
    await journal(context, { action: 'linked', reasons: [reason], pair: linked });
  }
  return linked;
}

function baseOf({ tenant }: JobContext, sent: Image): PairBase {
  const base = baseAfterCreate(articleMap(tenant.settings), 'fortnox', sent, null);
  // Also what webCRM does not keep: articles are compared as a whole.
  return { ...base, fortnox: sent };
}

/** R20: several items bear the number. */
async function ambiguous(context: JobContext, existing: Pair | null, candidates: readonly string[]): Promise<void> {
  const reason = 'match-ambiguous';
  const same = existing?.state === 'conflict' && existing.candidates.join() === candidates.join();
  if (same) return;
  // A pair that is gone has to be begun anew before it can be in conflict (PAIR_MOVES).
  const begun =
    existing?.state === 'gone' ? await storePair(context, existing, { ...existing, state: 'creating' }) : existing;
  const pair = await storePair(context, begun, {
    ...(begun ?? newArticlePair(context)),
    state: 'conflict',
    intent: null,
    candidates,
    reason,
  });
  await journal(context, { action: 'conflict', reasons: [reason], pair });
}
