import t from 'tap';
import { customer, delivery, FIELDS, line, type World } from '../support/world.ts';
import { DELIVERY_STATUS, ORGANISATION_STATUS, open, pairOf, unheard } from './support.ts';

t.setTimeout(240_000);

const organisationStatus = (world: World, id: number) => world.webcrm.organisation(id)?.[ORGANISATION_STATUS];
const deliveryStatus = (world: World, id: number) => {
  const record = world.webcrm.delivery(id);
  return [record?.[DELIVERY_STATUS], record?.DeliveryErpStatus];
};
const puts = (world: World) =>
  Object.entries(world.calls().webcrm)
    .filter(([route]) => /^PUT/.test(route))
    .reduce((sum, [, count]) => sum + count, 0);

t.test('R75 the status rides on the write-back, and the echo costs no write', async (t) => {
  const world = await open(t);
  const before = puts(world);
  const { organisation } = await customer(world);
  t.equal(organisationStatus(world, organisation), 'In step with Fortnox.');
  t.equal(puts(world) - before, 1, 'the number and the status in one');
  const id = world.webcrm.person.createDelivery(delivery(organisation));
  world.webcrm.person.createLine(id, line('A1', 'Lampa', 2, 100));
  await world.quiet();
  t.strictSame(deliveryStatus(world, id), ['In step with Fortnox.', 'Synchronized']);
  const synced = String(world.webcrm.delivery(id)?.DeliveryErpSyncDateTime);
  t.match(synced, /^2026-03-02T/);
  const written = puts(world);
  world.webcrm.person.editDelivery(id, { [FIELDS.yourReference]: 'Eva Ek' });
  await world.quiet();
  t.equal(puts(world), written, 'nothing to say: no write for the time alone');
  t.equal(world.webcrm.delivery(id)?.DeliveryErpSyncDateTime, synced);
  const number = (await pairOf(world, id, 'delivery')).fortnoxId ?? '';
  world.fortnox.person.editOrder(number, { YourReference: 'Bo Ek' });
  await world.quiet();
  t.equal(puts(world), written + 1);
  t.not(world.webcrm.delivery(id)?.DeliveryErpSyncDateTime, synced, 'the time rides along');
  await world.wait(900_000);
  t.equal(puts(world), written + 1, 'no echo, no loop, also through the polls');
  t.strictSame(world.violations(), []);
});

t.test('R75 records born in Fortnox bear the status from the start', async (t) => {
  const world = await open(t);
  const number = world.fortnox.person.createCustomer({ Name: 'Lyktan AB' });
  await world.quiet();
  world.fortnox.person.createOrder({
    CustomerNumber: number,
    OrderDate: '2026-03-02',
    OrderRows: [{ ArticleNumber: 'A1', Description: 'Lampa', OrderedQuantity: '3', Price: 100 }],
  });
  await world.quiet();
  const [pair] = await world.pairs('customer');
  const [document] = await world.pairs('delivery');
  t.equal(organisationStatus(world, Number(pair?.webcrmId)), 'In step with Fortnox.');
  t.strictSame(deliveryStatus(world, Number(document?.webcrmId)), ['In step with Fortnox.', 'Synchronized']);
  t.strictSame(world.violations(), []);
});

t.test('R75 a delivery that is refused or waits says why, once', async (t) => {
  const world = await open(t);
  const prospect = world.webcrm.person.createOrganisation({
    OrganisationName: 'Annan AB',
    OrganisationType: 'Prospect',
  });
  const unnamed = world.webcrm.person.createOrganisation({ OrganisationName: '', OrganisationType: 'Customer' });
  await world.quiet();
  t.notOk(organisationStatus(world, prospect), 'an organisation of another Type gets none');
  const make = (organisation: number, more: object = {}) => {
    const id = world.webcrm.person.createDelivery(delivery(organisation, more));
    world.webcrm.person.createLine(id, line('A1', 'Lampa', 2, 100));
    return id;
  };
  const [other, waiting, planned] = [make(prospect), make(unnamed), make(unnamed, { DeliveryStatus: 'New' })];
  await world.quiet();
  t.match(deliveryStatus(world, other), [/Type is not among the selected/, 'NotReadyForSynchronization']);
  t.match(deliveryStatus(world, waiting), [/customer is not in step yet/, 'ReadyForSynchronization']);
  t.match(deliveryStatus(world, planned), [/status is not among those/, 'NotReadyForSynchronization']);
  t.match(organisationStatus(world, unnamed), /has no name/);
  const written = puts(world);
  await world.wait(900_000);
  t.equal(puts(world), written);
  world.webcrm.person.editOrganisation(unnamed, { OrganisationName: 'Lyktan AB' });
  await world.quiet();
  await world.wait(30_000);
  t.strictSame(deliveryStatus(world, waiting), ['In step with Fortnox.', 'Synchronized']);
  t.equal(organisationStatus(world, unnamed), 'In step with Fortnox.');
  t.equal(world.fortnox.orders().length, 1);
  t.strictSame(world.violations(), []);
});

t.test('R75 R41 a withheld edit, an excluded and a detached pair show their reason', async (t) => {
  const world = await open(t, { settings: { documentMode: 'invoice' } });
  const { organisation } = await customer(world);
  const id = world.webcrm.person.createDelivery(delivery(organisation));
  world.webcrm.person.createLine(id, line('A1', 'Lampa', 2, 100));
  await world.quiet();
  const pair = await pairOf(world, id, 'delivery');
  world.fortnox.person.bookInvoice(pair.fortnoxId ?? '');
  await world.quiet();
  world.webcrm.person.editDelivery(id, { [FIELDS.yourReference]: 'Eva Ek' });
  await world.quiet();
  t.match(deliveryStatus(world, id), [/booked: it is never written/, 'NotReadyForSynchronization']);
  const written = puts(world);
  await world.wait(900_000);
  t.equal(puts(world), written);
  world.webcrm.person.editOrganisation(organisation, { OrganisationType: 'Prospect' });
  await world.quiet();
  t.match(organisationStatus(world, organisation), /no longer selected/);
  world.webcrm.person.editOrganisation(organisation, { OrganisationType: 'Customer' });
  await world.quiet();
  t.equal(organisationStatus(world, organisation), 'In step with Fortnox.');
  await world.call(`/pairs/${(await pairOf(world, organisation)).id}/unlink`, {});
  await world.quiet();
  t.match(organisationStatus(world, organisation), /unlinked by hand/);
  await world.wait(900_000);
  t.strictSame(world.violations(), []);
});

t.test("R75 a person's text in the field goes at the next change; a short field holds what fits", async (t) => {
  const world = await open(t, {
    settings: { customFields: { customerNumber: 'OrganisationCustom1', status: 'OrganisationXText1' } },
  });
  const { organisation, number } = await customer(world);
  const status = () => world.webcrm.organisation(organisation)?.OrganisationXText1;
  t.equal(status(), 'In step with Fortnox.');
  world.webcrm.person.editOrganisation(organisation, { OrganisationXText1: 'Mitt eget' });
  await world.quiet();
  t.equal(status(), 'Mitt eget');
  world.fortnox.person.editCustomer(number, { City: 'Umeå' });
  await world.quiet();
  t.equal(status(), 'In step with Fortnox.');
  world.fortnox.person.deleteCustomer(number);
  await world.hint('customer', 'webcrm', organisation);
  await world.call('/jobs/sync', { side: 'webcrm', id: String(organisation) });
  await world.quiet();
  t.match(status(), /^The record no longer exists in Fortnox/);
  t.equal(String(status()).length <= 50, true);
  const written = puts(world);
  await world.wait(900_000);
  t.equal(puts(world), written);
  t.strictSame(world.violations(), []);
});

t.test('R75 B4 a dead job writes its reason once, and no loop comes of it', async (t) => {
  const world = await open(t, { settings: { numberOwner: 'webcrm' } });
  unheard(world, () =>
    world.fortnox.person.deleteCustomer(world.fortnox.person.createCustomer({ Name: 'Förr AB', CustomerNumber: '77' })),
  );
  const { organisation } = await customer(world, { OrganisationCustom1: '77' });
  t.match(organisationStatus(world, organisation), /^Failed: /);
  t.equal((await world.dead()).length, 1);
  const written = puts(world);
  await world.wait(1_800_000);
  t.equal(puts(world), written);
  world.webcrm.person.editOrganisation(organisation, { OrganisationCustom1: '78' });
  await world.quiet();
  t.equal(organisationStatus(world, organisation), 'In step with Fortnox.');
  t.strictSame(await world.dead(), []);
});

t.test('R75 R13 the status makes no old organisation a new one', async (t) => {
  const world = await open(t, { settings: { startDate: '2026-03-03' } });
  const id = unheard(world, () =>
    world.webcrm.person.createOrganisation({ OrganisationName: '', OrganisationType: 'Customer' }),
  );
  await world.hint('customer', 'webcrm', id);
  await world.quiet();
  t.notOk(organisationStatus(world, id));
  t.strictSame(world.violations(), []);
});

t.test('R75 nothing is written where the settings name no field', async (t) => {
  const world = await open(t, {
    settings: { customFields: { customerNumber: 'OrganisationCustom1' } },
    documents: { fields: FIELDS },
  });
  const { organisation } = await customer(world);
  const id = world.webcrm.person.createDelivery(delivery(organisation, { DeliveryStatus: 'New' }));
  await world.quiet();
  t.notOk(world.webcrm.delivery(id)?.[DELIVERY_STATUS]);
  t.notMatch(String(world.webcrm.delivery(id)?.DeliveryErpSyncDateTime), /^2/);
});
