import t from 'tap';
import { SEEDED_CUSTOM_FIELDS, seedCompanies } from '../../src/sandbox/seed.ts';
import { checkDigit } from '../../src/sandbox/seed-people.ts';
import { setup } from './control-support.ts';

t.test('seed: both companies believable and valid, matched ones equal but for a few telephones', async (t) => {
  const { fortnox, webcrm, random } = setup(t);
  const seeded = seedCompanies(fortnox, webcrm, {
    matched: 300,
    onlyWebcrm: 20,
    onlyFortnox: 30,
    otherType: 10,
    articles: 10,
    deliveries: 3,
    random,
  });
  t.match(
    Object.values(seeded).map((list) => list.length),
    [300, 30, 20, 30, 10, 10, 3],
  );
  t.equal(webcrm.organisations().length, 330);
  t.equal(fortnox.customers().length, 330);
  t.equal(new Set(webcrm.organisations().map((row) => row.OrganisationName)).size, 330, 'names are told apart');
  const customers = new Map((fortnox.customers() as Record<string, unknown>[]).map((row) => [row.CustomerNumber, row]));
  const differing = new Set(seeded.differing.map((one) => one.customerNumber));
  for (const { customerNumber, organisationId } of seeded.matched) {
    const customer = customers.get(customerNumber) ?? {};
    const row = webcrm.organisation(organisationId) ?? {};
    const get = (name: string) => (row as Record<string, unknown>)[name];
    const pairs: [string, string][] = [
      ['OrganisationName', 'Name'],
      ['OrganisationPostCode', 'ZipCode'],
      ['OrganisationCity', 'City'],
      ['OrganisationWww', 'WWW'],
      ['OrganisationVatNumber', 'VATNumber'],
      [SEEDED_CUSTOM_FIELDS.customerNumber, 'CustomerNumber'],
      [SEEDED_CUSTOM_FIELDS.organisationNumber, 'OrganisationNumber'],
      [SEEDED_CUSTOM_FIELDS.email, 'Email'],
      [SEEDED_CUSTOM_FIELDS.otherStreet, 'VisitingAddress'],
      [SEEDED_CUSTOM_FIELDS.termsOfPayment, 'TermsOfPayment'],
      [SEEDED_CUSTOM_FIELDS.currency, 'Currency'],
    ];
    const unequal = pairs.filter(([there, here]) => get(there) !== (customer[here] ?? ''));
    if (unequal.length > 0) t.same(unequal, [], `customer ${customerNumber}`);
    const samePhone = get('OrganisationTelephone') === customer.Phone1;
    if (samePhone === differing.has(customerNumber)) t.fail(`telephone of ${customerNumber}`);
    const number = String(get(SEEDED_CUSTOM_FIELDS.organisationNumber)).replace('-', '');
    if (number === '') continue;
    if (checkDigit(number.slice(0, 9)) !== Number(number[9])) t.fail(`${number} has a wrong check digit`);
    if (get('OrganisationVatNumber') !== `SE${number}01`) t.fail(`VAT number of ${number}`);
  }
  t.match(fortnox.article('2010'), { Description: 'LED-panel 60x60', Unit: 'st', PurchasePrice: 412.5 });
  t.equal(fortnox.priceOf('2010'), 849);
  for (const [at, id] of seeded.deliveries.entries()) {
    t.match(webcrm.delivery(id), {
      DeliveryOrganisationId: seeded.matched[at]?.organisationId,
      DeliveryStatus: 'New',
    });
    const [first, , text] = webcrm.lines(id);
    t.equal(first?.QuotationLineListPrice, fortnox.priceOf(String(first?.QuotationLineData1)));
    t.match(text, { QuotationLineData1: '', QuotationLineData2: /\w/, QuotationLineQuantity: 0 });
  }
  const more = { matched: 0, onlyWebcrm: 0, onlyFortnox: 0, otherType: 0, articles: 10, deliveries: 0, random };
  t.same(seedCompanies(fortnox, webcrm, more).articles, [], 'articles that are there are not added again');
  t.equal(checkDigit('556016068'), 0, 'a known organisation number');
});

t.test('the same random gives the same company', async (t) => {
  const names = () => {
    const { fortnox, webcrm, random } = setup(t);
    seedCompanies(fortnox, webcrm, {
      matched: 5,
      onlyWebcrm: 5,
      onlyFortnox: 0,
      otherType: 0,
      articles: 2,
      deliveries: 1,
      random,
    });
    return webcrm.organisations().map((row) => row.OrganisationName);
  };
  t.same(names(), names());
});

t.test('REST: people edit both companies', async (t) => {
  const { call, fortnox, webcrm } = setup(t);
  const made = await call('POST', 'fortnox/customers', { Name: 'Ek AB' });
  t.equal(made.status, 201);
  const path = `fortnox/customers/${made.body.number}`;
  t.equal((await call('PATCH', path, { Phone1: '08-1' })).status, 204);
  t.match(fortnox.customers(), [{ Name: 'Ek AB', Phone1: '08-1' }]);
  t.match((await call('GET', 'fortnox/customers')).body, [{ Name: 'Ek AB' }]);
  t.equal((await call('DELETE', path)).status, 204);
  t.equal((await call('DELETE', path)).status, 400);
  t.equal(fortnox.customers().length, 0);

  t.same((await call('POST', 'webcrm/organisations', { OrganisationName: 'Dahl AB' })).body, { id: 1 });
  t.equal((await call('PATCH', 'webcrm/organisations/1', { OrganisationCity: 'Lund' })).status, 204);
  t.match(webcrm.organisations(), [{ OrganisationName: 'Dahl AB', OrganisationCity: 'Lund' }]);
  t.match(await call('PATCH', 'webcrm/organisations/1', { OrganisationNope: 'x' }), {
    status: 400,
    body: { message: /unknown field/ },
  });
  t.equal((await call('PATCH', 'webcrm/organisations/x', {})).status, 400);
  t.equal((await call('DELETE', 'webcrm/organisations/1')).status, 204);
  t.equal((await call('PATCH', 'webcrm/organisations/1', {})).status, 400);
});

t.test('REST: people edit articles, prices and the register', async (t) => {
  const { call, fortnox, webcrm } = setup(t);
  t.same(await call('POST', 'fortnox/articles', { Description: 'Kabel', Unit: 'm' }), {
    status: 201,
    body: { number: '1' },
  });
  t.equal((await call('POST', 'fortnox/articles/1/price', { price: 12.5 })).status, 204);
  t.equal((await call('POST', 'fortnox/articles/1/price', { price: 11, priceList: 'B' })).status, 204);
  t.equal((await call('POST', 'fortnox/articles/1/price', { price: 'x' })).status, 400);
  t.equal((await call('POST', 'fortnox/articles/1/price', { price: 1, priceList: 2 })).status, 400);
  t.equal(fortnox.priceOf('1', 'B'), 11);
  t.equal((await call('PATCH', 'fortnox/articles/1', { Unit: 'rulle' })).status, 204);
  t.match((await call('GET', 'fortnox/articles')).body, [{ Description: 'Kabel', Unit: 'rulle', Price: 12.5 }]);
  t.match((await call('GET', 'fortnox/articles/1')).body, { Price: 12.5 });
  t.equal((await call('GET', 'fortnox/articles/2')).status, 404);
  t.equal((await call('DELETE', 'fortnox/articles/1')).status, 204);
  t.same(fortnox.articles(), []);

  const { id } = (await call('POST', 'webcrm/items', { QuotationLineLinkedDataItemData1: '1' })).body;
  const path = `webcrm/items/${id}`;
  t.equal((await call('PATCH', path, { QuotationLineLinkedDataItemPrice: 2.5 })).status, 204);
  t.match((await call('GET', 'webcrm/items')).body, [{ QuotationLineLinkedDataItemPrice: 2.5 }]);
  t.equal((await call('DELETE', path)).status, 204);
  t.equal((await call('GET', path)).status, 404);
  t.same(webcrm.items(), []);
});

t.test('REST: people edit deliveries, lines, orders and invoices, and do with them what the screens can', async (t) => {
  const { call, fortnox, webcrm } = setup(t);
  const [one, other] = ['Ek AB', 'Dahl AB'].map((OrganisationName) =>
    webcrm.person.createOrganisation({ OrganisationName }),
  );
  const { id } = (await call('POST', 'webcrm/deliveries', { DeliveryOrganisationId: one })).body;
  const line = (await call('POST', 'webcrm/lines', { QuotationLineOpportunityId: id, QuotationLineData2: 'Rad' })).body;
  t.equal((await call('POST', 'webcrm/lines', { QuotationLineData2: 'Rad' })).status, 400);
  t.equal((await call('PATCH', `webcrm/lines/${line.id}`, { QuotationLineQuantity: 2 })).status, 204);
  t.match((await call('GET', 'webcrm/lines')).body, [{ QuotationLineQuantity: 2, QuotationLineOpportunityId: id }]);
  t.equal((await call('POST', `webcrm/deliveries/${id}/move`, { organisationId: other })).status, 204);
  t.match((await call('GET', `webcrm/deliveries/${id}`)).body, { DeliveryOrganisationId: other });
  t.equal((await call('DELETE', `webcrm/lines/${line.id}`)).status, 204);
  t.equal((await call('DELETE', `webcrm/deliveries/${id}`)).status, 204);
  t.same((await call('GET', 'webcrm/deliveries')).body, []);

  const CustomerNumber = fortnox.person.createCustomer({ Name: 'Ek AB' });
  const OrderRows = [{ Description: 'Rad', OrderedQuantity: '1', DeliveredQuantity: '1', Price: 10 }];
  const orders = [];
  for (let at = 0; at < 3; at += 1)
    orders.push((await call('POST', 'fortnox/orders', { CustomerNumber, OrderRows })).body.number);
  const rowId = fortnox.order('1')?.OrderRows?.[0]?.RowId;
  const rows = [{ Description: 'Först' }, { RowId: rowId, Price: 11 }];
  t.equal((await call('PATCH', 'fortnox/orders/1', { OrderRows: rows })).status, 204);
  t.match((await call('GET', 'fortnox/orders/1')).body.OrderRows, [{ Description: 'Först' }, { Price: 11 }]);
  t.equal((await call('DELETE', 'fortnox/orders/1')).status, 400, 'orders are cancelled, not deleted');
  t.equal((await call('POST', 'fortnox/orders/3/cancel')).status, 204);
  t.match((await call('GET', 'fortnox/orders/3')).body, { Cancelled: true });
  t.same(await call('POST', 'fortnox/orders/1/invoice', { with: ['2'] }), { status: 201, body: { number: '1' } });
  t.match(fortnox.order('2'), { InvoiceReference: '1' });
  t.equal((await call('POST', 'fortnox/orders/1/invoice', { with: '2' })).status, 400);
  for (const action of ['send', 'book', 'pay'])
    t.equal((await call('POST', `fortnox/invoices/1/${action}`)).status, 204, action);
  t.same((await call('POST', 'fortnox/invoices/1/credit')).body, { number: '2' });
  t.match((await call('POST', 'fortnox/invoices/1/book')).body, { message: /bokförd/ });
  const direct = await call('POST', 'fortnox/invoices', { CustomerNumber });
  t.equal((await call('PATCH', `fortnox/invoices/${direct.body.number}`, { YourReference: 'Maria' })).status, 204);
  t.equal((await call('POST', `fortnox/invoices/${direct.body.number}/cancel`)).status, 204);
  t.match((await call('GET', 'fortnox/invoices')).body, [{ Booked: true, Sent: true }, {}, { Cancelled: true }]);
  t.equal((await call('POST', 'fortnox/invoices/1/burn')).status, 404);
  t.equal((await call('GET', 'fortnox/offers')).status, 404);
  t.equal((await call('GET', 'fortnox/constructor')).status, 404);
});

t.test('REST: faults, counters, violations, switches, seed and reset', async (t) => {
  const { call, webcrm } = setup(t);
  t.equal((await call('POST', 'webcrm/fail', { status: 503, times: 1 })).status, 204);
  const request = { method: 'GET', url: '/Organisations', headers: {}, body: '' };
  t.equal(webcrm.handle(request).status, 503);
  t.equal(webcrm.handle(request).status, 401);
  t.equal((await call('POST', 'webcrm/fail', { status: 503 })).status, 400);
  t.equal((await call('POST', 'webcrm/fail', { status: 503, times: 1, often: 2 })).status, 400);
  t.equal((await call('POST', 'else/fail', { status: 503, times: 1 })).status, 400);
  t.match((await call('GET', 'webcrm/counts')).body, { total: 2 });
  t.same((await call('GET', 'webcrm/calls')).body, { 'GET /Organisations': 2 });
  webcrm.handle({ ...request, method: 'DELETE' });
  t.match((await call('GET', 'webcrm/violations')).body, [{ request: 'DELETE /Organisations', why: String }]);

  t.match((await call('GET', 'webcrm/switches')).body, { partialPut: 'keeps' });
  t.match((await call('PATCH', 'webcrm/switches', { partialPut: 'clears' })).body, {
    partialPut: 'clears',
    nullClears: true,
  });
  t.equal((await call('PATCH', 'webcrm/switches', { partialPut: 'maybe' })).status, 400);
  t.equal((await call('PATCH', 'webcrm/switches', { nope: true })).status, 400);
  t.equal(webcrm.switches.partialPut, 'clears');
  t.match((await call('PATCH', 'fortnox/switches', { jsonNull: 'clears' })).body, { jsonNull: 'clears' });
  t.equal((await call('PATCH', 'fortnox/switches', { jsonNull: 'x' })).status, 400);

  const seeded = await call('POST', 'seed', { matched: 10, onlyFortnox: 0 });
  t.equal(seeded.body.matched.length, 10);
  t.equal((await call('GET', 'webcrm/organisations')).body.length, 15);
  t.equal((await call('POST', 'reset')).status, 204);
  t.same((await call('GET', 'webcrm/organisations')).body, []);
  t.same((await call('GET', 'fortnox/customers')).body, []);
});
