import t from 'tap';
import { delivery, line, openWorld } from '../support/world.ts';
import { clean, open } from './document-scene.ts';

t.setTimeout(240_000);

t.test('B2 a customer that was refused is refused no more when its organisation is linked to it', async (t) => {
  const world = await openWorld({ settings: { defaultType: { company: null, private: null } } });
  t.teardown(() => world.close());
  const number = world.fortnox.person.createCustomer({
    Name: 'Lyktan AB',
    Type: 'COMPANY',
    OrganisationNumber: '556016-0680',
  });
  await world.quiet();
  t.match(await world.refusals(), [{ entity: 'customer', side: 'fortnox', id: number, reason: 'no-default-type' }]);
  world.webcrm.person.createOrganisation({
    OrganisationName: 'Lyktan AB',
    OrganisationType: 'Customer',
    OrganisationVatNumber: '556016-0680',
    OrganisationCustom1: number,
  });
  await world.quiet();
  t.match(await world.pairs('customer'), [{ state: 'linked', fortnoxId: number }]);
  t.strictSame(await world.refusals(), []);
  await clean(t, world);
});

t.test('B2 R20 a document that waited waits no more when a delivery of its number is linked to it', async (t) => {
  const world = await open(t, { settings: { defaultType: { company: null, private: null } } });
  const number = world.fortnox.person.createCustomer({ Name: 'Lyktan AB', Type: 'COMPANY' });
  const order = world.fortnox.person.createOrder({
    CustomerNumber: number,
    OrderRows: [{ ArticleNumber: 'A1', OrderedQuantity: '1', DeliveredQuantity: '1' }],
  });
  await world.quiet();
  t.ok((await world.refusals()).some(({ entity, id }) => entity === 'order' && id === String(order)));
  world.listen(false);
  const organisation = world.webcrm.person.createOrganisation({
    OrganisationName: 'Lyktan AB',
    OrganisationType: 'Customer',
    OrganisationCustom1: number,
  });
  const id = world.webcrm.person.createDelivery(delivery(organisation, { DeliveryNumber: String(order) }));
  world.webcrm.person.createLine(id, line('A1', 'Lampa', 1, 100));
  await world.hint('customer', 'webcrm', organisation);
  await world.quiet();
  t.match(await world.pairs(), [{ state: 'linked', webcrmId: String(id), fortnoxId: String(order) }]);
  t.strictSame(await world.refusals(), []);
  await clean(t, world);
});
