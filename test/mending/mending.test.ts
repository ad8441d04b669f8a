import t from 'tap';
import { customer, delivery, line } from '../support/world.ts';
import { open, pairOf, unheard } from './support.ts';

t.setTimeout(240_000);

t.test('B6 synchronise now: a selection, and everything since a time', async (t) => {
  const world = await open(t);
  const { organisation, number } = await customer(world);
  const started = world.runtime.now();
  unheard(world, () => {
    world.webcrm.person.editOrganisation(organisation, { OrganisationCity: 'Umeå' });
    world.fortnox.person.editCustomer(number, { Phone1: '090-1' });
  });
  const many = await world.call('/jobs/sync', {
    records: [
      { side: 'webcrm', id: String(organisation) },
      { side: 'fortnox', entity: 'customer', id: number },
    ],
  });
  t.strictSame(many, {
    status: 202,
    body: { keys: [`customer:webcrm:${organisation}`, `customer:fortnox:${number}`], queued: 2 },
  });
  await world.quiet();
  t.match(
    [world.fortnox.customer(number)?.City, world.webcrm.organisation(organisation)?.OrganisationTelephone],
    ['Umeå', '090-1'],
  );
  unheard(world, () => world.webcrm.person.editOrganisation(organisation, { OrganisationCity: 'Luleå' }));
  const since = await world.call('/jobs/sync', { since: started });
  t.equal(since.status, 202);
  t.ok(Number(since.body.queued) >= 2);
  await world.quiet();
  t.equal(world.fortnox.customer(number)?.City, 'Luleå');
  for (const [body, status] of [
    [{}, 400],
    [{ side: 'webcrm' }, 400],
    [{ id: '5' }, 400],
    [{ side: 'webcrm', id: '5', since: started }, 400],
    [{ records: [] }, 400],
    [{ records: [{ side: 'fortnox', entity: 'delivery', id: '1' }] }, 400],
    [{ since: started + 86_400_000 }, 409],
    [{ since: started - 32 * 86_400_000 }, 409],
  ] as const) {
    t.equal((await world.call('/jobs/sync', body)).status, status, JSON.stringify(body));
  }
  t.strictSame(world.violations(), []);
});

t.test('B6 what does not fit is refused with a plain sentence, and changes nothing', async (t) => {
  const world = await open(t);
  const { organisation, number } = await customer(world);
  const other = await customer(world, { OrganisationName: 'Annan AB' });
  const pair = await pairOf(world, organisation);
  const before = JSON.stringify((await world.pairs('customer')).map(({ updatedAt: _, ...rest }) => rest));
  const id = String(organisation);
  for (const [path, body, status, detail] of [
    ['/pairs', { webcrmId: id, fortnoxKind: 'customer', fortnoxId: number }, 409, /linked already/],
    ['/pairs', { webcrmId: id, fortnoxKind: 'customer', fortnoxId: other.number }, 409, /unlink it first/],
    ['/pairs', { webcrmId: '999', fortnoxKind: 'customer', fortnoxId: '999' }, 409, /no organisation 999/],
    ['/pairs', { webcrmId: id, fortnoxKind: 'article', fortnoxId: 'A1' }, 400, /fortnoxKind/],
    ['/pairs', { webcrmId: '1', fortnoxKind: 'order', fortnoxId: '999' }, 409, /no delivery 1/],
    [`/pairs/${pair.id}/decide`, { leave: true }, 409, /waits for no decision/],
    [`/pairs/${pair.id}/decide`, {}, 400, /exactly one/],
    [`/pairs/${pair.id}/relink`, {}, 409, /detached or gone/],
    [`/pairs/${pair.id}/recreate`, { side: 'fortnox' }, 409, /only a record that is gone/],
    ['/pairs/none/unlink', {}, 404, /no pair/],
  ] as const) {
    const answer = await world.call(path, body);
    t.match([answer.status, answer.body.detail], [status, detail], `${path} ${JSON.stringify(body)}`);
  }
  t.equal((await world.call(`/pairs/${pair.id}`, undefined, 'DELETE')).status, 409);
  t.equal(JSON.stringify((await world.pairs('customer')).map(({ updatedAt: _, ...rest }) => rest)), before);
  await world.admin.pause(world.tenantId);
  t.match(
    (await world.call('/pairs', { webcrmId: id, fortnoxKind: 'customer', fortnoxId: number })).body.detail,
    /not connected/,
  );
});

t.test(
  'B6 R71 a document that is gone: made anew with a new key; one that was cancelled only when confirmed',
  async (t) => {
    const world = await open(t);
    const { organisation } = await customer(world);
    const id = world.webcrm.person.createDelivery(delivery(organisation));
    world.webcrm.person.createLine(id, line('A1', 'Lampa', 2, 100));
    await world.quiet();
    const pair = await pairOf(world, id, 'delivery');
    world.fortnox.person.cancelOrder(pair.fortnoxId ?? '');
    await world.quiet();
    world.webcrm.person.deleteDelivery(id);
    await world.call('/jobs/sync', { side: 'webcrm', entity: 'delivery', id: String(id) });
    await world.quiet();
    t.match(await world.store.pairs.get(world.tenantId, pair.id), { state: 'gone' });
    const refusal = await world.call(`/pairs/${pair.id}/recreate`, { side: 'webcrm' });
    t.match([refusal.status, refusal.body.detail], [409, /cancelled.*confirm/]);
    const answer = await world.call(`/pairs/${pair.id}/recreate`, { side: 'webcrm', confirm: true });
    t.match(answer, { status: 200, body: { state: 'creating', webcrmId: null } });
    await world.quiet();
    const made = await world.store.pairs.get(world.tenantId, pair.id);
    t.match(made, { state: 'linked', fortnoxId: pair.fortnoxId });
    t.equal(world.webcrm.lines(Number(made?.webcrmId)).length, 1);
    t.not(world.webcrm.delivery(Number(made?.webcrmId))?.DeliveryErpId, `sync-${pair.id}`);
    t.strictSame(world.violations(), []);
    t.strictSame(await world.dead(), []);
  },
);

t.test('B6 a record that a job has just now is not mended under its hands', async (t) => {
  const world = await open(t);
  const { organisation } = await customer(world);
  const pair = await pairOf(world, organisation);
  world.webcrm.person.editOrganisation(organisation, { OrganisationCity: 'Umeå' });
  await world.wait(15);
  const answer = await world.inject({
    method: 'POST',
    url: `/api/tenants/${world.tenantId}/pairs/${pair.id}/unlink`,
    headers: { authorization: `Bearer ${world.adminToken}` },
    payload: {},
  });
  t.match([answer.statusCode, answer.json().code], [409, 'record-busy']);
  t.equal(answer.headers['retry-after'], '1', 'says when to ask again');
  await world.quiet();
  t.equal((await world.call(`/pairs/${pair.id}/unlink`, {})).status, 200);
});

t.test('B6 R71 a document that is gone in Fortnox is made anew from its delivery', async (t) => {
  const world = await open(t);
  const { organisation } = await customer(world);
  const id = world.webcrm.person.createDelivery(delivery(organisation));
  world.webcrm.person.createLine(id, line('A1', 'Lampa', 2, 100));
  await world.quiet();
  const pair = await pairOf(world, id, 'delivery');
  // Orders cannot be deleted there; what a merge of companies leaves looks like this.
  await world.store.pairs.replace({ ...pair, fortnoxId: '999', state: 'gone', reason: 'gone-in-fortnox' });
  t.equal((await world.call(`/pairs/${pair.id}/recreate`, { side: 'fortnox' })).status, 200);
  await world.quiet();
  const made = await pairOf(world, id, 'delivery');
  t.match(made, { id: pair.id, state: 'linked' });
  t.notMatch(made.fortnoxId, /^(999|1)$/);
  t.equal(world.fortnox.orders().length, 2);
  t.equal(world.webcrm.delivery(id)?.DeliveryNumber, made.fortnoxId);
  t.strictSame(world.violations(), []);
  t.strictSame(await world.dead(), []);
});

t.test('B6 R72 what both sides changed goes on by the policy when a person says so', async (t) => {
  const world = await open(t);
  const { organisation, number } = await customer(world);
  const pair = await pairOf(world, organisation);
  unheard(world, () => {
    world.webcrm.person.editOrganisation(organisation, { OrganisationCity: 'Umeå' });
    world.fortnox.person.editCustomer(number, { City: 'Luleå' });
  });
  await world.store.pairs.replace({ ...pair, state: 'conflict', reason: 'changed-on-both-sides' });
  const create = await world.call(`/pairs/${pair.id}/decide`, { create: true });
  t.match([create.status, create.body.detail], [409, /has both its records/]);
  t.equal((await world.call(`/pairs/${pair.id}/decide`, { link: 'other' })).status, 409);
  t.equal((await world.call(`/pairs/${pair.id}/decide`, { link: number })).status, 200);
  await world.quiet();
  t.match(await pairOf(world, organisation), { id: pair.id, state: 'linked' });
  t.equal(world.webcrm.organisation(organisation)?.OrganisationCity, 'Luleå');
  t.ok((await world.reasons()).includes('conflict-resolved'));
});

t.test(
  'B6 two requests for one customer: one link, whatever the order; and a record left alone is matched by nobody',
  async (t) => {
    const world = await open(t);
    const [first, second, number] = unheard(world, () => [
      world.webcrm.person.createOrganisation({ OrganisationName: 'Lyktan AB', OrganisationType: 'Customer' }),
      world.webcrm.person.createOrganisation({ OrganisationName: 'Annan AB', OrganisationType: 'Customer' }),
      world.fortnox.person.createCustomer({ Name: 'Tredje AB' }),
    ]);
    const link = (id: number) =>
      world.call('/pairs', { webcrmId: String(id), fortnoxKind: 'customer', fortnoxId: number });
    const statuses = (await Promise.all([link(first), link(second)])).map(({ status }) => status);
    t.strictSame(statuses.toSorted(), [201, 409]);
    await world.quiet();
    const pair = await world.store.pairs.bySide(world.tenantId, 'customer', 'fortnox', number);
    t.equal(pair?.state, 'linked');
    await world.call(`/pairs/${pair?.id}/unlink`, {});
    const moved = await world.call(`/pairs/${pair?.id}/relink`, {
      fortnoxId: unheard(world, () => world.fortnox.person.createCustomer({ Name: 'Fjärde AB' })),
      confirm: true,
    });
    t.equal(moved.status, 200, JSON.stringify(moved.body));
    const copy = world.webcrm.person.createOrganisation({
      OrganisationName: 'Kopia AB',
      OrganisationType: 'Customer',
      OrganisationCustom1: number,
    });
    await world.quiet();
    t.equal(await world.store.pairs.bySide(world.tenantId, 'customer', 'webcrm', String(copy)), null);
    t.match(await world.store.decisions.get(world.tenantId, 'customer', 'webcrm', String(copy)), {
      reason: 'detached',
    });
    t.strictSame(await world.dead(), []);
  },
);
