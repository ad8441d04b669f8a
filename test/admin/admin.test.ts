import t from 'tap';
import { createVault } from '../../src/admin/vault.ts';
import type { ErrorCode } from '../../src/errors/codes.ts';
import { SyncError } from '../../src/errors/sync-error.ts';
import { createInlineStore } from '../../src/store/embedded/embedded-store.ts';
import { createWorld } from '../routes/world.ts';
import { createVirtualRuntime } from '../support/virtual-runtime.ts';

t.test('B8 credentials are sealed, bound to their tenant and name, and to the key', async (t) => {
  const store = createInlineStore();
  t.teardown(() => store.close());
  const runtime = createVirtualRuntime({ seed: 1, start: 0 });
  const vault = createVault({ store, key: Buffer.alloc(32, 1), runtime });
  t.equal(await vault.get('a', 'webcrm-token'), null);
  await vault.put('a', 'webcrm-token', 'hemlig åäö');
  t.equal(await vault.get('a', 'webcrm-token'), 'hemlig åäö');
  const sealed = (await store.secrets.get('a', 'webcrm-token')) ?? '';
  t.match(sealed, /^v1\.[0-9a-f]{8}\./);
  await vault.put('a', 'webcrm-token', 'hemlig åäö');
  t.not(await store.secrets.get('a', 'webcrm-token'), sealed, 'a new nonce each time');

  await store.secrets.put('b', 'webcrm-token', sealed, 0);
  await store.secrets.put('a', 'fortnox-tokens', sealed, 0);
  await store.secrets.put('a', 'webhook-secret', `${sealed.slice(0, -4)}AAAA`, 0);
  const damaged = { code: 'internal', message: /changed or damaged/ };
  await t.rejects(vault.get('b', 'webcrm-token'), damaged);
  await t.rejects(vault.get('a', 'fortnox-tokens'), damaged);
  await t.rejects(vault.get('a', 'webhook-secret'), damaged);
  const other = createVault({ store, key: Buffer.alloc(32, 2), runtime });
  await t.rejects(other.get('a', 'webcrm-token'), { code: 'internal', message: /another encryption key/ });
});

t.test(
  'B8 the key is changed while it runs: the new one seals, both open, and the old one is then left out',
  async (t) => {
    const store = createInlineStore();
    t.teardown(() => store.close());
    const runtime = createVirtualRuntime({ seed: 1, start: 0 });
    const [first, second] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const old = createVault({ store, key: first, runtime });
    const rolled = createVault({ store, key: second, former: [first], runtime });
    const behind = createVault({ store, key: first, former: [second], runtime });
    const last = createVault({ store, key: second, runtime });
    for (const name of ['webcrm-token', 'webhook-secret', 'fortnox-tokens'] as const) await old.put('a', name, name);
    for (const name of ['webcrm-token', 'webhook-secret', 'fortnox-tokens'] as const) {
      t.equal(await rolled.get('a', name), name, 'what the old key sealed is opened');
      t.equal(await behind.get('a', name), name, 'and an instance that is not restarted yet opens what is sealed anew');
    }
    await rolled.get('a', 'webhook-secret');
    t.equal(await last.get('a', 'webhook-secret'), 'webhook-secret', 'what was read is sealed anew');
    await t.rejects(
      last.get('a', 'fortnox-tokens'),
      { code: 'internal' },
      'but what the service renews, by its renewal',
    );
    await rolled.put('a', 'fortnox-tokens', 'renewed');
    t.equal(await last.get('a', 'fortnox-tokens'), 'renewed');
  },
);

t.test('S3 each fault of the connection is its own sentence with a remedy', async (t) => {
  const world = await createWorld();
  t.teardown(world.close);
  const { admin } = world.services;
  const { id } = (await admin.createTenant('One')).tenant;
  await admin.setWebcrmToken(id, 'x');
  await admin.setFortnoxGrant(id, { grant: 'client_credentials', tenantId: '555' });
  const failedItems = async () => {
    const { ok, items } = await admin.check(id);
    const failed = items.filter((item) => !item.ok);
    t.equal(ok, failed.length === 0);
    for (const item of failed) t.ok(item.message.length > 10 && (item.remedy?.length ?? 0) > 10, item.name);
    return failed.map((item) => item.name);
  };
  t.same(await failedItems(), []);

  const named = async (name: string) => (await admin.check(id)).items.find((item) => item.name === name);
  t.match(await named('webcrm-delivery-numbering'), { level: 'note', message: /numbering of deliveries must be off/ });
  t.match(await named('webcrm-number-unique'), { level: 'note', remedy: /Mark OrganisationCustom1 as unique/ });
  t.match(await named('webcrm-deliveries'), { level: 'note', message: /Responsible must not be mandatory/ });
  t.match(await named('fortnox-price-list'), { message: /price list A/ });

  await admin.updateSettings(id, {
    types: [{ type: 'Kund', kind: 'company' }],
    defaultType: { company: 'Kund', private: null },
    customFields: { customerNumber: 'OrganisationCustom2', email: 'OrganisationCustom9' },
    termsOfPayment: [{ webcrm: '90 dagar', fortnox: '90' }],
    currencies: [{ webcrm: 'Dollar', fortnox: 'USD' }],
    documents: {
      fields: {
        number: 'DeliveryCustom2',
        invoiceDate: 'DeliveryCustom3',
        invoiceNumber: 'DeliveryCustom1',
        remarks: 'DeliveryMemo',
      },
      currencies: [{ webcrm: '07', fortnox: 'NOK' }],
    },
    articles: { priceList: 'C' },
  });
  t.same(await failedItems(), [
    'webcrm-custom-field-customerNumber',
    'webcrm-custom-field-email',
    'webcrm-types',
    'webcrm-delivery-field-number',
    'webcrm-delivery-field-invoiceDate',
    'webcrm-delivery-field-remarks',
    'fortnox-terms-of-payment',
    'fortnox-currencies',
    'fortnox-document-currencies',
    'fortnox-price-list',
  ]);

  await t.rejects(admin.updateSettings(id, { colour: 1, nameLimit: 'x' }), {
    code: 'invalid-settings',
    faults: [{ field: 'colour' }, { field: 'nameLimit' }],
  });
  await t.rejects(admin.updateSettings(id, null), { code: 'invalid-settings', message: /must be an object/ });

  const refusing = (code: ErrorCode) => () => Promise.reject(new SyncError(code, 'The vendor says no.'));
  await admin.updateSettings(id, { documentMode: 'order', articles: { priceList: null } });
  for (const [client, method, item] of [
    ['webcrm', 'listHooks', 'webcrm-hooks'],
    ['webcrm', 'listWholeDeliveries', 'webcrm-deliveries'],
    ['webcrm', 'listLines', 'webcrm-lines'],
    ['webcrm', 'getItem', 'webcrm-register'],
    ['webcrm', 'probeLineQuery', 'webcrm-line-query'],
    ['webcrm', 'deliveryFields', 'webcrm-delivery-fields'],
    ['fortnox', 'listArticles', 'fortnox-articles'],
    ['fortnox', 'priceLists', 'fortnox-price-list'],
  ] as const) {
    const target = world[client] as unknown as Record<string, unknown>;
    const kept = target[method];
    target[method] = refusing('licence-missing');
    t.ok((await failedItems()).includes(item), item);
    target[method] = kept;
  }
  const probed: string[] = [];
  world.fortnox.probeDocuments = async (kind) => void probed.push(kind);
  await admin.check(id);
  await admin.updateSettings(id, { documentMode: 'invoice', articles: { follow: false } });
  world.fortnox.priceLists = refusing('licence-missing');
  const items = (await admin.check(id)).items.map((item) => item.name);
  t.same(probed, ['order', 'invoice', 'invoice']);
  t.notOk(
    items.some((item) => /articles|price-list|register/.test(item)),
    'articles that are not followed are not checked',
  );
  world.fortnox.probeDocuments = refusing('licence-missing');
  t.ok((await failedItems()).includes('fortnox-licence'));
  t.match(
    (await admin.check(id)).items.find((item) => item.name === 'fortnox-licence'),
    { message: /probably/, remedy: /licences for integrations/ },
  );
  world.webcrm.organisationFields = refusing('vendor-auth');
  world.fortnox.companyInformation = refusing('reconnect-needed');
  t.same(await failedItems(), ['webcrm-credentials', 'fortnox-credentials']);
});

t.test('S2 nine hooks: disabled and doubled ones are replaced, former addresses removed, strangers left', async (t) => {
  const world = await createWorld();
  t.teardown(world.close);
  const { admin } = world.services;
  const { id } = (await admin.createTenant('One')).tenant;
  await admin.setWebcrmToken(id, 'x');
  await admin.setFortnoxGrant(id, { grant: 'client_credentials', tenantId: '555' });
  const create = world.webcrm.createHook;
  world.webcrm.createHook = () => Promise.reject(new SyncError('vendor-refused', 'No hooks.'));
  await t.rejects(admin.connect(id), { code: 'vendor-refused' });
  t.equal((await admin.getTenant(id)).state, 'new');
  world.webcrm.createHook = create;
  const { hookToken } = await admin.getTenant(id);
  const base = `https://sync.example.com/webhooks/webcrm/${hookToken}`;
  const hook = (url: string, more: object = {}) =>
    world.hooks.push({
      entity: 'Organisations',
      Id: 100 + world.hooks.length,
      TargetUrl: url,
      IsEnabled: true,
      EventType: 'Update',
      Filter: ['All'],
      ...more,
    });
  hook(`${base}/update`);
  hook(`${base.replace('sync', 'former')}/organisations/update`);
  hook('https://elsewhere.example.com/update');
  hook(`${base}/organisations/update`);
  hook(`${base}/organisations/update`);
  hook(`${base}/organisations/create`, { EventType: 'Create', IsEnabled: false });
  await admin.connect(id);
  const addresses = () => world.hooks.map(({ entity, TargetUrl }) => `${entity} ${TargetUrl.replace(base, '')}`).sort();
  const wanted = [
    ['Deliveries', 'deliveries'],
    ['Organisations', 'organisations'],
    ['QuotationLines', 'lines'],
  ].flatMap(([entity, path]) => ['create', 'delete', 'update'].map((event) => `${entity} /${path}/${event}`));
  t.same(addresses(), [...wanted, 'Organisations https://elsewhere.example.com/update'].sort());
  t.ok(world.hooks.every((kept) => kept.IsEnabled));
  t.ok(
    world.hooks.some((kept) => kept.Id === 103),
    'the one that was there is kept',
  );
  const before = world.hooks.map((kept) => kept.Id);
  await admin.connect(id);
  t.same(
    world.hooks.map((kept) => kept.Id),
    before,
    'a second connection changes nothing',
  );
  const ids = (await admin.getTenant(id)).webcrmHookIds;
  t.equal(ids.length, 9);
  t.ok(ids.includes('Organisations:103'));
  t.ok(ids.every((name) => /^(Organisations|Deliveries|QuotationLines):\d+$/.test(name)));
});

t.test('R44 the check remembers whether lines can be queried; polls begin for what is followed', async (t) => {
  const world = await createWorld();
  t.teardown(world.close);
  const { admin, store } = world.services;
  const { tenant } = await admin.createTenant('One');
  t.match(tenant, {
    schema: 4,
    lineQuery: 'unknown',
    partialPut: { organisation: 'unknown', delivery: 'unknown', line: 'unknown', item: 'unknown' },
  });
  const { id } = tenant;
  await admin.setWebcrmToken(id, 'x');
  await admin.setFortnoxGrant(id, { grant: 'client_credentials', tenantId: '555' });
  const begun = async () => {
    const names = ['webcrm:customer', 'webcrm:delivery', 'webcrm:line'];
    names.push('fortnox:customer', 'fortnox:order', 'fortnox:invoice', 'fortnox:article');
    const found: string[] = [];
    for (const name of names) if ((await store.cursors.get(id, `poll:${name}`)) !== null) found.push(name);
    return found;
  };
  world.webcrm.probeLineQuery = async () => false;
  await admin.updateSettings(id, { documentMode: 'invoice' });
  const { check } = await admin.connect(id);
  t.match(
    check.items.find((item) => item.name === 'webcrm-line-query'),
    { ok: true, message: /does not answer/ },
  );
  t.equal((await admin.getTenant(id)).lineQuery, 'refused');
  t.same(await begun(), ['webcrm:customer', 'webcrm:delivery', 'fortnox:customer', 'fortnox:order', 'fortnox:invoice']);

  world.webcrm.probeLineQuery = async () => true;
  await admin.updateSettings(id, { documentMode: 'order' });
  await admin.connect(id);
  const connected = await admin.getTenant(id);
  t.match(connected, { lineQuery: 'works', state: 'connected' });
  const followed = ['customer', 'delivery', 'line'].map((entity) => `webcrm:${entity}`);
  t.same(
    await begun(),
    [...followed, 'fortnox:customer', 'fortnox:order', 'fortnox:invoice'],
    'no cursor for articles',
  );
  const { version } = connected;
  await admin.check(id);
  t.equal((await admin.getTenant(id)).version, version, 'the same answer is not written again');
});
