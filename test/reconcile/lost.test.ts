import t from 'tap';
import { pollCursor } from '../../src/intake/cursors.ts';
import { articles, customer, line, lines, openWorld, rows, type World, type WorldOptions } from '../support/world.ts';

t.setTimeout(240_000);

const ITEM = 'QuotationLineLinkedDataItem';

async function open(t: { teardown(fn: () => Promise<void>): void }, options: WorldOptions = {}) {
  const world = await openWorld(options);
  t.teardown(() => world.close());
  await articles(world);
  return world;
}

async function twoRows(world: World, name: string) {
  const { organisation, number } = await customer(world, { OrganisationName: name });
  const id = world.webcrm.person.createDelivery({
    DeliveryOrganisationId: organisation,
    DeliveryStatus: 'OnGoing',
    DeliveryOrderDate: '2026-03-02T09:00:00+01:00',
  });
  world.webcrm.person.createLine(id, line('A1', 'Lampa', 2, 100));
  world.webcrm.person.createLine(id, line('A2', 'Kabel', 5, 20));
  await world.quiet();
  const order = (await world.store.pairs.bySide(world.tenantId, 'delivery', 'webcrm', String(id)))?.fortnoxId ?? '';
  return { id, organisation, number, order };
}

/** Nothing is polled: the cursors stand ahead of all that will happen. */
async function pollsOff(world: World) {
  const entities = {
    webcrm: ['customer', 'delivery', 'line'],
    fortnox: ['customer', 'article', 'order', 'invoice'],
  } as const;
  const ahead = world.runtime.now() + 365 * 24 * 3_600_000;
  for (const side of ['webcrm', 'fortnox'] as const)
    for (const entity of entities[side]) await world.store.cursors.put(world.tenantId, pollCursor(side, entity), ahead);
}

/** So long after a change that no poll reads it for its overlap. */
async function unnoticed(world: World) {
  await world.wait(200_000);
  await pollsOff(world);
}

/** One run, and all that follows from it. */
async function reconcile(world: World) {
  t.equal((await world.call('/reconcile', {})).status, 202);
  await world.runtime.runUntil(async () => {
    const state = (await world.store.states.get(world.tenantId, 'reconcile')) as { present: unknown };
    return state.present === null;
  }, 600_000);
  await world.quiet();
  return (await world.call('/reconcile')).body as {
    last: {
      counts: { compared: number; hinted: Record<string, number>; gone: number; turn: number };
      leftOut: unknown[];
    };
    cycle: { read: number; total: number; endsAt: number };
  };
}

/** Calls by route since `before`. */
function difference(before: Record<string, number>, after: Record<string, number>) {
  return Object.fromEntries(
    Object.entries(after)
      .map(([route, count]) => [route, count - (before[route] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  );
}

t.test('S2 B1 a run over records that are in step reads lists only, and writes nothing', async (t) => {
  const world = await open(t, { settings: { reconcile: { hour: null, cycleDays: 90 } } });
  for (const name of ['Ett AB', 'Två AB', 'Tre AB']) await twoRows(world, name);
  await unnoticed(world);
  const before = structuredClone(world.calls());
  const { last } = await reconcile(world);
  const made = {
    webcrm: difference(before.webcrm, world.calls().webcrm),
    fortnox: difference(before.fortnox, world.calls().fortnox),
  };
  t.strictSame(last.counts.hinted, {}, 'nothing differs');
  t.equal(last.counts.turn, 1);
  t.strictSame(last.leftOut, []);
  t.strictSame(made.webcrm, {
    'GET /Organisations/FindByUpdateDates/{from}/{to}': 1,
    'GET /Queries': 2,
    'GET /Organisations': 1,
    'GET /Deliveries': 1,
    'GET /QuotationLines': 1,
    'GET /QuotationLines/LinkedData': 1,
    'GET /Organisations/{id}': 1,
  });
  t.strictSame(made.fortnox, {
    'GET /3/articles': 2,
    'GET /3/pricelists': 1,
    'GET /3/customers': 2,
    'GET /3/orders': 2,
    'GET /3/invoices': 2,
    'GET /3/customers/{id}': 1,
  });
  t.strictSame(world.violations(), []);
});

t.test('S2 B1 R71 everything is lost and no poll runs: one run finds what each list shows', async (t) => {
  const world = await open(t, { settings: { reconcile: { hour: null, cycleDays: 90 } } });
  const [a, b, c, d, e] = [
    await twoRows(world, 'Ett AB'),
    await twoRows(world, 'Två AB'),
    await twoRows(world, 'Tre AB'),
    await twoRows(world, 'Fyra AB'),
    await twoRows(world, 'Fem AB'),
  ];
  const counts = { orders: world.fortnox.orders().length, customers: world.fortnox.customers().length };
  await pollsOff(world);
  world.listen(false);
  const { webcrm, fortnox } = world;
  // A whole organisation, a part of a customer.
  webcrm.person.editOrganisation(a.organisation, { OrganisationWww: 'https://ett.example' });
  fortnox.person.editCustomer(b.number, { Phone1: '08-123 45 67', Address1: 'Storgatan 1' });
  // A line edited, one deleted, one added.
  const [first, second] = webcrm.lines(a.id);
  webcrm.person.editLine(Number(first?.QuotationLineId), { QuotationLineQuantity: 7 });
  webcrm.person.deleteLine(Number(second?.QuotationLineId));
  webcrm.person.createLine(b.id, line('A3', 'Montering', 1, 650));
  // Heads.
  fortnox.person.editOrder(c.order, { DeliveryDate: '2026-05-01' });
  fortnox.person.cancelOrder(d.order);
  // The register: an edit by hand, an item deleted.
  const articles = await world.pairs('article');
  const [a1, a2] = ['A1', 'A2'].map((number) => Number(articles.find((pair) => pair.fortnoxId === number)?.webcrmId));
  webcrm.person.editItem(a1 ?? 0, { [`${ITEM}Data2`]: 'Ändrad för hand' });
  webcrm.person.deleteItem(a2 ?? 0);
  // Gone.
  webcrm.person.deleteDelivery(e.id);
  // New on both sides.
  const born = webcrm.person.createOrganisation({ OrganisationName: 'Ny AB', OrganisationType: 'Customer' });
  const number = fortnox.person.createCustomer({ Name: 'Nyare AB' });

  await unnoticed(world);
  t.equal((await world.store.jobs.counts(world.tenantId)).waiting, 0, 'nothing is known of it');
  const { last } = await reconcile(world);
  t.strictSame(last.leftOut, []);
  t.equal(fortnox.customer(a.number)?.WWW, 'https://ett.example');
  t.match(webcrm.organisation(b.organisation), {
    OrganisationTelephone: '08-123 45 67',
    OrganisationAddress: 'Storgatan 1',
  });
  t.strictSame(rows(fortnox.orders().find((one) => one.DocumentNumber === a.order) ?? null), ['A1|Lampa|7|100']);
  t.equal(rows(fortnox.orders().find((one) => one.DocumentNumber === b.order) ?? null).length, 3);
  t.equal(webcrm.delivery(c.id)?.DeliveryCustom1, '2026-05-01');
  t.equal(webcrm.delivery(d.id)?.DeliveryCustom5, 'Order cancelled in Fortnox');
  t.equal(webcrm.item(a1 ?? 0)?.[`${ITEM}Data2`], 'Lampa', 'put back');
  const gone = await world.store.pairs.bySide(world.tenantId, 'order', 'fortnox', e.order);
  t.match(gone, { state: 'gone', reason: 'gone-in-webcrm' });
  t.match(await world.store.pairs.bySide(world.tenantId, 'customer', 'webcrm', String(born)), { state: 'linked' });
  t.match(await world.store.pairs.bySide(world.tenantId, 'customer', 'fortnox', number), { state: 'linked' });
  t.equal(fortnox.orders().length, counts.orders, 'no order was made');
  t.equal(fortnox.customers().length, counts.customers + 2, 'the two new ones');
  t.strictSame(await world.dead(), []);
  t.strictSame(world.violations(), []);
  t.strictSame(lines(world, a.id), ['A1|Lampa|7|100']);

  const again = await reconcile(world);
  t.strictSame(again.last.counts.hinted, {}, 'a second run finds nothing');
});

t.test('R71 customers and documents that are deleted become gone; nothing is made anew', async (t) => {
  const world = await open(t, { settings: { reconcile: { hour: null, cycleDays: 90 } } });
  const one = await customer(world, { OrganisationName: 'Ett AB' });
  const two = await customer(world, { OrganisationName: 'Två AB' });
  await pollsOff(world);
  world.listen(false);
  world.fortnox.person.deleteCustomer(one.number);
  world.webcrm.person.deleteOrganisation(two.organisation);
  await unnoticed(world);
  const { last } = await reconcile(world);
  t.equal(last.counts.gone, 2);
  const pairs = await world.pairs('customer');
  t.strictSame(pairs.map(({ state, reason }) => `${state} ${reason}`).sort(), [
    'gone gone-in-fortnox',
    'gone gone-in-webcrm',
  ]);
  t.equal((await reconcile(world)).last.counts.gone, 0, 'said once');
  t.strictSame(world.violations(), []);
});

t.test(
  'S2 rows that were edited in Fortnox while no poll ran are found by the poll that a run begins with',
  async (t) => {
    const world = await open(t, { settings: { reconcile: { hour: null, cycleDays: 90 } } });
    const { id, order } = await twoRows(world, 'Ett AB');
    world.listen(false);
    const [first] = (world.fortnox.orders().find((one) => one.DocumentNumber === order)?.OrderRows ?? []) as {
      RowId: number;
    }[];
    world.fortnox.person.editOrder(order, {
      OrderRows: [{ RowId: first?.RowId, OrderedQuantity: '9', DeliveredQuantity: '9' }],
    });
    await world.wait(1_000);
    await reconcile(world);
    t.strictSame(lines(world, id), ['A1|Lampa|9|100']);
  },
);

t.test('R25 a refused delivery that changed since, on itself or on a line, is looked at again', async (t) => {
  const world = await open(t, { settings: { reconcile: { hour: null, cycleDays: 90 } } });
  const { organisation } = await customer(world);
  const planned = { DeliveryOrganisationId: organisation, DeliveryOrderDate: '2026-03-02T09:00:00+01:00' };
  const late = world.webcrm.person.createDelivery({ ...planned, DeliveryStatus: 'New' });
  world.webcrm.person.createLine(late, line('A1', 'Lampa', 1, 100));
  const empty = world.webcrm.person.createDelivery({ ...planned, DeliveryStatus: 'OnGoing' });
  await world.quiet();
  t.equal(world.fortnox.orders().length, 0);
  await pollsOff(world);
  world.listen(false);
  await unnoticed(world);
  t.strictSame((await reconcile(world)).last.counts.hinted, {}, 'a refusal stands');
  world.webcrm.person.editDelivery(late, { DeliveryStatus: 'OnGoing' });
  world.webcrm.person.createLine(empty, line('A2', 'Kabel', 1, 20));
  await unnoticed(world);
  await reconcile(world);
  t.equal(world.fortnox.orders().length, 2);
});

t.test("R13 the past is an import's matter: a run brings nothing from before the tenant", async (t) => {
  const world = await openWorld({ settings: { reconcile: { hour: null, cycleDays: 90 } } });
  t.teardown(() => world.close());
  await pollsOff(world);
  world.listen(false);
  const tenant = await world.store.tenants.get(world.tenantId);
  if (tenant === null) throw new Error('no tenant');
  world.webcrm.person.createOrganisation({ OrganisationName: 'Förr AB', OrganisationType: 'Customer' });
  world.fortnox.person.createCustomer({ Name: 'Fordom AB' });
  await unnoticed(world);
  await world.store.tenants.replace({ ...tenant, createdAt: world.runtime.now() });
  t.strictSame((await reconcile(world)).last.counts.hinted, {});
  t.strictSame(await world.pairs('customer'), []);
});

t.test('R41 an edit that a frozen document does not take is looked at once, not at every run', async (t) => {
  const world = await open(t, { settings: { reconcile: { hour: null, cycleDays: 90 } } });
  const { id, order } = await twoRows(world, 'Ett AB');
  await unnoticed(world);
  world.listen(false);
  const invoice = world.fortnox.person.invoiceOrders([order]);
  world.fortnox.person.bookInvoice(invoice);
  world.webcrm.person.editDelivery(id, { DeliveryMemo: 'För sent' });
  await unnoticed(world);
  const first = await reconcile(world);
  t.ok((first.last.counts.hinted.delivery ?? 0) > 0);
  t.match(world.webcrm.delivery(id), { DeliveryCustom2: invoice, DeliveryCustom4: 'Yes', DeliveryMemo: 'För sent' });
  await unnoticed(world);
  const second = await reconcile(world);
  t.strictSame(second.last.counts.hinted, {});
  t.strictSame(await world.dead(), []);
});

t.test('R40 an invoice made from an order, and its booking, are found by the list of invoices', async (t) => {
  const world = await open(t, { settings: { reconcile: { hour: null, cycleDays: 90 } } });
  const { id, order } = await twoRows(world, 'Ett AB');
  await unnoticed(world);
  world.listen(false);
  const invoice = world.fortnox.person.invoiceOrders([order]);
  await unnoticed(world);
  await reconcile(world);
  t.match(world.webcrm.delivery(id), { DeliveryCustom2: invoice, DeliveryCustom4: 'No' });
  world.fortnox.person.bookInvoice(invoice);
  await unnoticed(world);
  await reconcile(world);
  t.match(world.webcrm.delivery(id), { DeliveryCustom4: 'Yes' });
  t.equal((await world.pairs()).length, 1);
  await unnoticed(world);
  t.strictSame((await reconcile(world)).last.counts.hinted, {});
});

t.test('R72 a delivery that was excluded for over a week is shown before the first write', async (t) => {
  const world = await open(t, { settings: { reconcile: { hour: null, cycleDays: 90 } } });
  const { id, organisation, order } = await twoRows(world, 'Ett AB');
  world.webcrm.person.editOrganisation(organisation, { OrganisationType: 'Supplier' });
  await world.quiet();
  world.webcrm.person.editDelivery(id, { DeliveryMemo: 'Från webCRM' });
  await world.quiet();
  const pair = () => world.store.pairs.bySide(world.tenantId, 'delivery', 'webcrm', String(id));
  t.match(await pair(), { state: 'excluded' });
  const since = await pair();
  if (since === null) throw new Error('no pair');
  await world.store.pairs.replace({ ...since, excludedAt: since.updatedAt - 8 * 24 * 3_600_000 });
  world.fortnox.person.editOrder(order, { Remarks: 'Från Fortnox' });
  world.webcrm.person.editOrganisation(organisation, { OrganisationType: 'Customer' });
  await world.quiet();
  world.hint('delivery', 'webcrm', id);
  await world.quiet();
  t.match(await pair(), { state: 'conflict', reason: 'changed-on-both-sides' });
  t.equal(world.webcrm.delivery(id)?.DeliveryMemo, 'Från webCRM');
  t.equal(world.fortnox.orders().find((one) => one.DocumentNumber === order)?.Remarks, 'Från Fortnox');
});
