import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { CLIENT_SECRET } from '../../src/sandbox/fortnox/tokens.ts';
import { ADMIN_TOKEN, connected, openWorld, type World } from './world.ts';

/** What vendors gave or were sent as a credential. */
function credentialsIn(world: World): string[] {
  const found = new Set<string>();
  for (const { authorization, body } of world.calls) {
    const secret = /^(?:Bearer|Basic) (.+)$/.exec(authorization)?.[1];
    if (secret !== undefined) found.add(secret);
    for (const name of ['refresh_token', 'code', 'authCode']) {
      const value = new URLSearchParams(body).get(name);
      if (value !== null) found.add(value);
    }
  }
  return [...found];
}

t.test(
  'B8 no secret is in any output: logs, errors, metrics, OpenAPI, answers, exports, the log as CSV, the files of the store',
  async (t) => {
    const path = join(t.testdir(), 's', 'store.db');
    const world = await openWorld(path);
    t.teardown(world.close);
    const { tenant, hookToken, webhookSecret, refreshToken } = await connected(world);
    const { secret: apiSecret } = JSON.parse((await world.api('POST', '/tokens', { name: 'B', role: 'read' })).body);

    // Work, and everything that goes wrong with credentials.
    world.webcrm.person.createOrganisation({ OrganisationName: 'Ek AB', OrganisationType: 'Customer' });
    await world.ask({ method: 'POST', url: `/webhooks/webcrm/${hookToken}/organisations/create`, payload: '{"Id":1}' });
    await world.runtime.advance(60_000);
    await world.ask({ method: 'POST', url: `/webhooks/fortnox/${hookToken}`, payload: '{}' });
    await world.api('GET', `/tenants/${tenant}`, undefined, apiSecret);
    await world.api('POST', `/tenants/${tenant}/pause`, undefined, apiSecret);
    await world.api('GET', '/me', undefined, `${ADMIN_TOKEN}x`);
    for (const status of [401, 403, 500, 302, 0]) {
      world.fortnox.failNext({ status, times: 2 });
      world.webcrm.failNext({ status, times: 2 });
      await world.api('POST', `/tenants/${tenant}/check`);
    }
    world.fortnox.expireTokens();
    world.webcrm.expireTokens();
    await world.api('POST', `/tenants/${tenant}/check`);
    await world.api('PUT', `/tenants/${tenant}/credentials/fortnox`, {
      grant: 'refresh_token',
      refreshToken: 'canary-refresh-token-that-is-refused',
    });
    await world.api('PUT', `/tenants/${tenant}/credentials/webcrm`, { applicationToken: 'canary-token-refused' });
    await world.api('PUT', `/tenants/${tenant}/credentials/webcrm`, {
      applicationToken: 7,
      canary: 'canary-in-a-body',
    });
    await world.ask({ url: '/oauth/fortnox/callback?code=canary-code-of-a-consent&state=canary-state-of-it' });
    world.webcrm.revokeToken();
    await world.runtime.advance(800_000);

    const secrets = new Set([
      ADMIN_TOKEN,
      CLIENT_SECRET,
      Buffer.alloc(32, 7).toString('base64'),
      webhookSecret,
      webhookSecret.replace('whsec_', ''),
      refreshToken,
      apiSecret as string,
      'canary-refresh-token-that-is-refused',
      'canary-token-refused',
      'canary-in-a-body',
      'canary-code-of-a-consent',
      'canary-state-of-it',
      world.webcrm.applicationToken,
      ...credentialsIn(world),
    ]);
    t.ok(secrets.size > 12, `${secrets.size} secrets were planted`);

    const pair = (await world.store.pairs.list(tenant, { limit: 1 })).items[0]?.id ?? 'x';
    const outputs = new Map<string, string>([['log', world.logged.join('')]]);
    const readable = (await world.operations()).filter(({ method }) => method === 'GET').map(({ path }) => path);
    for (const path of [...readable, '/docs/json', '/docs/yaml', '/', '/nowhere']) {
      const id = path.includes('/persons/') ? '1' : pair;
      const url = path
        .replace('{tenant}', tenant)
        .replace('{side}', 'webcrm')
        .replace('{id}', id)
        .replace('{target}', 'x');
      const answer = await world.ask({ url, headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });
      outputs.set(path, answer.body + JSON.stringify(answer.headers));
    }
    const activity = await world.store.activity.list(tenant, { limit: 200 });
    const jobs = await world.store.jobs.list(tenant, { limit: 200 });
    outputs.set('stored lines and jobs', JSON.stringify([activity, jobs]));
    outputs.set('sealed credentials', JSON.stringify(await sealed(world, tenant)));
    t.match(outputs.get('/api/tenants/{tenant}/persons/{side}/{id}'), 'Ek AB', 'a person was given out');
    // A copy of the store's files is what a backup holds, and what a thief takes.
    const dir = dirname(path);
    for (const name of readdirSync(dir)) outputs.set(`the file ${name}`, readFileSync(join(dir, name), 'latin1'));
    t.match([...outputs].filter(([name]) => name.startsWith('the file')).join(), 'Ek AB', 'the files hold the records');
    t.ok(outputs.size > 25, `${outputs.size} outputs were searched`);
    for (const [where, text] of outputs)
      for (const secret of secrets) t.notOk(text.includes(secret), `${where} does not hold ${secret.slice(0, 6)}...`);
    // The address of a hook is a credential as well; the person who may see the tenant may see it.
    t.notOk(outputs.get('log')?.includes(hookToken), 'a hook’s token is not logged');
    t.notOk(outputs.get('/metrics')?.includes(hookToken));
  },
);

async function sealed(world: World, tenant: string): Promise<(string | null)[]> {
  const names = (await world.store.secrets.list(tenant)).map(({ name }) => name);
  return Promise.all(names.map((name) => world.store.secrets.get(tenant, name)));
}

t.test('no personal data is logged at info level', async (t) => {
  const world = await openWorld();
  t.teardown(world.close);
  const { tenant, hookToken } = await connected(world);
  const person = { name: 'Canaria Personsson', email: 'canaria@privat.example', phone: '070-123 45 67' };
  world.webcrm.person.createOrganisation({
    OrganisationName: person.name,
    OrganisationType: 'Private Customer',
    OrganisationTelephone: person.phone,
  });
  world.fortnox.failNext({ method: 'POST', path: '/3/customers', status: 500, times: 2 });
  await world.ask({ method: 'POST', url: `/webhooks/webcrm/${hookToken}/organisations/create`, payload: '{"Id":1}' });
  for (const q of [person.name, person.email, person.phone])
    t.equal(
      (await world.api('GET', `/tenants/${tenant}/search?q=${encodeURIComponent(q)}&side=webcrm`)).status < 500,
      true,
    );
  await world.runtime.advance(120_000);
  t.equal(world.fortnox.customers()[0]?.Name, person.name, 'it was synchronised');
  const said = world.logged.filter((line) => (JSON.parse(line) as { level: number }).level >= 30).join('');
  t.ok(said.length > 0);
  t.match(said, '/search?q', 'a search is told by the names of what it asks');
  for (const value of Object.values(person))
    for (const form of [value, encodeURIComponent(value)]) t.notOk(said.includes(form), form);
});
