import t from 'tap';
import { dumpTenant } from '../support/dump.ts';
import type { Operation } from '../support/operations.ts';
import { type Answer, connected, openWorld } from './world.ts';

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
  { kinds: ['customer'], direction: 'both' },
  { state: 'off' },
];

t.setTimeout(120_000);

t.test('B8 one tenant is a closed room: every route with every foreign id', async (t) => {
  const world = await openWorld();
  t.teardown(world.close);
  const { tenant: ours, hookToken } = await connected(world);
  world.webcrm.person.createOrganisation({ OrganisationName: 'Ek AB', OrganisationType: 'Customer' });
  await world.ask({ method: 'POST', url: `/webhooks/webcrm/${hookToken}/organisations/create`, payload: '{"Id":1}' });
  await world.runtime.advance(30_000);
  await world.api('POST', `/tenants/${ours}/imports`, { kinds: ['customer'], direction: 'both', dryRun: true });
  await world.runtime.advance(30_000);
  const ids = [
    ...(await world.store.pairs.list(ours, { limit: 1 })).items.map(({ id }) => id),
    ...(await world.store.imports.list(ours, { limit: 1 })).items.map(({ id }) => id),
  ];
  t.equal(ids.length, 2, 'there are a pair and an import');
  const made = async (url: string, body: object) => JSON.parse((await world.api('POST', url, body)).body);
  const ourToken = await made('/tokens', { name: 'Ours alone', role: 'read', tenants: [ours] });
  const ourTarget = await made('/alert-targets', { name: 'Lyktan on call', url: 'https://93.184.215.14/x' });
  t.ok(ourToken.token.id && ourTarget.target.id);
  ids.push(ourToken.token.id, ourTarget.target.id, '1');
  const theirs = (await made('/tenants', { name: 'Others' })).tenant.id as string;
  const { secret } = await made('/tokens', { name: 'Others alone', role: 'administer', tenants: [theirs] });
  const shared = async () =>
    JSON.stringify(
      await Promise.all(
        [`/tokens/${ourToken.token.id}`, `/alert-targets/${ourTarget.target.id}`, '/alert-policy'].map(
          async (url) => (await world.api('GET', url)).body,
        ),
      ),
    );
  const before = [await dumpTenant(world.store, ours), await shared()];
  const all = (await world.operations()).filter(({ path }) => path.startsWith('/api/'));
  const ofTenants = all.filter(({ path }) => path.includes('{tenant}'));
  t.ok(ofTenants.length > 25, `${ofTenants.length} operations of a tenant, ${all.length} in all`);
  let asked = 0;

  /** As the stranger. Whatever is answered, it tells nothing of us and is no failure. */
  async function ask(method: string, path: string, body?: object): Promise<Answer> {
    const answer = await world.api(method, path.replace('/api', ''), method === 'GET' ? undefined : body, secret);
    if (answer.status === 429) {
      // What is limited proves nothing.
      await world.runtime.advance(61_000);
      return ask(method, path, body);
    }
    asked += 1;
    if (answer.status >= 500 && answer.status !== 502) t.fail(`${method} ${path} was answered with ${answer.status}`);
    for (const ourWord of ['Ek AB', 'Lyktan', 'Ours alone', ours])
      if (answer.body.includes(ourWord) && !path.includes(ours)) t.fail(`${method} ${path} tells ${ourWord}`);
    return answer;
  }
  const filled = (path: string, tenant: string, id: string) =>
    ['webcrm', 'fortnox'].flatMap((side, at) =>
      at > 0 && !path.includes('{side}')
        ? []
        : [
            path
              .replace('{tenant}', tenant)
              .replace('{side}', side)
              .replace(/\{(id|target)\}/, id),
          ],
    );
  /** Those that the route's form takes. */
  function bodiesFor({ method, body }: Operation): readonly (object | undefined)[] {
    if (method === 'GET' || method === 'DELETE') return [undefined];
    if (body === null) return [{}];
    const { properties } = body;
    return BODIES.filter((one) => properties === undefined || Object.keys(one).every((name) => name in properties));
  }

  for (const { method, path } of ofTenants)
    for (const url of filled(path, ours, ids[0] ?? '')) {
      // A stranger's token on our tenant: to them it does not exist.
      const { status } = await ask(method, url, method === 'GET' ? undefined : {});
      if (status !== 404) t.fail(`${method} ${path} with a foreign tenant was answered with ${status}`);
    }
  for (const operation of all) {
    const { method, path } = operation;
    if (!/\{(id|target)\}/.test(path)) continue;
    // Where they may ask, with the ids of our records.
    for (const url of ids.flatMap((id) => filled(path, theirs, id)))
      for (const body of bodiesFor(operation)) {
        const { status, body: told } = await ask(method, url, body);
        if (status < 400 && !path.includes('/persons/'))
          t.fail(`${method} ${url} with a foreign id was answered with ${status}: ${told}`);
      }
  }
  for (const operation of all) {
    const { method, path } = operation;
    if (/\{(id|target)\}/.test(path)) continue;
    // What they may do, with our records in the body: it is their own tenant's, or nobody's.
    for (const body of bodiesFor(operation)) await ask(method, path.replace('{tenant}', theirs), body);
  }
  for (const query of ['entity=customer&side=webcrm&id=1', 'entity=customer&side=fortnox&id=1'])
    await ask('GET', `/api/tenants/${theirs}/explain?${query}`);
  await ask('GET', `/api/tenants/${theirs}/search?q=Ek`);
  t.ok(asked > 300, `${asked} requests`);
  t.same([await dumpTenant(world.store, ours), await shared()], before, 'nothing of the tenant or of all was changed');
  const listed = JSON.parse((await world.api('GET', '/tenants', undefined, secret)).body);
  t.same(
    listed.items.map(({ id }: { id: string }) => id),
    [theirs],
    'a list shows what is reached alone',
  );
});
