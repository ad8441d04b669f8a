import t from 'tap';
import type { World } from '../support/world.ts';
import { clean, open, twoRows } from './document-scene.ts';

t.setTimeout(240_000);

/** How often the log tells of it. */
const told = async (world: World, reason: string) => (await world.reasons()).filter((one) => one === reason).length;

t.test('R44 R45 B2 a percentage typed on a row with a discount of an amount is told, once', async (t) => {
  const world = await open(t);
  const { id } = await twoRows(world);
  const number = String(world.fortnox.orders()[0]?.DocumentNumber);
  const present = world.fortnox.order(number)?.OrderRows ?? [];
  world.fortnox.person.editOrder(number, {
    OrderRows: present.map(({ RowId }, at) => ({ RowId, ...(at === 0 && { Discount: 15, DiscountType: 'AMOUNT' }) })),
  });
  await world.quiet();
  t.match(await world.pairs(), [{ reason: 'in-step' }], 'the amount alone is nothing to tell');
  const first = Number(world.webcrm.lines(id)[0]?.QuotationLineId);
  world.webcrm.person.editLine(first, { QuotationLineDiscount: 20 });
  await world.quiet();
  t.match(await world.pairs(), [{ reason: 'amount-discount' }]);
  t.equal(await told(world, 'amount-discount'), 1);
  t.match(world.fortnox.order(number)?.OrderRows?.[0], { Discount: 15, DiscountType: 'AMOUNT' });
  await world.hint('delivery', 'webcrm', id);
  await world.hint('order', 'fortnox', number);
  await world.quiet();
  t.equal(await told(world, 'amount-discount'), 1, 'not again at each look');
  world.webcrm.person.editLine(first, { QuotationLineDiscount: 0 });
  await world.quiet();
  t.match(await world.pairs(), [{ reason: 'in-step' }], 'over when it is taken back');
  await clean(t, world);
});
