import t from 'tap';
import { createRemoval } from '../../src/admin/remove.ts';
import { dumpTenant } from '../support/dump.ts';
import { articles, customer, openWorld, type World } from '../support/world.ts';

const UNKNOWN = '0'.repeat(32);

/** The world with a customer in step, and another tenant beside the one that is to go. */
async function open(t: { teardown(fn: () => Promise<void>): void }) {
  const world = await openWorld();
  t.teardown(() => world.close());
  const { tenant: other } = await world.runtime.drive(world.admin.createTenant('Other'));
  return { world, other: other.id };
}
const remove = (world: World, body: object, id = '') => world.call(id, body, 'DELETE');
const refuseHooks = (world: World) =>
  world.webcrm.failNext({ method: 'GET', path: '/Organisations/Hooks', status: 500, times: 20 });
const hookStatus = async (world: World, token: string) =>
  (
    await world.inject({
      method: 'POST',
      url: `/webhooks/webcrm/${token}/organisations/update`,
      headers: { 'content-type': 'application/json' },
      payload: '{"OrganisationId":1}',
    })
  ).statusCode;

t.test('S2, B8 a tenant is removed with its hooks and all that is kept of it; its company is free (R26)', async (t) => {
  const { world, other } = await open(t);
  const { store, webcrm, fortnox } = world;
  await articles(world);
  await customer(world);
  await world.call('/imports', { kinds: ['customer'], dryRun: true });
  await world.quiet();
  await world.call('/webhooks/rotate', undefined, 'POST');
  const { hookToken = '' } = (await store.tenants.get(world.tenantId)) ?? {};
  const others = await dumpTenant(store, other);
  t.equal(webcrm.hooks().length, 9);
  t.equal(await hookStatus(world, hookToken), 202);
  await world.quiet();
  const written = { webcrm: { ...world.calls().webcrm }, fortnox: { ...world.calls().fortnox } };

  t.match(await remove(world, { name: 'test' }), {
    status: 409,
    body: { code: 'conflict', faults: [{ field: 'name' }] },
  });
  t.match(await remove(world, {}), { status: 400, body: { code: 'invalid-body' } });
  t.equal((await store.tenants.get(world.tenantId))?.state, 'connected', 'another name changes nothing');

  const { status, body } = await remove(world, { name: ' Test ' });
  t.equal(status, 200, JSON.stringify(body));
  t.strictSame(body, { id: world.tenantId, name: 'Test', hooksRemoved: 9, hooksLeft: [] });
  t.strictSame(webcrm.hooks(), []);
  t.equal(await dumpTenant(store, world.tenantId), await dumpTenant(store, UNKNOWN));
  for (const kind of ['former-hook-token', 'budget'])
    t.notMatch(JSON.stringify(await store.fenced.list(kind)), world.tenantId, kind);
  t.equal(await dumpTenant(store, other), others, 'another tenant is as it was');
  t.equal(await hookStatus(world, hookToken), 404);
  t.equal((await world.call('')).status, 404);
  t.equal((await remove(world, { name: 'Test' })).status, 404);
  webcrm.person.createOrganisation({ OrganisationName: 'Sen AB', OrganisationType: 'Customer' });
  await world.wait(3_600_000);
  const now = world.calls();
  t.strictSame(now.fortnox, written.fortnox, 'nothing leaves any more for Fortnox');
  const writes = ([route]: [string, number]) => !/^(GET|DELETE) .*Hooks/.test(route);
  t.strictSame(Object.entries(now.webcrm).filter(writes), Object.entries(written.webcrm).filter(writes));
  t.equal((await store.tenants.list({ limit: 9 })).items.length, 1);
  t.strictSame(await store.jobs.depth(null), []);

  const { drive } = world.runtime;
  await drive(world.admin.setWebcrmToken(other, webcrm.applicationToken));
  const grant = { grant: 'refresh_token', refreshToken: fortnox.issueRefreshToken() } as const;
  await drive(world.admin.setFortnoxGrant(other, grant));
  await drive(world.admin.updateSettings(other, { customFields: { customerNumber: 'OrganisationCustom1' } }));
  t.equal((await drive(world.admin.connect(other))).tenant.state, 'connected', 'the same company by another tenant');
  t.strictSame(world.violations(), []);
});

t.test('S2 a webCRM that does not remove our hooks keeps a tenant until it is forced', async (t) => {
  const { world } = await open(t);
  refuseHooks(world);
  const refused = await remove(world, { name: 'Test' });
  t.match(refused, {
    status: 409,
    body: { code: 'hooks-left', detail: /vendor-failed.*https:\/\/\S+\/webhooks\/webcrm\// },
  });
  const faults = refused.body.faults as { field: string; message: string }[];
  t.equal(faults.length, 9);
  t.match(faults[0], { field: /^Organisations:\d+$/, message: /DELETE \/Organisations\/Hooks\/\d+$/ });
  const tenant = await world.store.tenants.get(world.tenantId);
  t.match(tenant, { state: 'paused', pausedReason: 'by-hand' }, 'stopped, and it may be resumed');
  t.equal((await world.store.secrets.list(world.tenantId)).length > 0, true);
  t.equal((await world.call('/resume', undefined, 'POST')).status, 200);

  refuseHooks(world);
  const { organisation } = await customer(world);
  await world.hint('customer', 'webcrm', organisation);
  await world.wait(5);
  t.equal((await world.store.jobs.counts(world.tenantId)).running, 1, 'a job is under way');
  const forced = await remove(world, { name: 'Test', force: true });
  t.match(forced, { status: 200, body: { hooksRemoved: 0 } });
  t.equal((forced.body.hooksLeft as string[]).length, 9);
  await world.wait(60_000);
  t.equal(
    await dumpTenant(world.store, world.tenantId),
    await dumpTenant(world.store, UNKNOWN),
    'nor does it come back',
  );
  t.equal(world.webcrm.hooks().length, 9);
  t.equal(await hookStatus(world, tenant?.hookToken ?? ''), 404, 'what they call answers as to a stranger');
});

t.test(
  'S2 a removal that was cut short is gone for all but itself, and is finished by asking or at a start',
  async (t) => {
    const { world, other } = await open(t);
    const { store } = world;
    const whole = store.tenants.remove;
    const cutShort = async (run: () => Promise<{ status: number }>) => {
      Object.assign(store.tenants, { remove: () => Promise.reject(new Error('the process ended')) });
      t.equal((await run()).status, 500);
      Object.assign(store.tenants, { remove: whole });
    };
    const { hookToken = '' } = (await store.tenants.get(world.tenantId)) ?? {};
    await cutShort(() => remove(world, { name: 'Test' }));
    t.match(await store.tenants.get(world.tenantId), { state: 'removing', fortnoxDatabaseNumber: null });
    t.equal(await hookStatus(world, hookToken), 404);
    const overview = await world.inject({
      url: '/api/overview',
      headers: { authorization: `Bearer ${world.adminToken}` },
    });
    t.equal(overview.statusCode, 200, 'lists show it, and do not fail');
    for (const path of ['', '/settings', '/status']) t.equal((await world.call(path)).status, 404, path);
    for (const path of ['/connect', '/resume', '/pause', '/check', '/imports'])
      t.equal((await world.call(path, {}, 'POST')).status, 404, path);
    t.equal((await remove(world, { name: 'Other' })).status, 409);
    t.match(await remove(world, { name: 'Test' }), { status: 200, body: { hooksRemoved: 0, hooksLeft: [] } });
    t.equal(await dumpTenant(store, world.tenantId), await dumpTenant(store, UNKNOWN));

    const { runtime } = world;
    const asOther = (body: object) =>
      world.inject({
        method: 'DELETE',
        url: `/api/tenants/${other}`,
        headers: { authorization: `Bearer ${world.adminToken}` },
        payload: body,
      });
    await cutShort(async () => ({ status: (await asOther({ name: 'Other' })).statusCode }));
    t.equal(
      (await store.tenants.get(other))?.state,
      'removing',
      'a tenant that was never connected has no hooks to remove',
    );
    const logged: object[] = [];
    const removal = createRemoval({
      ...{ runtime, store, publicUrl: 'https://sync.invalid' },
      hooks: { remove: () => Promise.reject(new Error('no vendor is asked')) },
      letGo: async () => {},
      logger: { info: (line: unknown) => void logged.push(line as object) },
    });
    await runtime.drive(removal.finish());
    t.strictSame((await store.tenants.list({ limit: 9 })).items, []);
    t.strictSame(logged, [{ tenant: other }]);
  },
);

t.test('B8 who may not administer, or not this tenant, removes nothing', async (t) => {
  const { world, other } = await open(t);
  const tokenOf = async (role: string, tenants: string[] | null) => {
    const answer = await world.inject({
      method: 'POST',
      url: '/api/tokens',
      headers: { authorization: `Bearer ${world.adminToken}` },
      payload: { name: role, role, tenants },
    });
    return answer.json().secret as string;
  };
  for (const [role, tenants, status] of [
    ['read', null, 403],
    ['operate', null, 403],
    ['administer', [other], 404],
  ] as const) {
    const secret = await tokenOf(role, tenants === null ? null : [...tenants]);
    const answer = await world.inject({
      method: 'DELETE',
      url: `/api/tenants/${world.tenantId}`,
      headers: { authorization: `Bearer ${secret}` },
      payload: { name: 'Test' },
    });
    t.equal(answer.statusCode, status, role);
  }
  t.equal((await world.store.tenants.get(world.tenantId))?.state, 'connected');
  t.equal(world.webcrm.hooks().length, 9);
});
