import t from 'tap';
import { customer, delivery, line, type World } from '../support/world.ts';
import { open, pairOf, unheard } from './support.ts';

t.setTimeout(240_000);

type Checks = Pick<typeof t, 'strictSame' | 'match' | 'equal'>;

/** The call is taken, and its work done. */
async function mend(t: Checks, world: World, path: string, body: object, status = 200) {
  const answer = await world.call(path, body);
  t.equal(answer.status, status, `${path}: ${JSON.stringify(answer.body)}`);
  await world.quiet();
  return answer.body;
}

async function clean(t: Checks, world: World) {
  t.strictSame(world.violations(), []);
  t.strictSame(world.faults, []);
  t.strictSame(await world.dead(), []);
}

const named = (world: World, name: string) => world.fortnox.customers().filter((one) => one.Name === name);

t.test('B6 1 a wrong link is taken apart, and the organisation linked to the right customer', async (t) => {
  const world = await open(t);
  const [wrong, right] = unheard(world, () => [
    world.fortnox.person.createCustomer({ Name: 'Lampan i Umeå AB' }),
    world.fortnox.person.createCustomer({ Name: 'Lyktan i Umeå AB' }),
  ]);
  const id = world.webcrm.person.createOrganisation({
    OrganisationName: 'Lyktan AB',
    OrganisationType: 'Customer',
    OrganisationCustom1: wrong,
  });
  await world.quiet();
  const pair = await pairOf(world, id);
  t.equal(pair.fortnoxId, wrong);
  const early = await world.call('/pairs', { webcrmId: String(id), fortnoxKind: 'customer', fortnoxId: right });
  t.match([early.status, early.body.detail], [409, /belongs to pair .* unlink it first/]);
  await mend(t, world, `/pairs/${pair.id}/unlink`, {});
  world.webcrm.person.editOrganisation(id, { OrganisationCity: 'Umeå' });
  await world.quiet();
  t.match(await pairOf(world, id), { state: 'detached', fortnoxId: wrong }, 'nothing links it again');
  t.not(world.fortnox.customer(wrong ?? '')?.City, 'Umeå');
  const doubtful = await world.call(`/pairs/${pair.id}/relink`, { fortnoxId: right });
  t.match([doubtful.status, doubtful.body.faults], [409, [{ field: 'number' }]], 'R20 the numbers contradict');
  await mend(t, world, `/pairs/${pair.id}/relink`, { fortnoxId: right, confirm: true });
  t.match(await pairOf(world, id), { id: pair.id, state: 'linked', fortnoxId: right });
  t.equal(world.webcrm.organisation(id)?.OrganisationCustom1, right);
  t.equal(world.fortnox.customer(right ?? '')?.City, 'Umeå');
  const left = await world.store.pairs.bySide(world.tenantId, 'customer', 'fortnox', wrong ?? '');
  t.match(left, { state: 'detached', webcrmId: null }, 'the other one is left alone');
  const gone = await world.call(`/pairs/${left?.id}`, undefined, 'DELETE');
  t.equal(gone.status, 204, JSON.stringify(gone.body));
  await world.quiet();
  t.match(await world.store.pairs.bySide(world.tenantId, 'customer', 'fortnox', wrong ?? ''), { state: 'linked' });
  await clean(t, world);
});

t.test('B6 2 a half pair left in creating is completed', async (t) => {
  const world = await open(t);
  const { id, number } = unheard(world, () => ({
    id: world.webcrm.person.createOrganisation({ OrganisationName: 'Lyktan AB', OrganisationType: 'Customer' }),
    number: world.fortnox.person.createCustomer({ Name: 'Lyktan Belysning AB' }),
  }));
  const now = world.runtime.now();
  await world.store.pairs.insert({
    schema: 2,
    id: 'half',
    tenant: world.tenantId,
    entity: 'customer',
    webcrmId: String(id),
    fortnoxKind: 'customer',
    fortnoxId: null,
    invoiceRef: null,
    customerNumber: null,
    state: 'creating',
    base: null,
    rows: null,
    intent: {
      side: 'fortnox',
      key: 'sync-half',
      name: 'Lyktan AB',
      customerNumber: null,
      sent: { name: 'Lyktan AB' },
      rows: null,
      at: now,
    },
    reason: null,
    candidates: [],
    version: 1,
    createdAt: now,
    updatedAt: now,
  });
  const refusal = await world.call('/pairs/half/unlink', {});
  t.match([refusal.status, refusal.body.detail], [409, /being created/]);
  await mend(t, world, '/pairs', { webcrmId: String(id), fortnoxKind: 'customer', fortnoxId: number }, 201);
  t.match(await pairOf(world, id), { id: 'half', state: 'linked', fortnoxId: number, intent: null });
  t.equal(world.fortnox.customers().length, 1);
  await clean(t, world);
});

t.test('B6 R71 3 gone in webCRM: the organisation is made anew', async (t) => {
  const world = await open(t);
  const { organisation, number } = await customer(world);
  const pair = await pairOf(world, organisation);
  world.webcrm.person.deleteOrganisation(organisation);
  await world.hint('customer', 'webcrm', organisation);
  await world.quiet();
  t.match(await pairOf(world, organisation), { state: 'gone', reason: 'gone-in-webcrm' });
  const other = await world.call(`/pairs/${pair.id}/recreate`, { side: 'fortnox' });
  t.match([other.status, other.body.detail], [409, /is there in Fortnox/]);
  await mend(t, world, `/pairs/${pair.id}/recreate`, { side: 'webcrm' });
  const made = await world.store.pairs.get(world.tenantId, pair.id);
  t.match(made, { state: 'linked', fortnoxId: number });
  t.not(made?.webcrmId, String(organisation));
  t.match(world.webcrm.organisation(Number(made?.webcrmId)), {
    OrganisationCustom1: number,
    OrganisationName: 'Lyktan AB',
  });
  await clean(t, world);
});

t.test('B6 R71 4 gone in Fortnox: the customer is made anew, and its number written', async (t) => {
  const world = await open(t);
  const { organisation, number } = await customer(world);
  const pair = await pairOf(world, organisation);
  world.fortnox.person.deleteCustomer(number);
  await world.hint('customer', 'fortnox', number);
  await world.quiet();
  t.match(await pairOf(world, organisation), { state: 'gone', reason: 'gone-in-fortnox' });
  const again = await world.call(`/pairs/${pair.id}/relink`, {});
  t.match([again.status, again.body.detail], [409, /Fortnox has no customer/]);
  await mend(t, world, `/pairs/${pair.id}/recreate`, { side: 'fortnox' });
  const made = await pairOf(world, organisation);
  t.match(made, { id: pair.id, state: 'linked' });
  t.not(made.fortnoxId, number);
  t.equal(world.webcrm.organisation(organisation)?.OrganisationCustom1, made.fortnoxId);
  t.equal(named(world, 'Lyktan AB').length, 1);
  await clean(t, world);
});

t.test('B6 5 detached by mistake: linked again as it was, and what changed meanwhile flows both ways', async (t) => {
  const world = await open(t);
  const { organisation, number } = await customer(world);
  const pair = await pairOf(world, organisation);
  await mend(t, world, `/pairs/${pair.id}/unlink`, {});
  world.webcrm.person.editOrganisation(organisation, { OrganisationTelephone: '090-1' });
  world.fortnox.person.editCustomer(number, { City: 'Umeå' });
  await world.quiet();
  await mend(t, world, `/pairs/${pair.id}/relink`, {});
  t.match(await pairOf(world, organisation), { id: pair.id, state: 'linked', fortnoxId: number });
  t.equal(world.fortnox.customer(number)?.Phone1, '090-1');
  t.equal(world.webcrm.organisation(organisation)?.OrganisationCity, 'Umeå');
  const asked = (await world.lines()).filter(({ message }) =>
    /Asked for by root, request [0-9a-f]{32}\./.test(message),
  );
  t.equal(asked.length, 2, 'the log names who asked');
  await clean(t, world);
});

t.test('B6 R20 6 an ambiguous match is decided', async (t) => {
  const world = await open(t);
  const [first, second] = unheard(world, () => [
    world.fortnox.person.createCustomer({ Name: 'Lyktan Norr', OrganisationNumber: '556000-0001' }),
    world.fortnox.person.createCustomer({ Name: 'Lyktan Syd', OrganisationNumber: '556000-0001' }),
  ]);
  const id = world.webcrm.person.createOrganisation({
    OrganisationName: 'Lyktan AB',
    OrganisationType: 'Customer',
    OrganisationCustom2: '556000-0001',
  });
  await world.quiet();
  const pair = await pairOf(world, id);
  t.match(pair, { state: 'conflict', reason: 'match-ambiguous', candidates: [first, second] });
  const both = await world.call(`/pairs/${pair.id}/decide`, { link: second, create: true });
  t.equal(both.status, 400);
  await mend(t, world, `/pairs/${pair.id}/decide`, { link: second });
  t.match(await pairOf(world, id), { state: 'linked', fortnoxId: second });
  t.match(
    await world.store.pairs.bySide(world.tenantId, 'customer', 'fortnox', first ?? ''),
    { state: 'conflict', reason: 'number-already-paired' },
    'the other one is asked about, never created',
  );
  const late = await world.call(`/pairs/${pair.id}/decide`, { create: true });
  t.match([late.status, late.body.detail], [409, /waits for no decision/]);
  await clean(t, world);
});

t.test('R20 both records of a doubt come up at the same moment: a person is asked once', async (t) => {
  const world = await open(t);
  const { id, number } = unheard(world, () => ({
    number: world.fortnox.person.createCustomer({ Name: 'Lyktan AB' }),
    id: world.webcrm.person.createOrganisation({ OrganisationName: 'Lyktan AB', OrganisationType: 'Customer' }),
  }));
  await Promise.all([world.hint('customer', 'fortnox', number), world.hint('customer', 'webcrm', id)]);
  await world.quiet();
  t.match(await world.pairs('customer'), [{ state: 'conflict', reason: 'match-proposed', webcrmId: String(id) }]);
  t.equal((await world.pairs('customer')).length, 1);
  await clean(t, world);
});

t.test(
  'R20 an organisation that a customer waits for is asked about makes no customer of its own meanwhile',
  async (t) => {
    const world = await open(t, { settings: { numberOwner: 'webcrm' } });
    const vat = 'SE556000123401';
    const { id, number } = unheard(world, () => ({
      number: world.fortnox.person.createCustomer({ Name: 'Lyktan AB', VATNumber: vat }),
      id: world.webcrm.person.createOrganisation({
        OrganisationName: 'Lyktan AB',
        OrganisationType: 'Customer',
        OrganisationVatNumber: vat,
        OrganisationCustom1: 'K9',
      }),
    }));
    await world.hint('customer', 'fortnox', number);
    await world.quiet();
    const [asked] = await world.pairs('customer');
    t.match(asked, { state: 'conflict', reason: 'match-contradicted', fortnoxId: number, candidates: [String(id)] });
    await world.hint('customer', 'webcrm', id);
    await world.quiet();
    t.equal(world.fortnox.customers().length, 1, 'the two may be one');
    t.match(await world.refusals(), [{ entity: 'customer', id: String(id), reason: 'match-contradicted' }]);
    await mend(t, world, `/pairs/${asked?.id}/decide`, { create: true });
    t.match(await pairOf(world, id), { state: 'linked', fortnoxId: 'K9' }, 'once they are not, both get their own');
    t.equal(world.fortnox.customers().length, 2);
    t.equal(world.webcrm.organisations().length, 2);
    await clean(t, world);
  },
);

t.test('B6 R20 7 a proposal is declined: a customer of its own is made', async (t) => {
  const world = await open(t);
  const number = unheard(world, () => world.fortnox.person.createCustomer({ Name: 'Lyktan AB' }));
  const id = world.webcrm.person.createOrganisation({ OrganisationName: 'Lyktan AB', OrganisationType: 'Customer' });
  await world.quiet();
  const pair = await pairOf(world, id);
  t.match(pair, { state: 'conflict', reason: 'match-proposed', candidates: [number] });
  await mend(t, world, `/pairs/${pair.id}/decide`, { create: true });
  const made = await pairOf(world, id);
  t.equal(made.state, 'linked');
  t.not(made.fortnoxId, number);
  t.equal(named(world, 'Lyktan AB').length, 2);
  await clean(t, world);
});

t.test(
  'B6 R20 8 two organisations with one number: the second gets a customer of its own, or is left alone',
  async (t) => {
    const world = await open(t);
    const { number } = await customer(world);
    const copy = (name: string) =>
      world.webcrm.person.createOrganisation({
        OrganisationName: name,
        OrganisationType: 'Customer',
        OrganisationCustom1: number,
      });
    const [second, third] = [copy('Lyktan Syd AB'), copy('Lyktan Norr AB')];
    await world.quiet();
    const pair = await pairOf(world, second);
    t.match(pair, { state: 'conflict', reason: 'number-already-paired' });
    await mend(t, world, `/pairs/${pair.id}/decide`, { create: true });
    const made = await pairOf(world, second);
    t.equal(made.state, 'linked');
    t.not(made.fortnoxId, number);
    t.equal(world.webcrm.organisation(second)?.OrganisationCustom1, made.fortnoxId);
    await mend(t, world, `/pairs/${(await pairOf(world, third)).id}/decide`, { leave: true });
    world.webcrm.person.editOrganisation(third, { OrganisationCity: 'Umeå' });
    await world.quiet();
    t.match(await pairOf(world, third), { state: 'detached', fortnoxId: null }, 'nothing asks again');
    t.equal(world.fortnox.customers().length, 2);
    await clean(t, world);
  },
);

t.test('B6 9 a document made by hand beside ours: the delivery is linked to that one', async (t) => {
  const world = await open(t);
  const { organisation, number } = await customer(world);
  const id = world.webcrm.person.createDelivery(delivery(organisation));
  world.webcrm.person.createLine(id, line('A1', 'Lampa', 2, 100));
  await world.quiet();
  const ours = await pairOf(world, id, 'delivery');
  const byHand = world.fortnox.person.createOrder({
    CustomerNumber: number,
    OrderDate: '2026-03-02',
    OrderRows: [{ ArticleNumber: 'A1', Description: 'Lampa', OrderedQuantity: '3', Price: 100 }],
  });
  await world.quiet();
  const theirs = await world.store.pairs.bySide(world.tenantId, 'order', 'fortnox', byHand);
  t.equal(theirs?.state, 'linked', 'it came as a delivery of its own');
  await mend(t, world, `/pairs/${ours.id}/unlink`, {});
  await mend(t, world, `/pairs/${theirs?.id}/unlink`, {});
  const wanted = { webcrmId: String(id), fortnoxKind: 'order', fortnoxId: byHand };
  const locked = await world.call('/pairs', wanted);
  t.match([locked.status, locked.body.detail], [409, /lock each other/]);
  world.webcrm.person.deleteDelivery(Number(theirs?.webcrmId));
  await mend(t, world, '/pairs', wanted, 201);
  t.match(await pairOf(world, id, 'delivery'), { state: 'linked', fortnoxId: byHand });
  t.equal(world.webcrm.lines(id)[0]?.QuotationLineQuantity, 3, 'R21 Fortnox wins at the first link');
  t.equal(world.webcrm.lines(id).length, 1, 'and no row twice');
  t.equal(world.fortnox.order(byHand)?.OrderRows?.length, 1);
  t.equal(world.webcrm.delivery(id)?.DeliveryNumber, byHand);
  t.equal(world.fortnox.orders().length, 2);
  const stranger = await customer(world, { OrganisationName: 'Annan AB' });
  const foreign = unheard(world, () => world.webcrm.person.createDelivery(delivery(stranger.organisation)));
  const answer = await world.call('/pairs', {
    webcrmId: String(foreign),
    fortnoxKind: 'order',
    fortnoxId: ours.fortnoxId,
  });
  t.match([answer.status, answer.body.detail], [409, /when they have the same one/]);
  await clean(t, world);
});

t.test('B4 B6 10 a dead job with refused data is corrected and retried', async (t) => {
  const world = await open(t, { settings: { numberOwner: 'webcrm' } });
  unheard(world, () =>
    world.fortnox.person.deleteCustomer(world.fortnox.person.createCustomer({ Name: 'Förr AB', CustomerNumber: '77' })),
  );
  const id = world.webcrm.person.createOrganisation({
    OrganisationName: 'Lyktan AB',
    OrganisationType: 'Customer',
    OrganisationCustom1: '77',
  });
  await world.quiet();
  const [dead] = await world.dead();
  t.match(dead, { key: `customer:webcrm:${id}`, lastError: { code: 'number-taken' } });
  t.match(world.webcrm.organisation(id)?.OrganisationCustom9, /^Failed: /);
  unheard(world, () => world.webcrm.person.editOrganisation(id, { OrganisationCustom1: '78' }));
  await mend(t, world, '/jobs/retry', { keys: [dead?.key] });
  t.match(await pairOf(world, id), { state: 'linked', fortnoxId: '78' });
  t.equal(world.webcrm.organisation(id)?.OrganisationCustom9, 'In step with Fortnox.');
  await clean(t, world);
});
