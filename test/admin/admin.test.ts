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

  await admin.updateSettings(id, {
    types: [{ type: 'Kund', kind: 'company' }],
    defaultType: { company: 'Kund', private: null },
    customFields: { customerNumber: 'OrganisationCustom2', email: 'OrganisationCustom9' },
    termsOfPayment: [{ webcrm: '90 dagar', fortnox: '90' }],
    currencies: [{ webcrm: 'Dollar', fortnox: 'USD' }],
  });
  t.same(await failedItems(), [
    'webcrm-custom-field-customerNumber',
    'webcrm-custom-field-email',
    'webcrm-types',
    'fortnox-terms-of-payment',
    'fortnox-currencies',
  ]);

  await t.rejects(admin.updateSettings(id, { colour: 1, nameLimit: 'x' }), {
    code: 'invalid-settings',
    faults: [{ field: 'colour' }, { field: 'nameLimit' }],
  });
  await t.rejects(admin.updateSettings(id, null), { code: 'invalid-settings', message: /must be an object/ });

  const refusing = (code: ErrorCode) => () => Promise.reject(new SyncError(code, 'The vendor says no.'));
  world.fortnox.probeDocuments = refusing('licence-missing');
  t.ok((await failedItems()).includes('fortnox-licence'));
  t.match(
    (await admin.check(id)).items.find((item) => item.name === 'fortnox-licence'),
    { message: /probably/, remedy: /integration licence/ },
  );
  world.webcrm.organisationFields = refusing('vendor-auth');
  world.fortnox.companyInformation = refusing('reconnect-needed');
  t.same(await failedItems(), ['webcrm-credentials', 'fortnox-credentials']);
});

t.test('a disabled hook is replaced; one refused by webCRM leaves the tenant unconnected', async (t) => {
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
  await admin.connect(id);
  const [first] = world.hooks;
  if (first) first.IsEnabled = false;
  await admin.connect(id);
  t.equal(world.hooks.length, 3);
  t.ok(world.hooks.every((hook) => hook.IsEnabled));
  t.equal((await admin.getTenant(id)).webcrmHookIds.length, 3);
});
