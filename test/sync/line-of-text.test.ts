import t, { type Test } from 'tap';
import type { Side } from '../../schemas/records.ts';
import { customer, delivery, line, rows } from '../support/world.ts';
import { clean, open } from './document-scene.ts';

t.setTimeout(240_000);

type Fields = Record<string, unknown>;
const HELD = { QuotationLineDiscount: 2.78, QuotationLineVatPercentage: 6 };

/**
 * An order whose second row is text. What a person typed beside it in webCRM, Fortnox has no room for: `with` the line, which came when
 * the order was there, or `after` it was sent.
 */
async function lineOfText(t: Test, typed: 'with' | 'after', conflictPolicy: Side = 'fortnox') {
  const world = await open(t, { settings: { conflictPolicy } });
  const { organisation } = await customer(world);
  const id = world.webcrm.person.createDelivery(delivery(organisation));
  world.webcrm.person.createLine(id, line('A1', 'Lampa', 2, 100));
  await world.quiet();
  const text = { QuotationLineData2: 'Montering' };
  const lineId = world.webcrm.person.createLine(id, typed === 'with' ? { ...text, ...HELD } : text);
  await world.quiet();
  if (typed === 'after') world.webcrm.person.editLine(lineId, HELD);
  await world.quiet();
  const number = String(world.fortnox.orders()[0]?.DocumentNumber);
  const present = () => (world.fortnox.order(number)?.OrderRows ?? []) as Fields[];
  t.strictSame(rows(world.fortnox.order(number)), ['A1|Lampa|2|100', '|Montering|1|0']);
  t.match(present()[1], { Discount: 0, VAT: 25 });
  return {
    world,
    lineId,
    row: () => present()[1],
    shown: () => world.webcrm.lines(id)[1],
    editRow: (fields: Fields) =>
      world.fortnox.person.editOrder(number, {
        OrderRows: present().map(({ RowId }, at) => (at === 1 ? { RowId, ...fields } : { RowId })),
      }),
    lost: async () => (await world.lines()).filter(({ lost }) => lost.length > 0),
  };
}

for (const typed of ['with', 'after'] as const) {
  t.test(`R44 what was typed ${typed} a line of text goes to Fortnox when the line gets its price`, async (t) => {
    const { world, lineId, row, shown, lost } = await lineOfText(t, typed);
    world.webcrm.person.editLine(lineId, { QuotationLineQuantity: 2, QuotationLineListPrice: 100 });
    await world.quiet();
    t.match(row(), { OrderedQuantity: '2', DeliveredQuantity: '2', Price: 100, Total: 194.44 });
    t.match(row(), { Discount: 2.78, DiscountType: 'PERCENT', VAT: 6 });
    t.match(shown(), HELD);
    t.strictSame(await lost(), []);
    await clean(t, world);
  });

  t.test(
    `R2 R44 what was typed ${typed} a line of text is in the log when the row gets a price in Fortnox`,
    async (t) => {
      const { world, row, shown, editRow, lost } = await lineOfText(t, typed);
      editRow({ OrderedQuantity: '2', DeliveredQuantity: '2', Price: 100 });
      await world.quiet();
      t.match(row(), { OrderedQuantity: '2', Price: 100, Discount: 0, VAT: 25 });
      t.match(shown(), { QuotationLineQuantity: 2, QuotationLineDiscount: 0, QuotationLineVatPercentage: 25 });
      const [told, ...more] = await lost();
      t.strictSame(more, []);
      t.match(told, { reasons: [typed === 'with' ? 'line-held-more' : 'conflict-resolved'] });
      t.strictSame(told?.lost, [
        { side: 'webcrm', field: 'rows.2.discount', before: '2.78', after: '0' },
        { side: 'webcrm', field: 'rows.2.vat', before: '6', after: '25' },
      ]);
      await clean(t, world);
    },
  );
}

for (const policy of ['webcrm', 'fortnox'] as const) {
  t.test(
    `R2 R44 a discount typed on a row of text in Fortnox comes to light with its price, ${policy} prevails`,
    async (t) => {
      const { world, lineId, row, shown, editRow, lost } = await lineOfText(t, 'after', policy);
      editRow({ Discount: 4.5, DiscountType: 'PERCENT' });
      await world.quiet();
      t.match(shown(), HELD, 'nobody sees it yet');
      world.webcrm.person.editLine(lineId, { QuotationLineQuantity: 2, QuotationLineListPrice: 100 });
      await world.quiet();
      await world.quiet();
      const [kept, gone] = policy === 'webcrm' ? [2.78, 4.5] : [4.5, 2.78];
      t.match(row(), { Price: 100, Discount: kept });
      t.match(shown(), { QuotationLineQuantity: 2, QuotationLineDiscount: kept });
      const told = (await lost()).flatMap((one) => one.lost).filter(({ field }) => field === 'rows.2.discount');
      t.match(told, [{ before: String(gone), after: String(kept) }]);
      await clean(t, world);
    },
  );
}

t.test('R43 a line of text that gets its price first and its quantity later is delivered as ordered', async (t) => {
  const { world, lineId, row, shown } = await lineOfText(t, 'with');
  world.webcrm.person.editLine(lineId, { QuotationLineListPrice: 100 });
  await world.quiet();
  t.match(row(), { OrderedQuantity: '0', DeliveredQuantity: '0', Price: 100 });
  t.match(shown(), { QuotationLineQuantity: 0, QuotationLineListPrice: 100 });
  world.webcrm.person.editLine(lineId, { QuotationLineQuantity: 3 });
  await world.quiet();
  t.match(row(), { OrderedQuantity: '3', DeliveredQuantity: '3', Price: 100, Total: 291.66 });
  await clean(t, world);
});

t.test('R41 R50 an article that Fortnox lacks, typed on a line of text of a booked invoice, is no loop', async (t) => {
  const documents = { frozenEdits: 'put-back', unknownArticle: 'text-row' } as const;
  const world = await open(t, { settings: { documentMode: 'invoice' }, documents });
  const { organisation } = await customer(world);
  const id = world.webcrm.person.createDelivery(delivery(organisation));
  world.webcrm.person.createLine(id, line('A1', 'Lampa', 2, 100));
  const lineId = world.webcrm.person.createLine(id, { QuotationLineData2: 'Montering' });
  await world.quiet();
  world.fortnox.person.bookInvoice(String(world.fortnox.invoices()[0]?.DocumentNumber));
  await world.quiet();
  const before = world.webcrm.lineWrites.length;
  world.webcrm.person.editLine(lineId, { QuotationLineData1: 'SAKNAS-1' });
  await world.quiet();
  t.equal(world.webcrm.lineWrites.length, before, 'a quantity and a price of 0 are what a row of text shows');
  await clean(t, world);
});
