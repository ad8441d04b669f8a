import fc from 'fast-check';
import t from 'tap';
import { recordsWhere } from '../../src/vendors/webcrm/query.ts';
import type { HookedEntity, WebcrmOrganisation } from '../../src/vendors/webcrm/types.ts';
import { type FakeAnswer, failure, HOUR, isLogin, type Seen, system, TOKEN } from './support.ts';

const organisation = { json: { OrganisationId: 5, OrganisationName: 'Ett AB' } };

t.test('B7 100 calls share one login; at most 4 are in flight and starts are 20 ms apart', async (t) => {
  let inFlight = 0;
  let most = 0;
  const c = system(() => {
    most = Math.max(most, ++inFlight);
    c.runtime.setTimer(100, () => inFlight--);
    return { ...organisation, latency: 101 };
  });
  await c.runtime.settle(Promise.all(Array.from({ length: 100 }, () => c.webcrm.getOrganisation('5', 0))));
  t.equal(c.seen.filter(isLogin).length, 1);
  t.equal(c.seen[0]?.body, `authCode=${TOKEN}`);
  t.equal(c.seen[0]?.headers.get('content-type'), 'application/x-www-form-urlencoded');
  t.equal(most, 4);
  t.ok(c.seen.every((one, index) => index === 0 || one.at - (c.seen[index - 1] as Seen).at >= 20));
  t.match(c.connections.of('t1').budgets().webcrm, { limit: 250, windowMs: 60_000, total: 101 });
  await c.runtime.advance(56 * 60_000);
  await c.runtime.settle(c.webcrm.getOrganisation('5', 0));
  t.equal(c.seen.filter(isLogin).length, 2, 'and again before its hour ends');
  t.equal(c.runtime.timers(), 0);
});

t.test('B7 a 401 logs in once for everybody; a second 401 is vendor-auth', async (t) => {
  const c = system((seen) =>
    seen.headers.get('authorization') === 'Bearer access-2' ? organisation : { status: 401, latency: 50 },
  );
  await c.runtime.settle(Promise.all(Array.from({ length: 30 }, () => c.webcrm.getOrganisation('5', 0))));
  t.equal(c.seen.filter(isLogin).length, 2);
  const never = system(() => ({ status: 401 }));
  t.match(await never.runtime.settle(failure(never.webcrm.getOrganisation('5', 0))), { code: 'vendor-auth' });
  t.equal(never.seen.length, 4);
});

t.test('B8 a refused application token is vendor-auth, is not stored, and is in no message', async (t) => {
  const refusals: FakeAnswer[] = [
    { json: { IsError: true, Error: `bad ${TOKEN}`, ErrorDescription: `no ${TOKEN}`, AccessToken: null } },
    { status: 401, json: { Message: TOKEN } },
  ];
  for (const refusal of refusals) {
    const c = system(
      () => organisation,
      () => refusal,
      null,
    );
    t.match(await c.runtime.settle(failure(c.webcrm.getOrganisation('5', 0))), { code: 'credentials-missing' });
    const error = (await c.runtime.settle(failure(c.connections.connectWebcrm('t1', TOKEN)))) as Error;
    t.match(error, { code: 'vendor-auth' });
    t.notMatch(error.message, TOKEN);
    t.equal(c.vault.puts.length, 0);
  }
  const good = system(() => organisation, undefined, null);
  await good.runtime.settle(good.connections.connectWebcrm('t1', TOKEN));
  t.equal(good.vault.values.get('t1/webcrm-token'), TOKEN);
  await good.runtime.settle(good.webcrm.getOrganisation('5', 0));
  t.equal(good.seen.length, 2, 'the login of the connecting serves on');
  good.connections.forget('t1');
  await good.runtime.settle(good.webcrm.getOrganisation('5', 0));
  t.equal(good.seen.filter(isLogin).length, 2);
});

t.test('B5 a 429 stops all starts for Retry-After or RetryAfterSeconds, logins included', async (t) => {
  for (const answer of [
    { status: 429, headers: { 'retry-after': '17' } },
    { status: 429, json: { RetryAfterSeconds: 17, Message: 'Slow down', Type: 'TooManyRequestsException' } },
  ]) {
    const c = system((_, all) => (all.length === 2 ? answer : organisation));
    const error = await c.runtime.settle(failure(c.webcrm.getOrganisation('5', 0)));
    t.match(error, { code: 'vendor-throttled', waitMs: 17_000 });
    const refusedAt = c.runtime.now();
    c.connections.forget('t1');
    await c.runtime.settle(c.webcrm.getOrganisation('5', 0));
    t.equal((c.seen[2]?.at ?? 0) - refusedAt, 17_000);
  }
});

t.test('R22 the three answers of a create, and the null of a missing record', async (t) => {
  for (const [answer, id] of [
    [{ json: 41 }, '41'],
    [{ json: '41' }, '41'],
    [{ json: { OrganisationId: 41, OrganisationName: 'x' } }, '41'],
    [{ status: 204 }, null],
    [{ text: '' }, null],
    [{ json: 0 }, null],
  ] as const) {
    const c = system(() => answer);
    t.equal(await c.runtime.settle(c.webcrm.createOrganisation({ OrganisationName: 'x' }, 0)), id);
    t.same(JSON.parse(c.calls()[0]?.body ?? ''), { OrganisationName: 'x', OrganisationId: 0 });
  }
  for (const answer of [{ status: 404 }, { status: 204 }]) {
    const c = system(() => answer);
    t.equal(await c.runtime.settle(c.webcrm.getOrganisation('5', 0)), null);
  }
  const half = system(() => ({ status: 200, text: '' }));
  const unreadable = { code: 'vendor-answer-unreadable' };
  t.match(await half.runtime.settle(failure(half.webcrm.getOrganisation('5', 0))), unreadable, 'it is not gone');
  t.match(
    await half.runtime.settle(failure(half.webcrm.findOrganisations('OrganisationName', 'x', 0))),
    unreadable,
    'and none was searched in vain',
  );
});

t.test('R2 an update sends the id and the given fields only; refusals carry webCRM words', async (t) => {
  const c = system((_, all) => {
    const calls = all.length - 1;
    if (calls === 1) return { status: 200 };
    return { status: calls === 2 ? 400 : 422, json: { Message: 'OrganisationCity is too long', Type: 'X' } };
  });
  await c.runtime.settle(c.webcrm.updateOrganisation('5', { OrganisationCity: '' }, 0));
  t.match(c.calls()[0], { method: 'PUT', body: '{"OrganisationCity":"","OrganisationId":5}' });
  t.equal(c.calls()[0]?.url.pathname, '/Organisations/5');
  for (let i = 0; i < 2; i++) {
    const error = await c.runtime.settle(failure(c.webcrm.updateOrganisation('5', { OrganisationCity: 'x' }, 0)));
    t.match(error, { code: 'vendor-refused', message: /OrganisationCity is too long/ });
  }
  const forbidden = system(() => ({ status: 403 }));
  t.match(await forbidden.runtime.settle(failure(forbidden.webcrm.listHooks('Organisations', 0))), {
    code: 'licence-missing',
  });
  t.match(await failure(c.webcrm.getOrganisation('..', 0)), { code: 'vendor-refused' });
});

t.test('Paging: 1000 a page until a short one, by UTC instants encoded in the path', async (t) => {
  const date = 'Thu, 15 Jan 2026 11:59:58 GMT';
  const rows = (page: number): WebcrmOrganisation[] =>
    Array.from({ length: page < 3 ? 1000 : page === 3 ? 2 : 0 }, (_, i) => ({ OrganisationId: page * 1000 + i }));
  const c = system(({ url }) => ({ headers: { date }, json: rows(Number(url.searchParams.get('Page'))) }));
  let read = 0;
  const onPage = async (page: WebcrmOrganisation[]) => {
    read += page.length;
  };
  const from = Date.UTC(2026, 0, 15, 10);
  t.same(await c.runtime.settle(c.webcrm.listOrganisations(from, from + HOUR, 1, onPage)), {
    serverDate: Date.parse(date),
  });
  t.equal(read, 2002);
  t.equal(
    c.calls()[0]?.url.pathname,
    '/Organisations/FindByUpdateDates/2026-01-15T10%3A00%3A00.000Z/2026-01-15T11%3A00%3A00.000Z',
  );
  t.equal(c.calls()[2]?.url.search, '?Page=3&Size=1000');
  await c.runtime.settle(c.webcrm.listOrganisations(null, from, 1, onPage));
  t.equal(c.calls()[3]?.url.pathname, '/Organisations');
});

/** What a database would read the script as: the literal's value, or null when the text breaks out of it. */
function literalOf(script: string): string | null {
  const match = /^SELECT \* FROM Organisation WHERE OrganisationName = '((?:[^']|'')*)'$/.exec(script);
  return match ? (match[1] as string).replaceAll("''", "'") : null;
}

t.test('Queries: hostile names stay inside their literal, and only exact matches come back', async (t) => {
  for (const name of [
    "O'Hara",
    "'; DROP TABLE Organisation; --",
    "''",
    "x' OR '1'='1",
    'å&b=c?d#e%27+f',
    '\\',
    "\\'",
  ]) {
    const c = system(() => ({
      json: [{ OrganisationId: 1, OrganisationName: ` ${name.toUpperCase()} ` }, { OrganisationId: 2 }],
    }));
    t.match(await c.runtime.settle(c.webcrm.findOrganisations('OrganisationName', name, 0)), [{ OrganisationId: 1 }]);
    t.equal(literalOf(c.calls()[0]?.url.searchParams.get('script') ?? ''), name);
  }
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      (name) => literalOf(recordsWhere('Organisation', 'OrganisationName', name)) === name,
    ),
  );
  for (const field of ['OrganisationName = 1 OR OrganisationId', 'Person', 'Organisation', 'OrganisationName\n', '']) {
    t.throws(() => recordsWhere('Organisation', field, 'x'));
  }
  const any = system(() => ({
    json: [1, 2, 3].map((OrganisationId) => ({ OrganisationId, OrganisationName: `N${OrganisationId}` })),
  }));
  const wanted = ['n1', "' OR OrganisationId = 3 --", ' N2 ', ' '].map((value) => ({
    field: 'OrganisationName',
    value,
  }));
  t.match(await any.runtime.settle(any.webcrm.findOrganisationsByAny(wanted, 0)), [
    { OrganisationId: 1 },
    { OrganisationId: 2 },
  ]);
  t.equal(
    any.calls()[0]?.url.searchParams.get('script'),
    "SELECT * FROM Organisation WHERE OrganisationName = 'n1' OR OrganisationName = ''' OR OrganisationId = 3 --' OR OrganisationName = 'N2'",
  );
  t.equal(any.calls().length, 1, 'one query for all');
  const empty = system(() => organisation);
  t.same(await empty.webcrm.findOrganisationsByAny([{ field: 'OrganisationName', value: ' ' }], 0), []);
  t.same(await empty.webcrm.findOrganisations('OrganisationName', ' ', 0), []);
  t.equal(empty.seen.length, 0);
});

t.test('Hooks and fields', async (t) => {
  const hook = { Id: 9, TargetUrl: 'https://us.test/h', IsEnabled: true, EventType: 'Update', Filter: ['All'] };
  let created: FakeAnswer = { json: 9 };
  const c = system(({ method, url }) => {
    if (url.pathname === '/FieldsMetadata/Organisation') {
      return {
        json: [
          {
            FieldMetadataFriendlyFieldName: 'OrganisationType',
            FieldMetadataLabel: 'Typ',
            FieldMetadataTextFieldMaxLength: 50,
            FieldMetadataDropdownListData: [{ Text: 'Customer', Value: '1' }],
          },
          { FieldMetadataFriendlyFieldName: 'OrganisationMemo', FieldMetadataTextFieldMaxLength: 0 },
        ],
      };
    }
    if (method === 'POST') return created;
    return method === 'DELETE' ? { status: 404 } : { json: [hook] };
  });
  t.equal(await c.runtime.settle(c.webcrm.createHook('Organisations', 'Update', 'https://us.test/h', 0)), '9');
  t.same(JSON.parse(c.calls()[0]?.body ?? ''), { ...hook, Id: 0 });
  created = { text: '' };
  t.equal(
    await c.runtime.settle(c.webcrm.createHook('Organisations', 'Update', 'https://us.test/h', 0)),
    '9',
    'found in the list',
  );
  t.same(await c.runtime.settle(c.webcrm.listHooks('Organisations', 0)), [hook]);
  await c.runtime.settle(c.webcrm.deleteHook('Organisations', '9', 0));
  t.equal(c.calls().at(-1)?.url.pathname, '/Organisations/Hooks/9');
  t.same(await c.runtime.settle(c.webcrm.organisationFields(0)), [
    { name: 'OrganisationType', label: 'Typ', maxLength: 50, values: ['Customer'] },
    { name: 'OrganisationMemo', label: 'OrganisationMemo', maxLength: null, values: [] },
  ]);
});

t.test('B5 tenants with one application token share its budget', async (t) => {
  const c = system(() => organisation);
  c.vault.values.set('t2/webcrm-token', TOKEN).set('t3/webcrm-token', 'another');
  for (const tenant of ['t1', 't2', 't3'])
    await c.runtime.settle(c.connections.of(tenant).webcrm.getOrganisation('5', 0));
  t.same(
    ['t1', 't2', 't3'].map((tenant) => c.connections.of(tenant).budgets().webcrm.total),
    [4, 4, 2],
  );
});

t.test('R60 the product register comes whole, without paging', async (t) => {
  const items = Array.from({ length: 2500 }, (_, index) => ({ QuotationLineLinkedDataItemId: index + 1 }));
  const c = system(() => ({ json: items }));
  t.same(await c.runtime.settle(c.webcrm.listItems(1)), items);
  t.same(
    c.calls().map((one) => `${one.method} ${one.url.pathname}${one.url.search}`),
    ['GET /QuotationLines/LinkedData'],
  );
  const empty = system(() => ({ status: 204 }));
  t.same(await empty.runtime.settle(empty.webcrm.listItems(1)), []);
  const odd = system(() => ({ json: {} }));
  t.match(await odd.runtime.settle(failure(odd.webcrm.listItems(1))), { code: 'vendor-answer-unreadable' });
});

t.test('Hooks of each entity, and the fields of deliveries', async (t) => {
  for (const entity of ['Organisations', 'Deliveries', 'QuotationLines'] satisfies HookedEntity[]) {
    const hook = { Id: 9, TargetUrl: 'https://us.test/h', IsEnabled: true, EventType: 'Delete', Filter: ['All'] };
    const c = system(({ method }) => ({ json: method === 'GET' ? [hook] : 9 }));
    t.equal(await c.runtime.settle(c.webcrm.createHook(entity, 'Delete', 'https://us.test/h', 0)), '9');
    t.same(JSON.parse(c.calls()[0]?.body ?? ''), { ...hook, Id: 0 });
    t.same(await c.runtime.settle(c.webcrm.listHooks(entity, 0)), [hook]);
    await c.runtime.settle(c.webcrm.deleteHook(entity, '9', 0));
    t.same(
      c.calls().map((one) => `${one.method} ${one.url.pathname}`),
      [`POST /${entity}/Hooks`, `GET /${entity}/Hooks`, `DELETE /${entity}/Hooks/9`],
    );
  }
  const c = system(() => ({ json: [{ FieldMetadataFriendlyFieldName: 'DeliveryCustom1' }] }));
  t.match(await c.runtime.settle(c.webcrm.deliveryFields(0)), [{ name: 'DeliveryCustom1', maxLength: null }]);
  t.equal(c.calls()[0]?.url.pathname, '/FieldsMetadata/Delivery');
});
