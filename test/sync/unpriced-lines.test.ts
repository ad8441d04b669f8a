import t from 'tap';
import { customer, delivery, lines, rows, type World } from '../support/world.ts';
import { clean, open, twoRows } from './document-scene.ts';

t.setTimeout(240_000);

/** A line with an article whose price nobody typed: webCRM gives 0. */
const unpriced = (article: string, text: string, more: object = {}) => ({
  QuotationLineData1: article,
  QuotationLineData2: text,
  QuotationLineQuantity: 1,
  QuotationLineSortOrder: 90,
  ...more,
});
const order = (world: World) => world.fortnox.orders()[0] ?? null;
const puts = (world: World) => Object.entries(world.calls().webcrm).filter(([route]) => route.startsWith('PUT'));

t.test("R45 a new line that was never priced takes the article's price, and both sides show it", async (t) => {
  for (const conflictPolicy of ['fortnox', 'webcrm'] as const) {
    const world = await open(t, { settings: { conflictPolicy } });
    const { organisation } = await customer(world);
    const id = world.webcrm.person.createDelivery(delivery(organisation));
    world.webcrm.person.createLine(id, unpriced('A1', 'Lampa', { QuotationLineSortOrder: 10 }));
    await world.quiet();
    t.strictSame(rows(order(world)), ['A1|Lampa|1|100'], 'of a new document');
    t.strictSame(lines(world, id), ['A1|Lampa|1|100']);
    world.webcrm.person.createLine(id, unpriced('A3', 'Montering'));
    await world.quiet();
    t.strictSame(rows(order(world)), ['A1|Lampa|1|100', 'A3|Montering|1|650'], 'of one that exists');
    t.strictSame(lines(world, id), rows(order(world)));
    const before = puts(world);
    await world.hint('delivery', 'webcrm', id);
    await world.hint('order', 'fortnox', String(order(world)?.DocumentNumber));
    await world.quiet();
    t.strictSame(puts(world), before, 'nothing is written again');
    t.notOk((await world.reasons()).includes('conflict-resolved'));
    await clean(t, world);
  }
});

t.test('R22 R45 the same when the answer is lost', async (t) => {
  for (const conflictPolicy of ['fortnox', 'webcrm'] as const) {
    for (const made of [true, false]) {
      const world = await open(t, { settings: { conflictPolicy } });
      const { id } = made ? await twoRows(world) : { id: await emptyDelivery(world) };
      const method = made ? 'PUT' : 'POST';
      const path = made ? '/3/orders/{id}' : '/3/orders';
      world.fortnox.failNext({ method, path, status: 0, times: 1, applied: true });
      world.webcrm.person.createLine(id, unpriced('A3', 'Montering'));
      await world.quiet();
      t.equal(world.fortnox.orders().length, 1);
      t.equal(rows(order(world)).at(-1), 'A3|Montering|1|650');
      t.equal(lines(world, id).at(-1), 'A3|Montering|1|650');
      await clean(t, world);
    }
  }
});

t.test('R45 a price of 0 that is typed on a row counts: a line may be free', async (t) => {
  const world = await open(t);
  const { id } = await twoRows(world);
  world.webcrm.person.editLine(Number(world.webcrm.lines(id)[0]?.QuotationLineId), { QuotationLineListPrice: 0 });
  await world.quiet();
  await world.hint('order', 'fortnox', String(order(world)?.DocumentNumber));
  await world.quiet();
  t.equal(rows(order(world))[0], 'A1|Lampa|2|0');
  t.equal(lines(world, id)[0], 'A1|Lampa|2|0');
  await clean(t, world);
});

t.test('R45 an article without a price, and a line without an article, stay at 0', async (t) => {
  const world = await open(t);
  world.fortnox.person.createArticle({ ArticleNumber: 'G1', Description: 'Gåva', Unit: 'st', VAT: 25 });
  await world.quiet();
  const { id } = await twoRows(world);
  world.webcrm.person.createLine(id, unpriced('G1', 'Gåva'));
  world.webcrm.person.createLine(id, unpriced('', 'Eget arbete', { QuotationLineSortOrder: 95 }));
  await world.quiet();
  t.strictSame(rows(order(world)).slice(3), ['G1|Gåva|1|0', '|Eget arbete|1|0']);
  t.strictSame(lines(world, id).slice(3), ['G1|Gåva|1|0', '|Eget arbete|1|0']);
  await clean(t, world);
});

/** A delivery of a customer in step, without a line. */
async function emptyDelivery(world: World): Promise<number> {
  const { organisation } = await customer(world);
  return world.webcrm.person.createDelivery(delivery(organisation));
}
