import { decimalText } from '../decimal.ts';
import { field, segment } from '../http.ts';
import { type FortnoxCalls, unreadable } from './calls.ts';
import { fortnoxError, NOT_FOUND } from './errors.ts';
import { changedSince } from './stockholm-time.ts';
import type { FortnoxArticle, FortnoxArticleRow, FortnoxClient, FortnoxPriceRow } from './types.ts';

const PATH = '/3/articles';
const PRICES = '/3/prices';
const PRICE_ROUTE = '/3/prices/{list}/{number}';

/** The articles of a company and their prices, only read; promises stand in types.ts. */
export function createArticles(
  calls: FortnoxCalls,
): Pick<FortnoxClient, 'getArticle' | 'listArticles' | 'getPrice' | 'listPrices' | 'priceLists'> {
  return {
    getArticle: async (number, priority) =>
      calls.find<FortnoxArticle>(
        { path: `${PATH}/${segment(number)}`, route: `${PATH}/{number}`, priority },
        { key: 'Article', numberField: 'ArticleNumber', number },
        NOT_FOUND.article,
      ),
    listArticles: (since, priority, onPage) =>
      calls.pages<FortnoxArticleRow>(
        { path: PATH, key: 'Articles', numberField: 'ArticleNumber', query: changedSince(since) },
        priority,
        onPage,
      ),
    async getPrice(priceList, article, priority) {
      const path = `/3/prices/${segment(priceList)}/${segment(article)}`;
      const answer = await calls.exchange({ method: 'GET', path, route: PRICE_ROUTE, priority });
      // No code is known for a price that is missing (fortnox.md 4).
      if (answer.status === 404) return null;
      if (answer.status >= 400) throw fortnoxError(`GET ${PRICE_ROUTE}`, answer);
      const price = field(field(answer.json, 'Price'), 'Price');
      if (price === undefined) throw unreadable(PRICE_ROUTE);
      return decimalText(price);
    },
    async listPrices(priceList, priority) {
      const found = new Map<string, string>();
      // Neither a filter by price list nor one by quantity is known (fortnox.md 7).
      const list = { path: PRICES, key: 'Prices', numberField: 'ArticleNumber', query: {} };
      await calls.pages<FortnoxPriceRow>(list, priority, async (rows) => {
        for (const row of rows) {
          const price = decimalText(row.Price);
          if (row.PriceList !== priceList || price === null || decimalText(row.FromQuantity) !== '0') continue;
          found.set(row.ArticleNumber, price);
        }
      });
      return found;
    },
    async priceLists(priority) {
      const found: { code: string; preselected: boolean }[] = [];
      const list = { path: '/3/pricelists', key: 'PriceLists', numberField: 'Code', query: {} };
      await calls.pages<{ Code: unknown; PreSelected?: unknown }>(list, priority, async (rows) => {
        for (const row of rows) found.push({ code: String(row.Code), preselected: row.PreSelected === true });
      });
      return found;
    },
  };
}
