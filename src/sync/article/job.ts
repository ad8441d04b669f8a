import type { Image, Pair } from '../../../schemas/records.ts';
import type { JobOutcome } from '../../queue/types.ts';
import type { FortnoxArticle } from '../../vendors/fortnox/types.ts';
import type { WebcrmItem } from '../../vendors/webcrm/types.ts';
import type { JobContext } from '../context.ts';
import { journal } from '../journal.ts';
import { dataText } from '../normalise.ts';
import { DONE } from '../outcome.ts';
import { move } from '../pair-state.ts';
import { refuse } from '../refuse.ts';
import { remember } from '../remember.ts';
import { adoptItem, createItem } from './create.ts';
import { inactiveArticle } from './inactive.ts';
import { articleImage, articleMap, dataField } from './map.ts';
import { settleItem } from './write.ts';

/** Brings webCRM's product register in step with one article of Fortnox: one way (A1, A2, R60). */
export async function articleJob(context: JobContext, pair: Pair | null): Promise<JobOutcome> {
  const { vendors, job, tenant } = context;
  if (pair?.state === 'detached') return DONE;
  if (!tenant.settings.articles.follow) return notFollowed(context, pair);
  if (job.side === 'webcrm') return passOn(context, pair);

  const article = await vendors.fortnox.getArticle(job.id, job.priority);
  const image = article === null ? null : await imageOf(context, article);
  const active = image !== null && article?.Active !== false;
  if (!pair?.intent) return active ? activeArticle(context, pair, image) : inactiveArticle(context, pair, image);
  // A create whose answer was lost is found again first, whatever became of the article since (R22).
  const adopted = await adoptItem(context, pair);
  if (adopted.kind === 'conflict') return DONE;
  if (!active) return inactiveArticle(context, adopted.kind === 'adopted' ? adopted.pair : pair, image);
  if (adopted.kind === 'adopted') return followArticle(context, adopted.pair, adopted.item, image);
  await createItem(context, pair, image);
  return DONE;
}

async function activeArticle(context: JobContext, pair: Pair | null, article: Image): Promise<JobOutcome> {
  const { vendors, job } = context;
  let known = pair;
  if (known?.webcrmId) {
    const item = await vendors.webcrm.getItem(known.webcrmId, job.priority);
    if (item !== null) return followArticle(context, known, item, article);
    known = await itemGone(context, known);
  }
  const adopted = await adoptItem(context, known);
  if (adopted.kind === 'conflict') return DONE;
  if (adopted.kind === 'adopted') return followArticle(context, adopted.pair, adopted.item, article);
  await createItem(context, known, article);
  return DONE;
}

function followArticle(context: JobContext, pair: Pair, item: WebcrmItem, article: Image): Promise<JobOutcome> {
  const map = articleMap(context.tenant.settings);
  return settleItem(context, pair, item, { article, map, marked: false, state: 'linked', standing: null });
}

/** The article with its price in the tenant's list, or in the one that Fortnox preselects. */
async function imageOf({ vendors, job, tenant, register }: JobContext, article: FortnoxArticle): Promise<Image> {
  const { fortnox } = vendors;
  const list =
    tenant.settings.articles.priceList ??
    (await register.preselectedPriceList(tenant.id, () => fortnox.priceLists(job.priority)));
  const price = list === null ? null : await fortnox.getPrice(list, article.ArticleNumber, job.priority);
  return articleImage(article, price);
}

/** R60: an item that was deleted by hand is made anew; the pair lets go of it first. */
async function itemGone(context: JobContext, pair: Pair): Promise<Pair> {
  const { store, runtime } = context;
  const gone = await store.pairs.replace({
    ...pair,
    state: move(pair, 'gone'),
    webcrmId: null,
    base: null,
    reason: 'gone-in-webcrm',
    updatedAt: runtime.now(),
  });
  const told = { ...gone, webcrmId: pair.webcrmId };
  await journal(context, { action: 'not-written', reasons: ['gone-in-webcrm'], pair: told });
  return gone;
}

async function notFollowed(context: JobContext, pair: Pair | null): Promise<JobOutcome> {
  const reason = 'articles-not-followed';
  if (pair === null) return refuse(context, reason);
  await remember(context, pair, { changes: { webcrm: [], fortnox: [] }, reasons: [reason] }, { state: pair.state });
  return DONE;
}

/** Somebody asks for an item: its article decides. */
async function passOn(context: JobContext, pair: Pair | null): Promise<JobOutcome> {
  const { vendors, job, tenant, hint } = context;
  const { priority } = job;
  let number = pair?.fortnoxId ?? null;
  if (number === null) {
    const item = await vendors.webcrm.getItem(job.id, priority);
    number = dataText(item?.[dataField(tenant.settings.documents.items.number)]);
  }
  if (number !== null) await hint([{ tenant: tenant.id, entity: 'article', side: 'fortnox', id: number, priority }]);
  return DONE;
}
