/** An article in our own names: null means empty; prices are decimal strings in the company's currency (A2). */
export const ARTICLE_FIELDS = ['number', 'name', 'unit', 'costPrice', 'listPrice'] as const;
export type ArticleField = (typeof ARTICLE_FIELDS)[number];
