import fastify from 'fastify';
import t from 'tap';
import { explainRoutes } from '../../routes/api/explain.ts';
import { problems } from '../../src/http/problems.ts';
import { customer, line, type World } from '../support/world.ts';
import { check, ref, type Situation } from './situations.ts';
import { explainer, open } from './world.ts';

t.setTimeout(240_000);

let made = 0;
async function edited(world: World) {
  made += 1;
  const one = await customer(world, { OrganisationName: `Kund ${made} AB` });
  world.listen(false);
  world.webcrm.person.editOrganisation(one.organisation, { OrganisationTelephone: `08-${made}` });
  world.listen(true);
  return ref('customer', 'webcrm', one.organisation);
}

const TENANTS: readonly Situation[] = [
  {
    name: 'B7 a tenant that was never connected',
    make: edited,
    as: { state: 'new' },
    unreal: true,
    rule: 'tenant',
    code: 'tenant-new',
    next: 'connect-tenant',
    action: 'nothing',
    more(test, told) {
      test.equal(told.reads, 0);
      test.equal(told.rules.at(-1)?.outcome, 'not-reached');
    },
  },
  {
    name: 'B7 a tenant that was paused by hand: what would be done is told all the same',
    make: edited,
    as: { state: 'paused', pausedReason: 'by-hand' },
    rule: 'tenant',
    code: 'tenant-paused',
    next: 'resume-tenant',
    action: 'write',
  },
  {
    name: 'B7 a tenant that a broken connection paused',
    make: edited,
    as: { state: 'paused', pausedReason: 'reconnect-needed' },
    unreal: true,
    rule: 'tenant',
    code: 'tenant-paused',
    next: 'reconnect',
    more(test, told) {
      test.equal(told.reads, 0);
      test.match(
        told.rules.find(({ id }) => id === 'connection'),
        { outcome: 'failed', reasons: [{ code: 'reconnect-needed' }] },
      );
      test.ok(told.pair?.base, 'the images are shown');
    },
  },
  {
    name: 'R73 a tenant that is held',
    make: edited,
    as: { hold: { since: 0, why: 'many-changes', count: 900 } },
    rule: 'hold',
    code: 'tenant-held',
    next: 'release-hold',
    action: 'write',
  },
  {
    name: 'B7 Fortnox cannot be reached',
    async make(world) {
      const record = await edited(world);
      world.fortnox.failNext({ method: 'GET', path: '/3/customers/{id}', status: 0, times: 5 });
      return record;
    },
    unreal: true,
    rule: 'connection',
    code: 'vendor-unreachable',
    next: 'wait',
    more(test, told) {
      test.equal(told.present.webcrm?.fields.phone, `08-${made}`, 'what was read is shown');
      test.equal(told.present.fortnox, null);
    },
  },
];

t.test('B2 B7 what stands before every record', async (t) => {
  const { world, why } = await open(t);
  for (const situation of TENANTS) await check(t, world, why, situation);
});

t.test('B7 credentials that are no longer accepted are an answer, and pause nobody', async (t) => {
  const { world } = await open(t);
  const one = await customer(world, { OrganisationName: 'Avbruten AB' });
  world.webcrm.revokeToken();
  const why = explainer(world);
  t.teardown(() => why.close());
  const told = await why.ask(ref('customer', 'webcrm', one.organisation));
  t.match(
    told.rules.find(({ outcome }) => outcome === 'failed'),
    { id: 'connection', reasons: [{ code: 'vendor-auth' }] },
  );
  t.equal(told.next.code, 'reconnect');
  t.equal((await why.tenant()).state, 'connected');
});

const ARTICLES: readonly Situation[] = [
  {
    name: 'R60 an article in step',
    make: async () => ref('article', 'fortnox', 'A1'),
    rule: null,
    next: 'nothing',
    action: 'nothing',
    more(test, told) {
      test.match(told.present.fortnox, { name: 'Lampa', number: 'A1', fields: { listPrice: '100' } });
      test.match(told.present.webcrm, { name: 'Lampa', number: 'A1' });
    },
  },
  {
    name: 'R60 an item that was edited by hand would be put back',
    async make(world) {
      const pair = await world.store.pairs.bySide(world.tenantId, 'article', 'fortnox', 'A2');
      world.webcrm.person.editItem(Number(pair?.webcrmId), { QuotationLineLinkedDataItemData2: 'Sladd' });
      await world.wait(1);
      return ref('article', 'fortnox', 'A2');
    },
    rule: 'no-value-lost',
    code: 'item-put-back',
    next: 'sync-now',
    action: 'write',
    more(test, told) {
      test.strictSame(told.would.changes, [{ target: 'webcrm', field: 'name', before: 'Sladd', after: 'Kabel' }]);
    },
  },
  {
    name: 'R60 an item is explained by its article',
    async make(world) {
      const pair = await world.store.pairs.bySide(world.tenantId, 'article', 'fortnox', 'A3');
      return ref('article', 'webcrm', pair?.webcrmId ?? '');
    },
    rule: 'article',
    code: 'passed-on',
    next: 'see-record',
    more(test, told) {
      test.match(told.waitsFor?.record, { entity: 'article', side: 'fortnox', id: 'A3' });
    },
  },
  {
    name: 'R60 an article that was deactivated',
    async make(world) {
      world.fortnox.person.editArticle('A3', { Active: false });
      await world.quiet();
      return ref('article', 'fortnox', 'A3');
    },
    rule: 'active',
    code: 'article-inactive',
    next: 'nothing',
  },
  {
    name: 'R60 the settings do not let the register follow',
    async make(world) {
      const tenant = await world.store.tenants.get(world.tenantId);
      const { settings } = tenant ?? { settings: null };
      if (tenant && settings)
        await world.store.tenants.replace({
          ...tenant,
          settings: { ...settings, articles: { ...settings.articles, follow: false } },
        });
      return ref('article', 'fortnox', 'A1');
    },
    rule: 'followed',
    code: 'articles-not-followed',
    next: 'change-settings',
  },
];

t.test('B2 R60 articles', async (t) => {
  const { world, why } = await open(t);
  for (const situation of ARTICLES) await check(t, world, why, situation);
});

t.test('B2 the route answers, and refuses a kind that a side does not have', async (t) => {
  const { world, why } = await open(t);
  const one = await customer(world, { OrganisationName: 'Svarad AB' });
  const app = fastify({ ajv: { customOptions: { coerceTypes: false, removeAdditional: false } } });
  t.teardown(() => app.close());
  await app.register(problems);
  await app.register(explainRoutes, { services: { admin: world.admin, explain: why.explain } });
  const ask = (query: string) => why.drive(app.inject({ url: `/tenants/${world.tenantId}/explain?${query}` }));

  const answer = await ask(`entity=customer&side=webcrm&id=${one.organisation}`);
  t.equal(answer.statusCode, 200, answer.body);
  t.match(answer.json(), {
    record: { name: 'Svarad AB', number: one.number },
    pair: { state: 'linked', creating: false },
    would: { action: 'nothing', writes: [] },
    present: { webcrm: { fields: { name: 'Svarad AB' } }, fortnox: { fields: { name: 'Svarad AB' } } },
    next: { code: 'nothing' },
  });
  t.notOk(answer.body.includes('"tenant":"'), 'what is ours alone stays inside');
  const id = world.webcrm.person.createDelivery({
    DeliveryOrganisationId: one.organisation,
    DeliveryStatus: 'OnGoing',
  });
  world.webcrm.person.createLine(id, line('A1', 'Lampa', 2, 100));
  await world.quiet();
  world.listen(false);
  const [first] = world.webcrm.lines(id);
  world.webcrm.person.editLine(Number(first?.QuotationLineId), { QuotationLineQuantity: 5 });
  world.listen(true);
  await world.wait(5_100);
  const delivery = (await ask(`entity=delivery&side=webcrm&id=${id}`)).json();
  t.match(delivery, {
    frozen: { head: null, rows: null },
    rows: [
      {
        webcrm: { image: { article: 'A1', quantity: '2' }, now: { article: 'A1', quantity: '5' } },
        fortnox: { image: { quantity: '2' }, now: { quantity: '2' } },
        differs: true,
      },
    ],
    would: {
      action: 'write',
      writes: [{ kind: 'order', rows: [{ fields: { OrderedQuantity: '5', DeliveredQuantity: '5' } }] }],
      changes: [{ target: 'fortnox', field: 'rows.1.quantity', before: '2', after: '5' }],
    },
  });
  world.listen(false);
  const another = world.webcrm.person.createOrganisation({ OrganisationName: 'Ny AB', OrganisationType: 'Customer' });
  world.listen(true);
  t.match((await ask(`entity=customer&side=webcrm&id=${another}`)).json(), {
    would: { action: 'create', writes: [{ side: 'fortnox', id: null, fields: { Name: 'Ny AB' }, rows: null }] },
    pair: null,
    next: { code: 'sync-now' },
  });
  const refused = await ask('entity=order&side=webcrm&id=1');
  t.equal(refused.statusCode, 400);
  t.match(refused.json(), { code: 'invalid-body', faults: [{ field: 'entity' }] });
  t.equal((await ask('entity=line&side=webcrm&id=1')).statusCode, 400);
});
