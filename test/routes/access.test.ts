import { createHash } from 'node:crypto';
import t from 'tap';
import { ROLES } from '../../schemas/access.ts';
import { SyncError } from '../../src/errors/sync-error.ts';
import { operationsOf } from '../support/operations.ts';
import { bearer, createWorld, FORMER_TOKEN, TOKEN, type World } from './world.ts';

const HOUR = 3_600_000;

/** Asks as somebody else than the root. */
const as = (world: World, secret: string) => (method: string, url: string, payload?: object) =>
  world.app.inject({
    method: method as 'GET',
    url: `/api${url}`,
    headers: { authorization: `Bearer ${secret}` },
    ...(payload ? { payload } : {}),
  });

const make = async (world: World, body: object) => {
  const answer = await world.api('POST', '/tokens', body);
  if (answer.statusCode !== 201) throw new Error(answer.body);
  return answer.json() as { token: { id: string; createdAt: number }; secret: string };
};
const tenantOf = async (world: World, name: string): Promise<string> =>
  (await world.api('POST', '/tenants', { name })).json().tenant.id;

t.test('B8 a token is made, used, shown without its secret, and kept as a hash alone', async (t) => {
  const world = await createWorld();
  t.teardown(world.close);
  const { token, secret } = await make(world, { name: ' Anna ', role: 'administer' });
  t.match(secret, /^wfs_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$/);
  t.match(token, {
    name: 'Anna',
    role: 'administer',
    tenants: null,
    state: 'valid',
    createdBy: 'root',
    lastUsedAt: null,
  });
  const ask = as(world, secret);
  t.same((await ask('GET', '/me')).json(), {
    id: token.id,
    name: 'Anna',
    role: 'administer',
    tenants: null,
    expiresAt: null,
  });
  t.match((await world.api('GET', '/me')).json(), { id: 'root', role: 'administer' });
  t.match((await as(world, FORMER_TOKEN)('GET', '/me')).json(), { id: 'root' }, 'a root token that is being changed');

  t.equal((await world.api('GET', `/tokens/${token.id}`)).json().lastUsedAt, world.runtime.now());
  const first = world.runtime.now();
  await world.runtime.advance(30_000);
  await ask('GET', '/me');
  t.equal((await world.store.tokens.get(token.id))?.lastUsedAt, first, 'use is noted once a minute');
  await world.runtime.advance(30_000);
  await ask('GET', '/me');
  t.equal((await world.store.tokens.get(token.id))?.lastUsedAt, first + 60_000);

  const kept = JSON.stringify((await world.store.tokens.list({ limit: 9 })).items);
  t.notMatch(kept, secret.slice(21), 'nothing that is stored gives the secret back');
  t.notMatch((await world.api('GET', '/tokens')).body, secret.slice(21));
  t.notMatch((await world.api('GET', '/tokens')).body, /hash/);

  for (const wrong of [
    `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`,
    `wfs_${'0'.repeat(16)}_${secret.slice(21)}`,
    secret.slice(4),
    `${secret} `.repeat(2).trim(),
    `${TOKEN}x`,
    `${TOKEN},${FORMER_TOKEN}`,
    '',
  ])
    t.equal((await as(world, wrong)('GET', '/me')).statusCode, 401, 'no other text passes');
});

t.test(
  'B8 a token ends by its date, when it is revoked, and the former secret some hours after a rotation',
  async (t) => {
    const world = await createWorld();
    t.teardown(world.close);
    const ending = await make(world, { name: 'Short', role: 'read', expiresAt: world.runtime.now() + HOUR });
    const lasting = await make(world, { name: 'Long', role: 'read' });
    await world.runtime.advance(HOUR - 1);
    t.equal((await as(world, ending.secret)('GET', '/me')).statusCode, 200);
    await world.runtime.advance(1);
    t.equal((await as(world, ending.secret)('GET', '/me')).statusCode, 401);
    t.equal((await world.api('GET', `/tokens/${ending.token.id}`)).json().state, 'expired');
    t.match((await world.api('POST', `/tokens/${ending.token.id}/rotate`, {})).json(), { code: 'conflict' });

    const at = `/tokens/${lasting.token.id}`;
    const second = (await world.api('POST', `${at}/rotate`, { graceHours: 2 })).json();
    t.match(second.token.secrets, [{ until: null }, { until: world.runtime.now() + 2 * HOUR }]);
    for (const secret of [lasting.secret, second.secret])
      t.equal((await as(world, secret)('GET', '/me')).statusCode, 200, 'both count meanwhile');
    const third = (await world.api('POST', `${at}/rotate`, { graceHours: 0 })).json();
    t.equal(third.token.secrets.length, 1, 'no grace: those before it end at once');
    t.equal((await as(world, second.secret)('GET', '/me')).statusCode, 401);
    t.equal((await as(world, lasting.secret)('GET', '/me')).statusCode, 401);
    for (let n = 0; n < 8; n++) await world.api('POST', `${at}/rotate`, {});
    t.equal((await world.api('GET', at)).json().secrets.length, 5, 'rotations in a row do not make it grow');

    const last = (await world.api('POST', `${at}/rotate`, {})).json();
    t.equal((await world.api('DELETE', at)).statusCode, 204);
    t.equal((await world.api('DELETE', at)).statusCode, 204, 'twice is as once');
    t.equal((await as(world, last.secret)('GET', '/me')).statusCode, 401);
    t.match((await world.api('GET', at)).json(), { state: 'revoked', secrets: [], revokedAt: world.runtime.now() });
    t.match((await world.api('GET', '/tokens?limit=1')).json(), { items: [{ name: 'Short' }] });
    t.equal((await world.api('GET', '/tokens/none')).statusCode, 404);
    t.match((await world.api('POST', '/tokens', { name: 'x', role: 'read', expiresAt: 5 })).json(), {
      code: 'invalid-body',
      faults: [{ field: '/expiresAt' }],
    });
  },
);

t.test('B8 each role may do what its routes name, and no more', async (t) => {
  const world = await createWorld();
  t.teardown(world.close);
  const id = await tenantOf(world, 'One');
  const secrets = Object.fromEntries(
    await Promise.all(ROLES.map(async (role) => [role, (await make(world, { name: role, role })).secret])),
  ) as Record<(typeof ROLES)[number], string>;
  const needs = [
    ['read', 'GET', `/tenants/${id}/activity`],
    ['read', 'GET', `/tenants/${id}/settings`],
    ['operate', 'POST', `/tenants/${id}/jobs/retry`, {}],
    ['operate', 'POST', `/tenants/${id}/check`],
    ['administer', 'PATCH', `/tenants/${id}/settings`, { nameLimit: 60 }],
    ['administer', 'PUT', `/tenants/${id}/credentials/webcrm`, { applicationToken: 'x' }],
    ['administer', 'POST', `/tenants/${id}/webhook-secret`],
    ['administer', 'POST', '/tenants', { name: 'Two' }],
    ['administer', 'GET', '/tokens'],
    ['administer', 'POST', '/tokens', { name: 'x', role: 'read' }],
  ] as const;
  for (const [needed, method, url, payload] of needs)
    for (const role of ROLES) {
      const answer = await as(world, secrets[role])(method, url, payload);
      const may = ROLES.indexOf(role) >= ROLES.indexOf(needed);
      if (may) t.ok(answer.statusCode < 300, `${role} may ${method} ${url}: ${answer.body}`);
      else t.match(answer.json(), { status: 403, code: 'forbidden', detail: new RegExp(`needs ${needed}`) });
    }
  const lines = (await world.store.activity.list(id, { limit: 50 })).items.map((line) => line.message);
  t.ok(
    lines.some((line) => /^Failed jobs were sent again\. Asked for by operate, request [0-9a-f]{32}\.$/.test(line)),
    'who did it is told',
  );
  t.ok(lines.some((line) => /^Settings were changed: nameLimit\. Asked for by administer, request/.test(line)));
  t.notOk(lines.some((line) => line.includes('Asked for by read')));
});

t.test('B8 a tenant outside the reach is answered as one that does not exist', async (t) => {
  const world = await createWorld();
  t.teardown(world.close);
  const [one, two, three] = [
    await tenantOf(world, 'One'),
    await tenantOf(world, 'Two'),
    await tenantOf(world, 'Three'),
  ];
  const { secret, token } = await make(world, { name: 'Partner', role: 'administer', tenants: [one, three] });
  const ask = as(world, secret);
  t.equal((await ask('GET', `/tenants/${one}`)).statusCode, 200);
  const strip = ({ requestId: _id, ...rest }: Record<string, unknown>) => rest;
  for (const [method, path, body] of [
    ['GET', ''],
    ['GET', '/status'],
    ['PATCH', '/settings', { nameLimit: 60 }],
    ['POST', '/pause'],
    ['POST', '/imports'],
  ] as const) {
    const outside = await ask(method, `/tenants/${two}${path}`, body);
    const unknown = await ask(method, `/tenants/${'0'.repeat(32)}${path}`, body);
    t.equal(outside.statusCode, 404);
    t.same(strip(outside.json()), strip(unknown.json()), `${method} ${path}`);
  }
  const seen = [];
  let next = '';
  do {
    const page = (await ask('GET', `/tenants?limit=1${next}`)).json();
    seen.push(...page.items.map((item: { id: string }) => item.id));
    next = page.next === null ? '' : `&cursor=${page.next}`;
  } while (next !== '');
  t.same(seen.sort(), [one, three].sort());
  t.match((await ask('GET', '/tenants?cursor=!')).json(), { code: 'invalid-body' });
  t.match((await ask('POST', '/tenants', { name: 'Four' })).json(), { code: 'forbidden' });

  await make(world, { name: 'Everybody', role: 'read' });
  const inside = (await ask('POST', '/tokens', { name: 'Clerk', role: 'operate', tenants: [one] })).json();
  t.match(inside.token, { tenants: [one], createdBy: 'Partner' });
  t.same(
    (await ask('GET', '/tokens')).json().items.map((item: { name: string }) => item.name),
    ['Partner', 'Clerk'],
    'tokens that reach further are not seen',
  );
  for (const tenants of [[two], [one, two], null, undefined])
    t.match(
      (await ask('POST', '/tokens', { name: 'x', role: 'read', ...(tenants === undefined ? {} : { tenants }) })).json(),
      {
        code: 'invalid-body',
        faults: [{ field: '/tenants' }],
      },
    );
  t.match((await world.api('POST', '/tokens', { name: 'x', role: 'read', tenants: [one, 'none'] })).json(), {
    faults: [{ field: '/tenants/1' }],
  });
  const wide = await make(world, { name: 'Wide', role: 'read', tenants: [one, two] });
  for (const [method, path] of [
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/rotate'],
  ] as const)
    t.equal((await ask(method, `/tokens/${wide.token.id}${path}`, path ? {} : undefined)).statusCode, 404);
  t.equal((await ask('POST', `/tokens/${token.id}/rotate`, {})).statusCode, 200, 'its own secret may be renewed');
});

t.test(
  'B8 behind a proxy that is trusted each caller has its own share, behind another one none is believed',
  async (t) => {
    for (const [trustProxy, shared] of [
      ['127.0.0.1', false],
      [null, true],
    ] as const) {
      const world = await createWorld({ trustProxy });
      t.teardown(world.close);
      const ask = (from: string) =>
        world.app.inject({ url: '/console/session', headers: { 'x-forwarded-for': `203.0.113.9, ${from}` } });
      let last = 0;
      for (let n = 0; n < 31; n++) last = (await ask('198.51.100.1')).statusCode;
      t.equal(last, 429, 'a stranger has used up its share');
      t.equal((await ask('198.51.100.2')).statusCode, shared ? 429 : 200);
    }
  },
);

t.test('B8 the limit counts by token; every route names its role', async (t) => {
  const world = await createWorld();
  t.teardown(world.close);
  const { secret } = await make(world, { name: 'Busy', role: 'read' });
  const answers = [];
  for (let n = 0; n < 1201; n++) answers.push((await as(world, secret)('GET', '/me')).statusCode);
  t.same([answers.filter((status) => status === 200).length, answers.at(-1)], [1200, 429]);
  t.equal((await world.api('GET', '/me')).statusCode, 200, 'others are not slowed down');

  for (const { method, path, role } of operationsOf((await world.app.inject('/docs/json')).body))
    if (path.startsWith('/api/')) t.ok(role !== null && ROLES.includes(role), `${method} ${path}`);
});

t.test(
  'B8 the same create under one Idempotency-Key makes one, and its answer is given again, sealed at rest',
  async (t) => {
    const world = await createWorld();
    t.teardown(world.close);
    const create = (body: object, key: string, secret = TOKEN, url = '/api/tokens') =>
      world.app.inject({
        method: 'POST',
        url,
        headers: { authorization: `Bearer ${secret}`, 'idempotency-key': key },
        payload: body,
      });
    const body = { name: 'Anna', role: 'administer' };
    const first = await create(body, 'one');
    const second = await create(body, 'one');
    t.equal(first.statusCode, 201);
    t.equal(second.statusCode, 201);
    t.same(second.json(), first.json(), 'the secret too');
    t.notOk(first.headers['idempotency-replayed']);
    t.equal(second.headers['idempotency-replayed'], 'true');
    t.equal((await world.api('GET', '/tokens')).json().items.length, 1);

    const { tenant } = (await world.api('POST', '/tenants', { name: 'One' })).json();
    const dry = { kinds: ['customer'], dryRun: true };
    const at = `/api/tenants/${tenant.id}/imports`;
    const begun = await create(dry, 'import', TOKEN, at);
    t.same((await create(dry, 'import', TOKEN, at)).json(), begun.json());
    const said = (await world.store.activity.list(tenant.id, { limit: 50 })).items.map((line) => line.message);
    t.equal(
      said.filter((message) => message.startsWith('An import was begun')).length,
      1,
      'the log tells it once (B2)',
    );

    const other = await create({ ...body, name: 'Bo' }, 'one');
    t.equal(other.statusCode, 422);
    t.equal(other.json().code, 'idempotency-key-used');
    t.equal((await create(body, 'one', first.json().secret)).statusCode, 201, 'keys of another caller are another key');
    t.equal((await create({}, 'two')).statusCode, 400);
    t.equal((await create(body, 'two')).statusCode, 201, 'what was unreadable held no key');
    t.equal((await create(body, 'k'.repeat(256))).statusCode, 400);

    const purpose = createHash('sha256').update('one').digest('hex');
    const kept = await world.store.answers.begin('root', purpose, '', world.runtime.now(), world.runtime.now());
    t.ok(kept?.sealed);
    t.notMatch(kept?.sealed ?? '', first.json().secret, 'no secret is stored');
    await world.runtime.advance(25 * HOUR);
    t.notOk((await create(body, 'one')).headers['idempotency-replayed'], 'after a day the key is free');
  },
);

t.test('B8 a create that failed on our side frees its key, and a caller has so many keys', async (t) => {
  let fails = true;
  let most = 0;
  let held: Promise<void> = Promise.resolve();
  const world = await createWorld({
    store: (kept) => ({
      ...kept,
      tokens: {
        ...kept.tokens,
        insert: async (token) => {
          await held;
          if (fails) throw new SyncError('store-busy', 'busy');
          await kept.tokens.insert(token);
        },
      },
      answers: { ...kept.answers, count: async () => most },
    }),
  });
  t.teardown(world.close);
  const create = (key: string) =>
    world.app.inject({
      method: 'POST',
      url: '/api/tokens',
      headers: { ...bearer, 'idempotency-key': key },
      payload: { name: 'Anna', role: 'read' },
    });
  t.equal((await create('one')).statusCode, 503);
  fails = false;
  const made = await create('one');
  t.equal(made.statusCode, 201);
  t.notOk(made.headers['idempotency-replayed']);
  let release = () => {};
  held = new Promise((resolve) => {
    release = resolve;
  });
  const underWay = create('three');
  await new Promise((resolve) => setImmediate(resolve));
  const beside = await create('three');
  t.equal(beside.statusCode, 409, 'the first is under way');
  release();
  t.equal((await underWay).statusCode, 201);
  most = 1_000;
  const refused = await create('two');
  t.equal(refused.statusCode, 429);
  t.equal(refused.json().code, 'too-many-requests');
});
