import t from 'tap';
import { dumpTenant } from '../support/dump.ts';
import { connected, openWorld } from './world.ts';

/** What each route would take, so that it is not refused for its form. */
const BODIES: readonly object[] = [
  {},
  { name: 'X' },
  { keys: ['customer:webcrm:1'] },
  { keys: null },
  { records: [{ entity: 'customer', side: 'webcrm', id: '1' }] },
  { entity: 'customer', webcrmId: '1', fortnoxId: '1' },
  { decision: 'leave' },
  { webcrmId: '1', fortnoxId: '1' },
  { side: 'fortnox' },
  { applicationToken: 'x'.repeat(36) },
  { grant: 'refresh_token', refreshToken: 'x' },
  { kinds: ['customers'], direction: 'both' },
  { state: 'off' },
];

t.test('B8 one tenant is a closed room: every route with every foreign id', async (t) => {
  const world = await openWorld();
  t.teardown(world.close);
  const { tenant: ours, hookToken } = await connected(world);
  world.webcrm.person.createOrganisation({ OrganisationName: 'Ek AB', OrganisationType: 'Customer' });
  await world.ask({ method: 'POST', url: `/webhooks/webcrm/${hookToken}/organisations/create`, payload: '{"Id":1}' });
  await world.runtime.advance(30_000);
  await world.api('POST', `/tenants/${ours}/imports`, { kinds: ['customers'], direction: 'both', dryRun: true });
  await world.runtime.advance(30_000);
  const ids = [
    ...(await world.store.pairs.list(ours, { limit: 9 })).items.map(({ id }) => id),
    ...(await world.store.imports.list(ours, { limit: 9 })).items.map(({ id }) => id),
    ...(await world.store.activity.list(ours, { limit: 9 })).items.map(({ id }) => id),
  ];
  t.ok(ids.length >= 3, 'there are a pair, an import and lines');
  const theirs = JSON.parse((await world.api('POST', '/tenants', { name: 'Others' })).body).tenant.id as string;
  const stranger = { name: 'Others alone', role: 'administer', tenants: [theirs] };
  const { secret } = JSON.parse((await world.api('POST', '/tokens', stranger)).body);
  const before = await dumpTenant(world.store, ours);
  const all = (await world.operations()).filter(({ path }) => path.includes('{tenant}'));
  t.ok(all.length > 25, `${all.length} operations of a tenant`);
  let asked = 0;

  for (const { method, path } of all) {
    // A stranger's token on our tenant: to them it does not exist.
    const foreign = path
      .replace('/api', '')
      .replace('{tenant}', ours)
      .replace('{id}', ids[0] ?? '');
    const { status } = await world.api(method, foreign, method === 'GET' ? undefined : {}, secret);
    asked += 1;
    if (status !== 404) t.fail(`${method} ${path} with a foreign tenant was answered with ${status}`);
    if (!path.includes('{id}')) continue;
    // Their own tenant, with the ids of our records.
    for (const id of ids) {
      for (const body of method === 'GET' || method === 'DELETE' ? [undefined] : BODIES) {
        const url = path.replace('/api', '').replace('{tenant}', theirs).replace('{id}', id);
        const answer = await world.api(method, url, body, secret);
        asked += 1;
        // Rate-limited requests prove nothing.
        if (answer.status === 429) await world.runtime.advance(61_000);
        if (answer.status < 400 || answer.status >= 500)
          t.fail(`${method} ${path} with a foreign id was answered with ${answer.status}: ${answer.body}`);
        if (answer.body.includes('Ek AB')) t.fail(`${method} ${path} tells of a foreign record`);
      }
    }
  }
  t.ok(asked > 100, `${asked} requests`);
  t.equal(await dumpTenant(world.store, ours), before, 'nothing of the tenant was changed');
  const listed = JSON.parse((await world.api('GET', '/tenants', undefined, secret)).body);
  t.same(
    listed.items.map(({ id }: { id: string }) => id),
    [theirs],
    'a list shows what is reached alone',
  );
});
