import { shown } from '../typed-values.ts';
import type { Act, Scene } from './scene.ts';

const PREFIX = 'QuotationLineLinkedDataItem';

/** Those who keep the articles in Fortnox, and whoever touches the register in webCRM. */
export function createArticlePeople(scene: Scene) {
  const { world, chances, values } = scene;
  const { fortnox, webcrm, settings } = world;
  const { items } = settings.documents;
  /** Registers' items that somebody saved by hand: article number, then when. */
  const handEdits: { at: number; id: number; fields: Readonly<Record<string, unknown>> }[] = [];
  const made = new Set<number>();

  function create(): boolean {
    const number = values.articleNumber();
    const fields = {
      ArticleNumber: number,
      Description: values.text(),
      ...(chances.chance(0.7) ? { Unit: 'st' } : {}),
      ...(chances.chance(0.7) ? { PurchasePrice: values.price() } : {}),
      VAT: 25,
    };
    fortnox.person.createArticle(fields);
    scene.note(`fortnox article ${number} new ${JSON.stringify(fields)}`);
    if (chances.chance(0.8)) setPriceOf(number);
    return true;
  }

  function setPriceOf(number: string): void {
    const price = values.price();
    fortnox.person.setPrice(number, price, 'A');
    scene.note(`fortnox article ${number} price ${price}`);
  }

  const pick = () => scene.pick(fortnox.articles())?.ArticleNumber ?? null;

  function edit(): boolean {
    const number = pick();
    if (number === null) return false;
    const fields = chances.one<Record<string, unknown>>([
      { Description: values.text() },
      { PurchasePrice: values.price() },
      { Unit: 'tim' },
    ]);
    if (scene.attempt(`article ${number}`, () => fortnox.person.editArticle(number, fields) ?? true) !== null)
      scene.note(`fortnox article ${number} ${JSON.stringify(fields)}`);
    return true;
  }

  function setPrice(): boolean {
    const number = pick();
    if (number === null) return false;
    setPriceOf(number);
    return true;
  }

  function toggle(): boolean {
    const article = scene.pick(fortnox.articles());
    if (article === null) return false;
    const { ArticleNumber: number, Active } = article;
    if (
      scene.attempt(`article ${number}`, () => fortnox.person.editArticle(number, { Active: Active === false }) ?? true)
    )
      scene.note(`fortnox article ${number} active ${Active === false}`);
    return true;
  }

  function remove(): boolean {
    const number = pick();
    if (number === null) return false;
    if (scene.attempt(`article ${number} delete`, () => fortnox.person.deleteArticle(number) ?? true) !== null)
      scene.removed('fortnox', 'article', number, number);
    return true;
  }

  function editItem(): boolean {
    const item = scene.pick(webcrm.items());
    if (item === null) return false;
    const id = Number(item[`${PREFIX}Id`]);
    const fields = chances.chance(0.5)
      ? { [`${PREFIX}Data${items.name}`]: values.text() }
      : { [`${PREFIX}Price`]: values.price() };
    if (scene.attempt(`item ${id}`, () => webcrm.person.editItem(id, fields) ?? true) === null) return true;
    handEdits.push({ at: world.runtime.now(), id, fields });
    scene.note(`webcrm item ${id} ${JSON.stringify(fields)}`);
    return true;
  }

  function createItem(): boolean {
    const fields = {
      [`${PREFIX}Data${items.number}`]: `EGEN-${values.articleNumber()}`,
      [`${PREFIX}Data${items.name}`]: values.text(),
      [`${PREFIX}Price`]: values.price(),
      [`${PREFIX}EntityType`]: 'Product',
    };
    const id = scene.attempt('an item', () => webcrm.person.createItem(fields));
    if (id === null) return true;
    made.add(id);
    scene.note(`webcrm item ${id} new ${JSON.stringify(fields)}`);
    return true;
  }

  function deleteItem(): boolean {
    const item = scene.pick(webcrm.items());
    if (item === null) return false;
    const id = Number(item[`${PREFIX}Id`]);
    if (scene.attempt(`item ${id} delete`, () => webcrm.person.deleteItem(id) ?? true) !== null)
      scene.removed('webcrm', 'item', String(id), shown('text', item[`${PREFIX}Data${items.number}`]));
    return true;
  }

  const acts: readonly (readonly [number, Act])[] = [
    [5, create],
    [2.5, edit],
    [2, setPrice],
    [1, toggle],
    [0.5, remove],
    [1, editItem],
    [0.5, createItem],
    [0.3, deleteItem],
  ];
  return { acts, create, handEdits, made };
}
