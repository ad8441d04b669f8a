import type { ArticleField } from '../../../schemas/article.ts';
import type { Image } from '../../../schemas/records.ts';
import type { Settings } from '../../../schemas/settings.ts';
import { decimal, isZero } from '../decimal.ts';
import type { Column, FieldLine, FieldValue } from '../fields.ts';
import { dataText, EMPTY_DATA, text } from '../normalise.ts';

const ITEM = 'QuotationLineLinkedDataItem';
const DATA_FIELDS = 9;
/** What stands before the name of an item whose article is not active, where the settings say so (R60). */
const MARK = '(inactive)';

export const dataField = (at: number): string => `${ITEM}Data${at}`;

/** The Data fields of a new item: webCRM wants all of them. */
export const emptyData = (): Record<string, string> =>
  Object.fromEntries(Array.from({ length: DATA_FIELDS }, (_, at) => [dataField(at + 1), EMPTY_DATA]));

/** The name of an item without the mark. */
export const unmarked = (name: string | null): string | null =>
  name?.startsWith(MARK) ? text(name.slice(MARK.length)) : name;

/** The name of an item with the mark, once, or without it. */
export function marked(name: string | null, isMarked: boolean): string | null {
  const plain = unmarked(name);
  return isMarked ? `${MARK} ${plain ?? ''}`.trimEnd() : plain;
}

/** Longest texts of articles (200 characters, fortnox.md 11) are short for webCRM: nothing is cut. */
function dataColumn(at: number, read: (value: unknown) => FieldValue = dataText): Column {
  const name = dataField(at);
  return {
    read: (record) => read(record[name]),
    write: (value) => ({ [name]: value ?? EMPTY_DATA }),
    clearable: true,
    unreadable: 'in-step',
  };
}

/** 0 is webCRM's empty number (webcrm.md 3). */
const priceColumn = (name: string): Column => ({
  read: (record) => {
    const price = decimal(record[`${ITEM}${name}`]);
    return isZero(price) ? null : price;
  },
  write: (value) => ({ [`${ITEM}${name}`]: value ?? '' }),
  clearable: true,
  unreadable: 'in-step',
});

/** Articles are never written: Fortnox's side expresses nothing. */
const articleColumn = (name: string, read: (value: unknown) => string | null): Column => ({
  read: (record) => read(record[name]),
  write: () => undefined,
  clearable: false,
  unreadable: 'in-step',
});

/** An article with its price in the list that counts, which the article itself does not show (fortnox.md 10). */
const FORTNOX: Readonly<Record<ArticleField, Column>> = {
  number: articleColumn('ArticleNumber', text),
  name: articleColumn('Description', text),
  unit: articleColumn('Unit', text),
  costPrice: articleColumn('PurchasePrice', decimal),
  listPrice: articleColumn('ListPrice', decimal),
};

const webcrmColumns = ({ documents: { items } }: Settings): Readonly<Record<ArticleField, Column | null>> => ({
  number: dataColumn(items.number),
  name: dataColumn(items.name, (value) => unmarked(dataText(value))),
  unit: items.unit === null ? null : dataColumn(items.unit),
  costPrice: priceColumn('CostPrice'),
  listPrice: priceColumn('Price'),
});

const fieldsOf = <T>(columns: Readonly<Record<ArticleField, T>>): [ArticleField, T][] =>
  Object.entries(columns) as [ArticleField, T][];

/** All canonical fields of an article (A2). `listPrice` null: it has none, which is not 0. */
export function articleImage(article: Readonly<Record<string, unknown>>, listPrice: string | null): Image {
  const record = { ...article, ListPrice: listPrice };
  return Object.fromEntries(fieldsOf(FORTNOX).map(([field, column]) => [field, column.read(record) ?? null]));
}

/**
 * The field map of articles. Where edits by hand are kept, only the number is Fortnox's own: it says which article the item
 * is of.
 */
export function articleMap(settings: Settings): readonly FieldLine<ArticleField>[] {
  const putBack = settings.articles.edits === 'put-back';
  return fieldsOf(webcrmColumns(settings)).flatMap(([field, webcrm]) => {
    if (webcrm === null) return [];
    const line = { field, webcrm, fortnox: FORTNOX[field] };
    return [putBack || field === 'number' ? { ...line, owner: 'fortnox' as const } : line];
  });
}

/** The lines that the article says something of: a price that is missing is not 0 and leaves the item's (R45). */
export const linesOf = (map: readonly FieldLine<ArticleField>[], article: Image): readonly FieldLine<ArticleField>[] =>
  map.filter(({ field }) => !(PRICES.has(field) && (article[field] ?? null) === null));
const PRICES: ReadonlySet<ArticleField> = new Set(['costPrice', 'listPrice']);
