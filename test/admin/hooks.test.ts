import t, { type Test } from 'tap';
import { PRIORITY } from '../../schemas/records.ts';
import { registerHooks } from '../../src/admin/connect.ts';
import { tokenHash } from '../../src/admin/hook-tokens.ts';
import type { SandboxHook } from '../../src/sandbox/webcrm/hooks.ts';
import { DAY, HOUR, open, type ReconcileWorld } from '../reconcile/support.ts';
import { createWorld } from '../routes/world.ts';
import { buildDescribedApp } from '../support/described-app.ts';

const MINUTE = 60_000;
const ADMIN = { authorization: 'Bearer a-token-that-nobody-uses-here' };

const tokenOf = (hook: Pick<SandboxHook, 'TargetUrl'>): string => hook.TargetUrl.split('/').at(-3) ?? '';
const tokens = (world: ReconcileWorld) => [...new Set(world.webcrm.hooks().map(tokenOf))];
const addresses = (world: ReconcileWorld) =>
  world.webcrm
    .hooks()
    .map(({ TargetUrl }) => TargetUrl.split('/').slice(-2).join('/'))
    .sort();
const lines = async (world: ReconcileWorld, reason: string) =>
  (await world.activity()).filter(({ reasons }) => reasons.includes(reason)).map(({ message }) => message);

/** The service's own HTTP application, as it is at this moment. */
async function http(t: Pick<Test, 'teardown'>, world: ReconcileWorld) {
  const app = await buildDescribedApp(world.services());
  t.teardown(() => app.close());
  return {
    hook: async (token: string) =>
      (
        await app.inject({
          method: 'POST',
          url: `/webhooks/webcrm/${token}/organisations/update`,
          headers: { 'content-type': 'application/json' },
          payload: '{"OrganisationId":1}',
        })
      ).statusCode,
    event: async (token: string) =>
      (await app.inject({ method: 'POST', url: `/webhooks/fortnox/${token}`, payload: '{}' })).statusCode,
    rotate: () =>
      world.drive(
        app
          .inject({ method: 'POST', url: `/api/tenants/${world.tenantId}/webhooks/rotate`, headers: ADMIN })
          .then((answer) => answer),
      ),
  };
}

async function removeHooks(world: ReconcileWorld, count: number): Promise<void> {
  const { webcrm } = world.services().connections.of(world.tenantId);
  const hooks = await world.drive(webcrm.listHooks('Deliveries', PRIORITY.notification));
  for (const { Id } of hooks.slice(0, count))
    await world.drive(webcrm.deleteHook('Deliveries', String(Id), PRIORITY.notification));
}

t.test('S2 hooks that somebody removed are registered again within six hours, and it is said once', async (t) => {
  const world = await open(t);
  const before = addresses(world);
  t.equal(before.length, 9);
  await world.runtime.advance(7 * HOUR);
  t.strictSame(await lines(world, 'hooks-lost'), [], 'nothing is said of hooks that are there');
  await removeHooks(world, 2);
  await world.runtime.advance(6 * HOUR + 10 * MINUTE);
  t.strictSame(addresses(world), before);
  t.equal((await world.tenant()).webcrmHookIds.length, 9);
  const said = await lines(world, 'hooks-lost');
  t.equal(said.length, 1);
  t.match(said[0], /2 of 9 hooks were missing/);
  await world.runtime.advance(7 * HOUR);
  t.equal((await lines(world, 'hooks-lost')).length, 1);

  await removeHooks(world, 3);
  world.webcrm.failNext({ method: 'POST', path: '/Deliveries/Hooks', status: 503, times: 3 });
  await world.runtime.advance(6 * HOUR + 40 * MINUTE);
  t.strictSame(addresses(world), before, 'a failure is tried again soon');
  t.strictSame(world.violations(), []);
});

t.test('S2 the token in the addresses is replaced without a gap, and the former one ends', async (t) => {
  const world = await open(t);
  const { hook, event, rotate } = await http(t, world);
  const before = addresses(world);
  const [old = ''] = tokens(world);
  t.equal(await hook(old), 202);
  const answer = await rotate();
  t.equal(answer.statusCode, 200, answer.body);
  t.match(answer.json(), { hooks: 9 });
  t.strictSame(addresses(world), before, 'each hook once');
  const [fresh = '', ...others] = tokens(world);
  t.strictSame(others, []);
  t.not(fresh, old);
  t.equal((await world.tenant()).hookToken, fresh);
  t.equal(answer.json().url, `https://sync.invalid/webhooks/fortnox/${fresh}`);
  t.equal(await hook(fresh), 202);
  t.equal(await hook(old), 202, 'what webCRM had begun to send still arrives');
  await world.runtime.advance(6 * MINUTE);
  t.equal(await hook(old), 404);
  t.equal(await event(old), 401, 'a relay has a day; its events are signed');
  await world.runtime.advance(DAY);
  t.equal(await event(old), 404);
  t.equal(await event(fresh), 401);
  const [said, ...more] = await lines(world, 'hooks-rotated');
  t.match(said, /9 hooks .* verified.*Asked for by/);
  t.strictSame(more, []);
  t.notOk(JSON.stringify(await world.activity()).includes(fresh), 'no token in the log');
  t.strictSame(world.violations(), []);
});

t.test(
  'S2 a rotation that webCRM cuts short accepts both tokens and is gone on with, also by a successor',
  async (t) => {
    const world = await open(t);
    const first = await http(t, world);
    const before = addresses(world);
    const [old = ''] = tokens(world);
    world.webcrm.failNext({ method: 'POST', path: '/Deliveries/Hooks', status: 500, times: 1 });
    const answer = await first.rotate();
    t.equal(answer.statusCode, 502);
    t.match(answer.json(), { code: 'vendor-failed' });
    const { hookToken } = await world.tenant();
    t.equal(
      world.webcrm.hooks().filter((one) => tokenOf(one) === old).length,
      9,
      'none is removed before all are there',
    );
    t.equal(await first.hook(old), 202);
    t.equal(await first.hook(hookToken), 202);
    await world.stop();
    await world.runtime.advance(HOUR);
    t.equal(await first.hook(old), 202, 'for as long as it takes');
    await world.start();
    const next = await http(t, world);
    await world.runtime.advance(6 * HOUR + 10 * MINUTE);
    t.strictSame(tokens(world), [hookToken], 'no second token was made');
    t.strictSame(addresses(world), before);
    t.equal((await lines(world, 'hooks-rotated')).length, 1);
    await world.runtime.advance(6 * MINUTE);
    t.equal(await next.hook(old), 404);
    t.strictSame(world.violations(), []);
  },
);

t.test('S2 hooks that webCRM accepts and does not show are no hooks: the present ones stay', async (t) => {
  const world = await createWorld();
  t.teardown(world.close);
  const register = (token: string, former: string | null = null) =>
    registerHooks(world.webcrm, 'https://sync.example.com', token, former);
  const first = await register('one');
  t.equal(first.made, 9);
  const create = world.webcrm.createHook;
  world.webcrm.createHook = async () => '999';
  await t.rejects(register('two', tokenHash('one')), { code: 'vendor-failed', message: /does not show/ });
  t.equal(world.hooks.length, 9);
  world.webcrm.createHook = create;
  t.match(await register('two', tokenHash('one')), { made: 9 });
  t.ok(world.hooks.every(({ TargetUrl }) => TargetUrl.includes('/two/')));

  const { tenant } = (await world.api('POST', '/tenants', { name: 'New' })).json();
  const before = (await world.store.tenants.get(tenant.id))?.hookToken;
  t.match((await world.api('POST', `/tenants/${tenant.id}/webhooks/rotate`)).json(), { hooks: 0 });
  t.not((await world.store.tenants.get(tenant.id))?.hookToken, before, 'a tenant that was never connected has none');
  t.equal((await world.api('POST', '/tenants/nobody/webhooks/rotate')).statusCode, 404);
});
