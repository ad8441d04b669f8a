import t from 'tap';
import type { SyncError } from '../../src/errors/sync-error.ts';
import { createConnections } from '../../src/vendors/connections.ts';
import { faultOf } from '../../src/vendors/fortnox/errors.ts';
import { inRepeatedHour, stockholmTime } from '../../src/vendors/fortnox/stockholm-time.ts';
import { CONFIG, company, failure, fakeVault, fakeVendor, HOUR, isToken, type Seen, tokenAnswer } from './support.ts';

const customer = { json: { Customer: { CustomerNumber: '7', Name: 'Ett AB' } } };

t.test('B7 100 calls that meet an expired token make one refresh, stored before it is used', async (t) => {
  const used: { token: string | null; stored: boolean }[] = [];
  const c = company((seen, all) => {
    if (isToken(seen)) return tokenAnswer(all.filter(isToken).length);
    const token = seen.headers.get('authorization');
    used.push({ token, stored: c.vault.puts.length === 1 });
    return { json: { Customer: { CustomerNumber: seen.url.pathname.split('/').at(-1), Name: 'Ett AB' } } };
  }, -1);
  const all = Array.from({ length: 100 }, (_, i) => c.fortnox.getCustomer(String(i + 1), 0));
  await c.runtime.settle(Promise.all(all));
  t.equal(c.seen.filter(isToken).length, 1);
  t.equal(used.length, 100);
  t.ok(used.every(({ token, stored }) => token === 'Bearer access-1' && stored));
  const refresh = c.seen[0] as Seen;
  t.equal(refresh.body, 'grant_type=refresh_token&refresh_token=refresh-0');
  t.equal(refresh.headers.get('authorization'), `Basic ${Buffer.from('client:top-secret').toString('base64')}`);
  t.match(JSON.parse(c.vault.values.get('t1/fortnox-tokens') as string), { refreshToken: 'refresh-1' });
  t.equal(c.connections.of('t1').budgets().fortnox.total, 101, 'the token call went through the gate');
  t.equal(c.runtime.timers(), 0);
});

t.test('B7 a token is renewed 5 minutes before its end, and not earlier', async (t) => {
  const c = company((seen, all) => (isToken(seen) ? tokenAnswer(all.filter(isToken).length) : customer), 10 * 60_000);
  await c.runtime.settle(c.fortnox.getCustomer('7', 0));
  t.equal(c.seen.filter(isToken).length, 0);
  await c.runtime.advance(5 * 60_000);
  await c.runtime.settle(c.fortnox.getCustomer('7', 0));
  t.equal(c.seen.filter(isToken).length, 1);
});

t.test('B7 a 401 renews once for everybody; a second 401 is vendor-auth', async (t) => {
  const c = company((seen) => {
    if (isToken(seen)) return tokenAnswer(1);
    return seen.headers.get('authorization') === 'Bearer access-1'
      ? customer
      : { status: 401, json: { message: 'unauthorized' } };
  });
  await c.runtime.settle(Promise.all(Array.from({ length: 100 }, () => c.fortnox.getCustomer('7', 0))));
  t.equal(c.seen.filter(isToken).length, 1);

  const never = company((seen) =>
    isToken(seen) ? tokenAnswer(1) : { status: 401, json: { message: 'unauthorized' } },
  );
  const error = await never.runtime.settle(failure(never.fortnox.getCustomer('7', 0)));
  t.match(error, { code: 'vendor-auth', message: /unauthorized/ });
  t.equal(never.seen.length, 3);
});

t.test('R73 invalid_grant is reconnect-needed and asks Fortnox once only, until somebody connects', async (t) => {
  let accepts = false;
  const c = company((seen) => {
    if (!isToken(seen)) return customer;
    if (accepts) return tokenAnswer(5);
    return {
      status: 400,
      headers: { 'content-type': 'text/html' },
      text: '{"error":"invalid_grant","error_description":"Invalid refresh token"}',
    };
  }, -1);
  const errors = await c.runtime.settle(
    Promise.all(Array.from({ length: 20 }, () => failure(c.fortnox.getCustomer('7', 0)))),
  );
  for (const error of errors) t.match(error, { code: 'reconnect-needed' });
  c.connections.forget('t1');
  t.match(await c.runtime.settle(failure(c.fortnox.getCustomer('7', 0))), { code: 'reconnect-needed' });
  t.equal(c.seen.length, 1);
  accepts = true;
  const grant = { grant: 'authorization_code', code: 'c0de', redirectUri: 'https://us.test/oauth?a=1' } as const;
  await c.runtime.settle(c.connections.connectFortnox('t1', grant));
  t.equal(
    c.seen[1]?.body,
    'grant_type=authorization_code&code=c0de&redirect_uri=https%3A%2F%2Fus.test%2Foauth%3Fa%3D1',
  );
  t.match(await c.runtime.settle(c.fortnox.getCustomer('7', 0)), { Name: 'Ett AB' });
});

t.test(
  'B7 the answer to a refresh that is lost on its way: said clearly after one more try, and never a loop',
  async (t) => {
    let used = false;
    const c = company((seen) => {
      if (!isToken(seen)) return customer;
      // The refresh token serves once: Fortnox took it, and only the answer was lost.
      if (used) return { status: 400, text: '{"error":"invalid_grant"}' };
      used = true;
      return { status: 503, text: '<html>gateway</html>' };
    }, -1);
    t.match(await c.runtime.settle(failure(c.fortnox.getCustomer('7', 0))), { code: 'vendor-failed' });
    for (let tries = 0; tries < 5; tries += 1)
      t.match(await c.runtime.settle(failure(c.fortnox.getCustomer('7', 0))), {
        code: 'reconnect-needed',
        message: /connect Fortnox again/,
      });
    t.equal(c.seen.filter(isToken).length, 2, 'two refreshes, however often it is asked');
  },
);

t.test('B7 client_credentials sends TenantId and needs no refresh token', async (t) => {
  const c = company(
    (seen) => (isToken(seen) ? { json: { access_token: 'service', expires_in: 3600 } } : customer),
    HOUR,
    { stored: null },
  );
  t.match(await c.runtime.settle(failure(c.fortnox.getCustomer('7', 0))), { code: 'credentials-missing' });
  await c.runtime.settle(c.connections.connectFortnox('t1', { grant: 'client_credentials', tenantId: '34231' }));
  t.equal(c.seen[0]?.headers.get('tenantid'), '34231');
  t.equal(c.seen[0]?.body, 'grant_type=client_credentials');
  await c.runtime.settle(c.fortnox.getCustomer('7', 0));
  await c.runtime.advance(HOUR);
  await c.runtime.settle(c.fortnox.getCustomer('7', 0));
  t.equal(c.seen.filter(isToken).length, 2);
});

t.test('B8 a wrong client is vendor-auth and no secret is in the message', async (t) => {
  const body = '{"error":"invalid_client","error_description":"top-secret refresh-0"}';
  const c = company(() => ({ status: 401, headers: { 'content-type': 'text/plain' }, text: body }), -1);
  const error = (await c.runtime.settle(failure(c.fortnox.getCustomer('7', 0)))) as Error;
  t.match(error, { code: 'vendor-auth', message: /invalid_client/ });
  t.notMatch(error.message, /top-secret|refresh-0/);
});

t.test('B7 a new refresh token that the vault could not take is kept, stored later and never lost', async (t) => {
  const c = company((seen, all) => (isToken(seen) ? tokenAnswer(all.filter(isToken).length) : customer), -1);
  c.vault.failNextPut();
  t.match(await c.runtime.settle(failure(c.fortnox.getCustomer('7', 0))), { message: 'disk full' });
  t.equal(c.seen.length, 1, 'nothing is called with a token that is not stored');
  await c.runtime.settle(c.fortnox.getCustomer('7', 0));
  t.equal(c.seen.filter(isToken).length, 1);
  t.match(JSON.parse(c.vault.values.get('t1/fortnox-tokens') as string), { refreshToken: 'refresh-1' });
});

t.test('B5 a 429 holds every call of the company back: Retry-After, or 5 s', async (t) => {
  for (const [headers, wait] of [
    [{ 'retry-after': '9' }, 9_000],
    [{ date: 'Thu, 15 Jan 2026 12:00:00 GMT', 'retry-after': 'Thu, 15 Jan 2026 12:00:08 GMT' }, 8_000],
    [{}, 5_000],
  ] as const) {
    const c = company((_, all) => (all.length === 1 ? { status: 429, text: '<html>', headers } : customer));
    t.match(await c.runtime.settle(failure(c.fortnox.getCustomer('7', 0))), { code: 'vendor-throttled', waitMs: wait });
    const refusedAt = c.runtime.now();
    await c.runtime.settle(c.fortnox.getCustomer('7', 0));
    t.equal((c.seen[1]?.at ?? 0) - refusedAt, wait);
    t.match(c.connections.of('t1').budgets().fortnox, { throttled: 1, total: 2 });
  }
});

t.test(
  'B5 a 5xx with Retry-After holds every call back too, and is no sign of somebody else: the share stays',
  async (t) => {
    for (const [status, headers, wait] of [
      [503, { 'retry-after': '9' }, 9_000],
      [502, { date: 'Thu, 15 Jan 2026 12:00:00 GMT', 'retry-after': 'Thu, 15 Jan 2026 12:00:08 GMT' }, 8_000],
      [500, { 'retry-after': '999999' }, 3_600_000],
      [504, {}, undefined],
    ] as const) {
      const c = company((_, all) => (all.length === 1 ? { status, text: '<html>', headers } : customer));
      const error = await c.runtime.settle(failure(c.fortnox.getCustomer('7', 0)));
      t.match(error, { code: 'vendor-failed' });
      t.equal((error as SyncError).waitMs, wait);
      const failedAt = c.runtime.now();
      await c.runtime.settle(c.fortnox.getCustomer('7', 0));
      t.equal((c.seen[1]?.at ?? 0) - failedAt, wait ?? 0);
      t.match(c.connections.of('t1').budgets().fortnox, { throttled: 0, share: 25, total: 2 });
    }
  },
);

t.test('A network failure, a silence, a 5xx and a body that is no JSON each have their code', async (t) => {
  const cases = [
    ['break', 'vendor-unreachable'],
    ['hang', 'vendor-unreachable'],
    [{ status: 503, text: 'down' }, 'vendor-failed'],
    [{ status: 200, text: '<html>' }, 'vendor-answer-unreadable'],
    [{ status: 302, headers: { location: 'https://elsewhere.test' } }, 'vendor-answer-unreadable'],
    [{ status: 200, json: { Other: 1 } }, 'vendor-answer-unreadable'],
  ] as const;
  for (const [answer, code] of cases) {
    const c = company(() => answer);
    const begin = c.runtime.now();
    const error = (await c.runtime.settle(failure(c.fortnox.getCustomer('7', 0)))) as Error;
    t.match(error, { code }, code);
    t.notMatch(error.message, /access-0/);
    if (answer === 'hang') t.equal(c.runtime.now() - begin, 20_003);
    t.match(c.calls, [{ tenant: 't1', side: 'fortnox', method: 'GET', route: '/3/customers/{number}' }]);
    t.equal(c.seen.length, 1, 'sent once');
    t.equal(c.runtime.timers(), 0);
  }
});

t.test('R22 both error envelopes are read, and codes have their meaning', async (t) => {
  t.same(faultOf({ ErrorInformation: { Error: 1, Message: 'Kan inte hitta kunden.', Code: 2000433 } }), {
    code: 2000433,
    message: 'Kan inte hitta kunden.',
  });
  t.same(faultOf({ ErrorInformation: { error: 1, message: 'Fel', code: '2000587' } }), {
    code: 2000587,
    message: 'Fel',
  });
  t.same(faultOf({ message: 'unauthorized' }), { code: null, message: 'unauthorized' });
  t.same(faultOf(null), { code: null, message: null });

  const answered = (status: number, code: number) =>
    company(() => ({ status, json: { ErrorInformation: { error: 1, message: 'Nej tack.', code } } }));
  const missing = answered(404, 2000433);
  t.equal(await missing.runtime.settle(missing.fortnox.getCustomer('7', 0)), null);
  for (const [status, code, expected] of [
    [404, 2000433, 'vendor-refused'],
    [400, 2000637, 'number-taken'],
    [400, 2001101, 'licence-missing'],
    [400, 2001103, 'licence-missing'],
    [403, 2000663, 'licence-missing'],
    [400, 2000359, 'vendor-refused'],
    [403, 1, 'vendor-auth'],
  ] as const) {
    const c = answered(status, code);
    const error = (await c.runtime.settle(failure(c.fortnox.updateCustomer('7', { Name: 'X' }, 0)))) as Error;
    t.match(error, { code: expected }, expected);
    t.match(error.message, 'Nej tack.');
    t.match(error.message, String(code));
  }
});

t.test('Writes: an empty text is left out of a POST and clears in a PUT; Content-Type always', async (t) => {
  const c = company(() => customer);
  const fields = { Name: 'Ett AB', Phone1: '' };
  await c.runtime.settle(c.fortnox.createCustomer(fields, 0));
  await c.runtime.settle(c.fortnox.updateCustomer('å/7?x#', fields, 0).catch(() => undefined));
  await c.runtime.settle(c.fortnox.getCustomer('7', 0));
  t.same(c.seen.map((one) => one.body).slice(0, 2), [
    '{"Customer":{"Name":"Ett AB"}}',
    '{"Customer":{"Name":"Ett AB","Phone1":"API_BLANK"}}',
  ]);
  t.equal(c.seen[1]?.url.pathname, '/3/customers/%C3%A5%2F7%3Fx%23');
  t.ok(c.seen.every((one) => one.headers.get('content-type') === 'application/json'));
  for (const number of ['', '.', '..']) {
    t.match(await failure(c.fortnox.getCustomer(number, 0)), { code: 'vendor-refused' });
  }
  t.equal(c.seen.length, 3, 'a number that would address another resource is never called');
});

t.test('Lists: 500 rows a page to @TotalPages, changes since Swedish local time, exact searches', async (t) => {
  const date = 'Thu, 15 Jan 2026 11:59:58 GMT';
  const c = company((seen) => {
    const page = Number(seen.url.searchParams.get('page'));
    const rows = [{ CustomerNumber: `${page}`, Name: page === 3 ? ' ETT ab ' : `Ett AB ${page}` }];
    return {
      headers: { date },
      json: { MetaInformation: { '@TotalPages': 3, '@CurrentPage': page }, Customers: rows },
    };
  });
  const read: string[] = [];
  const listed = await c.runtime.settle(
    c.fortnox.listCustomers(Date.UTC(2026, 6, 1, 10, 0, 5, 900), 1, async (rows) => {
      read.push(...rows.map((row) => row.CustomerNumber));
    }),
  );
  t.same(read, ['1', '2', '3']);
  t.equal(listed.serverDate, Date.parse(date));
  t.equal(c.seen[0]?.url.search, '?lastmodified=2026-07-01+12%3A00%3A05&limit=500&page=1');
  const found = await c.runtime.settle(c.fortnox.searchCustomers('name', 'Ett AB', 0));
  t.same(found, [{ CustomerNumber: '3', Name: ' ETT ab ' }]);
  t.same(await c.fortnox.searchCustomers('name', '  ', 0), []);
  t.equal(c.seen.length, 6);
  const isWanted = (name: unknown) => String(name).trim().startsWith('ETT');
  t.same(await c.runtime.settle(c.fortnox.customersHolding('name', 'tt', 0, isWanted)), found);
  t.equal(c.seen[6]?.url.search, '?name=tt&limit=500&page=1');
  t.same(await c.fortnox.customersHolding('name', '  ', 0, () => true), []);
  t.equal(c.seen.length, 9);
});

t.test('Company, codes and probes', async (t) => {
  const c = company(({ url }) => {
    if (url.pathname === '/3/companyinformation') {
      return { json: { CompanyInformation: { DatabaseNumber: 34231, CompanyName: 'Ett AB' } } };
    }
    const meta = { MetaInformation: { '@TotalPages': 1 } };
    if (url.pathname === '/3/termsofpayments') return { json: { ...meta, TermsOfPayments: [{ Code: '30' }] } };
    if (url.pathname === '/3/currencies') return { json: { ...meta, Currencies: [{ Code: 'SEK' }] } };
    if (url.pathname === '/3/orders') return { json: { ...meta, Orders: [] } };
    return { status: 400, json: { ErrorInformation: { Error: 1, Message: 'Licens saknas', Code: 2001101 } } };
  });
  t.same(await c.runtime.settle(c.fortnox.companyInformation(0)), { databaseNumber: '34231', name: 'Ett AB' });
  t.same(await c.runtime.settle(c.fortnox.termsOfPayment(0)), ['30']);
  t.same(await c.runtime.settle(c.fortnox.currencies(0)), ['SEK']);
  await c.runtime.settle(c.fortnox.probeDocuments('order', 0));
  t.match(await c.runtime.settle(failure(c.fortnox.probeDocuments('invoice', 0))), { code: 'licence-missing' });
});

t.test('R26 tenants of one company share a budget, and bring their used slots to it', async (t) => {
  const { runtime } = fakeVendor(() => customer);
  const stored = JSON.stringify({
    grant: 'client_credentials',
    tenantId: '1',
    accessToken: 'a',
    expiresAt: runtime.now() + HOUR,
    issuedAt: 0,
  });
  const vault = fakeVault(runtime, { 'a/fortnox-tokens': stored, 'b/fortnox-tokens': stored });
  const known = new Map<string, string>();
  const companyKey = (tenant: string) => known.get(tenant) ?? null;
  const connections = createConnections({ runtime, vault, config: CONFIG, companyKey });
  await runtime.settle(connections.of('a').fortnox.getCustomer('7', 0));
  t.equal(connections.of('b').budgets().fortnox.inWindow, 0);
  known.set('a', '34231').set('b', '34231');
  t.equal(connections.of('a').budgets().fortnox.inWindow, 1);
  await runtime.settle(connections.of('b').fortnox.getCustomer('7', 0));
  t.equal(connections.of('a').budgets().fortnox.inWindow, 2);
  connections.close();
  t.match(await runtime.settle(failure(connections.of('a').fortnox.getCustomer('7', 0))), { code: 'stopping' });
  t.match(await runtime.settle(failure(connections.of('new').fortnox.getCustomer('7', 0))), {
    code: 'credentials-missing',
  });
});

t.test('R74 Stockholm time, through both nights on which the clocks change', async (t) => {
  t.equal(stockholmTime(Date.UTC(2026, 0, 15, 12, 0, 0)), '2026-01-15 13:00:00');
  t.equal(stockholmTime(Date.UTC(2026, 0, 14, 23, 0, 0)), '2026-01-15 00:00:00', 'midnight is 00');
  t.equal(stockholmTime(Date.UTC(2026, 2, 29, 0, 59, 59, 999)), '2026-03-29 01:59:59');
  t.equal(stockholmTime(Date.UTC(2026, 2, 29, 1, 0, 0)), '2026-03-29 03:00:00');
  t.equal(stockholmTime(Date.UTC(2026, 9, 25, 0, 30, 0)), '2026-10-25 02:30:00');
  t.equal(stockholmTime(Date.UTC(2026, 9, 25, 1, 30, 0)), '2026-10-25 02:30:00');
  t.equal(stockholmTime(Date.UTC(2026, 9, 25, 2, 0, 0)), '2026-10-25 03:00:00');
  t.equal(inRepeatedHour(Date.UTC(2026, 9, 24, 23, 59, 59)), false);
  t.equal(inRepeatedHour(Date.UTC(2026, 9, 25, 0, 0, 0)), true);
  t.equal(inRepeatedHour(Date.UTC(2026, 9, 25, 1, 59, 59)), true);
  t.equal(inRepeatedHour(Date.UTC(2026, 9, 25, 2, 0, 0)), false);
  t.equal(inRepeatedHour(Date.UTC(2026, 2, 29, 1, 0, 0)), false);
});
