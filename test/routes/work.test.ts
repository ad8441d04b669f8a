import t from 'tap';
import { Value } from 'typebox/value';
import { ActivityView, JobView, pageOf, TenantView } from '../../schemas/api.ts';
import { RefusedView, StatusView } from '../../schemas/api-activity.ts';
import type { Activity, Pair } from '../../schemas/records.ts';
import { createWorld } from './world.ts';

const AT = Date.UTC(2026, 4, 1);

async function opened() {
  const world = await createWorld();
  const { id } = (await world.api('POST', '/tenants', { name: 'One' })).json().tenant as { id: string };
  const at = `/tenants/${id}`;
  return { ...world, id, at, get: (path: string) => world.api('GET', `${at}${path}`) };
}
const line = (tenant: string, id: string, more: Partial<Activity> = {}): Activity => ({
  schema: 1,
  id,
  tenant,
  at: AT,
  entity: 'delivery',
  webcrmId: '7',
  fortnoxId: '9',
  pairId: 'p1',
  action: 'updated',
  target: 'fortnox',
  changes: [{ field: 'remarks', before: '=1', after: null }],
  lost: [],
  reasons: ['rows-conflict'],
  message: id,
  job: null,
  expiresAt: 1e15,
  ...more,
});
const pair = (tenant: string, id: string, more: Partial<Pair> = {}): Pair => ({
  schema: 2,
  id,
  tenant,
  entity: 'customer',
  webcrmId: id,
  fortnoxKind: 'customer',
  fortnoxId: id,
  invoiceRef: null,
  customerNumber: null,
  state: 'linked',
  base: null,
  rows: null,
  intent: null,
  reason: null,
  candidates: [],
  version: 1,
  createdAt: 1,
  updatedAt: 1,
  ...more,
});

t.test('B2 activity is filtered by record, pair, entity, action, reason and period', async (t) => {
  const world = await opened();
  t.teardown(world.close);
  await world.store.activity.insert([
    line(world.id, 'a'),
    line(world.id, 'b', { at: AT + 1_000, entity: 'customer', webcrmId: '8', pairId: 'p2', reasons: [] }),
    line(world.id, 'c', { at: AT + 2_000, fortnoxId: '10', action: 'failed', reasons: ['no-rows', 'rows-conflict'] }),
  ]);
  const ids = async (query: string) => {
    const answer = await world.get(`/activity?${query}`);
    t.equal(answer.statusCode, 200, answer.body);
    t.ok(Value.Check(pageOf(ActivityView), answer.json()));
    return answer
      .json()
      .items.map((one: Activity) => one.id)
      .filter((id: string) => id.length === 1)
      .join('');
  };
  for (const [query, found] of [
    ['', 'cba'],
    ['webcrmId=8', 'b'],
    ['fortnoxId=9', 'ba'],
    ['pairId=p1', 'ca'],
    ['entity=customer', 'b'],
    ['entity=tenant', ''],
    ['action=failed', 'c'],
    ['reason=rows-conflict', 'ca'],
    ['reason=rows-conflict&action=updated', 'a'],
    [`from=${AT + 1_000}&to=${AT + 2_000}`, 'b'],
    ['from=2026-05-01T00:00:01Z&to=2026-05-01T02:00:02%2B02:00', 'b'],
    ['from=2026-05-01&to=2026-05-02', 'cba'],
    ['from=2026-05-01T00:00:01.500Z', 'c'],
    ['to=2026-05-01', ''],
  ] as const) {
    t.equal(await ids(query), found, query);
  }
  const first = (await world.get('/activity?limit=1&pairId=p1')).json();
  t.equal(await ids(`limit=1&pairId=p1&cursor=${first.next}`), 'a');
  for (const query of ['from=yesterday', 'from=2026-05-01T10:00', 'to=2026-02-30', 'to=2026-13-01', 'from=-1'])
    for (const path of ['activity', 'activity.csv']) {
      const answer = await world.get(`/${path}?${query}`);
      t.equal(answer.statusCode, 400, query);
      t.match(answer.json(), { code: 'invalid-body', faults: [{ field: query.slice(0, query.indexOf('=')) }] });
    }
  for (const query of ['entity=order', 'reason=No', 'colour=1'])
    t.equal((await world.get(`/activity?${query}`)).statusCode, 400, query);
});

t.test('B2 activity.csv has the same filters, is named and typed as a file', async (t) => {
  const world = await opened();
  t.teardown(world.close);
  await world.store.activity.insert([line(world.id, 'a'), line(world.id, 'b', { reasons: [] })]);
  const answer = await world.get('/activity.csv?reason=rows-conflict&from=2026-05-01');
  t.equal(answer.statusCode, 200);
  t.equal(answer.headers['content-type'], 'text/csv; charset=utf-8');
  t.match(answer.headers['content-disposition'], /attachment; filename="activity\.csv"/);
  const [head, row, ...more] = answer.body.split('\r\n');
  t.match(head, /^\uFEFFtime,entity,/);
  t.equal(row, "2026-05-01T00:00:00.000Z,delivery,7,9,updated,fortnox,remarks,'=1,,no,rows-conflict,a,");
  t.same(more, ['']);
  const refused = await world.get('/activity.csv?cursor=nothing');
  t.equal(refused.statusCode, 400);
  t.match(refused.json(), { faults: [{ field: 'cursor' }] });
  t.equal((await world.get('/activity.csv?limit=5')).statusCode, 400);
  t.equal((await world.api('GET', '/tenants/nobody/activity.csv')).statusCode, 404);
  t.equal((await world.app.inject(`/api${world.at}/activity.csv`)).statusCode, 401);
});

t.test('B2 refused records are listed with their reason, since when, and what they wait for', async (t) => {
  const world = await opened();
  t.teardown(world.close);
  const { decisions } = world.store;
  await decisions.set(world.id, 'customer', 'webcrm', '5', 'type-not-selected', AT);
  await decisions.set(world.id, 'delivery', 'webcrm', '6', 'waiting-for-customer', AT + 1, 'webcrm:5');
  await decisions.set(world.id, 'order', 'fortnox', '7', 'waiting-for-customer', AT + 2, 'fortnox:A:1');
  await decisions.set(world.id, 'customer', 'fortnox', '8', 'of-an-earlier-release', AT + 3);
  const list = async (query: string) => {
    const answer = await world.get(`/refused${query}`);
    t.equal(answer.statusCode, 200);
    t.ok(Value.Check(pageOf(RefusedView), answer.json()));
    return answer.json();
  };
  const { items, next } = await list('');
  t.equal(next, null);
  t.same(items[3], {
    entity: 'customer',
    side: 'webcrm',
    id: '5',
    reason: 'type-not-selected',
    message: "The organisation's Type is not among the selected Types, so it is not sent to Fortnox.",
    since: AT,
    waitsFor: null,
  });
  t.match(items[0], { id: '8', message: /of-an-earlier-release/ });
  const waiting = await list('?reason=waiting-for-customer&limit=1');
  t.match(waiting.items, [{ id: '7', waitsFor: { entity: 'customer', side: 'fortnox', id: 'A:1' } }]);
  t.match((await list(`?reason=waiting-for-customer&limit=1&cursor=${waiting.next}`)).items, [
    { id: '6', since: AT + 1, waitsFor: { side: 'webcrm', id: '5' } },
  ]);
  t.equal((await world.get('/refused?state=x')).statusCode, 400);
});

t.test('B4 status counts what waits for a person; pairs by entity, state and reason; jobs show full', async (t) => {
  const world = await opened();
  t.teardown(world.close);
  const { pairs, jobs, tenants } = world.store;
  await pairs.insert(pair(world.id, '1'));
  await pairs.insert(pair(world.id, '2', { state: 'conflict', reason: 'match-ambiguous' }));
  await pairs.insert(
    pair(world.id, '3', { entity: 'delivery', fortnoxKind: 'order', state: 'conflict', reason: 'no-rows' }),
  );
  const hint = { tenant: world.id, entity: 'customer', side: 'webcrm', priority: 0 } as const;
  await jobs.enqueue(
    [
      { ...hint, id: '1', full: true },
      { ...hint, id: '2' },
    ],
    AT,
  );
  const [job] = await jobs.claim(world.id, 'me', AT, 1000, 1);
  const error = { code: 'vendor-refused', message: 'No.', at: AT };
  await jobs.release(world.id, job?.key ?? '', 'me', { state: 'dead', runAt: AT, countAttempt: true, error });

  const status = async () => {
    const answer = await world.get('/status');
    t.ok(Value.Check(StatusView, answer.json()), answer.body);
    return answer.json();
  };
  t.match(await status(), {
    hold: null,
    needsPerson: 3,
    pairs: { linked: 1, conflict: 2 },
    pairsByEntity: { customer: { linked: 1, conflict: 1 }, article: {}, delivery: { conflict: 1 } },
  });
  const byKey = async (key: string, more = '') =>
    (await world.get(`/jobs?key=${key}${more}`)).json().items.map((one: { state: string }) => one.state);
  t.same(await byKey('customer:webcrm:1'), ['dead']);
  t.same(await byKey('customer:webcrm:1', '&state=waiting'), []);
  t.same(await byKey('customer:webcrm:9'), [], 'nothing is to be done with it');
  const listed = (await world.get('/jobs')).json();
  t.ok(Value.Check(pageOf(JobView), listed));
  t.same(
    listed.items.map((one: { full: boolean }) => one.full),
    [true, false],
  );
  const ids = async (query: string) => (await world.get(`/pairs?${query}`)).json().items.map((one: Pair) => one.id);
  t.same(await ids('reason=no-rows'), ['3']);
  t.same(await ids('reason=no-rows&entity=customer'), []);

  const tenant = await tenants.get(world.id);
  if (tenant === null) throw new Error('no tenant');
  const hold = { since: AT, why: 'many-changes', count: 812 } as const;
  await tenants.replace({ ...tenant, hold });
  const told = { ...hold, remedy: /explain.*POST \/api\/tenants\/\{tenant\}\/release/ };
  t.match(await status(), { needsPerson: 4, hold: told });
  const shown = (await world.get('')).json();
  t.ok(Value.Check(TenantView, shown));
  t.match(shown.hold, told);
  t.match((await world.api('GET', '/tenants')).json().items[0].hold, told);
});

t.test('B2 OpenAPI describes the file, the filters and the remedy of a hold', async (t) => {
  const world = await opened();
  t.teardown(world.close);
  const { paths } = (await world.app.inject('/docs/json')).json();
  const csv = paths['/api/tenants/{tenant}/activity.csv'].get;
  t.same(Object.keys(csv.responses['200'].content), ['text/csv']);
  const names = (path: string) => paths[path].get.parameters.map((one: { name: string }) => one.name);
  const filters = ['webcrmId', 'fortnoxId', 'pairId', 'entity', 'action', 'reason', 'from', 'to'];
  t.ok(filters.every((name) => names('/api/tenants/{tenant}/activity.csv').includes(name)));
  t.ok([...filters, 'limit', 'cursor'].every((name) => names('/api/tenants/{tenant}/activity').includes(name)));
  t.ok(names('/api/tenants/{tenant}/refused').includes('reason'));
});
