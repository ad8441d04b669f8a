import { createHmac } from 'node:crypto';
import t from 'tap';
import { createFortnoxSandbox, type FortnoxSwitches } from '../../src/sandbox/fortnox/index.ts';

function setup(switches: Partial<FortnoxSwitches> = {}) {
  const clock = { now: Date.UTC(2026, 0, 5, 11, 0, 30) };
  const sent: { headers: Record<string, string>; body: string }[] = [];
  const notify = (_url: string, headers: Record<string, string>, body: string) => void sent.push({ headers, body });
  const sandbox = createFortnoxSandbox({ now: () => clock.now, random: () => 0.5, notify, switches });
  const basic = `Basic ${Buffer.from('sandbox-client:sandbox-secret').toString('base64')}`;
  const grant = (refresh: string, authorization = basic) =>
    sandbox.handle({
      method: 'POST',
      url: '/oauth-v1/token',
      headers: { authorization },
      body: `grant_type=refresh_token&refresh_token=${refresh}`,
    });
  const token = JSON.parse(grant(sandbox.issueRefreshToken()).body).access_token;
  const call = (method: string, url: string, fields?: object) => {
    const { status, headers, body } = sandbox.handle({
      method,
      url,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: fields ? JSON.stringify({ Customer: fields }) : '',
    });
    return { status, headers, body: body.startsWith('{') ? JSON.parse(body) : body };
  };
  return { sandbox, clock, sent, grant, call };
}

t.test('R77 tokens: refresh tokens serve once, an expired access token is 401 without blame', async (t) => {
  const { sandbox, clock, grant, call } = setup();
  const refresh = sandbox.issueRefreshToken();
  t.equal(grant(refresh).status, 200);
  t.match(grant(refresh), { status: 400, headers: { 'content-type': 'text/html' }, body: /invalid_grant/ });
  t.match(grant(refresh, 'Basic x'), { status: 401, headers: { 'content-type': 'text/plain' } });
  t.equal(call('GET', '/3/companyinformation').body.CompanyInformation.DatabaseNumber, 1_234_567);
  clock.now += 3_600_000;
  t.match(call('GET', '/3/customers'), { status: 401, body: { message: 'unauthorized' } });
  t.same(sandbox.violations, []);
});

t.test('R77 writes: defaults, clearing, refusals and reserved numbers', async (t) => {
  const { sandbox, call } = setup();
  const made = call('POST', '/3/customers', { Name: 'Ek AB', City: 'Umeå' });
  t.match(made, { status: 201, body: { Customer: { CustomerNumber: '1', Currency: 'SEK', Country: 'Sverige' } } });
  t.equal(call('PUT', '/3/customers/1', { City: '' }).body.Customer.City, 'Umeå');
  t.equal(call('PUT', '/3/customers/1', { City: 'API_BLANK' }).body.Customer.City, '');
  t.match(call('GET', '/3/customers/9'), { status: 404, body: { ErrorInformation: { Code: 2000433 } } });
  sandbox.person.deleteCustomer('1');
  const taken = call('POST', '/3/customers', { Name: 'Ek AB', CustomerNumber: '1' });
  t.match(taken, { status: 400, body: { ErrorInformation: { code: 2000637 } } });
  t.same(sandbox.violations, []);
  const bad = [{ Nam: 'x' }, { Name: 'x', Country: 'x' }, { Name: 1 }, { City: 'x' }, { Name: 'x', CountryCode: 'XX' }];
  const worse = [
    { Name: 'x', Currency: 'ABC' },
    { Name: 'x', TermsOfPayment: '7' },
    { Name: 'x', ZipCode: '12345678901' },
  ];
  for (const fields of [...bad, ...worse]) t.equal(call('POST', '/3/customers', fields).status, 400);
  t.equal(sandbox.violations.length, 8);
});

t.test('R77 lists: Stockholm time, ILIKE, MetaInformation first; R20 the window of 25 in 5 s', async (t) => {
  const { sandbox, clock, call } = setup();
  for (let at = 0; at < 10; at += 1) sandbox.person.createCustomer({ Name: `Kund ${at}` });
  t.equal(call('GET', '/3/customers?customernumber=1').body.Customers.length, 2);
  t.equal(call('GET', '/3/customers?lastmodified=2026-01-05+12:00:30').body.Customers.length, 10);
  t.equal(call('GET', '/3/customers?lastmodified=2026-01-05+12:00:31').body.Customers.length, 0);
  t.equal(Object.keys(call('GET', '/3/customers?limit=3&page=4').body)[0], 'MetaInformation');
  for (let at = 4; at < 25; at += 1) t.equal(call('GET', '/3/orders').status, 200);
  t.equal(call('GET', '/3/orders').status, 429);
  t.equal(sandbox.violations.length, 1);
  clock.now += 5_000;
  t.equal(call('GET', '/3/orders').headers.date, new Date(clock.now).toUTCString());
});

t.test('R77 faults and events: a lost answer has taken effect, events are signed', async (t) => {
  const { sandbox, sent, call } = setup();
  sandbox.setWebhook('http://here', `whsec_${Buffer.from('key').toString('base64')}`);
  sandbox.failNext({ method: 'POST', status: 0, times: 1, applied: true });
  t.throws(() => call('POST', '/3/customers', { Name: 'Ek AB' }), { name: 'ConnectionLost' });
  t.match(sandbox.customers(), [{ Name: 'Ek AB' }]);
  const { headers, body } = sent[0] ?? { headers: {}, body: '' };
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  t.equal(headers['webhook-signature'], `v1,${createHmac('sha256', 'key').update(signed).digest('base64')}`);
  t.match(JSON.parse(body), { type: 'customer-created-v1', entityId: '1', tenantId: 1_234_567 });
});
