import type { RecordFields } from '../fields.ts';
import { shown } from '../typed-values.ts';
import type { Ending } from './ending.ts';

const PREFIX = 'QuotationLineLinkedDataItem';

/** The product register follows the articles, one item for each (A1, R60). */
export function judgeArticles(ending: Ending): string[] {
  const { settings, articles, items, prices, removals, itemWrites } = ending;
  const { number: numberAt, name: nameAt, unit: unitAt } = settings.documents.items;
  const data = (item: RecordFields, at: number) => shown('text', item[`${PREFIX}Data${at}`]);
  if (!settings.articles.follow)
    return itemWrites.map(({ id }) => `item ${id} was written though the register does not follow`);
  const problems: string[] = [];
  const removedByHand = new Set(removals.flatMap(({ entity, number }) => (entity === 'item' ? [number] : [])));
  const keeps = settings.articles.edits === 'keep';

  function judgeItem(article: RecordFields, item: RecordFields): void {
    const number = String(article.ArticleNumber);
    const id = Number(item[`${PREFIX}Id`]);
    const price = prices.get(number) ?? null;
    const wanted: Record<string, string> = {
      [`Data${nameAt}`]: shown('text', article.Description),
      ...(unitAt === null ? {} : { [`Data${unitAt}`]: shown('text', article.Unit) }),
      CostPrice: shown('price', article.PurchasePrice),
      // An article without a price is not one of price 0: what the item shows then is not judged.
      ...(price === null ? {} : { Price: shown('price', price) }),
    };
    for (const [name, value] of Object.entries(wanted)) {
      const column = `${PREFIX}${name}`;
      const present = shown(name.startsWith('Data') ? 'text' : 'price', item[column]);
      const byHand = keeps && ending.itemEdits.some((edit) => edit.id === id && column in edit.fields);
      if (present !== value && !byHand)
        problems.push(`item ${id} of article ${number}: ${name} is "${present}", "${value}" in Fortnox`);
    }
  }

  for (const article of articles) {
    const number = String(article.ArticleNumber);
    const own = items.filter((item) => data(item, numberAt) === number);
    const active = article.Active !== false;
    if (own.length > 1) problems.push(`article ${number} has ${own.length} items`);
    const [item] = own;
    if (active && item === undefined && !removedByHand.has(number)) problems.push(`article ${number} has no item`);
    if (!active && item !== undefined && settings.articles.inactive === 'remove')
      problems.push(`article ${number} is not active and still has an item`);
    if (item !== undefined && active) judgeItem(article, item);
  }
  return problems;
}
