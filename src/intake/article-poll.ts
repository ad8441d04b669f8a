import { type Hint, type Pair, PRIORITY, type Tenant } from '../../schemas/records.ts';
import type { Intake } from '../queue/types.ts';
import type { Page, Store } from '../store/port.ts';
import { decimalText } from '../vendors/decimal.ts';
import type { FortnoxArticleRow, FortnoxClient } from '../vendors/fortnox/types.ts';
import { differs, digest, digestOf, type ListedArticle, listedArticle } from './article-list.ts';
import { cursorsOf } from './cursors.ts';

export interface ArticlePollDeps {
  readonly store: Pick<Store, 'cursors' | 'pairs'>;
  readonly intake: Intake;
}

/** Numbers that are kept among the cursors. */
const DIGEST = 'articles:digest';
const SETTINGS = 'articles:settings';
const UNTIL_WHOLE = 'articles:until-whole';
/** A list of several pages is read whole each tenth poll, one of a single page each time. */
const POLLS_BETWEEN = 9;
/** More than this at once waits behind live work. */
const FEW = 50;
const PAIRS_A_PAGE = 200;
/** Fortnox's default price list, the only one whose prices stand in the list of articles (fortnox.md 10). */
const DEFAULT_LIST = 'A';

/**
 * Reads the articles that changed since `from`, and the whole list when its turn has come: a price change raises neither
 * an event nor a modified time (R60). With `from` null every article counts as new (A1). Hints are queued for what is new,
 * differs or is gone. `moveCursor` is called with the vendor's clock after the changes are queued; gives back the count.
 */
export async function pollArticles(
  deps: ArticlePollDeps,
  tenant: Tenant,
  fortnox: FortnoxClient,
  from: number | null,
  moveCursor: (serverDate: number) => void,
): Promise<number> {
  const { cursors } = deps.store;
  let count = 0;

  async function queue(ids: readonly string[]): Promise<void> {
    const priority = ids.length > FEW ? PRIORITY.import : PRIORITY.poll;
    count += ids.length;
    await deps.intake.accept(
      ids.map((id): Hint => ({ tenant: tenant.id, entity: 'article', side: 'fortnox', id, priority })),
    );
  }

  const known = await cursorsOf(deps.store, tenant.id);
  const left = known.get(UNTIL_WHOLE) ?? 0;
  if (from !== null) {
    // Also when the whole list is read: its rows do not show that an article was deactivated (fortnox.md 11).
    const { serverDate } = await fortnox.listArticles(from, PRIORITY.poll, async (rows) => {
      await queue(rows.map((row) => row.ArticleNumber));
      return true;
    });
    moveCursor(serverDate);
    if (left > 0) {
      await cursors.put(tenant.id, UNTIL_WHOLE, left - 1);
      return count;
    }
  }

  const prices = await pricesOf(tenant, fortnox);
  const listed = new Map<string, ListedArticle>();
  let pages = 1;
  const { serverDate } = await fortnox.listArticles(null, PRIORITY.poll, async (rows, page) => {
    pages = page.of;
    for (const row of rows) listed.set(row.ArticleNumber, listedArticle(row, prices.of(row)));
    return true;
  });
  // Digests without a cursor are of a poll that was cut short: what was deactivated since then shows in no list.
  const trusted = (name: string) => (from === null ? null : (known.get(name) ?? null));
  const before = { settings: trusted(SETTINGS), list: trusted(DIGEST) };
  await compare(deps, tenant, { listed, priceList: prices.list, before }, queue);
  const next = pages > 1 ? POLLS_BETWEEN : 0;
  if (next !== left) await cursors.put(tenant.id, UNTIL_WHOLE, next);
  if (from === null) moveCursor(serverDate);
  return count;
}

/** The list that gives the tenant's list prices, null when there is none, and each article's price in it (R60). */
async function pricesOf(
  tenant: Tenant,
  fortnox: FortnoxClient,
): Promise<{ list: string | null; of(row: FortnoxArticleRow): string | null }> {
  const list = tenant.settings.articles.priceList ?? (await preselected(fortnox));
  if (list === DEFAULT_LIST) return { list, of: (row) => decimalText(row.SalesPrice) };
  const prices = list === null ? new Map<string, string>() : await fortnox.listPrices(list, PRIORITY.poll);
  return { list, of: (row) => prices.get(row.ArticleNumber) ?? null };
}

const preselected = async (fortnox: FortnoxClient): Promise<string | null> =>
  (await fortnox.priceLists(PRIORITY.poll)).find((list) => list.preselected)?.code ?? null;

/** The list as it was read just now, and the digests of the one before. */
interface WholeList {
  readonly listed: ReadonlyMap<string, ListedArticle>;
  readonly priceList: string | null;
  readonly before: { readonly settings: number | null; readonly list: number | null };
}

/** Queues what the whole list shows otherwise than the pairs, when anything of it changed since the last time. */
async function compare(
  { store }: ArticlePollDeps,
  tenant: Tenant,
  { listed, priceList, before }: WholeList,
  queue: (ids: readonly string[]) => Promise<void>,
): Promise<void> {
  const { articles, documents } = tenant.settings;
  // Under other settings the same articles make other items.
  const settings = digest(JSON.stringify([articles, priceList, documents.items]));
  const list = digestOf([...listed.values()]);
  if (before.settings === settings && before.list === list) return;

  const stale = new Set(listed.keys());
  const gone: string[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<Pair> = await store.pairs.list(tenant.id, { limit: PAIRS_A_PAGE, entity: 'article', cursor });
    for (const pair of page.items) {
      if (pair.fortnoxId === null) continue;
      const row = listed.get(pair.fortnoxId);
      if (row === undefined) {
        if (pair.state !== 'gone') gone.push(pair.fortnoxId);
      } else if (pair.base !== null && !differs(row, pair.base.fortnox)) {
        stale.delete(pair.fortnoxId);
      }
    }
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  await queue([...(before.settings === settings ? stale : listed.keys()), ...gone]);
  // Only now: a list whose hints were not stored is compared again.
  await store.cursors.put(tenant.id, SETTINGS, settings);
  await store.cursors.put(tenant.id, DIGEST, list);
}
