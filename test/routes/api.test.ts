import t from 'tap';
import { changeTenant } from '../../src/store/change-tenant.ts';
import { bearer, createWorld } from './world.ts';

async function connected(world: Awaited<ReturnType<typeof createWorld>>): Promise<string> {
  const { id } = (await world.api('POST', '/tenants', { name: ' One ' })).json().tenant;
  await world.api('PUT', `/tenants/${id}/credentials/webcrm`, { applicationToken: 'webcrm-secret' });
  await world.api('PUT', `/tenants/${id}/credentials/fortnox`, { grant: 'client_credentials', tenantId: '555' });
  const answer = await world.api('POST', `/tenants/${id}/connect`);
  if (answer.statusCode !== 200) throw new Error(answer.body);
  return id;
}

t.test('S3 a tenant is created, checked, connected, paused and resumed', async (t) => {
  const world = await createWorld();
  t.teardown(world.close);
  const created = await world.api('POST', '/tenants', { name: 'One' });
  t.equal(created.statusCode, 201);
  const { tenant, webhook } = created.json();
  t.match(webhook, { url: /^https:\/\/sync\.example\.com\/webhooks\/fortnox\/\S{43}$/, secret: /^whsec_/ });
  t.notOk('hookToken' in tenant);
  const at = `/tenants/${tenant.id}`;

  const check = (await world.api('POST', `${at}/check`)).json();
  t.equal(check.ok, false);
  t.same(
    check.items.map((item: { name: string }) => item.name),
    ['webcrm-credentials', 'fortnox-credentials'],
  );
  const refused = await world.api('POST', `${at}/connect`);
  t.equal(refused.statusCode, 409);
  t.equal(refused.json().faults.length, 2);
  t.equal(world.hooks.length, 0);

  t.equal((await world.api('PUT', `${at}/credentials/webcrm`, { applicationToken: 'webcrm-secret' })).statusCode, 204);
  t.equal(
    (await world.api('PUT', `${at}/credentials/fortnox`, { grant: 'refresh_token', refreshToken: 'fortnox-secret' }))
      .statusCode,
    204,
  );
  const names = await world.api('GET', `${at}/credentials`);
  t.same(
    names
      .json()
      .items.map((item: { name: string }) => item.name)
      .sort(),
    ['fortnox-tokens', 'webcrm-token', 'webhook-secret'],
  );
  t.notMatch(names.body, /-secret"?:|webcrm-secret|fortnox-secret/);

  const answer = (await world.api('POST', `${at}/connect`)).json();
  t.equal(answer.check.ok, true);
  t.match(answer.tenant, { state: 'connected', fortnoxDatabaseNumber: '555' });
  t.match(answer.tenant, { lineQuery: 'works', partialPut: { delivery: 'unknown', item: 'unknown' } });
  t.same(
    world.hooks.map((hook) => hook.TargetUrl.split('/').slice(-2).join(' ')),
    ['organisations', 'deliveries', 'lines'].flatMap((path) =>
      ['create', 'update', 'delete'].map((event) => `${path} ${event}`),
    ),
  );
  await world.api('POST', `${at}/connect`);
  t.equal(world.hooks.length, 9, 'hooks that are there are kept');
  t.equal(await world.store.cursors.get(tenant.id, 'poll:webcrm:customer'), world.runtime.now());

  t.match((await world.api('POST', `${at}/pause`)).json(), { state: 'paused', pausedReason: 'by-hand' });
  t.match((await world.api('POST', `${at}/resume`)).json(), { state: 'connected', pausedReason: null });
  const lines = (await world.api('GET', `${at}/activity?action=connection`)).json().items;
  t.ok(lines.length >= 7);
  t.notMatch(JSON.stringify(lines), /webcrm-secret|fortnox-secret/);
});

t.test('R26 a second tenant on the same Fortnox company is refused', async (t) => {
  const world = await createWorld();
  t.teardown(world.close);
  await connected(world);
  await t.rejects(connected(world), /Another tenant is connected to this Fortnox company/);
});

t.test('R26 a second tenant on the same webCRM system is refused, whichever token leads to it', async (t) => {
  const world = await createWorld();
  t.teardown(world.close);
  await connected(world);
  const { id } = (await world.api('POST', '/tenants', { name: 'Two' })).json().tenant;
  await world.api('PUT', `/tenants/${id}/credentials/webcrm`, { applicationToken: 'another-token' });
  const items = (await world.api('POST', `/tenants/${id}/check`)).json().items;
  const system = items.find((item: { name: string }) => item.name === 'webcrm-system');
  t.match(system, {
    ok: false,
    message: /Another tenant is connected to this webCRM system/,
    remedy: /another webCRM/,
  });
});

t.test('settings: a partial change keeps the rest and leaves a line; each fault is named', async (t) => {
  const world = await createWorld();
  t.teardown(world.close);
  const { id } = (await world.api('POST', '/tenants', { name: 'One' })).json().tenant;
  const changed = await world.api('PATCH', `/tenants/${id}/settings`, {
    nameLimit: 50,
    customFields: { customerNumber: 'OrganisationCustom3', email: 'OrganisationXText1' },
  });
  t.equal(changed.statusCode, 200);
  t.match(changed.json(), {
    nameLimit: 50,
    numberOwner: 'fortnox',
    customFields: { email: 'OrganisationXText1' },
    startDate: null,
  });
  const [line] = (await world.api('GET', `/tenants/${id}/activity?action=settings`)).json().items;
  t.same(line.changes.map((entry: { field: string }) => entry.field).sort(), ['customFields', 'nameLimit']);

  const inner = await world.api('PATCH', `/tenants/${id}/settings`, {
    documents: { frozenEdits: 'put-back' },
    articles: { follow: false },
  });
  t.match(inner.json(), {
    documents: { frozenEdits: 'put-back', quietSeconds: 10, fields: { number: 'DeliveryNumber' } },
    articles: { follow: false, edits: 'put-back' },
  });
  t.equal((await world.api('PATCH', `/tenants/${id}/settings`, { documents: { colour: 1 } })).statusCode, 400);

  const unreadable = await world.api('PATCH', `/tenants/${id}/settings`, {
    documentMode: 'both',
    nameLimit: 5,
    countryLanguage: 'xx',
    reconcile: { hour: 30, cycleDays: 7 },
    startDate: 5,
    documents: { linePrice: 'x', items: { number: 10, name: 2, unit: 'x' } },
  });
  t.strictSame(
    Object.fromEntries(unreadable.json().faults.map((one: { field: string; message: string }) => Object.values(one))),
    {
      countryLanguage: 'must be one of sv, da, nb, fi, de, en',
      nameLimit: 'must be >= 20',
      documentMode: 'must be one of order, invoice',
      'documents.items.number': 'must be <= 9',
      'documents.items.unit': 'must be integer or null',
      'documents.linePrice': 'must be one of list, unit, total',
      'reconcile.hour': 'must be <= 23 or null',
      startDate: 'must be string or null',
    },
    'one for each field, with what may stand there',
  );
  t.strictSame((await world.api('POST', `/tenants/${id}/pause`, { colour: 1 })).json().faults, [
    { field: 'colour', message: 'is not known' },
  ]);

  const faulty = await world.api('PATCH', `/tenants/${id}/settings`, {
    types: [
      { type: 'Customer', kind: 'company' },
      { type: 'customer', kind: 'private' },
    ],
    customFields: { customerNumber: 'OrganisationCustom3', email: 'OrganisationCustom3' },
  });
  t.equal(faulty.statusCode, 422);
  t.same(
    faulty.json().faults.map((fault: { field: string }) => fault.field),
    ['types.1.type', 'defaultType.private', 'customFields.email'],
  );
  t.match((await world.api('GET', `/tenants/${id}/settings`)).json(), {
    nameLimit: 50,
    types: [{}, { type: 'Private Customer' }],
  });
});

t.test('settings: If-Match keeps a change from settings that somebody else changed meanwhile', async (t) => {
  const world = await createWorld();
  t.teardown(world.close);
  const { id } = (await world.api('POST', '/tenants', { name: 'One' })).json().tenant;
  const url = `/api/tenants/${id}/settings`;
  const change = (nameLimit: number, ifMatch?: string) =>
    world.app.inject({
      ...{ method: 'PATCH', url, payload: { nameLimit } },
      headers: { ...bearer, ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }) },
    });
  const read = (await world.api('GET', `/tenants/${id}/settings`)).headers.etag as string;
  t.match(read, /^"[\w-]{22}"$/);
  await changeTenant(world.store, id, ({ settings }) => ({
    webcrmHookIds: ['9'],
    settings: Object.fromEntries(Object.entries(settings).reverse()) as typeof settings,
  }));
  const first = await change(50, `"other", ${read}`);
  t.equal(first.statusCode, 200, 'what is stored beside the settings, and their order, is no change of them');
  const second = first.headers.etag as string;
  t.not(second, read);
  for (const stale of [read, `W/${second}`, '"other"']) {
    const refused = await change(60, stale);
    t.equal(refused.statusCode, 412, stale);
    t.match(refused.json(), { code: 'precondition-failed', detail: /Somebody else changed the settings/ });
  }
  t.match((await change(60, 'nonsense')).json(), { code: 'invalid-body', faults: [{ field: 'if-match' }] });
  t.equal((await world.api('GET', `/tenants/${id}/settings`)).json().nameLimit, 50, 'nothing was changed');
  t.equal((await change(60, second)).statusCode, 200);
  t.equal((await change(70, '*')).statusCode, 200);
  t.equal((await change(80)).statusCode, 200, 'without the header the last one counts');
});

t.test('B4 B6 jobs: synchronise now, list, page, retry; status counts them', async (t) => {
  const world = await createWorld();
  t.teardown(world.close);
  const id = await connected(world);
  for (const number of ['1', '2', '3']) {
    const answer = await world.api('POST', `/tenants/${id}/jobs/sync`, { side: 'fortnox', id: number });
    t.equal(answer.statusCode, 202);
    t.same(answer.json(), { key: `customer:fortnox:${number}` });
  }
  t.ok(world.woken.includes(id));
  const first = (await world.api('GET', `/tenants/${id}/jobs?limit=2`)).json();
  const second = (
    await world.api('GET', `/tenants/${id}/jobs?limit=2&cursor=${encodeURIComponent(first.next)}`)
  ).json();
  t.same(
    [...first.items, ...second.items].map((job: { id: string }) => job.id),
    ['1', '2', '3'],
  );
  t.equal(second.next, null);

  const now = world.runtime.now();
  const [job] = await world.store.jobs.claim(id, 'me', now, 1000, 1);
  const error = { code: 'vendor-refused', message: 'The name is missing.', at: now };
  await world.store.jobs.release(id, job?.key ?? '', 'me', { state: 'dead', runAt: now, countAttempt: true, error });
  t.match((await world.api('GET', `/tenants/${id}/jobs?state=dead`)).json(), { items: [{ lastError: error }] });
  await world.runtime.advance(5000);
  t.match((await world.api('GET', `/tenants/${id}/status`)).json(), {
    state: 'connected',
    jobs: { waiting: 2, dead: 1 },
    latenessMs: 5000,
    budgets: { fortnox: { limit: 25 } },
  });
  t.same((await world.api('POST', `/tenants/${id}/jobs/retry`, { keys: ['customer:fortnox:none'] })).json(), {
    retried: 0,
  });
  t.same((await world.api('POST', `/tenants/${id}/jobs/retry`, {})).json(), { retried: 1 });

  const run = await world.api('POST', `/tenants/${id}/imports`);
  t.equal(run.statusCode, 202);
  t.match((await world.api('GET', `/tenants/${id}/imports/${run.json().id}`)).json(), {
    state: 'listing',
    error: null,
  });
  t.match((await world.api('GET', '/tenants?limit=1')).json(), { items: [{ id, name: 'One' }], next: null });
});

t.test('B6 pairs are listed and shown with both images and their rows', async (t) => {
  const world = await createWorld();
  t.teardown(world.close);
  const id = await connected(world);
  const base = { webcrm: { name: 'A' }, fortnox: { name: 'A', phone: null } };
  const row = { article: '1', text: 'A', quantity: '2', unit: null, price: '10', discount: null, vat: '25' };
  const rows = [{ lineId: null, sort: 10, webcrm: row, fortnox: { ...row, vat: null } }];
  await world.store.pairs.insert({
    schema: 2,
    id: 'pair1',
    tenant: id,
    entity: 'customer',
    webcrmId: '7',
    fortnoxKind: 'customer',
    fortnoxId: '9',
    invoiceRef: null,
    customerNumber: null,
    state: 'linked',
    base,
    rows: null,
    intent: null,
    reason: null,
    candidates: [],
    version: 1,
    createdAt: 1,
    updatedAt: 1,
  });
  await world.store.pairs.insert({
    schema: 2,
    id: 'pair2',
    tenant: id,
    entity: 'delivery',
    webcrmId: '7',
    fortnoxKind: 'order',
    fortnoxId: '9',
    invoiceRef: '12',
    customerNumber: '9',
    state: 'linked',
    base,
    rows,
    intent: null,
    reason: 'rows-conflict',
    candidates: [],
    version: 1,
    createdAt: 1,
    updatedAt: 2,
  });
  t.same((await world.api('GET', `/tenants/${id}/pairs/pair1`)).json().base, base);
  t.match((await world.api('GET', `/tenants/${id}/pairs/pair2`)).json(), {
    fortnoxKind: 'order',
    invoiceRef: '12',
    customerNumber: '9',
    reason: 'rows-conflict',
    rows,
  });
  const ids = async (query: string) =>
    (await world.api('GET', `/tenants/${id}/pairs?${query}`)).json().items.map((pair: { id: string }) => pair.id);
  t.same(await ids('state=linked'), ['pair2', 'pair1']);
  t.same(await ids('entity=customer'), ['pair1']);
  t.same(await ids('entity=delivery&state=linked'), ['pair2']);
  t.same(await ids('entity=article'), []);
  t.same(await ids('state=gone'), []);
  t.equal((await world.api('GET', `/tenants/${id}/pairs?entity=order`)).statusCode, 400);
});

t.test('B6 any record of either side is synchronised now; an entity that the side has not is refused', async (t) => {
  const world = await createWorld();
  t.teardown(world.close);
  const id = await connected(world);
  const sync = (body: object) => world.api('POST', `/tenants/${id}/jobs/sync`, body);
  for (const [side, entity] of [
    ['webcrm', 'delivery'],
    ['webcrm', 'line'],
    ['fortnox', 'order'],
    ['fortnox', 'invoice'],
    ['fortnox', 'article'],
  ]) {
    t.same((await sync({ side, entity, id: '5' })).json(), { key: `${entity}:${side}:5` });
  }
  for (const [side, entity] of [
    ['webcrm', 'order'],
    ['fortnox', 'delivery'],
    ['fortnox', 'line'],
  ]) {
    const answer = await sync({ side, entity, id: '5' });
    t.equal(answer.statusCode, 400);
    t.match(answer.json(), { code: 'invalid-body', faults: [{ field: 'entity' }] });
  }
  t.equal((await sync({ side: 'fortnox', entity: 'price', id: '5' })).statusCode, 400);
  t.equal((await world.store.jobs.counts(id)).waiting, 5);
});

t.test('health and metrics answer, and the pages of the document', async (t) => {
  const world = await createWorld();
  t.teardown(world.close);
  t.equal((await world.app.inject('/docs')).statusCode, 200);
  t.same((await world.app.inject('/health/live')).json(), { ok: true });
  t.same((await world.app.inject('/health/ready')).json(), {
    ok: true,
    dependencies: { store: 'up' },
    hooks: 'accepted',
  });
  const figures = await world.app.inject('/metrics');
  t.match(figures.body, /http_requests_total\{method="GET",route="\/health\/live",status="200"\} 1/);
  t.ok(figures.headers['content-security-policy']);
});
