import t from 'tap';
import { openWorld } from '../support/world.ts';

t.test('R26 a tenant that works is not given the token of another tenant’s webCRM system', async (t) => {
  const world = await openWorld();
  t.teardown(world.close);
  const { admin, store, webcrm, runtime } = world;
  const { tenant } = await runtime.drive(admin.createTenant('Two'));
  const stored = await store.tenants.get(tenant.id);
  if (stored === null) throw new Error('no tenant');
  await store.tenants.replace({ ...stored, state: 'connected' });
  const names = async () => (await store.secrets.list(tenant.id)).map(({ name }) => name);

  const token = webcrm.applicationToken;
  await t.rejects(runtime.drive(admin.setWebcrmToken(tenant.id, token)), {
    code: 'another-company',
    message: /the former token stays/,
  });
  t.notOk((await names()).includes('webcrm-token'), 'nothing is stored');
  await t.rejects(runtime.drive(admin.setWebcrmToken(tenant.id, 'of-nobody')), { code: 'credentials-refused' });

  await runtime.drive(admin.setWebcrmToken(world.tenantId, token));
  t.match(await store.tenants.get(world.tenantId), { state: 'connected' }, 'its own system is no other tenant’s');
  const { items } = await runtime.drive(admin.check(world.tenantId));
  t.match(
    items.find(({ name }) => name === 'webcrm-system'),
    { ok: true, level: 'note' },
  );
  t.same(world.violations(), []);
});
