import t from 'tap';
import { createFigures, FIGURE_STEP_MS } from '../../src/admin/figures.ts';
import { SESSION_MS } from '../../src/console/sessions.ts';
import { SyncError } from '../../src/errors/sync-error.ts';
import { sessionCookie } from '../../src/http/session-cookie.ts';
import { lineOf, pairOf } from '../store/fixtures.ts';
import { createVirtualRuntime } from '../support/virtual-runtime.ts';
import { bearer, createWorld, TOKEN, type World } from './world.ts';

const OURS = { 'x-console': '1', 'sec-fetch-site': 'same-origin' };

const NOBODY = { signedIn: false, name: null, role: null, sandboxUrl: null, expiresAt: null };

async function signIn(world: World, token = TOKEN, headers: Record<string, string> = OURS) {
  const answer = await world.app.inject({ method: 'POST', url: '/console/session', headers, payload: { token } });
  const [set = ''] = [answer.headers['set-cookie'] ?? ''].flat();
  return { answer, set, cookie: set.split(';')[0] ?? '' };
}

t.test('B8 signing in: a wrong token is refused, the right one becomes a cookie that no script can read', async (t) => {
  const world = await createWorld();
  t.teardown(() => world.close());
  const wrong = await signIn(world, 'a-token-of-somebody-else-0123456789');
  t.equal(wrong.answer.statusCode, 401);
  t.equal(wrong.answer.json().code, 'unauthorised');
  t.equal(wrong.set, '');
  const right = await signIn(world, ` ${TOKEN} `);
  t.equal(right.answer.statusCode, 200);
  t.match(right.set, /^__Host-console=v1\.[^;]+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict; Secure$/);
  t.notOk(right.set.includes(TOKEN), 'the token is sealed');
  t.equal(right.answer.headers['cache-control'], 'no-store');
  t.match(
    sessionCookie('http://localhost:3000').set('x', 1),
    /^console=x; Max-Age=1; Path=\/; HttpOnly; SameSite=Strict$/,
  );

  const told = async (cookie: string) =>
    (await world.app.inject({ url: '/console/session', headers: { cookie } })).json();
  t.same(await told(right.cookie), {
    signedIn: true,
    name: 'root',
    role: 'administer',
    sandboxUrl: null,
    expiresAt: world.runtime.now() + SESSION_MS,
  });
  t.same(await told('__Host-console=v1.00000000.abc'), NOBODY);
  t.same(
    await told(right.cookie.replace(/.(?=.{9}$)/, (sign) => (sign === 'A' ? 'B' : 'A'))),
    NOBODY,
    'a changed one is none',
  );
});

t.test('B8 the API takes the cookie as it takes the token, and for changes only from the console itself', async (t) => {
  const world = await createWorld();
  t.teardown(() => world.close());
  const { cookie } = await signIn(world);
  const get = (headers: Record<string, string>) => world.app.inject({ url: '/api/tenants', headers });
  t.equal((await get({ cookie })).statusCode, 200);
  t.equal((await get({})).statusCode, 401);
  t.equal((await get({ cookie, authorization: 'Bearer wrong' })).statusCode, 401, 'a header goes before a cookie');
  const post = (headers: Record<string, string>) =>
    world.app.inject({ method: 'POST', url: '/api/tenants', headers: { cookie, ...headers }, payload: { name: 'A' } });
  t.equal((await post(OURS)).statusCode, 201);
  for (const [why, headers] of [
    ['a form has no header of ours', { 'sec-fetch-site': 'same-origin' }],
    ['another site', { ...OURS, 'sec-fetch-site': 'cross-site' }],
    ['a sister domain', { ...OURS, 'sec-fetch-site': 'same-site' }],
    ['an old browser, another site', { 'x-console': '1', origin: 'https://evil.example' }],
    ['an origin that is none', { 'x-console': '1', origin: 'null' }],
  ] as const) {
    const answer = await post(headers);
    t.equal(answer.statusCode, 403, why);
    t.equal(answer.json().code, 'cross-site');
  }
  t.equal(
    (await post({ 'x-console': '1', origin: 'http://localhost:80' })).statusCode,
    201,
    'an old browser, our page',
  );
  t.equal((await signIn(world, TOKEN, { 'x-console': '1', 'sec-fetch-site': 'cross-site' })).answer.statusCode, 403);

  t.equal((await world.app.inject({ method: 'DELETE', url: '/console/session', headers: { cookie } })).statusCode, 403);
  const out = await world.app.inject({ method: 'DELETE', url: '/console/session', headers: { cookie, ...OURS } });
  t.equal(out.statusCode, 204);
  t.match(out.headers['set-cookie'], /Max-Age=0/);
  t.equal((await get({ cookie })).statusCode, 401, 'a copy of the cookie is worth nothing after the sign-out');
  const later = await signIn(world);
  await world.runtime.advance(SESSION_MS);
  t.equal((await get({ cookie: later.cookie })).statusCode, 401, 'it ends by itself');
});

t.test('B8 the page and its files: a strict policy, nothing inline, compressed and kept by the browser', async (t) => {
  const world = await createWorld();
  t.teardown(() => world.close());
  const page = await world.app.inject('/');
  t.equal(page.statusCode, 200);
  t.equal(
    page.headers['content-security-policy'],
    "default-src 'none';script-src 'self';style-src 'self';connect-src 'self';img-src 'self';base-uri 'none';form-action 'self';frame-ancestors 'none'",
  );
  t.notMatch(page.body, /<script>|<style|style=|\son[a-z]+=/);
  const again = await world.app.inject({ url: '/', headers: { 'if-none-match': String(page.headers.etag) } });
  t.equal(again.statusCode, 304);
  const files = [...page.body.matchAll(/(?:src|href)="(\/console\/[^"]+)"/g)].map(([, path]) => path ?? '');
  t.equal(files.length, 3);
  let weight = Buffer.byteLength(page.body);
  for (const url of files) {
    const plain = await world.app.inject(url);
    const small = await world.app.inject({ url, headers: { 'accept-encoding': 'gzip, br' } });
    const gzip = await world.app.inject({ url, headers: { 'accept-encoding': 'gzip' } });
    t.equal(plain.statusCode, 200, url);
    t.match(plain.headers['cache-control'], /max-age/);
    if (!url.endsWith('.svg')) t.equal(small.headers['content-encoding'], 'br');
    weight += gzip.rawPayload.length;
  }
  t.ok(weight < 60_000, `the first visit is ${weight} bytes`);
  t.equal((await world.app.inject('/console/none.js')).statusCode, 404);
});

t.test('B4, B6 all tenants at a glance, a tenant over time, records by name', async (t) => {
  const world = await createWorld();
  t.teardown(() => world.close());
  const { tenant } = (await world.api('POST', '/tenants', { name: 'Bolaget' })).json();
  await world.api('PUT', `/tenants/${tenant.id}/credentials/webcrm`, { applicationToken: 'x' });
  const overview = (await world.api('GET', '/overview?limit=10')).json();
  t.match(overview, {
    items: [{ id: tenant.id, name: 'Bolaget', credentials: { webcrm: true, fortnox: false } }],
    next: null,
  });
  t.same(overview.items[0].health, (await world.api('GET', `/tenants/${tenant.id}/status`)).json());

  const now = world.runtime.now();
  await world.store.activity.insert([
    lineOf('1', { tenant: tenant.id, at: now - 1, action: 'updated' }),
    lineOf('2', { tenant: tenant.id, at: now - 3_600_000, action: 'failed' }),
    lineOf('3', { tenant: tenant.id, at: now - 40 * 3_600_000 }),
  ]);
  const history = (await world.api('GET', `/tenants/${tenant.id}/history`)).json();
  t.equal(history.activity.stepMs, 3_600_000);
  const drawn = history.activity.items.filter((one: { action: string }) => one.action !== 'connection');
  t.same(
    drawn.map((one: { action: string; count: number }) => [one.action, one.count]),
    [
      ['failed', 1],
      ['updated', 1],
    ],
  );
  t.same(history.perStep, { webcrm: 1500, fortnox: 1500 });
  t.equal((await world.api('GET', `/tenants/${tenant.id}/history?hours=6`)).json().activity.stepMs, FIGURE_STEP_MS);
  t.equal((await world.api('GET', `/tenants/${tenant.id}/history?hours=169`)).statusCode, 400);

  const name = 'Lyktan AB';
  await world.store.pairs.insert(
    pairOf('p', { tenant: tenant.id, webcrmId: '7', fortnoxId: '70', base: { webcrm: { name }, fortnox: { name } } }),
  );
  const found = (await world.api('GET', `/tenants/${tenant.id}/search?q=lykt`)).json();
  t.match(found, { pairs: [{ id: 'p', name, number: '70', webcrmId: '7' }], vendors: null, failed: [] });
  world.webcrm.findOrganisations = async (field) =>
    field === 'OrganisationName' ? [{ OrganisationId: 9, OrganisationName: 'Lampan', OrganisationType: 'Lead' }] : [];
  world.webcrm.getOrganisation = async () => null;
  world.fortnox.searchCustomers = async () => [{ CustomerNumber: '70', Name: name }];
  world.fortnox.getCustomer = async () => null;
  const there = (await world.api('GET', `/tenants/${tenant.id}/search?q=Lampan&vendors=true`)).json();
  t.match(there.vendors, [
    { side: 'webcrm', id: '9', name: 'Lampan', type: 'Lead', paired: false },
    { side: 'fortnox', id: '70', name, paired: true },
  ]);
  const records = [
    { entity: 'customer', side: 'fortnox', id: '70' },
    { entity: 'line', side: 'webcrm', id: '1' },
  ];
  t.same((await world.api('POST', `/tenants/${tenant.id}/names`, { records })).json().items, [
    { entity: 'customer', side: 'fortnox', id: '70', name, number: '70', pairId: 'p' },
    { entity: 'line', side: 'webcrm', id: '1', name: null, number: null, pairId: null },
  ]);
  world.webcrm.getOrganisation = async (id) => ({ OrganisationId: Number(id), OrganisationName: 'Lampan' });
  world.fortnox.getCustomer = async () => {
    throw new SyncError('vendor-unreachable', 'Fortnox does not answer.');
  };
  const unknown = [
    ...records,
    ...(['webcrm', 'fortnox'] as const).map((side) => ({ entity: 'customer', side, id: '9' })),
  ];
  const named = (await world.api('POST', `/tenants/${tenant.id}/names`, { records: unknown, vendors: true })).json();
  t.same(
    named.items.map((one: { name: string | null }) => one.name),
    [name, null, 'Lampan', null],
    'what no pair knows is called as its side calls it, where that can be asked',
  );
  t.equal(
    (await world.app.inject({ url: '/api/overview', headers: { ...bearer, authorization: 'x' } })).statusCode,
    401,
  );
});

t.test('figures: counted in steps of five minutes, a day long, each tenant apart', async (t) => {
  const runtime = createVirtualRuntime({ seed: 1, start: 1_800_000_000_000 });
  const figures = createFigures(runtime);
  t.same(figures.of('a').items, []);
  figures.call('a', 'webcrm', 200);
  figures.call('a', 'webcrm', 429);
  figures.call('a', 'fortnox', 200);
  figures.job('a', runtime.now() - 700);
  figures.job('a', runtime.now() - 200);
  figures.call('b', 'fortnox', 200);
  await runtime.advance(FIGURE_STEP_MS);
  figures.job('a', runtime.now() + 5);
  t.match(figures.of('a').items, [
    { calls: { webcrm: 2, fortnox: 1 }, throttled: 1, jobs: 2, latenessMs: 700 },
    { calls: { webcrm: 0, fortnox: 0 }, throttled: 0, jobs: 1, latenessMs: 0 },
  ]);
  await runtime.advance(287 * FIGURE_STEP_MS);
  t.equal(figures.of('a').items.length, 1, 'the first step is a day old');
  figures.job('a', runtime.now());
  t.match(figures.of('a').items, [{ jobs: 1 }, { jobs: 1, calls: { webcrm: 0 } }], 'its place was emptied');
  t.match(figures.of('b').items, []);
});
