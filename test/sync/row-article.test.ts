import t from 'tap';
import { customer, delivery, line, lines, rows } from '../support/world.ts';
import { clean, open } from './document-scene.ts';

t.setTimeout(240_000);

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
