import { DEFAULT_PRICE_LIST, PRICE_LISTS } from './fields.ts';
import { Refusal } from './refusal.ts';

/** A row of prices as Fortnox answers it. */
export interface FortnoxPriceRecord {
  '@url': string;
  ArticleNumber: string;
  Date: string;
  FromQuantity: number;
  Percent: number;
  Price: number;
  PriceList: string;
}

/** Prices of articles by list, each from quantity 0; the numbers are what was typed, never reckoned with. */
export function createPrices(deps: { now: () => number }) {
  const byList = new Map<string, Map<string, { record: FortnoxPriceRecord; modifiedAt: number }>>();

  const listOf = (priceList: string) => {
    const known = byList.get(priceList) ?? new Map<string, { record: FortnoxPriceRecord; modifiedAt: number }>();
    byList.set(priceList, known);
    return known;
  };
  const get = (article: string, priceList: string): number | null =>
    byList.get(priceList)?.get(article)?.record.Price ?? null;

  return {
    /** Raises Refusal for a list that does not exist or a price that is no number. */
    set(article: string, price: number, priceList: string = DEFAULT_PRICE_LIST): void {
      if (!PRICE_LISTS.some((code) => code === priceList))
        throw new Refusal(400, 2000588, `Prislistan finns inte: ${priceList}`);
      if (!Number.isFinite(price)) throw new Refusal(400, 2000108, 'Priset är inget tal.');
      const at = deps.now();
      const path = [priceList, article, '0'].map(encodeURIComponent).join('/');
      listOf(priceList).set(article, {
        modifiedAt: at,
        record: {
          '@url': `https://api.fortnox.se/3/prices/${path}`,
          ArticleNumber: article,
          Date: new Date(at).toISOString(),
          FromQuantity: 0,
          Percent: 0,
          Price: price,
          PriceList: priceList,
        },
      });
    },
    /** null when the list has none. */
    get,
    /** Raises Refusal (404) when the list has none from that quantity on. */
    one(priceList: string, article: string, fromQuantity = '0'): FortnoxPriceRecord {
      const found = byList.get(priceList)?.get(article);
      if (!found || Number(fromQuantity) !== found.record.FromQuantity)
        throw new Refusal(404, 2000729, `Kan inte hitta priset. (${priceList}, ${article})`);
      return { ...found.record };
    },
    list: () => PRICE_LISTS.flatMap((code) => [...(byList.get(code)?.values() ?? [])]),
    forget(article: string): void {
      for (const prices of byList.values()) prices.delete(article);
    },
    reset: () => byList.clear(),
  };
}
export type Prices = ReturnType<typeof createPrices>;
