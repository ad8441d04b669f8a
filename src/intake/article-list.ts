import { createHash } from 'node:crypto';
import { ARTICLE_FIELDS, type ArticleField } from '../../schemas/article.ts';
import type { Image } from '../../schemas/records.ts';
import { text } from '../sync/normalise.ts';
import { decimalText } from '../vendors/decimal.ts';
import type { FortnoxArticleRow } from '../vendors/fortnox/types.ts';

/** An article as Fortnox's list shows it, in canonical values. */
export type ListedArticle = Readonly<Record<ArticleField, string | null>>;

/** Reads a row of the list; `listPrice` is the article's price in the tenant's price list, null when it has none there. */
export function listedArticle(row: FortnoxArticleRow, listPrice: string | null): ListedArticle {
  return {
    number: text(row.ArticleNumber),
    name: text(row.Description),
    unit: text(row.Unit),
    costPrice: decimalText(row.PurchasePrice),
    listPrice,
  };
}

/** One number for a whole list, whatever the order of its rows; 48 bits, so that a cursor can keep it. */
export function digestOf(articles: readonly ListedArticle[]): number {
  const rows = articles.map((article) => JSON.stringify(ARTICLE_FIELDS.map((field) => article[field])));
  return digest(rows.sort().join('\n'));
}

export const digest = (content: string): number => createHash('sha256').update(content).digest().readUIntBE(0, 6);

/** Whether a listed article differs from what was last read of it. A field that was not read is not compared. */
export function differs(article: ListedArticle, image: Image): boolean {
  return ARTICLE_FIELDS.some((field) => {
    const before = image[field];
    return before !== undefined && before !== article[field];
  });
}
