import { clone } from '../common/clone.ts';
import { ARTICLE_FIELDS } from './article-fields.ts';
import type { Actor } from './company.ts';
import { DEFAULT_PRICE_LIST, PRICE_LISTS } from './fields.ts';
import type { Prices } from './prices.ts';
import { Refusal } from './refusal.ts';
import { emptyRecord, emptyValue } from './rules.ts';
import type { FortnoxSwitches } from './switches.ts';
import { API_BLANK, effectOf, validateFields } from './validate.ts';

/** An article as the single GET answers it. */
export interface FortnoxArticleRecord {
  ArticleNumber: string;
  Description: string;
  Unit: string;
  [field: string]: unknown;
}

/** The articles of one company. Every method raises Refusal for what Fortnox would not do. */
export function createArticles(deps: {
  now: () => number;
  switches: FortnoxSwitches;
  prices: Prices;
  changed: (number: string, change: 'created' | 'updated' | 'deleted', actor: Actor) => void;
}) {
  const { now, switches, prices, changed } = deps;
  const records = new Map<string, { fields: FortnoxArticleRecord; modifiedAt: number }>();
  const used = new Set<string>();
  let next = 1;

  function numberFromSeries(): string {
    while (used.has(String(next))) next += 1;
    return String(next);
  }
  function find(number: string) {
    const found = records.get(number);
    if (!found) throw new Refusal(404, 2000428, `Kan inte hitta artikeln. (${number})`);
    return found;
  }
  function apply(target: FortnoxArticleRecord, fields: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(fields)) {
      const effect = effectOf(value, switches.jsonNull === 'clears');
      const rule = ARTICLE_FIELDS[name];
      if (effect === 'leaves' || !rule) continue;
      if (effect === 'clears' && (name === 'Description' || name === 'ArticleNumber'))
        throw new Refusal(400, 2000588, `${name} får inte vara tomt.`);
      target[name] = effect === 'clears' ? emptyValue(rule) : clone(value);
    }
    target['@url'] = `https://api.fortnox.se/3/articles/${encodeURIComponent(target.ArticleNumber)}`;
  }
  function view(fields: FortnoxArticleRecord, salesPrice: number | null): FortnoxArticleRecord {
    const copy: FortnoxArticleRecord = { ...clone(fields), SalesPrice: salesPrice };
    if (switches.nullsForEmpty) for (const [name, value] of Object.entries(copy)) if (value === '') copy[name] = null;
    return copy;
  }
  const salesPrice = (number: string) => prices.get(number, DEFAULT_PRICE_LIST);

  return {
    create(fields: Record<string, unknown>, actor: Actor): FortnoxArticleRecord {
      validateFields(ARTICLE_FIELDS, fields);
      if (typeof fields.Description !== 'string' || fields.Description === '' || fields.Description === API_BLANK)
        throw new Refusal(400, 2000588, 'Benämning måste anges.');
      const given = typeof fields.ArticleNumber === 'string' ? fields.ArticleNumber : '';
      const number = given === '' ? numberFromSeries() : given;
      if (records.has(number)) throw new Refusal(400, 2000588, `Artikelnummer "${number}" används redan.`);
      const empty = emptyRecord(ARTICLE_FIELDS);
      const record: FortnoxArticleRecord = {
        ...empty,
        ArticleNumber: number,
        Description: fields.Description,
        Unit: '',
      };
      apply(record, fields);
      used.add(number);
      records.set(number, { fields: record, modifiedAt: now() });
      if (switches.newArticlePrices === 'zero') for (const code of PRICE_LISTS) prices.set(number, 0, code);
      changed(number, 'created', actor);
      return view(record, salesPrice(number));
    },
    /** The number cannot be changed (fortnox.md 7). */
    edit(number: string, fields: Record<string, unknown>, actor: Actor): void {
      const found = find(number);
      validateFields(ARTICLE_FIELDS, fields);
      if (fields.ArticleNumber !== undefined && fields.ArticleNumber !== number)
        throw new Refusal(400, 2000588, 'Artikelnummer kan inte ändras.');
      const edited = clone(found.fields);
      apply(edited, fields);
      records.set(number, { fields: edited, modifiedAt: now() });
      changed(number, 'updated', actor);
    },
    delete(number: string, actor: Actor): void {
      find(number);
      records.delete(number);
      prices.forget(number);
      changed(number, 'deleted', actor);
    },
    /** Raises no event (R60). */
    setPrice(number: string, price: number, priceList?: string): void {
      const found = find(number);
      prices.set(number, price, priceList);
      if (switches.priceChangeBumpsArticle) found.modifiedAt = now();
    },
    get(number: string): FortnoxArticleRecord {
      const { fields } = find(number);
      return view(fields, switches.articleSalesPrice === 'null' ? null : salesPrice(number));
    },
    /** With the price of the default list: lists always show it. */
    list: () =>
      [...records].map(([number, { fields, modifiedAt }]) => ({
        fields: view(fields, salesPrice(number)),
        modifiedAt,
      })),
    numbers: () => [...records.keys()],
    has: (number: string): boolean => records.has(number),
    /** Whether there was one by this number, deleted or not. */
    hadOnce: (number: string): boolean => used.has(number),
    reset(): void {
      records.clear();
      used.clear();
      next = 1;
    },
  };
}
export type Articles = ReturnType<typeof createArticles>;
