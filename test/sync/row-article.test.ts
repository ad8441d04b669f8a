import t from 'tap';
import { customer, delivery, FIELDS, line, lines, rows } from '../support/world.ts';
import { clean, open } from './document-scene.ts';

t.setTimeout(240_000);

t.test('R50 an unknown article is refused though its row was deleted in Fortnox meanwhile', async (t) => {
  const documents = { unknownArticle: 'refuse' } as const;
  const world = await open(t, { documents, fortnox: { unknownArticleRow: 'refused' } });
  const { organisation } = await customer(world);
  const id = world.webcrm.person.createDelivery(delivery(organisation));
  world.webcrm.person.createLine(id, line('A1', 'Lampa', 2, 100));
  const lineId = world.webcrm.person.createLine(id, line('', 'Montering', 1, 650));
  await world.quiet();
  world.webcrm.person.editLine(lineId, { QuotationLineData1: 'SAKNAS-1', QuotationLineQuantity: 3 });
  await world.quiet();
  const number = String(world.fortnox.orders()[0]?.DocumentNumber);
  const [first] = (world.fortnox.order(number)?.OrderRows ?? []) as Record<string, unknown>[];
  world.fortnox.person.editOrder(number, { OrderRows: [{ RowId: first?.RowId }] });
  await world.quiet();
  world.webcrm.person.editDelivery(id, { [FIELDS.yourReference]: 'Eva' });
  await world.quiet();
  t.equal(world.fortnox.order(number)?.YourReference, 'Eva', 'the head goes on');
  t.strictSame(rows(world.fortnox.order(number)), ['A1|Lampa|2|100'], 'the line waits for its article');
  t.ok((await world.reasons()).includes('article-refused'));
  world.fortnox.person.createArticle({ ArticleNumber: 'SAKNAS-1', Description: 'Montering', Unit: 'st', VAT: 25 });
  world.webcrm.person.editDelivery(id, { [FIELDS.yourReference]: 'Ada' });
  await world.quiet();
  t.strictSame(rows(world.fortnox.order(number)), ['A1|Lampa|2|100', 'SAKNAS-1|Montering|3|650']);
  await clean(t, world);
});

for (const rowArticleChange of ['keeps', 'refills'] as const) {
  t.test(
    `R2 R44 another article typed on a line takes nothing of the row along, Fortnox ${rowArticleChange} it`,
    async (t) => {
      const world = await open(t, { fortnox: { rowArticleChange } });
      const { organisation } = await customer(world);
      const id = world.webcrm.person.createDelivery(delivery(organisation));
      const lineId = world.webcrm.person.createLine(
        id,
        line('A1', 'Lampa till hallen', 2, 90, { QuotationLineVatPercentage: 12 }),
      );
      await world.quiet();
      world.webcrm.person.editLine(lineId, { QuotationLineData1: 'A2' });
      await world.quiet();
      const number = String(world.fortnox.orders()[0]?.DocumentNumber);
      t.strictSame(rows(world.fortnox.order(number)), ['A2|Lampa till hallen|2|90']);
      t.strictSame(lines(world, id), ['A2|Lampa till hallen|2|90']);
      await clean(t, world);
    },
  );
}
