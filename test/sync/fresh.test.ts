import t from 'tap';
import { sleep } from '../../src/runtime.ts';
import { FORTNOX_URL, WEBCRM_URL } from '../support/service-options.ts';
import { customer, delivery, line, rows, type World } from '../support/world.ts';
import { clean, open, twoRows } from './document-scene.ts';

t.setTimeout(120_000);

/** Each look at an address that begins so waits for its turn from now on; gives how many there were. */
function slowLooks({ runtime }: World, address: string, ms = 2_000): () => number {
  const { fetch } = runtime;
  let looks = 0;
  runtime.fetch = async (input, init) => {
    const { method, url } = input as Request;
    if (method === 'GET' && url.startsWith(address)) {
      looks += 1;
      await sleep(runtime, ms);
    }
    return fetch(input, init);
  };
  return () => looks;
}

t.test('R10 R2 no customer is made of an organisation whose Type changed while one was looked for', async (t) => {
  const world = await open(t);
  const before = world.fortnox.customers().length;
  const looks = slowLooks(world, `${FORTNOX_URL}/3/customers`);
  const id = world.webcrm.person.createOrganisation({
    OrganisationName: 'Ånger AB',
    OrganisationType: 'Customer',
    OrganisationVatNumber: 'SE556000123401',
  });
  await world.runtime.runUntil(() => looks() === 1, 60_000);
  world.webcrm.person.editOrganisation(id, { OrganisationType: 'Prospect' });
  await world.quiet();
  t.equal(world.fortnox.customers().length, before, 'never sent');
  t.ok((await world.reasons()).includes('type-not-selected'));
  world.webcrm.person.editOrganisation(id, { OrganisationType: 'Customer' });
  await world.quiet();
  t.equal(world.fortnox.customers().length, before + 1, 'one that is left alone is made, however long it takes');
  await clean(t, world);
});

t.test(
  'R2 R12 what is typed while the documents of a customer are listed, whose Type is selected again, stays',
  async (t) => {
    const world = await open(t);
    const { organisation, number } = await customer(world);
    await world.quiet();
    world.webcrm.person.editOrganisation(organisation, { OrganisationType: 'Prospect' });
    await world.quiet();
    const looks = slowLooks(world, `${FORTNOX_URL}/3/invoices`);
    world.webcrm.person.editOrganisation(organisation, { OrganisationType: 'Customer' });
    await world.runtime.advance(1);
    // Before its event is heard the organisation's job is at work.
    const calls = world.calls().webcrm['GET /Organisations/{id}'] ?? 0;
    await world.runtime.runUntil(() => (world.calls().webcrm['GET /Organisations/{id}'] ?? 0) > calls, 60_000);
    world.fortnox.person.editCustomer(number, { Phone1: '040-1' });
    await world.runtime.runUntil(() => looks() === 1, 60_000);
    world.webcrm.person.editOrganisation(organisation, { OrganisationTelephone: '040-2' });
    world.fortnox.person.editCustomer(number, { City: 'Malmö' });
    await world.quiet();
    const shown = world.webcrm.organisation(organisation);
    t.match(shown, { OrganisationTelephone: '040-1', OrganisationCity: 'Malmö' });
    const [line] = (await world.lines()).filter(({ lost }) => lost.length > 0);
    t.match(
      line,
      { lost: [{ side: 'webcrm', field: 'phone', before: '040-2', after: '040-1' }] },
      'the log has what lost',
    );
    await clean(t, world);
  },
);

t.test('R10 R2 no order is made of a delivery as it was before its articles were looked for', async (t) => {
  const world = await open(t);
  const { organisation } = await customer(world);
  world.fortnox.person.createArticle({ ArticleNumber: 'NY', Description: 'Ny' });
  await world.quiet();
  const [pair] = (await world.store.pairs.list(world.tenantId, { limit: 200, entity: 'article' })).items.filter(
    ({ fortnoxId }) => fortnoxId === 'NY',
  );
  if (pair === undefined) throw new Error('the article is not followed');
  await world.store.pairs.replace({ ...pair, state: 'gone' });
  const looks = slowLooks(world, `${FORTNOX_URL}/3/articles/NY`);
  const id = world.webcrm.person.createDelivery(delivery(organisation));
  const first = world.webcrm.person.createLine(id, line('NY', 'Ny', 1, 100));
  await world.runtime.runUntil(() => looks() === 1, 60_000);
  world.webcrm.person.editLine(first, { QuotationLineQuantity: 7 });
  await world.quiet();
  const orders = () => world.fortnox.orders().map((order) => rows(order));
  t.strictSame(orders(), [['NY|Ny|7|100']]);
  t.equal(world.fortnox.documentWrites.filter(({ method }) => method === 'POST').length, 1);
  t.match(world.fortnox.documentWrites.find(({ method }) => method === 'POST')?.body, {
    OrderRows: [{ OrderedQuantity: '7' }],
  });

  const other = world.webcrm.person.createDelivery(delivery(organisation));
  world.webcrm.person.createLine(other, line('NY', 'Ny', 2, 100));
  const already = looks();
  await world.runtime.runUntil(() => looks() > already, 60_000);
  world.webcrm.person.editOrganisation(organisation, { OrganisationType: 'Prospect' });
  await world.quiet();
  t.equal(world.fortnox.orders().length, 1, 'nor of an organisation whose Type is not selected any more');
  await clean(t, world);
});

/** A burst has used up webCRM's minute: what is read there waits. */
const WAIT_MS = 6_000;

t.test(
  'R2 R1 what is typed in Fortnox while a job waits to read webCRM is not overwritten without a word',
  async (t) => {
    const world = await open(t);
    const { organisation, number } = await customer(world);
    await world.quiet();
    world.listen(false);
    world.webcrm.person.editOrganisation(organisation, { OrganisationCity: 'Borås' });
    world.fortnox.person.editCustomer(number, { Phone1: '040-1' });
    const looks = slowLooks(world, `${WEBCRM_URL}/Organisations/`, WAIT_MS);
    await world.hint('customer', 'fortnox', number);
    await world.runtime.runUntil(() => looks() === 1, 60_000);
    world.fortnox.person.editCustomer(number, { City: 'Malmö' });
    await world.quiet();
    t.equal(world.webcrm.organisation(organisation)?.OrganisationTelephone, '040-1');
    const [told] = (await world.lines()).filter(({ lost }) => lost.length > 0);
    t.match(told, { lost: [{ field: 'invoiceCity' }] }, 'whoever lost it, the log has it');
    t.equal(looks(), 2, 'read once more, and no oftener though each read waits');
    await clean(t, world);
  },
);

t.test('R2 R1 nor what is typed in the head of an order meanwhile', async (t) => {
  const world = await open(t);
  const { id } = await twoRows(world);
  await world.quiet();
  const [order] = world.fortnox.orders();
  const number = String(order?.DocumentNumber);
  const looks = slowLooks(world, `${WEBCRM_URL}/Organisations/`, WAIT_MS);
  world.webcrm.person.editDelivery(id, { DeliveryCustom6: 'Anna' });
  await world.runtime.runUntil(() => looks() === 1, 60_000);
  world.listen(false);
  world.fortnox.person.editOrder(number, { YourReference: 'Bertil' });
  await world.quiet();
  const [told] = (await world.lines()).filter(({ lost }) => lost.length > 0);
  t.match(told, { lost: [{ field: 'yourReference' }] }, 'whoever lost it, the log has it');
  t.equal(looks(), 2);
  await clean(t, world);
});
