import t from 'tap';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { PublishedDelivery, PublishedMove } from '../../schemas/vendors/webcrm-delivery.ts';
import { PublishedHook } from '../../schemas/vendors/webcrm-organisation.ts';
import { PublishedLine, PublishedLineUpdate } from '../../schemas/vendors/webcrm-quotation-line.ts';
import { PublishedItem, PublishedLinkedSetup } from '../../schemas/vendors/webcrm-register.ts';
import { SWITCH_VALUES, type WebcrmSwitches } from '../../src/sandbox/webcrm/index.ts';
import { setup } from './webcrm-support.ts';

const ITEM = 'QuotationLineLinkedDataItem';

/** A system with one organisation and one delivery of a line, made by people. */
function withDelivery(switches: Partial<WebcrmSwitches> = {}) {
  const world = setup(switches);
  const { person } = world.webcrm;
  const organisation = person.createOrganisation({ OrganisationName: 'Lyktan AB' });
  const delivery = person.createDelivery({ DeliveryOrganisationId: organisation, DeliveryNumber: 'D1' });
  const line = person.createLine(delivery, { QuotationLineData1: '100', QuotationLineQuantity: 2 });
  const put = (fields: object, id = delivery) =>
    world.send('PUT', `/Deliveries/${id}`, { DeliveryId: id, ...fields }).status;
  const post = (fields: object) => world.send('POST', '/Deliveries', { DeliveryId: 0, ...fields });
  const putLine = (fields: object, id = line) =>
    world.send('PUT', `/QuotationLines/${id}`, { QuotationLineId: id, ...fields }).status;
  const postLine = (fields: object) => world.send('POST', '/QuotationLines', { QuotationLineId: 0, ...fields });
  const script = (text: string, rest = '') => world.send('GET', `/Queries?script=${encodeURIComponent(text)}${rest}`);
  return { ...world, person, organisation, delivery, line, put, post, putLine, postLine, script };
}

t.test('fidelity: deliveries, lines, items and the set-up have every published field and no other', async (t) => {
  const { send, person, delivery, line, webcrm } = withDelivery();
  const item = person.createItem({ [`${ITEM}Data1`]: '100' });
  const hook = { Id: 0, TargetUrl: 'http://svc.example/x', IsEnabled: true, EventType: 'Update', Filter: ['All'] };
  const made = send('POST', '/Deliveries/Hooks', hook).json();
  const answers: [TSchema & { properties: object }, string][] = [
    [PublishedDelivery, `/Deliveries/${delivery}`],
    [PublishedLine, `/QuotationLines/${line}`],
    [PublishedItem, `/QuotationLines/LinkedData/${item}`],
    [PublishedLinkedSetup, '/QuotationLines/LinkedSetup'],
    [PublishedHook, `/Deliveries/Hooks/${made}`],
  ];
  for (const [schema, path] of answers) {
    const answer = send('GET', path).json();
    t.strictSame(Value.Errors(schema, answer), [], path);
    t.strictSame(Object.keys(answer).sort(), Object.keys(schema.properties).sort(), path);
  }
  t.match(webcrm.delivery(delivery), {
    DeliveryStatus: 'New',
    DeliveryErpStatus: 'NotReadyForSynchronization',
    DeliveryResponsible: 0,
    DeliveryOrderDate: '0001-01-01T00:00:00+00:00',
    DeliveryUpdatedBy: 'Karin Holm',
  });
  t.match(webcrm.item(item), { [`${ITEM}Data1`]: '100', [`${ITEM}Data9`]: '-', [`${ITEM}EntityType`]: 'Product' });
  t.ok(Value.Check(PublishedMove, { NewOrganisationId: 1 }));
  t.equal(send('GET', '/FieldsMetadata/Delivery').json().length, 136);
  t.equal(send('GET', '/FieldsMetadata').json().length, 109 + 136);
  t.equal(webcrm.violations.length, 0);
});

t.test('fidelity: every field of QuotationLineUpdateDto that webCRM does not keep itself is taken', async (t) => {
  const { postLine, delivery, person, webcrm } = withDelivery();
  const item = person.createItem({});
  const kept = /(Created|Updated)(At|By)$/;
  const fields = Object.keys(PublishedLineUpdate.properties).filter((name) => !kept.test(name));
  const values = Object.fromEntries(
    fields.map((name) => [name, /Data\d|Memo|Comment|Status/.test(name) ? 'x' : /LinkedDataId/.test(name) ? item : 7]),
  );
  const answer = postLine({ ...values, QuotationLineOpportunityId: delivery, QuotationLineId: 0 });
  t.equal(answer.status, 200, answer.body);
  t.ok(Value.Check(PublishedLineUpdate, values));
  t.match(webcrm.line(answer.json()), { QuotationLineData9: 'x', QuotationLinePrice: 7 });
  t.notOk('QuotationLineLinkedDataId' in (webcrm.line(answer.json()) ?? {}), 'never answered');
});

t.test(
  'writes of deliveries, lines and items: refused for their form, each a violation, and nothing changes',
  async (t) => {
    const world = withDelivery();
    const { webcrm, send, person, organisation, delivery, line, put, post, putLine, postLine } = world;
    const data = { [`${ITEM}Data1`]: 'a', [`${ITEM}EntityType`]: 'Product' };
    const item = person.createItem(data);
    const register = '/QuotationLines/LinkedData';
    const putItem = (fields: object) => send('PUT', `${register}/${item}`, { [`${ITEM}Id`]: item, ...fields }).status;
    const postItem = (fields: object) => send('POST', register, { [`${ITEM}Id`]: 0, ...fields }).status;
    send('GET', `/Deliveries/${delivery}`);
    const before = JSON.stringify([webcrm.deliveries(), webcrm.lines(delivery), webcrm.items()]);
    const refused: [string, () => number, number][] = [
      ['an unknown status', () => put({ DeliveryStatus: 'Done' }), 400],
      ['an empty status', () => put({ DeliveryStatus: '' }), 400],
      ['an unknown organisation', () => put({ DeliveryOrganisationId: 77 }), 400],
      ['no organisation', () => post({}).status, 400],
      ['organisation 0', () => post({ DeliveryOrganisationId: 0 }).status, 400],
      ['a discount as text', () => put({ DeliveryDiscount: '5' }), 400],
      ['a half responsible', () => put({ DeliveryResponsible: 1.5 }), 400],
      ['a stamp', () => put({ DeliveryUpdatedAt: '2026-01-01T00:00:00Z' }), 400],
      ['the history', () => put({ DeliveryHistory: 'x' }), 400],
      ['an unknown field', () => put({ DeliveryAlert: 'x' }), 400],
      ['R5 a delete of a delivery', () => send('DELETE', `/Deliveries/${delivery}`).status, 404],
      ['a batch', () => send('PATCH', '/Deliveries', {}).status, 404],
      ['a number in use', () => post({ DeliveryOrganisationId: organisation, DeliveryNumber: 'D1' }).status, 400],
      ['a move to nowhere', () => send('POST', `/Deliveries/${delivery}/Move`, { NewOrganisationId: 8 }).status, 400],
      ['a move of no form', () => send('POST', `/Deliveries/${delivery}/Move`, { NewOrganisationId: '1' }).status, 400],
      ['a line of an unknown delivery', () => postLine({ QuotationLineOpportunityId: organisation }).status, 400],
      ['a line of none', () => postLine({ QuotationLineQuantity: 1 }).status, 400],
      ['a line of an unknown item', () => putLine({ QuotationLineLinkedDataId: 5 }), 400],
      ['a quantity as text', () => putLine({ QuotationLineQuantity: '1' }), 400],
      ['a line without its id', () => send('PUT', `/QuotationLines/${line}`, { QuotationLineMemo: 'x' }).status, 400],
      ['empty data', () => putItem({ [`${ITEM}Data2`]: '' }), 400],
      ['null data', () => putItem({ [`${ITEM}Data2`]: null }), 400],
      ['empty data of a new item', () => postItem({ ...data, [`${ITEM}Data2`]: '' }), 400],
      ['no entity type', () => postItem({ [`${ITEM}Data1`]: 'a' }), 400],
      ['another entity type', () => postItem({ ...data, [`${ITEM}EntityType`]: 'Person' }), 400],
      ['the register in pages', () => send('GET', `${register}?Page=1`).status, 400],
      ['the register by size', () => send('GET', `${register}?size=10`).status, 400],
      ['hooks of the register', () => send('POST', `${register}/Hooks`, {}).status, 404],
    ];
    for (const [name, call, status] of refused) {
      const count = webcrm.violations.length;
      t.equal(call(), status, name);
      t.equal(webcrm.violations.length, count + 1, `${name}: a violation`);
    }
    t.equal(JSON.stringify([webcrm.deliveries(), webcrm.lines(delivery), webcrm.items()]), before);
    t.strictSame([webcrm.deliveryWrites, webcrm.lineWrites, webcrm.itemWrites, webcrm.lostRaces], [[], [], [], []]);
  },
);

t.test('deliveries: made, changed, moved and listed through the API', async (t) => {
  const { webcrm, send, person, organisation, delivery, put, post, advance } = withDelivery();
  const zeros = { DeliveryResponsible: 0, DeliveryAssignedTo: 0, DeliveryAssignedTo2: 0 };
  const answer = post({ DeliveryOrganisationId: organisation, DeliveryErpId: 'k1', ...zeros });
  const made = answer.json();
  t.equal(typeof made, 'number');
  advance(5);
  t.equal(put({ DeliveryStatus: 'OnGoing' }, made), 200);
  t.match(webcrm.delivery(made), { DeliveryErpId: 'k1', DeliveryStatus: 'OnGoing', DeliveryUpdatedAt: /00\.005/ });
  const other = person.createOrganisation({ OrganisationName: 'Ek AB' });
  webcrm.switches.partialPut = 'clears';
  t.equal(send('POST', `/Deliveries/${made}/Move`, { NewOrganisationId: other }).status, 204);
  t.equal(webcrm.delivery(made)?.DeliveryErpId, 'k1', 'a move is no PUT');
  const ids = (path: string) =>
    send('GET', path)
      .json()
      .map((row: { DeliveryId: number }) => row.DeliveryId);
  t.same(ids(`/Deliveries/ByOrganisation/${other}`), [made]);
  t.same(ids(`/Deliveries/ByOrganisation/${organisation}`), [delivery]);
  person.moveDelivery(made, organisation);
  t.same(ids('/Deliveries?Size=1&Page=2'), [made]);
  put({ DeliveryNumber: 'D9' }, made);
  t.match(webcrm.delivery(made), { DeliveryErpId: '', DeliveryNumber: 'D9' }, 'switch partialPut');
  t.equal(put({}, 9), 404);
  t.equal(send('GET', '/Deliveries/9/QuotationLines').status, 404);
  t.equal(send('POST', '/Deliveries/9/Move', { NewOrganisationId: other }).status, 404);
  t.match(webcrm.deliveryWrites, [
    { method: 'POST', id: made, fields: { DeliveryErpId: 'k1' } },
    { method: 'PUT', id: made, fields: { DeliveryStatus: 'OnGoing' } },
    { method: 'PUT', fields: { DeliveryOrganisationId: other } },
    { method: 'PUT', fields: { DeliveryNumber: 'D9' } },
  ]);
  t.equal(webcrm.violations.length, 0);
});

t.test('R4 deliveries with one number lock each other; what a person did after our read is a lost race', async (t) => {
  const { webcrm, send, person, organisation, delivery, put, post } = withDelivery();
  send('GET', `/Deliveries/${delivery}`);
  const twin = person.createDelivery({ DeliveryOrganisationId: organisation, DeliveryNumber: 'D1' });
  t.equal(put({ DeliveryNote: 'x' }), 400);
  t.match(webcrm.lostRaces, [{ request: `PUT /Deliveries/${delivery}`, why: /locked/ }]);
  t.equal(webcrm.violations.length, 0);
  send('GET', `/Deliveries/${delivery}`);
  t.equal(put({ DeliveryNote: 'x' }), 400);
  t.equal(webcrm.violations.length, 1, 'it was seen since');
  t.equal(put({ DeliveryNote: 'x' }, twin), 400);
  t.equal(webcrm.lostRaces.length, 2, 'the twin was never read');
  t.equal(send('POST', `/Deliveries/${delivery}/Move`, { NewOrganisationId: organisation }).status, 400);
  person.editDelivery(delivery, { DeliveryNote: 'people may' });
  person.editDelivery(twin, { DeliveryNumber: 'D2' });
  t.equal(put({ DeliveryNote: 'y' }), 200);

  const race = webcrm.lostRaces.length;
  const blamed = webcrm.violations.length;
  t.equal(put({ DeliveryNumber: 'D2' }), 400);
  t.equal(webcrm.lostRaces.length, race + 1, 'that number was given unseen');
  send('GET', '/Deliveries');
  t.equal(put({ DeliveryNumber: 'D2' }), 400);
  t.equal(webcrm.violations.length, blamed + 1);
  person.deleteDelivery(twin);
  t.equal(put({ DeliveryNumber: 'D2' }), 200);
  t.equal(post({ DeliveryOrganisationId: organisation, DeliveryNumber: '' }).status, 200);
  t.equal(post({ DeliveryOrganisationId: organisation }).status, 200, 'no number is no twin');
});

t.test('R4 a reference to what a person deleted after our read is a lost race', async (t) => {
  const { webcrm, send, person, organisation, delivery, line, post, postLine, putLine } = withDelivery();
  send('GET', `/Deliveries/${delivery}`);
  person.deleteDelivery(delivery);
  t.equal(webcrm.line(line), null, 'its lines went with it');
  t.equal(putLine({ QuotationLineMemo: 'x' }), 404);
  t.equal(postLine({ QuotationLineOpportunityId: delivery }).status, 400);
  person.deleteOrganisation(organisation);
  t.equal(post({ DeliveryOrganisationId: organisation }).status, 400);
  t.match(webcrm.lostRaces, [{ why: /Delivery \d+ does not exist/ }, { why: /Organisation 1 does not exist/ }]);
  t.equal(webcrm.violations.length, 0);
});

t.test('lines: made, changed and deleted; their order; switches lineEditsBumpDelivery and linePrice', async (t) => {
  for (const lineEditsBumpDelivery of SWITCH_VALUES.lineEditsBumpDelivery) {
    const { webcrm, send, delivery, line, putLine, postLine, advance } = withDelivery({ lineEditsBumpDelivery });
    const bumped = () => webcrm.delivery(delivery)?.DeliveryUpdatedAt !== '2026-01-05T08:00:00.000+00:00';
    advance(1000);
    const made = postLine({ QuotationLineOpportunityId: delivery, QuotationLineSortOrder: 5 }).json();
    t.equal(bumped(), lineEditsBumpDelivery);
    t.equal(putLine({ QuotationLineMemo: 'text' }), 200);
    t.match(webcrm.line(line), { QuotationLineMemo: 'text', QuotationLineData1: '100', QuotationLineSortOrder: 10 });
    const order = (rows: { QuotationLineId?: unknown }[]) => rows.map((row) => row.QuotationLineId);
    t.same(order(webcrm.lines(delivery)), [made, line]);
    t.same(order(send('GET', `/Deliveries/${delivery}/QuotationLines?Size=1000`).json()), [line, made]);
    t.same(order(send('GET', '/QuotationLines').json()), [line, made]);
    const gone = send('DELETE', `/QuotationLines/${made}`);
    t.same([gone.status, gone.body], [200, '']);
    t.equal(send('DELETE', `/QuotationLines/${made}`).status, 404);
    t.match(webcrm.lineWrites, [{ method: 'POST', id: made }, { method: 'PUT', id: line }, { method: 'DELETE' }]);
    t.equal(webcrm.violations.length, 0);
  }
});

t.test('R45 QuotationLinePrice is computed when a person types none, as switch linePrice says', async (t) => {
  for (const [linePrice, prices] of [
    ['unit', [450, 450, 0.1]],
    ['total', [4050, 2025, 0.2]],
  ] as const) {
    const { webcrm, person, delivery, putLine, line } = withDelivery({ linePrice });
    const fields = { QuotationLineListPrice: 450, QuotationLineQuantity: 10, QuotationLineDiscount: 10 };
    const made = person.createLine(delivery, fields);
    const price = () => webcrm.line(made)?.QuotationLinePrice;
    t.equal(price(), prices[0]);
    person.editLine(made, { QuotationLineQuantity: 5 });
    t.equal(price(), prices[1]);
    person.editLine(made, { QuotationLineListPrice: 0.1, QuotationLineQuantity: 2, QuotationLineDiscount: 0 });
    t.equal(price(), prices[2]);
    person.editLine(made, { QuotationLineQuantity: 3, QuotationLinePrice: 99 });
    person.editLine(made, { QuotationLineMemo: 'x' });
    t.equal(price(), 99, 'a typed price stays');
    putLine({ QuotationLineListPrice: 5 }, line);
    t.equal(webcrm.line(line)?.QuotationLinePrice, 0, 'the API computes nothing');
  }
});

t.test('R5 the register: whole, by id, and wiped by a delete without one', async (t) => {
  const { webcrm, send, person } = withDelivery();
  const path = '/QuotationLines/LinkedData';
  const fields = { [`${ITEM}Data1`]: '100', [`${ITEM}Price`]: 12.5, [`${ITEM}EntityType`]: 'Product' };
  const made = send('POST', path, { [`${ITEM}Id`]: 0, ...fields }).json();
  const other = person.createItem({ [`${ITEM}Data1`]: '200' });
  t.equal(send('PUT', `${path}/${made}`, { [`${ITEM}Id`]: made, [`${ITEM}Data2`]: 'Lampa' }).status, 200);
  person.editItem(other, { [`${ITEM}Price`]: 7 });
  t.match(send('GET', path).json(), [
    { ...fields, [`${ITEM}Data2`]: 'Lampa' },
    { [`${ITEM}Data1`]: '200', [`${ITEM}Price`]: 7 },
  ]);
  t.equal(send('DELETE', `${path}/${made}`).status, 200);
  t.equal(send('GET', `${path}/${made}`).status, 404);
  person.deleteItem(other);
  t.match(webcrm.itemWrites, [{ method: 'POST' }, { method: 'PUT', id: made }, { method: 'DELETE', id: made }]);
  t.equal(webcrm.violations.length, 0);
  for (const idless of [path, `${path}/`]) {
    person.createItem(fields);
    t.equal(send('DELETE', idless).status, 200);
    t.same(webcrm.items(), []);
    t.match(webcrm.violations.at(-1), { why: /wipes/ });
  }
  webcrm.switches.partialPut = 'clears';
  const last = person.createItem({ ...fields, [`${ITEM}Data2`]: 'x' });
  send('PUT', `${path}/${last}`, { [`${ITEM}Id`]: last, [`${ITEM}Data1`]: '9' });
  t.match(webcrm.item(last), { [`${ITEM}Data1`]: '9', [`${ITEM}Data2`]: '-', [`${ITEM}Price`]: 0 });
});

t.test('hooks of deliveries and lines: own paths, filters and addresses', async (t) => {
  const { send, sent, person, delivery, line, put, webcrm } = withDelivery();
  const hook = { Id: 0, TargetUrl: 'http://svc.example/d', IsEnabled: true, EventType: 'Update', Filter: ['All'] };
  const made = send('POST', '/Deliveries/Hooks', { ...hook, Filter: ['All', 'Responsible3'] }).json();
  send('POST', '/QuotationLines/Hooks', { ...hook, TargetUrl: 'http://svc.example/l', EventType: 'Delete' });
  t.equal(send('POST', '/QuotationLines/Hooks', { ...hook, Filter: ['Responsible'] }).status, 400);
  t.equal(send('POST', '/Organisations/Hooks', { ...hook, Filter: ['OrganisationOwner'] }).status, 400);
  person.editDelivery(delivery, { DeliveryNote: 'x' });
  put({ DeliveryNote: 'y' });
  person.editLine(line, { QuotationLineMemo: 'x' });
  person.deleteLine(line);
  t.strictSame(sent, [
    { url: 'http://svc.example/d', body: `"https://api.webcrm.com/Deliveries/${delivery}"` },
    { url: 'http://svc.example/d', body: `"https://api.webcrm.com/Deliveries/${delivery}"` },
    { url: 'http://svc.example/l', body: `"https://api.webcrm.com/QuotationLines/${line}"` },
  ]);
  t.equal(send('GET', '/Deliveries/Hooks').json().length, 1);
  t.equal(webcrm.hooks().length, 2);
  t.equal(send('DELETE', `/QuotationLines/Hooks/${made}`).status, 404, 'of another entity');
  t.equal(send('DELETE', `/Deliveries/Hooks/${made}`).status, 200);
});

t.test('R44 queries over deliveries and lines: columns, dates, order; switch queryLines', async (t) => {
  const { script, person, organisation, delivery, line, advance, webcrm } = withDelivery();
  advance(1000);
  const later = person.createDelivery({ DeliveryOrganisationId: organisation, DeliveryErpId: "k'1" });
  const since = "'2026-01-05T08:00:01.000Z'";
  t.same(script(`SELECT DeliveryId FROM Delivery WHERE DeliveryUpdatedAt >= ${since}`).json(), [{ DeliveryId: later }]);
  t.match(script("SELECT * FROM Delivery WHERE DeliveryErpId = 'K''1'").json(), [{ DeliveryId: later }]);
  const sorted = 'SELECT DeliveryId, DeliveryNumber FROM Delivery ORDER BY DeliveryUpdatedAt DESC';
  t.same(script(sorted).json(), [
    { DeliveryId: later, DeliveryNumber: '' },
    { DeliveryId: delivery, DeliveryNumber: 'D1' },
  ]);
  t.same(script(sorted, '&Page=2&Size=1').json().length, 1);
  const lines = (where: string) => `SELECT QuotationLineOpportunityId FROM QuotationLine WHERE ${where}`;
  t.same(script(lines(`QuotationLineId = ${line} AND QuotationLineQuantity >= 1.5`)).json(), [
    { QuotationLineOpportunityId: delivery },
  ]);
  t.same(script(lines(`QuotationLineUpdatedAt >= ${since}`)).json(), []);
  webcrm.switches.queryLines = 'refused';
  t.equal(script(lines(`QuotationLineUpdatedAt >= ${since}`), '&Page=1&Size=1').status, 400);
  t.equal(webcrm.violations.length, 0, 'asking is harmless');
  t.equal(script(lines(`QuotationLineUpdatedAt >= ${since}`), '&Page=1&Size=1000').status, 400);
  for (const bad of [lines('QuotationLineLinkedDataId = 1'), "SELECT * FROM Delivery WHERE DeliveryStatus = 'New'"])
    t.equal(script(bad).status, 400);
  t.equal(webcrm.violations.length, 3);
});
