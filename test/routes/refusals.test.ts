import t from 'tap';
import { bearer, createWorld } from './world.ts';

t.test('every refusal of the API is a clear problem document, and nothing is stored', async (t) => {
  const world = await createWorld();
  t.teardown(world.close);
  const created = (await world.api('POST', '/tenants', { name: 'One' })).json();
  const at = `/api/tenants/${created.tenant.id}`;
  const json = { ...bearer, 'content-type': 'application/json' };
  const cases = [
    ['no token', 401, 'unauthorised', { method: 'GET', url: '/api/tenants' }],
    [
      'wrong token',
      401,
      'unauthorised',
      { method: 'POST', url: '/api/tenants', headers: { authorization: 'Bearer wrong' }, payload: { name: 'x' } },
    ],
    [
      'another scheme',
      401,
      'unauthorised',
      { method: 'GET', url: '/api/tenants', headers: { authorization: `Basic ${bearer.authorization.slice(7)}` } },
    ],
    ['unknown tenant', 404, 'not-found', { method: 'GET', url: '/api/tenants/nobody', headers: bearer }],
    [
      'unknown tenant, PATCH',
      404,
      'not-found',
      { method: 'PATCH', url: '/api/tenants/nobody/settings', headers: bearer, payload: { nameLimit: 50 } },
    ],
    [
      'an address that is not well-formed',
      400,
      'invalid-body',
      { method: 'GET', url: '/api/tenants/%zz', headers: bearer },
    ],
    ['unknown address', 404, 'not-found', { method: 'GET', url: '/api/nothing', headers: bearer }],
    [
      '1 MB body',
      413,
      'body-too-large',
      { method: 'POST', url: '/api/tenants', headers: json, payload: JSON.stringify({ name: 'x'.repeat(1_000_000) }) },
    ],
    ['broken JSON', 415, 'not-json', { method: 'POST', url: '/api/tenants', headers: json, payload: '{"name":' }],
    ['empty JSON', 415, 'not-json', { method: 'POST', url: '/api/tenants', headers: json, payload: '' }],
    [
      'prototype poisoning',
      415,
      'not-json',
      { method: 'POST', url: '/api/tenants', headers: json, payload: '{"name":"x","__proto__":{}}' },
    ],
    [
      'plain text',
      415,
      'not-json',
      { method: 'POST', url: '/api/tenants', headers: { ...bearer, 'content-type': 'text/plain' }, payload: 'name' },
    ],
    [
      'a number for a text',
      400,
      'invalid-body',
      { method: 'POST', url: '/api/tenants', headers: bearer, payload: { name: 5 } },
      'name',
    ],
    ['a list', 400, 'invalid-body', { method: 'POST', url: '/api/tenants', headers: bearer, payload: [] }, 'body'],
    [
      'a missing property',
      400,
      'invalid-body',
      { method: 'POST', url: '/api/tenants', headers: bearer, payload: {} },
      'name',
    ],
    [
      'an unknown property',
      400,
      'invalid-body',
      { method: 'POST', url: '/api/tenants', headers: bearer, payload: { name: 'x', more: 1 } },
      'more',
    ],
    ['no body', 400, 'invalid-body', { method: 'POST', url: '/api/tenants', headers: bearer }, 'body'],
    [
      'an unknown setting',
      400,
      'invalid-body',
      { method: 'PATCH', url: `${at}/settings`, headers: bearer, payload: { colour: 'red' } },
      'colour',
    ],
    [
      'an unknown custom field',
      400,
      'invalid-body',
      {
        method: 'PATCH',
        url: `${at}/settings`,
        headers: bearer,
        payload: { customFields: { customerNumber: 'OrganisationName' } },
      },
      'customFields.customerNumber',
    ],
    [
      'a text for a number',
      400,
      'invalid-body',
      { method: 'PATCH', url: `${at}/settings`, headers: bearer, payload: { nameLimit: '50' } },
      'nameLimit',
    ],
    [
      'an impossible date',
      400,
      'invalid-body',
      { method: 'PATCH', url: `${at}/settings`, headers: bearer, payload: { startDate: '2026-02-30' } },
      'startDate',
    ],
    [
      'a Type that is not selected',
      422,
      'invalid-settings',
      {
        method: 'PATCH',
        url: `${at}/settings`,
        headers: bearer,
        payload: { defaultType: { company: 'Lead', private: null } },
      },
      'defaultType.company',
    ],
    [
      'an unknown grant',
      400,
      'invalid-body',
      { method: 'PUT', url: `${at}/credentials/fortnox`, headers: bearer, payload: { grant: 'password' } },
      'grant',
    ],
    [
      'a page too large',
      400,
      'invalid-body',
      { method: 'GET', url: '/api/tenants?limit=5000', headers: bearer },
      'limit',
    ],
    [
      'an unknown filter',
      400,
      'invalid-body',
      { method: 'GET', url: `${at}/jobs?colour=red`, headers: bearer },
      'colour',
    ],
    [
      'an unknown job state',
      400,
      'invalid-body',
      { method: 'GET', url: `${at}/jobs?state=lost`, headers: bearer },
      'state',
    ],
    [
      'an unknown side',
      400,
      'invalid-body',
      { method: 'POST', url: `${at}/jobs/sync`, headers: bearer, payload: { side: 'sap', id: '1' } },
      'side',
    ],
    ['pause before connect', 409, 'conflict', { method: 'POST', url: `${at}/pause`, headers: bearer }],
    ['import before connect', 409, 'conflict', { method: 'POST', url: `${at}/imports`, headers: bearer }],
    ['an unknown pair', 404, 'not-found', { method: 'GET', url: `${at}/pairs/none`, headers: bearer }],
    ['an unknown import', 404, 'not-found', { method: 'GET', url: `${at}/imports/none`, headers: bearer }],
  ] as const;
  const before = await everything(world);
  for (const [name, status, code, request, field] of cases) {
    const answer = await world.app.inject(request as object);
    const body = answer.json();
    t.equal(answer.statusCode, status, `${name}: ${answer.body}`);
    t.match(answer.headers['content-type'], /^application\/problem\+json/, name);
    t.match(
      body,
      { type: 'about:blank', status, code, title: /\S/, detail: /\S/, requestId: answer.headers['x-request-id'] },
      name,
    );
    if (field)
      t.ok(
        body.faults.some((fault: { field: string }) => fault.field === field),
        `${name}: ${answer.body}`,
      );
  }
  t.same(await everything(world), before);
});

t.test('texts of our own failures never leave', async (t) => {
  const world = await createWorld({
    store: (store) => ({
      ...store,
      tenants: { ...store.tenants, list: () => Promise.reject(new Error('SQLITE: secret path /srv/x')) },
      ping: () => Promise.reject(new Error('SQLITE: gone')),
    }),
  });
  t.teardown(world.close);
  const answer = await world.api('GET', '/tenants');
  t.equal(answer.statusCode, 500);
  t.equal(answer.json().code, 'internal');
  t.notMatch(answer.body, /SQLITE|srv/);
  const ready = await world.app.inject('/health/ready');
  t.equal(ready.statusCode, 503);
  t.same(ready.json(), { ok: false, dependencies: { store: 'down' }, hooks: 'accepted' });
});

t.test('guesses of the token are limited by address; the true token is not held back by them', async (t) => {
  const world = await createWorld();
  t.teardown(world.close);
  const guess = () => world.app.inject({ url: '/api/tenants', headers: { authorization: 'Bearer guess' } });
  for (let i = 0; i < 60; i += 1) await guess();
  const limited = await guess();
  t.equal(limited.statusCode, 429);
  t.equal(limited.json().code, 'too-many-requests');
  t.ok(limited.headers['retry-after']);
  t.equal((await world.api('GET', '/tenants')).statusCode, 200);
});

async function everything({ store }: Awaited<ReturnType<typeof createWorld>>) {
  const tenants = (await store.tenants.list({ limit: 100 })).items;
  return Promise.all(
    tenants.map(async (tenant) => ({
      tenant,
      jobs: await store.jobs.counts(tenant.id),
      secrets: await store.secrets.list(tenant.id),
      activity: (await store.activity.list(tenant.id, { limit: 100 })).items,
    })),
  );
}
