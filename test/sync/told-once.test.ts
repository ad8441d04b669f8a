import t from 'tap';
import { customer, delivery, FIELDS, line, type World } from '../support/world.ts';
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

t.test('R76 what is cut at a create is told, once', async (t) => {
  const long = 'x'.repeat(300);
  const cases: Record<string, (world: World) => Promise<unknown>> = {
    'the head of a document': async (world) => {
      const { organisation } = await customer(world);
      const id = world.webcrm.person.createDelivery(delivery(organisation, { [FIELDS.yourReference]: long }));
      world.webcrm.person.createLine(id, line('A1', 'Lampa', 1, 100));
    },
    'a row of a document': async (world) => {
      const { organisation } = await customer(world);
      world.webcrm.person.createLine(
        world.webcrm.person.createDelivery(delivery(organisation)),
        line('A1', long, 1, 1),
      );
    },
    'an organisation': async (world) => world.fortnox.person.createCustomer({ Name: long, Type: 'COMPANY' }),
    'a customer': async (world) => {
      const named = { OrganisationName: 'Lång AB', OrganisationCustom5: 'y'.repeat(120) };
      const id = world.webcrm.person.createOrganisation({ ...named, OrganisationType: 'Customer' });
      await world.quiet();
      return id;
    },
  };
  const customFields = { customerNumber: 'OrganisationCustom1', otherPostCode: 'OrganisationCustom5' };
  for (const [name, make] of Object.entries(cases)) {
    const world = await open(t, { settings: { customFields } });
    await make(world);
    await world.quiet();
    t.equal(await told(world, 'value-cut'), 1, name);
    t.match(
      (await world.lines()).find(({ reasons }) => reasons.includes('value-cut')),
      { action: 'created' },
    );
    for (const pair of await world.pairs()) await world.hint('order', 'fortnox', pair.fortnoxId ?? '');
    for (const pair of await world.pairs('customer')) await world.hint('customer', 'fortnox', pair.fortnoxId ?? '');
    await world.quiet();
    t.equal(await told(world, 'value-cut'), 1, `${name}, not at each look`);
    await clean(t, world);
  }
});

t.test('R76 a text of a row that is cut is told, once', async (t) => {
  const world = await open(t);
  const { id } = await twoRows(world);
  world.webcrm.person.editLine(Number(world.webcrm.lines(id)[0]?.QuotationLineId), {
    QuotationLineData2: 'w'.repeat(290),
  });
  await world.quiet();
  t.equal(await told(world, 'value-cut'), 1);
  world.webcrm.person.createLine(id, line('A3', 'w'.repeat(280), 1, 650, { QuotationLineSortOrder: 90 }));
  await world.quiet();
  t.equal(await told(world, 'value-cut'), 2, 'of a new row as well');
  t.match(await world.pairs(), [{ reason: 'in-step' }], 'nothing is left to do');
  world.webcrm.person.editDelivery(id, { [FIELDS.yourReference]: 'Bo' });
  await world.quiet();
  t.equal(await told(world, 'value-cut'), 2, 'not at each write');
  await clean(t, world);
});

t.test(
  'R45 a discount on the whole that comes after the document is told, once, and holds nothing else back',
  async (t) => {
    const world = await open(t);
    const { id } = await twoRows(world);
    const order = () => world.fortnox.orders()[0];
    const before = order();
    world.webcrm.person.editDelivery(id, { DeliveryDiscount: 10 });
    await world.quiet();
    t.match(await world.pairs(), [{ state: 'linked', reason: 'header-discount' }]);
    t.equal(await told(world, 'header-discount'), 1);
    t.strictSame(order(), before, 'Fortnox is not written to');
    const cost = () => Object.values(world.calls().webcrm).concat(Object.values(world.calls().fortnox));
    const sum = () => cost().reduce((all, one) => all + one, 0);
    const calls = sum();
    await world.hint('delivery', 'webcrm', id);
    await world.quiet();
    t.equal(sum() - calls, 2, 'an echo still costs its two reads');
    await world.hint('order', 'fortnox', String(order()?.DocumentNumber));
    world.webcrm.person.editDelivery(id, { [FIELDS.yourReference]: 'Bo' });
    await world.quiet();
    t.match(order(), { YourReference: 'Bo' });
    t.match(await world.pairs(), [{ reason: 'header-discount' }]);
    world.webcrm.person.editDelivery(id, { DeliveryDiscount: 0 });
    await world.quiet();
    t.match(await world.pairs(), [{ reason: 'in-step' }], 'over when it is taken back');
    await clean(t, world);
  },
);

t.test('R45 R75 the delivery itself says that its discount is not in Fortnox; a setting leaves it out', async (t) => {
  for (const headerDiscount of ['refuse', 'ignore'] as const) {
    const fields = { ...FIELDS, status: 'DeliveryCustom9' };
    const world = await open(t, { documents: { headerDiscount, fields } });
    const { id } = await twoRows(world);
    world.webcrm.person.editDelivery(id, { DeliveryDiscount: 10 });
    await world.quiet();
    const wanted = headerDiscount === 'refuse' ? /discount on the whole/ : /^In step/;
    t.match(world.webcrm.delivery(id), { DeliveryCustom9: wanted });
    await clean(t, world);
  }
});
