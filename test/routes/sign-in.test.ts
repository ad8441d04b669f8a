import t from 'tap';
import { consentAt } from '../support/consent.ts';
import { openWorld, type World } from '../support/world.ts';

const begin = async (world: World, body: object = {}) => {
  const { status, body: answer } = await world.call('/fortnox/authorize', body);
  if (status !== 200) throw new Error(JSON.stringify(answer));
  return answer as { url: string; redirectUri: string; expiresAt: number };
};
const comeBack = (world: World, path: string) => world.inject({ method: 'GET', url: path });
const tokensOf = async (world: World) => world.store.secrets.get(world.tenantId, 'fortnox-tokens');

t.test('B7 a person consents, and the service account is used from then on', async (t) => {
  const world = await openWorld();
  t.teardown(world.close);
  const { url, redirectUri, expiresAt } = await begin(world);
  const query = new URL(url).searchParams;
  t.match(Object.fromEntries(query), {
    client_id: 'sandbox-client',
    redirect_uri: 'https://sync.invalid/oauth/fortnox/callback',
    access_type: 'offline',
    account_type: 'service',
    response_type: 'code',
    scope: 'companyinformation settings customer article price currency order invoice',
  });
  t.equal(redirectUri, query.get('redirect_uri'));
  t.notMatch(url, /\+/, 'a blank is %20');
  t.equal(expiresAt, world.runtime.now() + 900_000);
  t.notMatch(Buffer.from(query.get('state') ?? '', 'base64url').toString(), world.tenantId, 'the state tells nothing');

  const before = await tokensOf(world);
  const path = consentAt(world.fortnox, url, 'approve');
  const done = await comeBack(world, path);
  t.equal(done.statusCode, 200, done.body);
  t.match(done.body, /<code>connected<\/code>/);
  t.not(await tokensOf(world), before);
  world.fortnox.expireTokens();
  world.fortnox.person.createCustomer({ Name: 'Efter AB' });
  await world.quiet();
  t.ok(
    world.webcrm.organisations().some((one) => one.OrganisationName === 'Efter AB'),
    'it goes on with a token of its own',
  );

  const again = await comeBack(world, path);
  t.equal(again.statusCode, 400);
  t.match(again.body, /<code>authorisation-expired<\/code>/, 'a state serves once');
  t.ok(
    (await world.lines()).some((line) =>
      /^Fortnox accepted a new grant\. Asked for by root, request/.test(line.message),
    ),
  );
  t.same(world.violations(), []);
});

t.test('B7 what goes wrong at Fortnox is said, with a code, and changes nothing', async (t) => {
  const world = await openWorld();
  t.teardown(world.close);
  const before = await tokensOf(world);
  const denied = await comeBack(world, consentAt(world.fortnox, (await begin(world)).url, 'deny'));
  t.equal(denied.statusCode, 403);
  t.match(denied.body, /declined[\s\S]*<code>authorisation-denied<\/code>/);
  const shown = await begin(world, { returnTo: '/tenants/one?tab=connection' });
  const led = await comeBack(world, consentAt(world.fortnox, shown.url, 'deny'));
  t.equal(led.statusCode, 303);
  t.equal(led.headers.location, '/tenants/one?tab=connection&fortnox=authorisation-denied');
  for (const returnTo of ['//evil.example', '/\\evil.example', 'https://evil.example', '/a b'])
    t.equal((await world.call('/fortnox/authorize', { returnTo })).status, 400, returnTo);

  const late = consentAt(world.fortnox, (await begin(world)).url, 'approve');
  await world.wait(900_000);
  t.match((await comeBack(world, late)).body, /authorisation-expired/, 'longer than 15 minutes');
  const stateOf = (url: string) => new URL(url).searchParams.get('state') ?? '';
  for (const query of [
    '',
    'code=x',
    'code=x&state=forged',
    `code=x&state=${Buffer.from('v1.00000000.AAAA').toString('base64url')}`,
    'error=<script>&state=',
  ]) {
    const answer = await comeBack(world, `/oauth/fortnox/callback?${query}`);
    t.equal(answer.statusCode, 400, query);
    t.notMatch(answer.body, /<script>/);
  }
  const unknownCode = await comeBack(
    world,
    `/oauth/fortnox/callback?code=guessed&state=${stateOf((await begin(world)).url)}`,
  );
  t.match(unknownCode.body, /<code>credentials-refused<\/code>/);
  const other = await comeBack(
    world,
    `/oauth/fortnox/callback?error=server_error&state=${stateOf((await begin(world)).url)}`,
  );
  t.equal(other.statusCode, 422);
  t.match(other.body, /\(server_error\)[\s\S]*authorisation-failed/);
  t.equal(await tokensOf(world), before, 'the connection is as it was');
  t.same(world.violations(), []);
});

t.test('B7 R26 connecting anew mends a broken connection, and takes no other company', async (t) => {
  const world = await openWorld();
  t.teardown(world.close);
  const tenant = await world.admin.getTenant(world.tenantId);
  await world.store.tenants.replace({ ...tenant, state: 'paused', pausedReason: 'reconnect-needed' });
  const mended = await comeBack(
    world,
    consentAt(world.fortnox, (await begin(world, { account: 'user' })).url, 'approve'),
  );
  t.equal(mended.statusCode, 200, mended.body);
  t.match(await world.admin.getTenant(world.tenantId), { state: 'connected', pausedReason: null });

  const broken = await world.admin.getTenant(world.tenantId);
  await world.store.tenants.replace({
    ...broken,
    fortnoxDatabaseNumber: '999',
    state: 'paused',
    pausedReason: 'by-hand',
  });
  const before = await tokensOf(world);
  const refused = await comeBack(world, consentAt(world.fortnox, (await begin(world)).url, 'approve'));
  t.equal(refused.statusCode, 409);
  t.match(refused.body, /database number 1234567, and this tenant belongs to 999[\s\S]*<code>another-company<\/code>/);
  t.equal(await tokensOf(world), before, 'the tokens of the other company are not kept');
  const byHand = await world.call('/credentials/fortnox', { grant: 'client_credentials', tenantId: '1234567' }, 'PUT');
  t.match(byHand, { status: 409, body: { code: 'another-company' } });
  t.match(
    await world.admin.getTenant(world.tenantId),
    { state: 'paused', pausedReason: 'by-hand' },
    'a pause by hand stays',
  );

  const { redirectUri } = await begin(world);
  t.equal(redirectUri, 'https://sync.invalid/oauth/fortnox/callback');
  for (const change of [
    (query: URLSearchParams) => query.set('client_id', 'another'),
    (query: URLSearchParams) => query.delete('access_type'),
    (query: URLSearchParams) => query.set('scope', 'everything'),
    (query: URLSearchParams) => query.delete('state'),
  ]) {
    const url = new URL((await begin(world)).url);
    change(url.searchParams);
    t.throws(() => consentAt(world.fortnox, url.href, 'approve'), /ClientID supplied is invalid/);
  }
  t.equal(world.violations().length, 4, 'the stand-in is strict');
});
