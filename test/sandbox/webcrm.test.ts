import ky from 'ky';
import t from 'tap';
import { serveSandbox } from '../../src/sandbox/http-server.ts';
import { sandboxFetch } from '../../src/sandbox/in-process.ts';
import type { WebcrmSwitches } from '../../src/sandbox/webcrm/index.ts';
import { setup } from './webcrm-support.ts';

t.test('login: urlencoded code for a bearer token of an hour; a wrong code is an IsError inside a 200', async (t) => {
  const { webcrm, send, login, advance } = setup();
  t.equal(send('GET', '/Organisations').status, 200);
  advance(3_600_000);
  t.equal(send('GET', '/Organisations').status, 401, 'expired after one hour');
  const wrong = login('nonsense');
  t.equal(wrong.status, 200);
  t.match(wrong.json(), { IsError: true, ErrorDescription: /token/ });
  t.equal(login().json().ExpiresIn, 3600);
  webcrm.expireTokens();
  t.equal(send('GET', '/Organisations').status, 401);
  t.equal(login().json().IsError, false);
  webcrm.revokeToken();
  t.equal(send('GET', '/Organisations').status, 401);
  t.equal(login().json().IsError, true);
  t.equal(webcrm.violations.length, 0, '401 is no violation');
  t.equal(send('POST', '/Auth/ApiLogin', '{}').status, 415);
  t.equal(webcrm.violations.length, 1);
});

t.test('a record has all 109 fields; empties are "", 0, false, year 1 and the placeholder', async (t) => {
  const { webcrm, send } = setup();
  const id = webcrm.person.createOrganisation({
    OrganisationName: 'Åkessons Plåt AB',
    OrganisationTelephone: '08-12 34',
  });
  const row = send('GET', `/Organisations/${id}`).json();
  t.equal(Object.keys(row).length, 109);
  t.match(row, {
    OrganisationId: 1,
    OrganisationName: 'Åkessons Plåt AB',
    OrganisationCity: '',
    OrganisationType: '-- vælg --',
    OrganisationXDate1: '0001-01-01T00:00:00+00:00',
    OrganisationXInt1: 0,
    OrganisationNoAds: false,
    OrganisationTelephoneSearch: '081234',
    OrganisationUpdatedAt: '2026-01-05T08:00:00.000+00:00',
  });
});

t.test('every answer has a date header', async (t) => {
  const { send } = setup();
  t.equal(send('GET', '/Organisations').headers.date, 'Mon, 05 Jan 2026 08:00:00 GMT');
  t.equal(send('GET', '/Organisations/9').headers.date, 'Mon, 05 Jan 2026 08:00:00 GMT');
});

t.test('writes: refused for their form, each a violation, and nothing is changed', async (t) => {
  const { webcrm, send } = setup();
  const id = webcrm.person.createOrganisation({ OrganisationName: 'A' });
  const before = webcrm.organisation(id);
  const put = (fields: object) => send('PUT', `/Organisations/${id}`, fields).status;
  const refused: [string, () => number, number][] = [
    ['no id', () => put({ OrganisationName: 'B' }), 400],
    ['another id', () => put({ OrganisationId: 7 }), 400],
    ['an unknown field', () => put({ OrganisationId: id, OrganisationEmail: 'x' }), 400],
    ['a wrong type', () => put({ OrganisationId: id, OrganisationName: 5 }), 400],
    ['a text for a number', () => put({ OrganisationId: id, OrganisationXInt1: '5' }), 400],
    ['a text for a boolean', () => put({ OrganisationId: id, OrganisationNoAds: 'Yes' }), 400],
    ['a date without offset', () => put({ OrganisationId: id, OrganisationXDate1: '2026-01-01' }), 400],
    ['a stamp', () => put({ OrganisationId: id, OrganisationUpdatedAt: '2026-01-01T00:00:00Z' }), 400],
    ['no such type', () => put({ OrganisationId: id, OrganisationType: 'customer' }), 400],
    ['a name of 201', () => put({ OrganisationId: id, OrganisationName: 'x'.repeat(201) }), 400],
    ['a city of 51', () => put({ OrganisationId: id, OrganisationCity: 'x'.repeat(51) }), 400],
    ['an extra custom field of 51', () => put({ OrganisationId: id, OrganisationExtraCustom1: 'x'.repeat(51) }), 400],
    ['an array', () => put([]), 400],
    ['no JSON', () => send('PUT', `/Organisations/${id}`, '{').status, 400],
    [
      'an undeclared body',
      () => send('PUT', `/Organisations/${id}`, '{}', { 'content-type': 'text/plain' }).status,
      415,
    ],
    ['POST with an id', () => send('POST', '/Organisations', { OrganisationId: 3 }).status, 400],
    ['DELETE of an organisation', () => send('DELETE', `/Organisations/${id}`).status, 404],
  ];
  for (const [name, call, status] of refused) {
    const count = webcrm.violations.length;
    t.equal(call(), status, name);
    t.equal(webcrm.violations.length, count + 1, `${name}: a violation`);
  }
  t.same(webcrm.organisation(id), before);
  t.equal(webcrm.organisations().length, 1);
  t.equal(webcrm.writes.length, 0);
});

t.test('switches partialPut and nullClears', async (t) => {
  for (const [switches, body, city] of [
    [{}, {}, 'Lund'],
    [{ partialPut: 'clears' }, {}, ''],
    [{}, { OrganisationCity: null }, ''],
    [{ nullClears: false }, { OrganisationCity: null }, 'Lund'],
    [{}, { OrganisationCity: '' }, ''],
  ] as const) {
    const { webcrm, send, advance } = setup(switches);
    const id = webcrm.person.createOrganisation({ OrganisationName: 'A', OrganisationCity: 'Lund' });
    advance(5);
    const answer = send('PUT', `/Organisations/${id}`, { OrganisationId: id, OrganisationName: 'B', ...body });
    t.same([answer.status, answer.body], [200, '']);
    t.match(webcrm.organisation(id), {
      OrganisationName: 'B',
      OrganisationCity: city,
      OrganisationUpdatedAt: /00\.005/,
    });
    t.equal(webcrm.violations.length, 0);
  }
});

t.test('switches postAnswer, missingAnswer, sizeAbove1000', async (t) => {
  const made = (postAnswer: WebcrmSwitches['postAnswer']) =>
    setup({ postAnswer }).send('POST', '/Organisations', { OrganisationId: 0, OrganisationName: 'A' }).body;
  t.equal(made('id'), '1');
  t.equal(JSON.parse(made('object')).OrganisationId, 1);
  t.equal(made('empty'), '');
  t.equal(setup().send('GET', '/Organisations/9').status, 404);
  t.equal(setup({ missingAnswer: '204' }).send('GET', '/Organisations/9').status, 204);
  t.equal(setup().send('GET', '/Organisations?Size=1001').status, 200);
  const strict = setup({ sizeAbove1000: 'refused' });
  t.equal(strict.send('GET', '/Organisations?Size=1001').status, 400);
  t.equal(strict.webcrm.violations.length, 1);
});

t.test('lists are bare arrays in pages of 100 unless asked', async (t) => {
  const { webcrm, send } = setup();
  for (let at = 0; at < 130; at += 1) webcrm.person.createOrganisation({ OrganisationName: `N${at}` });
  t.equal(send('GET', '/Organisations').json().length, 100);
  t.equal(send('GET', '/Organisations?page=2').json().length, 30);
  t.equal(send('GET', '/Organisations?Page=3&Size=50').json().length, 30);
  t.same(send('GET', '/Organisations?Page=4&Size=50').json(), []);
  t.equal(send('GET', '/Organisations?Page=0').status, 400);
});

t.test('FindByUpdateDates: from <= updated < to', async (t) => {
  const { webcrm, send, advance } = setup();
  for (let at = 0; at < 3; at += 1) {
    webcrm.person.createOrganisation({ OrganisationName: `N${at}` });
    advance(1000);
  }
  const find = (from: string, to: string) =>
    send('GET', `/Organisations/FindByUpdateDates/${encodeURIComponent(from)}/${encodeURIComponent(to)}`);
  const found = find('2026-01-05T09:00:01+01:00', '2026-01-05T08:00:02Z').json();
  t.same(
    found.map((row: { OrganisationId: number }) => row.OrganisationId),
    [2],
  );
  t.equal(find('2026-01-05', '2026-01-06').status, 400);
  t.equal(webcrm.violations.length, 1);
});

t.test('R77 queries: case-insensitive =, doubled quotes, AND, OR, >=; anything else is refused', async (t) => {
  const { webcrm, query, send, advance } = setup();
  webcrm.person.createOrganisation({
    OrganisationName: "O'Brien AB",
    OrganisationCustom1: '17',
    OrganisationType: 'Customer',
  });
  advance(1000);
  webcrm.person.createOrganisation({ OrganisationName: 'Ek AB', OrganisationCustom1: '18' });
  const ids = (where: string) =>
    query(where)
      .json()
      .map((row: { OrganisationId: number }) => row.OrganisationId);
  t.same(ids("OrganisationName = 'o''brien ab'"), [1]);
  t.same(ids("OrganisationCustom1 = '17' OR OrganisationCustom1 = '18'"), [1, 2]);
  t.same(ids("OrganisationCustom1 = '17' AND OrganisationName = 'Ek AB' OR OrganisationCustom1='18'"), [2]);
  t.same(
    ids(
      "OrganisationUpdatedAt >= '2026-01-05T08:00:01.000Z' AND (OrganisationType = '' OR OrganisationType = 'Customer')",
    ),
    [2],
  );
  t.same(ids('OrganisationId = 1'), [1]);
  t.same(ids("OrganisationName = ''''"), []);
  t.equal(webcrm.violations.length, 0);
  const bad = [
    "OrganisationName = 'O'Brien AB'",
    "OrganisationName = 'x",
    "OrganisationName LIKE 'x'",
    "OrganisationNope = 'x'",
    "OrganisationName = 'x' ORDER OrganisationName",
    "OrganisationName = 'x' ORDER BY OrganisationNope",
    'OrganisationNoAds = 0',
    "OrganisationName = 'x'; DROP",
    "OrganisationName = 'x' 'y'",
    "OrganisationName = 'x'--'",
    "OrganisationUpdatedAt >= 'soon'",
    "(OrganisationName = 'x'",
    '',
  ];
  for (const where of bad) t.equal(query(where).status, 400, where);
  t.equal(query("OrganisationName = 'x'''").status, 200, 'a doubled quote at the end is well formed');
  t.equal(send('GET', '/Queries').status, 400);
  t.equal(send('GET', `/Queries?script=${encodeURIComponent('SELECT * FROM Person')}`).status, 400);
  t.equal(webcrm.violations.length, bad.length + 2);
});

t.test('limit: 250 in a sliding minute, counted at arrival, failed calls and logins too', async (t) => {
  const { webcrm, send, login, advance } = setup();
  for (let at = 0; at < 248; at += 1) send('GET', '/Organisations/9');
  login('wrong');
  const over = send('GET', '/Organisations');
  t.equal(over.status, 429);
  t.equal(over.headers['retry-after'], '60');
  t.match(over.json(), { RetryAfterSeconds: 60, Message: String, Type: 'TooManyRequestsException' });
  t.equal(webcrm.violations.length, 1);
  t.match(webcrm.counts(), { total: 251, throttled: 1, writes: 0 });
  advance(60_001);
  t.equal(send('GET', '/Organisations').status, 200);
});

t.test('hooks: one event each, payload by switch, own writes by switch', async (t) => {
  for (const [hookPayload, body] of [
    ['url', '"https://api.webcrm.com/Organisations/1"'],
    ['id', '1'],
    ['empty', ''],
    ['object', /"OrganisationId":1/],
  ] as const) {
    const { webcrm, send, sent } = setup({ hookPayload, ownWritesFireHooks: hookPayload !== 'id' });
    const hook = { Id: 0, TargetUrl: 'http://svc.example/u', IsEnabled: true, EventType: 'Update', Filter: ['All'] };
    t.equal(send('POST', '/Organisations/Hooks', hook).body, '1');
    t.equal(
      send('POST', '/Organisations/Hooks', { ...hook, TargetUrl: 'http://svc.example/d', EventType: 'Delete' }).body,
      '2',
    );
    t.equal(send('POST', '/Organisations/Hooks', { ...hook, EventType: 'Both' }).status, 400);
    const id = webcrm.person.createOrganisation({ OrganisationName: 'A' });
    t.equal(sent.length, 0);
    webcrm.person.editOrganisation(id, { OrganisationName: 'B' });
    t.match(sent, [{ url: 'http://svc.example/u', body }]);
    send('PUT', `/Organisations/${id}`, { OrganisationId: id, OrganisationName: 'C' });
    t.equal(sent.length, hookPayload === 'id' ? 1 : 2);
    t.equal(send('PUT', '/Organisations/Hooks/1', { ...hook, Id: 1, IsEnabled: false }).status, 200);
    t.equal(send('GET', '/Organisations/Hooks/1').json().IsEnabled, false);
    t.equal(send('DELETE', '/Organisations/Hooks/1').status, 200);
    t.equal(send('GET', '/Organisations/Hooks').json().length, 1);
    webcrm.person.deleteOrganisation(id);
    t.equal(sent.at(-1)?.url, 'http://svc.example/d');
    t.equal(webcrm.violations.length, 1);
  }
});

t.test('field metadata names lengths and the texts of drop-downs', async (t) => {
  const { send } = setup();
  const fields = send('GET', '/FieldsMetadata/Organisation').json();
  t.equal(fields.length, 109);
  const type = fields.find(
    (one: { FieldMetadataFriendlyFieldName: string }) => one.FieldMetadataFriendlyFieldName === 'OrganisationType',
  );
  t.match(type.FieldMetadataDropdownListData, [
    { Text: 'Customer' },
    { Text: 'Private Customer' },
    { Text: 'Prospect' },
    { Text: 'Supplier' },
  ]);
  t.same(send('GET', '/FieldsMetadata/Person').json(), []);
  t.equal(send('GET', '/FieldsMetadata/Nope').status, 400);
  t.equal(send('GET', '/FieldsMetadata/%E0%A4%A').status, 400, 'badly encoded');
});

t.test('faults: an applied write whose answer is lost, over ky in process and over a socket', async (t) => {
  const { webcrm, login } = setup();
  const token = login().json().AccessToken;
  const headers = { authorization: `Bearer ${token}` };
  let trips = 0;
  const fetch = sandboxFetch(
    { 'https://api.webcrm.com': webcrm },
    {
      delay: async () => {
        trips += 1;
      },
    },
  );
  const api = ky.create({ prefixUrl: 'https://api.webcrm.com', fetch, headers, retry: 0 });
  t.equal(await api.post('Organisations', { json: { OrganisationId: 0, OrganisationName: 'Åäö' } }).json(), 1);
  t.equal(trips, 2);
  webcrm.failNext({ method: 'POST', path: '/Organisations', status: 0, times: 1, applied: true });
  await t.rejects(api.post('Organisations', { json: { OrganisationId: 0 } }), TypeError);
  t.equal(webcrm.organisations().length, 2, 'it took effect');
  await t.rejects(fetch('https://elsewhere.example/'), TypeError);
  await t.rejects(fetch('https://api.webcrm.com/', { signal: AbortSignal.abort() }), { name: 'AbortError' });
  webcrm.switches.missingAnswer = '204';
  t.equal((await fetch('https://api.webcrm.com/Organisations/9', { headers })).status, 204);

  const server = await serveSandbox(webcrm, { host: '127.0.0.1', port: 0, latency: () => 1 });
  t.teardown(() => server.close());
  const answer = await globalThis.fetch(`${server.url}/Organisations/1`, { headers });
  t.match(await answer.json(), { OrganisationName: 'Åäö' });
  webcrm.failNext({ status: 0, times: 1 });
  await t.rejects(globalThis.fetch(`${server.url}/Organisations/1`, { headers }), TypeError);
  webcrm.failNext({ status: 503, times: 1 });
  const failed = await globalThis.fetch(`${server.url}/Organisations/1`, { headers });
  t.equal(failed.status, 503);
  await failed.body?.cancel();
  t.equal(webcrm.violations.length, 0);
});

t.test('reset empties the company and lifts a revocation', async (t) => {
  const { webcrm, send, login } = setup();
  webcrm.person.createOrganisation({ OrganisationName: 'A' });
  t.throws(() => webcrm.person.editOrganisation(9, {}), /does not exist/);
  t.throws(() => webcrm.person.createOrganisation({ OrganisationEmail: 'x' }), /unknown field/);
  webcrm.revokeToken();
  webcrm.reset();
  login();
  t.same(send('GET', '/Organisations').json(), []);
  t.equal(webcrm.counts().total, 2);
});
