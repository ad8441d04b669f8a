import t from 'tap';
import { customer, delivery, FIELDS, line, type World, type WorldOptions } from '../support/world.ts';
import { clean, open } from './document-scene.ts';

t.setTimeout(240_000);

/** A field in which webCRM takes the same number twice. */
const NUMBER = 'DeliveryCustom9';
const FIELD = { documents: { fields: { ...FIELDS, number: NUMBER } } } satisfies WorldOptions;

/** A customer in step whose order and delivery were both made by hand; no hint of either was heard. */
async function bothMade(world: World, more: object = {}) {
  const { organisation, number } = await customer(world);
  world.listen(false);
  const order = world.fortnox.person.createOrder({
    CustomerNumber: number,
    OrderRows: [
      { ArticleNumber: 'A1', Description: 'Lampa', OrderedQuantity: '2', DeliveredQuantity: '2', Price: 100 },
    ],
  });
  const make = (fields: object) => {
    const id = world.webcrm.person.createDelivery(delivery(organisation, fields));
    world.webcrm.person.createLine(id, line('A1', 'Lampa', 2, 100));
    return id;
  };
  const id = make({ [NUMBER]: String(order), ...more });
  return { organisation, number, order: String(order), id, make };
}

const idsOf = (pairs: readonly { webcrmId: string | null; fortnoxId: string | null }[]) =>
  pairs.map(({ webcrmId, fortnoxId }) => [webcrmId, fortnoxId]);

t.test('R20 a delivery and an order that bear one number are one, whichever of them is heard of', async (t) => {
  for (const heard of ['delivery', 'order'] as const) {
    const world = await open(t, FIELD);
    const { id, order } = await bothMade(world);
    if (heard === 'delivery') await world.hint('delivery', 'webcrm', id);
    else await world.hint('order', 'fortnox', order);
    await world.quiet();
    t.strictSame(idsOf(await world.pairs()), [[String(id), order]]);
    t.ok((await world.reasons()).includes('linked-by-document-number'));
    t.equal(world.fortnox.orders().length, 1);
    t.equal(world.webcrm.deliveries().length, 1);
    t.equal(world.webcrm.lines(id).length, 1, 'what stands on both is one row');
    world.fortnox.person.editOrder(order, { YourReference: 'Ada' });
    await world.hint('order', 'fortnox', order);
    await world.quiet();
    t.equal(world.webcrm.delivery(id)?.[FIELDS.yourReference], 'Ada', 'and in step from then on');
    await clean(t, world);
  }
});

t.test('R20 R25 an order finds its delivery though that has a status that is not sent', async (t) => {
  const world = await open(t, FIELD);
  const { id, order } = await bothMade(world, { DeliveryStatus: 'New' });
  await world.hint('delivery', 'webcrm', id);
  await world.hint('order', 'fortnox', order);
  await world.quiet();
  t.strictSame(idsOf(await world.pairs()), [[String(id), order]]);
  t.equal(world.webcrm.deliveries().length, 1);
  t.strictSame(await world.refusals(), []);
  await clean(t, world);
});

t.test('R20 two deliveries that bear the number of an order: a person makes them differ', async (t) => {
  const world = await open(t, FIELD);
  const { id, order, make } = await bothMade(world, { DeliveryStatus: 'New' });
  const other = make({ [NUMBER]: order, DeliveryStatus: 'New' });
  await world.hint('order', 'fortnox', order);
  await world.quiet();
  t.strictSame(await world.pairs(), []);
  t.match(await world.refusals(), [{ entity: 'order', id: order, reason: 'match-ambiguous' }]);
  t.equal(world.webcrm.deliveries().length, 2, 'none is made');
  world.webcrm.person.editDelivery(other, { [NUMBER]: '' });
  await world.hint('order', 'fortnox', order);
  await world.quiet();
  t.strictSame(idsOf(await world.pairs()), [[String(id), order]]);
  t.strictSame(await world.refusals(), []);
  await clean(t, world);
});

t.test("R20 the number of another customer's order, or of a delivery that has its own, links nothing", async (t) => {
  const world = await open(t, FIELD);
  const { number, order, id } = await bothMade(world);
  await world.hint('order', 'fortnox', order);
  await world.quiet();
  const stranger = world.webcrm.person.createOrganisation({
    OrganisationName: 'Annan AB',
    OrganisationType: 'Prospect',
  });
  const next = String(
    world.fortnox.person.createOrder({
      CustomerNumber: number,
      OrderRows: [{ ArticleNumber: 'A1', OrderedQuantity: '1', DeliveredQuantity: '1' }],
    }),
  );
  world.webcrm.person.createDelivery(delivery(stranger, { [NUMBER]: next }));
  world.webcrm.person.editDelivery(id, { [NUMBER]: next });
  await world.hint('order', 'fortnox', next);
  await world.quiet();
  const pairs = idsOf(await world.pairs());
  t.equal(pairs.length, 2);
  t.ok(pairs.some(([webcrmId, fortnoxId]) => webcrmId === String(id) && fortnoxId === order));
  t.equal(world.webcrm.deliveries().length, 3, 'the new order has a delivery of its own');
  await clean(t, world);
});
