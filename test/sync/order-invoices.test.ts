import t from 'tap';
import { sleep } from '../../src/runtime.ts';
import { customer, FIELDS, type World } from '../support/world.ts';
import { clean, open, twoRows } from './document-scene.ts';

t.setTimeout(240_000);

const toInvoiceMode = (world: World) =>
  world.runtime.drive(world.admin.updateSettings(world.tenantId, { documentMode: 'invoice' }));

/** What stands on the deliveries, in short: id, status, number of the invoice. */
const deliveries = (world: World) =>
  world.webcrm.deliveries().map((one) => [one.DeliveryId, one.DeliveryStatus, one[FIELDS.invoiceNumber]].join(' '));

/** An order of which nobody tells, and which has no pair in invoice mode. */
function quietOrder(world: World, CustomerNumber: string): string {
  return world.fortnox.person.createOrder({
    CustomerNumber,
    OrderRows: [{ ArticleNumber: 'A3', OrderedQuantity: '1', DeliveredQuantity: '1' }],
  });
}

t.test('R40 R49 an order paired before the mode changed keeps its invoice, whichever is heard of first', async (t) => {
  for (const told of ['both', 'invoice first', 'order first'] as const) {
    const world = await open(t);
    const { id } = await twoRows(world);
    const order = world.fortnox.orders()[0]?.DocumentNumber ?? '';
    await toInvoiceMode(world);
    world.listen(told === 'both');
    const invoice = world.fortnox.person.invoiceOrders([order]);
    await world.quiet();
    const records = [['invoice', invoice] as const, ['order', order] as const];
    if (told !== 'both')
      for (const [entity, number] of told === 'invoice first' ? records : records.reverse()) {
        await world.hint(entity, 'fortnox', number);
        await world.quiet();
      }
    t.strictSame(deliveries(world), [`${id} OnGoing ${invoice}`], told);
    t.match(await world.pairs(), [{ fortnoxKind: 'order', fortnoxId: order, invoiceRef: invoice }], told);
    await clean(t, world);
  }
});

t.test('R40 R49 in invoice mode a collective invoice goes to the paired order that it does not name', async (t) => {
  for (const collectiveOrderReference of ['first', 'none'] as const) {
    const world = await open(t, { fortnox: { collectiveOrderReference } });
    const { id, customerNumber } = await twoRows(world);
    const order = world.fortnox.orders()[0]?.DocumentNumber ?? '';
    await toInvoiceMode(world);
    world.listen(false);
    const invoice = world.fortnox.person.invoiceOrders([quietOrder(world, customerNumber), order]);
    await world.hint('invoice', 'fortnox', invoice);
    await world.quiet();
    t.strictSame(deliveries(world), [`${id} OnGoing ${invoice}`], collectiveOrderReference);
    await clean(t, world);
  }
});

t.test('R40 a collective invoice whose orders are paired while they are looked for goes to them', async (t) => {
  const world = await open(t, { fortnox: { collectiveOrderReference: 'none' } });
  const { number } = await customer(world);
  await world.quiet();
  world.listen(false);
  const orders = [quietOrder(world, number), quietOrder(world, number)];
  const invoice = world.fortnox.person.invoiceOrders(orders);
  const { fetch } = world.runtime;
  let isListing = false;
  world.runtime.fetch = async (input, init) => {
    const answer = await fetch(input, init);
    if (!isListing && (input as Request).url.includes('/3/orders?customernumber=')) {
      isListing = true;
      await sleep(world.runtime, 5_000);
    }
    return answer;
  };
  await world.hint('invoice', 'fortnox', invoice);
  await world.runtime.runUntil(() => isListing, 60_000);
  for (const order of orders) await world.hint('order', 'fortnox', order);
  await world.runtime.advance(4_000);
  t.equal(world.webcrm.deliveries().length, 2, 'each order has its delivery before the list is there');
  await world.quiet();
  t.equal(world.webcrm.deliveries().length, 2);
  t.strictSame(
    (await world.pairs()).map(({ fortnoxKind, invoiceRef }) => `${fortnoxKind} ${invoiceRef}`),
    [`order ${invoice}`, `order ${invoice}`],
  );
  await clean(t, world);
});

t.test(
  'R40 R42 in invoice mode an invoice of orders without a pair is born in Fortnox, at no further call',
  async (t) => {
    for (const collectiveOrderReference of ['first', 'none'] as const) {
      const world = await open(t, { settings: { documentMode: 'invoice' }, fortnox: { collectiveOrderReference } });
      const { number } = await customer(world);
      const orders = [quietOrder(world, number), quietOrder(world, number)];
      await world.quiet();
      const before = { ...world.calls().fortnox };
      const invoice = world.fortnox.person.invoiceOrders(orders);
      await world.quiet();
      t.strictSame(
        world.webcrm.deliveries().map((one) => [one.DeliveryStatus, one[FIELDS.invoiceNumber]]),
        [['Completed', invoice]],
      );
      for (const route of ['GET /3/orders', 'GET /3/orders/{id}'])
        t.equal(world.calls().fortnox[route], before[route], `${route}, ${collectiveOrderReference}`);
      await clean(t, world);
    }
  },
);

/** The order before the start date, which has no pair, and the invoice made of both in this sequence. */
async function withOldOrder(world: World, customerNumber: string, orderFirst: boolean): Promise<string> {
  const order = world.fortnox.orders()[0]?.DocumentNumber ?? '';
  const old = world.fortnox.person.createOrder({
    CustomerNumber: customerNumber,
    OrderDate: '2025-12-01',
    OrderRows: [{ ArticleNumber: 'A3', OrderedQuantity: '1', DeliveredQuantity: '1' }],
  });
  await world.quiet();
  const invoice = world.fortnox.person.invoiceOrders(orderFirst ? [order, old] : [old, order]);
  await world.quiet();
  return invoice;
}

t.test('R40 R41 a collective invoice with an order that has no pair takes no changes of its other order', async (t) => {
  for (const collectiveOrderReference of ['first', 'none'] as const) {
    const world = await open(t, { fortnox: { collectiveOrderReference } });
    const { id, customerNumber } = await twoRows(world);
    const invoice = await withOldOrder(world, customerNumber, false);
    t.ok((await world.reasons()).includes('before-start-date'));
    world.webcrm.person.editDelivery(id, { [FIELDS.yourReference]: 'Bo' });
    await world.quiet();
    t.not(world.fortnox.invoice(invoice)?.YourReference, 'Bo', collectiveOrderReference);
    t.match(await world.pairs(), [{ reason: 'invoice-shared' }], collectiveOrderReference);
    await clean(t, world);
  }
});

t.test('R41 the invoice of one order takes changes of its head, however its rows were edited in Fortnox', async (t) => {
  for (const collectiveOrderReference of ['first', 'none'] as const) {
    const world = await open(t, { fortnox: { collectiveOrderReference } });
    const { id } = await twoRows(world);
    const invoice = world.fortnox.person.invoiceOrders([world.fortnox.orders()[0]?.DocumentNumber ?? '']);
    const [first] = world.fortnox.invoice(invoice)?.InvoiceRows ?? [];
    world.fortnox.person.editInvoice(invoice, {
      InvoiceRows: [
        { RowId: first?.RowId, Price: 90 },
        { Description: 'Frakt', DeliveredQuantity: '1', Price: 50 },
      ],
    });
    await world.quiet();
    world.webcrm.person.editDelivery(id, { [FIELDS.yourReference]: 'Bo' });
    await world.quiet();
    t.equal(world.fortnox.invoice(invoice)?.YourReference, 'Bo', collectiveOrderReference);
    await clean(t, world);
  }
});
