import t from 'tap';
import type { PairEntity, Side } from '../../schemas/records.ts';
import {
  articles,
  customer,
  FIELDS,
  line,
  lines,
  openWorld,
  rows,
  type World,
  type WorldOptions,
} from '../support/world.ts';

t.setTimeout(240_000);

type Test = { teardown(fn: () => Promise<void>): void };
type Body = Record<string, unknown>;

const DAY = 86_400_000;

async function open(t: Test, options: WorldOptions = {}) {
  const world = await openWorld(options);
  t.teardown(() => world.close());
  await articles(world);
  return world;
}

/** Writes that a vendor got for a kind of record, so far. */
const ROUTES: Readonly<Record<string, RegExp>> = {
  'customer:fortnox': /^(POST|PUT) \/3\/customers/,
  'customer:webcrm': /^(POST|PUT) \/Organisations/,
  'article:webcrm': /^(POST|PUT|DELETE) \/QuotationLines\/LinkedData/,
  'delivery:fortnox': /^(POST|PUT) \/3\/(orders|invoices)/,
  'delivery:webcrm': /^(POST|PUT|DELETE) \/(Deliveries|QuotationLines(?!\/LinkedData))/,
};
const writes = (world: World, entity: PairEntity, to: Side): number =>
  Object.entries(world.calls()[to])
    .filter(([route]) => ROUTES[`${entity}:${to}`]?.test(route) && !route.includes('Hooks'))
    .reduce((sum, [, count]) => sum + count, 0);

const pause = (world: World, part: object) => world.call('/pause', part);
const resume = (world: World, part: object) => world.call('/resume', part);
const delivery = (organisation: number, more: object = {}) => ({
  DeliveryOrganisationId: organisation,
  DeliveryStatus: 'OnGoing',
  DeliveryDescription: 'Belysning',
  DeliveryOrderDate: '2026-03-02T09:00:00+01:00',
  ...more,
});
const order = (number: string) => ({
  CustomerNumber: number,
  OrderDate: '2026-03-02',
  OrderRows: [{ ArticleNumber: 'A1', Description: 'Lampa', OrderedQuantity: '3', Price: 100 }],
});
async function waiting(world: World): Promise<string[]> {
  const { body } = await world.call('/refused');
  return (body.items as Body[]).map(({ entity, side, id, reason }) => `${entity} ${side} ${id} ${reason}`).sort();
}
async function parts(world: World): Promise<Body[]> {
  return (await world.call('/status')).body.pausedParts as Body[];
}
async function explained(world: World, entity: string, side: Side, id: string | number): Promise<Body> {
  return (await world.call(`/explain?entity=${entity}&side=${side}&id=${id}`)).body;
}
const pairOf = async (world: World, entity: 'customer' | 'delivery' | 'article', side: Side, id: string | number) =>
  world.store.pairs.bySide(world.tenantId, entity, side, String(id));

/** Nothing was refused, nothing failed, nothing waits, and more polls change nothing. */
async function settled(t: { strictSame: typeof import('tap').default.strictSame }, world: World) {
  await world.quiet();
  const before = JSON.stringify(world.calls());
  const count = () =>
    (['fortnox', 'webcrm'] as const).flatMap((to) =>
      (['customer', 'article', 'delivery'] as const).map((entity) => writes(world, entity, to)),
    );
  const written = count();
  await world.wait(13 * 60_000);
  t.strictSame(count(), written, `no write follows (${before.length})`);
  t.strictSame(world.violations(), []);
  t.strictSame(world.faults, []);
  t.strictSame(await world.dead(), []);
  t.strictSame(await waiting(world), []);
}

t.test('R72 customers to Fortnox paused: nothing goes there, the other way flows, resume works off once', async (t) => {
  const world = await open(t);
  const { organisation, number } = await customer(world);
  const answer = await pause(world, { entity: 'customer', to: 'fortnox' });
  t.equal(answer.status, 200);
  t.match(answer.body, { state: 'connected', pausedParts: [{ entity: 'customer', to: 'fortnox' }] });
  const before = writes(world, 'customer', 'fortnox');

  const made = world.webcrm.person.createOrganisation({ OrganisationName: 'Ny AB', OrganisationType: 'Customer' });
  world.webcrm.person.editOrganisation(organisation, { OrganisationTelephone: '08-1' });
  world.fortnox.person.editCustomer(number, { WWW: 'lyktan.se' });
  const born = world.fortnox.person.createCustomer({ Name: 'Född AB' });
  await world.quiet();
  await world.wait(13 * 60_000);
  t.equal(writes(world, 'customer', 'fortnox'), before);
  t.equal(world.webcrm.organisation(organisation)?.OrganisationWww, 'lyktan.se', 'the other direction flows');
  t.ok((await pairOf(world, 'customer', 'fortnox', born))?.webcrmId, 'and creates');
  t.equal(world.webcrm.organisation(organisation)?.OrganisationTelephone, '08-1', 'the edit that waits stays');
  t.equal(world.fortnox.customer(number)?.Phone1 ?? '', '');

  const held = await waiting(world);
  t.ok(held.includes(`customer webcrm ${made} to-fortnox-paused`), held.join());
  t.ok(held.includes(`customer webcrm ${organisation} to-fortnox-paused`), held.join());
  t.match(await parts(world), [{ entity: 'customer', to: 'fortnox', waiting: held.length }]);
  t.match(await explained(world, 'customer', 'webcrm', made), {
    next: { code: 'resume-part' },
  });
  t.equal((await world.call('/status')).body.latenessMs, 0, 'what is paused is not late');

  await resume(world, { entity: 'customer', to: 'fortnox' });
  await world.quiet();
  t.equal(world.fortnox.customer(number)?.Phone1, '08-1');
  t.equal((await pairOf(world, 'customer', 'webcrm', made))?.state, 'linked');
  t.equal(writes(world, 'customer', 'fortnox'), before + 2, 'each once');
  t.strictSame(await parts(world), []);
  const said = (await world.lines()).filter(({ entity }) => entity === 'tenant').map(({ message }) => message);
  t.match(said[0], /^Resumed by hand: Customers to Fortnox\. Asked for by /);
  t.match(said[1], /^Paused by hand: Customers to Fortnox\. Asked for by /);
  await settled(t, world);
});

t.test('R72 customers to webCRM paused: the number is not written back, Fortnox goes on', async (t) => {
  const world = await open(t);
  const { organisation, number } = await customer(world);
  await pause(world, { entity: 'customer', to: 'webcrm' });
  const before = writes(world, 'customer', 'webcrm');
  const made = world.webcrm.person.createOrganisation({ OrganisationName: 'Ny AB', OrganisationType: 'Customer' });
  const born = world.fortnox.person.createCustomer({ Name: 'Född AB' });
  world.fortnox.person.editCustomer(number, { WWW: 'lyktan.se' });
  world.webcrm.person.editOrganisation(organisation, { OrganisationName: '' });
  await world.quiet();
  t.equal(writes(world, 'customer', 'webcrm'), before, 'not even a value that Fortnox puts back');
  const pair = await pairOf(world, 'customer', 'webcrm', made);
  t.ok(pair?.fortnoxId, 'the customer is made');
  t.equal(pair?.reason, 'to-webcrm-paused');
  t.ok((await waiting(world)).includes(`customer fortnox ${born} to-webcrm-paused`));
  await resume(world, { to: 'webcrm' });
  await world.quiet();
  t.equal(world.webcrm.organisation(made)?.OrganisationCustom1, pair?.fortnoxId);
  t.equal(world.webcrm.organisation(organisation)?.OrganisationName, 'Lyktan AB');
  t.equal(world.webcrm.organisation(organisation)?.OrganisationWww, 'lyktan.se');
  t.ok((await pairOf(world, 'customer', 'fortnox', born))?.webcrmId);
  t.equal((await world.pairs('customer')).length, 3);
  await settled(t, world);
});

t.test(
  'R21 R72 a value emptied in Fortnox while its first link waits for webCRM stays empty, and the log says what went',
  async (t) => {
    const world = await open(t);
    await pause(world, { entity: 'customer', to: 'webcrm' });
    const vat = 'SE556000123401';
    const number = world.fortnox.person.createCustomer({ Name: 'Lyktan AB', VATNumber: vat, City: 'Kiruna' });
    const organisation = world.webcrm.person.createOrganisation({
      OrganisationName: 'Lyktan AB',
      OrganisationType: 'Customer',
      OrganisationVatNumber: vat,
      OrganisationCity: 'Solna',
    });
    await world.quiet();
    t.equal((await pairOf(world, 'customer', 'fortnox', number))?.webcrmId, String(organisation));
    world.fortnox.person.editCustomer(number, { City: '' });
    await world.quiet();
    t.equal(world.webcrm.organisation(organisation)?.OrganisationCity, 'Solna');
    await resume(world, { to: 'webcrm' });
    await world.quiet();
    t.equal(world.webcrm.organisation(organisation)?.OrganisationCity, '');
    t.equal(world.fortnox.customer(number)?.City ?? '', '');
    const lost = (await world.lines()).flatMap((line) => line.lost.filter(({ field }) => field === 'invoiceCity'));
    t.match(lost, [{ side: 'webcrm', before: 'Solna', after: null }]);
    await settled(t, world);
  },
);

t.test('R72 articles paused: no call is made of them, resume brings them', async (t) => {
  const world = await open(t);
  await pause(world, { entity: 'article' });
  const reads = () => world.calls().fortnox['GET /3/articles/{number}'] ?? 0;
  const before = [writes(world, 'article', 'webcrm'), reads()];
  world.fortnox.person.createArticle({ ArticleNumber: 'A9', Description: 'Stolpe', Unit: 'st', VAT: 25 });
  world.fortnox.person.editArticle('A1', { Description: 'Lampa, ny' });
  world.fortnox.person.setPrice('A2', 21);
  await world.quiet();
  await world.wait(13 * 60_000);
  t.strictSame([writes(world, 'article', 'webcrm'), reads()], before);
  t.match(await parts(world), [{ entity: 'article', to: 'webcrm' }]);
  t.match((await waiting(world)).join(), /article fortnox A1 to-webcrm-paused.*article fortnox A9 to-webcrm-paused/);
  await resume(world, { entity: 'article' });
  await world.quiet();
  t.equal((await world.pairs('article')).length, 4);
  const item = await pairOf(world, 'article', 'fortnox', 'A1');
  t.match(item, { state: 'linked', base: { webcrm: { name: 'Lampa, ny' } } });
  await settled(t, world);
});

t.test('R72 deliveries to Fortnox paused: no document is made or changed, what Fortnox changes comes', async (t) => {
  const world = await open(t);
  const { organisation, number } = await customer(world);
  const old = world.webcrm.person.createDelivery(delivery(organisation));
  const lineId = world.webcrm.person.createLine(old, line('A1', 'Lampa', 2, 100));
  await world.quiet();
  const document = (await pairOf(world, 'delivery', 'webcrm', old))?.fortnoxId ?? '';
  await pause(world, { entity: 'delivery', to: 'fortnox' });
  const before = writes(world, 'delivery', 'fortnox');
  const fresh = world.webcrm.person.createDelivery(delivery(organisation));
  world.webcrm.person.createLine(fresh, line('A2', 'Kabel', 1, 20));
  world.webcrm.person.editLine(lineId, { QuotationLineQuantity: 7 });
  world.webcrm.person.editDelivery(old, { [FIELDS.yourReference]: 'Eva Ek' });
  world.fortnox.person.editOrder(document, { OurReference: 'Bo Ek' });
  const born = world.fortnox.person.createOrder(order(number));
  await world.quiet();
  await world.wait(13 * 60_000);
  t.equal(writes(world, 'delivery', 'fortnox'), before);
  t.equal(world.webcrm.delivery(old)?.[FIELDS.ourReference], 'Bo Ek');
  t.ok((await world.store.pairs.bySide(world.tenantId, 'order', 'fortnox', born))?.webcrmId);
  const held = await waiting(world);
  for (const id of [old, fresh]) t.ok(held.includes(`delivery webcrm ${id} to-fortnox-paused`), held.join());
  t.match(await explained(world, 'delivery', 'webcrm', fresh), { next: { code: 'resume-part' } });

  await resume(world, { entity: 'delivery', to: 'fortnox' });
  await world.quiet();
  const orders = world.fortnox.orders();
  t.equal(orders.length, 3, 'one for each, none twice');
  const changed = orders.find(({ DocumentNumber }) => DocumentNumber === document);
  t.strictSame(rows(changed ?? null), ['A1|Lampa|7|100']);
  t.match(changed, { YourReference: 'Eva Ek', OurReference: 'Bo Ek' });
  await settled(t, world);
});

t.test('R72 deliveries to webCRM paused: neither head nor lines are written, rows wait as a whole', async (t) => {
  const world = await open(t);
  const { organisation, number } = await customer(world);
  const id = world.webcrm.person.createDelivery(delivery(organisation));
  const first = world.webcrm.person.createLine(id, line('A1', 'Lampa', 2, 100));
  await world.quiet();
  const document = (await pairOf(world, 'delivery', 'webcrm', id))?.fortnoxId ?? '';
  await pause(world, { entity: 'delivery', to: 'webcrm' });
  const before = writes(world, 'delivery', 'webcrm');
  const rowNow = () => {
    const held = world.fortnox.orders().find((one) => one.DocumentNumber === document);
    return (held?.OrderRows as Body[] | undefined)?.[0];
  };

  world.webcrm.person.editLine(first, { QuotationLineQuantity: 4 });
  await world.quiet();
  t.equal(rowNow()?.OrderedQuantity, '4', 'a row that is written in Fortnox alone goes');

  world.fortnox.person.editOrder(document, {
    YourReference: 'Eva Ek',
    OrderRows: [{ RowId: rowNow()?.RowId, Price: 90 }],
  });
  world.webcrm.person.editDelivery(id, { [FIELDS.ourReference]: 'Bo Ek' });
  const born = world.fortnox.person.createOrder(order(number));
  await world.quiet();
  world.webcrm.person.editLine(first, { QuotationLineQuantity: 5 });
  await world.quiet();
  t.equal(writes(world, 'delivery', 'webcrm'), before);
  t.match(
    world.fortnox.orders().find((one) => one.DocumentNumber === document),
    { OurReference: 'Bo Ek' },
  );
  t.equal(rowNow()?.OrderedQuantity, '4', 'its rows wait together');
  t.match((await waiting(world)).join(), new RegExp(`order fortnox ${born} to-webcrm-paused`));
  t.equal((await pairOf(world, 'delivery', 'webcrm', id))?.reason, 'to-webcrm-paused');

  await resume(world, { entity: 'delivery' });
  await world.quiet();
  t.strictSame(lines(world, id), ['A1|Lampa|5|90']);
  t.match(rowNow(), { OrderedQuantity: '5', Price: 90 });
  t.equal(world.webcrm.delivery(id)?.[FIELDS.yourReference], 'Eva Ek');
  t.ok((await world.store.pairs.bySide(world.tenantId, 'order', 'fortnox', born))?.webcrmId);
  t.equal((await world.pairs('delivery')).length, 2);
  await settled(t, world);
});

t.test('R72 a delivery waits for its customer that is paused, and says so; both follow in order', async (t) => {
  const world = await open(t);
  await pause(world, { entity: 'customer' });
  t.match((await parts(world)).map(({ to }) => to).sort(), ['fortnox', 'webcrm']);
  const organisation = world.webcrm.person.createOrganisation({
    OrganisationName: 'Ny AB',
    OrganisationType: 'Customer',
  });
  const id = world.webcrm.person.createDelivery(delivery(organisation));
  world.webcrm.person.createLine(id, line('A1', 'Lampa', 2, 100));
  await world.quiet();
  const held = await waiting(world);
  t.strictSame(held, [
    `customer webcrm ${organisation} to-fortnox-paused`,
    `delivery webcrm ${id} waiting-for-paused-customer`,
  ]);
  t.match(await explained(world, 'delivery', 'webcrm', id), {
    waitsFor: { record: { entity: 'customer', side: 'webcrm', id: String(organisation) } },
    next: { code: 'resume-part' },
  });
  t.equal(world.fortnox.customers().length, 0);
  await resume(world, { entity: 'customer' });
  await world.quiet();
  t.equal(world.fortnox.customers().length, 1);
  t.equal(world.fortnox.orders().length, 1);
  await settled(t, world);
});

t.test(
  'R72 after more than seven days what both sides changed is shown first; what was put right alone is let go',
  async (t) => {
    const world = await open(t, { settings: { conflictPolicy: 'webcrm' } });
    const { organisation, number } = await customer(world);
    const other = await customer(world, { OrganisationName: 'Andra AB' });
    await pause(world, { entity: 'customer', to: 'fortnox' });
    for (const phone of ['08-2', ''])
      world.webcrm.person.editOrganisation(other.organisation, { OrganisationTelephone: phone });
    world.webcrm.person.editOrganisation(organisation, { OrganisationTelephone: '08-1' });
    world.fortnox.person.editCustomer(number, { Phone1: '08-9' });
    await world.quiet();
    t.equal(world.webcrm.organisation(organisation)?.OrganisationTelephone, '08-1', 'webCRM wins, when it may');
    const tenant = await world.admin.getTenant(world.tenantId);
    const since = world.runtime.now() - 8 * DAY;
    await world.store.tenants.replace({
      ...tenant,
      pausedParts: tenant.pausedParts.map((part) => ({ ...part, since })),
    });
    await resume(world, { entity: 'customer', to: 'fortnox' });
    await world.quiet();
    t.match(await pairOf(world, 'customer', 'webcrm', organisation), {
      state: 'conflict',
      reason: 'changed-on-both-sides',
    });
    t.match(await pairOf(world, 'customer', 'webcrm', other.organisation), { state: 'linked' });
    t.equal(world.fortnox.customer(number)?.Phone1, '08-9', 'nothing is written before a person says so');
    t.strictSame(await waiting(world), []);
  },
);

t.test(
  'R72 no write starts after a pause was answered, of a part or of the whole, whatever was under way',
  async (t) => {
    const world = await open(t);
    for (const part of [{ to: 'fortnox' }, {}]) {
      const ids = Array.from({ length: 16 }, (_, n) =>
        world.webcrm.person.createOrganisation({
          OrganisationName: `Bolag ${n} ${Object.keys(part).length}`,
          OrganisationType: 'Customer',
        }),
      );
      await world.wait(1_000);
      await pause(world, part);
      const at = writes(world, 'customer', 'fortnox');
      // A call that was sent when the pause was answered has arrived by then.
      await world.wait(100);
      const arrived = writes(world, 'customer', 'fortnox');
      t.ok(arrived - at <= 4, `${arrived - at} were on their way`);
      await world.wait(10 * 60_000);
      t.equal(writes(world, 'customer', 'fortnox'), arrived);
      const made = async () =>
        (await Promise.all(ids.map((id) => pairOf(world, 'customer', 'webcrm', id)))).filter((pair) => pair?.fortnoxId);
      t.ok((await made()).length < 16, 'it was in the middle of it');
      await resume(world, part);
      await world.quiet();
      t.equal((await made()).length, 16);
    }
    t.equal(world.fortnox.customers().length, 32, 'each once');
    await settled(t, world);
  },
);

t.test('R72 an import waits for what is paused and says so, and makes old records once it is resumed', async (t) => {
  const world = await openWorld({ settings: { startDate: '2026-03-01' } });
  t.teardown(() => world.close());
  world.listen(false);
  for (let n = 0; n < 40; n++)
    world.webcrm.person.createOrganisation({ OrganisationName: `Gammal ${n}`, OrganisationType: 'Customer' });
  await pause(world, { entity: 'customer', to: 'fortnox' });
  const { body: begun } = await world.call('/imports', { kinds: ['customer'], direction: 'to-fortnox', dryRun: true });
  await world.wait(20_000);
  const view = async () => (await world.call(`/imports/${begun.id}`)).body;
  t.match(await view(), {
    state: 'ready',
    counts: { 'create-in-fortnox': 40 },
    paused: [{ entity: 'customer', to: 'fortnox' }],
  });
  await world.call(`/imports/${begun.id}/start`, {});
  await world.wait(60_000);
  t.match(await view(), {
    state: 'running',
    done: 0,
    paused: [{ entity: 'customer', to: 'fortnox' }],
    remainingSeconds: null,
  });
  t.equal(world.fortnox.customers().length, 0);
  await resume(world, { entity: 'customer', to: 'fortnox' });
  await world.wait(8_000);
  await pause(world, { entity: 'customer', to: 'fortnox' });
  await world.wait(1_000);
  const half = world.fortnox.customers().length;
  await world.wait(25 * 60_000);
  t.equal(world.fortnox.customers().length, half);
  t.ok(half > 0 && half < 40, `${half} were made before the second pause`);
  await resume(world, {});
  await resume(world, { to: 'fortnox' });
  await world.wait(60_000);
  t.match(await view(), { state: 'done', done: 40, paused: [] });
  t.equal(world.fortnox.customers().length, 40);
  await settled(t, world);
});

t.test(
  'R72 R75 the status on the record waits with its direction; a resume that was cut off is finished',
  async (t) => {
    const world = await open(t, {
      settings: { customFields: { customerNumber: 'OrganisationCustom1', status: 'OrganisationCustom9' } },
    });
    const { organisation } = await customer(world);
    await pause(world, { entity: 'customer', to: 'webcrm' });
    const before = writes(world, 'customer', 'webcrm');
    const nameless = world.webcrm.person.createOrganisation({ OrganisationName: '', OrganisationType: 'Customer' });
    world.webcrm.person.editOrganisation(organisation, { OrganisationType: 'Prospect' });
    await world.quiet();
    t.equal(writes(world, 'customer', 'webcrm'), before);
    const tenant = await world.admin.getTenant(world.tenantId);
    await world.store.tenants.replace({
      ...tenant,
      pausedParts: tenant.pausedParts.map((part) => ({ ...part, resuming: true })),
    });
    t.strictSame(await parts(world), [], 'what is being resumed is not paused');
    await world.wait(11 * 60_000);
    const status = (id: number) => String(world.webcrm.organisation(id)?.OrganisationCustom9 ?? '');
    t.match(status(nameless), /has no name/);
    t.match(status(organisation), /Type/);
    t.strictSame((await world.admin.getTenant(world.tenantId)).pausedParts, []);
    t.strictSame(world.violations(), []);
  },
);

t.test('R72 what the API refuses and leaves as it is', async (t) => {
  const world = await openWorld();
  t.teardown(() => world.close());
  t.match(await pause(world, { entity: 'article', to: 'fortnox' }), {
    status: 400,
    body: { code: 'invalid-body', faults: [{ field: 'to' }] },
  });
  t.equal((await pause(world, { entity: 'quotation' })).status, 400);
  t.match((await resume(world, { entity: 'delivery' })).body, { state: 'connected', pausedParts: [] });
  const { body: once } = await pause(world, { to: 'webcrm' });
  t.strictSame(
    (once.pausedParts as Body[]).map(({ entity }) => entity),
    ['article', 'customer', 'delivery'],
  );
  await world.wait(1_000);
  t.strictSame((await pause(world, { entity: 'customer', to: 'webcrm' })).body.pausedParts, once.pausedParts);
  await world.call('/pause', {});
  t.match((await world.call('/resume', {})).body, { state: 'connected', pausedParts: once.pausedParts });
  const told = (await world.lines()).filter(({ message }) => message.startsWith('Paused by hand'));
  t.equal(told.length, 2, 'what changes nothing is not told');
});
