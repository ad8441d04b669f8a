import t from 'tap';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { PublishedCustomer, PublishedCustomerRow } from '../../schemas/vendors/fortnox-customer.ts';
import { PublishedHook, PublishedOrganisation } from '../../schemas/vendors/webcrm-organisation.ts';
import type { SandboxVendor } from '../../src/sandbox/chassis.ts';
import { createFortnoxSandbox } from '../../src/sandbox/fortnox/index.ts';
import { SWITCH_VALUES as FORTNOX_SWITCHES } from '../../src/sandbox/fortnox/switches.ts';
import { CLIENT_ID, CLIENT_SECRET } from '../../src/sandbox/fortnox/tokens.ts';
import { createWebcrmSandbox } from '../../src/sandbox/webcrm/index.ts';

const START = Date.parse('2026-03-02T09:00:00Z');
const deps = { now: () => START, random: () => 0.5, notify: () => {} };
const JSON_TYPE = { 'content-type': 'application/json', accept: 'application/json' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

function call(vendor: SandboxVendor, token: string, method: string, url: string, body?: unknown) {
  const headers = { ...JSON_TYPE, authorization: `Bearer ${token}` };
  const answer = vendor.handle({ method, url, headers, body: body === undefined ? '' : JSON.stringify(body) });
  return { ...answer, json: answer.body === '' ? null : JSON.parse(answer.body) };
}
const faults = (schema: TSchema, value: unknown) =>
  Value.Errors(schema, value).map((one) => `${one.instancePath} ${one.message}`);

function fortnox(switches = {}) {
  const vendor = createFortnoxSandbox({ ...deps, switches });
  const basic = `Basic ${Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString('base64')}`;
  const login = (body: string) =>
    vendor.handle({ method: 'POST', url: '/oauth-v1/token', headers: { ...FORM, authorization: basic }, body });
  const granted = login(`grant_type=refresh_token&refresh_token=${vendor.issueRefreshToken()}`);
  return { vendor, login, granted, token: (JSON.parse(granted.body) as { access_token: string }).access_token };
}

t.test('fidelity: Fortnox customers in every position of the switches fit the published schema', async (t) => {
  for (const nullsForEmpty of FORTNOX_SWITCHES.nullsForEmpty) {
    const { vendor, token } = fortnox({ nullsForEmpty });
    const made = call(vendor, token, 'POST', '/3/customers', { Customer: { Name: 'Lyktan AB', Phone1: '08-1' } });
    t.equal(made.status, 201);
    t.strictSame(faults(PublishedCustomer, made.json.Customer), []);
    const changed = call(vendor, token, 'PUT', `/3/customers/${made.json.Customer.CustomerNumber}`, {
      Customer: { City: 'Solna' },
    });
    t.strictSame(faults(PublishedCustomer, changed.json.Customer), []);
    const list = call(vendor, token, 'GET', '/3/customers?page=1&limit=500');
    t.strictSame(
      list.json.Customers.flatMap((row: unknown) => faults(PublishedCustomerRow, row)),
      [],
    );
  }
});

t.test('fidelity: recorded facts of Fortnox, one by one', async (t) => {
  const { vendor, login, granted, token } = fortnox();
  t.match(JSON.parse(granted.body), { expires_in: 3600, token_type: 'bearer', refresh_token: String, scope: String });
  t.match(granted.headers, { 'cache-control': 'no-store', pragma: 'no-cache' });
  const used = login('grant_type=refresh_token&refresh_token=0000');
  t.equal(used.status, 400);
  t.match(used.headers['content-type'], /^text\/html/, 'a refused refresh token is called HTML');
  t.strictSame(JSON.parse(used.body), { error: 'invalid_grant', error_description: 'Invalid refresh token' });
  const stranger = vendor.handle({
    method: 'POST',
    url: '/oauth-v1/token',
    headers: { ...FORM, authorization: `Basic ${Buffer.from('a:b').toString('base64')}` },
    body: 'grant_type=refresh_token&refresh_token=x',
  });
  t.equal(stranger.status, 401);
  t.match(stranger.headers['content-type'], /^text\/plain/);
  t.strictSame(JSON.parse(stranger.body), {
    error: 'invalid_client',
    error_description: 'The client credentials are invalid',
  });
  const expired = call(vendor, 'not-a-token', 'GET', '/3/customers');
  t.equal(expired.status, 401);
  t.strictSame(expired.json, { message: 'unauthorized' });
  const missing = call(vendor, token, 'GET', '/3/customers/999');
  t.equal(missing.status, 404);
  t.match(missing.json, { ErrorInformation: { Error: 1, Message: 'Kan inte hitta kunden.', Code: 2000433 } });
  const filter = call(vendor, token, 'GET', '/3/customers?filter=nonsense');
  t.equal(filter.status, 400);
  t.match(filter.json, { ErrorInformation: { error: 1, message: String, code: 2000587 } });
  const made = call(vendor, token, 'POST', '/3/customers', { Customer: { Name: 'A', CountryCode: 'SE' } });
  t.equal(made.status, 201);
  t.equal(made.json.Customer.Country, 'Sverige', 'the country name is derived');
  t.type(made.json.Customer.CustomerNumber, 'string');
  const list = call(vendor, token, 'GET', '/3/customers');
  t.strictSame(Object.keys(list.json), ['MetaInformation', 'Customers'], 'MetaInformation comes first');
  t.strictSame(list.json.MetaInformation, { '@TotalResources': 1, '@TotalPages': 1, '@CurrentPage': 1 });
});

t.test('fidelity: webCRM organisations and hooks fit the published schema', async (t) => {
  const vendor = createWebcrmSandbox(deps);
  const login = vendor.handle({
    method: 'POST',
    url: '/Auth/ApiLogin',
    headers: FORM,
    body: `authCode=${vendor.applicationToken}`,
  });
  const token = (JSON.parse(login.body) as { AccessToken: string }).AccessToken;
  const fields = { OrganisationId: 0, OrganisationName: 'Lyktan AB', OrganisationType: 'Customer' };
  t.equal(call(vendor, token, 'POST', '/Organisations', fields).status, 200);
  const rows = call(vendor, token, 'GET', '/Organisations').json as Record<string, unknown>[];
  t.ok(Array.isArray(rows), 'a bare array');
  t.equal(rows.length, 1);
  t.strictSame(
    rows.flatMap((row) => faults(PublishedOrganisation, row)),
    [],
  );
  t.strictSame(
    Object.keys(rows[0] ?? {}).sort(),
    Object.keys(PublishedOrganisation.properties).sort(),
    'every field, no other',
  );
  const hook = { Id: 0, TargetUrl: 'https://sync.invalid/h', IsEnabled: true, EventType: 'Update', Filter: ['All'] };
  t.equal(call(vendor, token, 'POST', '/Organisations/Hooks', hook).status, 200);
  const hooks = call(vendor, token, 'GET', '/Organisations/Hooks').json as unknown[];
  t.strictSame(
    hooks.flatMap((one) => faults(PublishedHook, one)),
    [],
  );
});
