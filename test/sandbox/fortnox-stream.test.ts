import t from 'tap';
import { createFortnoxSandbox } from '../../src/sandbox/fortnox/index.ts';
import { CLIENT_ID, CLIENT_SECRET, TENANT_ID } from '../../src/sandbox/fortnox/tokens.ts';

const DAY_MS = 24 * 3_600_000;

/** The company's stand-in and one connection to its stream. */
function openStream() {
  const clock = { now: Date.parse('2026-03-02T08:00:00Z') };
  const sandbox = createFortnoxSandbox({ now: () => clock.now, random: () => 0.5, notify: () => {} });
  function token(): string {
    const answer = sandbox.handle({
      method: 'POST',
      url: '/oauth-v1/token',
      headers: { authorization: `Basic ${Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString('base64')}` },
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: sandbox.issueRefreshToken(),
      }).toString(),
    });
    return `Bearer ${(JSON.parse(answer.body) as { access_token: string }).access_token}`;
  }
  function connect() {
    const got: Record<string, unknown>[] = [];
    let closed = false;
    const door = sandbox.stream.connect({
      send: (text) => void got.push(JSON.parse(text)),
      close() {
        closed = true;
      },
    });
    return {
      got,
      door,
      closed: () => closed,
      ask(command: string, more: object = {}) {
        door.received(JSON.stringify({ command, ...more }));
        return got.at(-1);
      },
      events: () => got.filter(({ topic }) => topic !== undefined),
    };
  }
  const join = (bearer: string) => ({ clientSecret: CLIENT_SECRET, accessTokens: [bearer] });
  return { clock, sandbox, token, connect, join };
}

t.test('R77 the stream: commands and answers as recorded, then events', async (t) => {
  const { sandbox, token, connect, join } = openStream();
  const bearer = token();
  const line = connect();
  t.same(line.ask('add-tenants-v1', join(bearer)), {
    response: 'add-tenants-v1',
    result: 'ok',
    tenantIds: { [bearer]: TENANT_ID },
  });
  t.same(line.ask('list-tenants-v1'), { response: 'list-tenants-v1', result: 'ok', tenantIds: [TENANT_ID] });
  t.same(line.ask('add-topics-v1', { topics: [{ topic: 'customers' }] }), { response: 'add-topics-v1', result: 'ok' });
  const early = sandbox.person.createCustomer({ Name: 'Tidig' });
  t.same(line.ask('subscribe-v1'), { response: 'subscribe-v1', result: 'ok' });
  const number = sandbox.person.createCustomer({ Name: 'Lyktan' });
  t.same(
    line.events().map(({ topic, type, tenantId, entityId }) => [topic, type, tenantId, entityId]),
    [['customers', 'customer-created-v1', TENANT_ID, number]],
    'from the subscription on, the topic being new',
  );
  t.not(early, number);
  t.same(line.ask('remove-tenants-v1', { tenants: [TENANT_ID] }), { response: 'remove-tenants-v1', result: 'ok' });
  sandbox.person.createCustomer({ Name: 'Fyren' });
  t.equal(line.events().length, 1);
  t.same(sandbox.violations, []);
});

t.test('R77 the stream: wrong commands are refused', async (t) => {
  const { sandbox, token, connect, join } = openStream();
  const line = connect();
  t.match(line.ask('add-tenants-v1', join('Bearer none')), { result: 'error', invalidTokens: ['Bearer none'] });
  t.equal(sandbox.violations.length, 0, 'a token that ended is no mistake');
  t.match(line.ask('add-tenants-v1', { clientSecret: 'x', accessTokens: [token()] }), { result: 'error' });
  t.match(line.ask('add-topics-v1', { topics: [{ topic: 'prices' }] }), { result: 'error', invalidTopics: ['prices'] });
  t.match(line.ask('subscribe-v1'), { result: 'error' });
  line.ask('start-v1');
  line.door.received('no json');
  t.equal(sandbox.violations.length, 5);
});

t.test('R77 the stream: replay by offset for 14 days, duplicates, cuts, silence', async (t) => {
  const { clock, sandbox, token, connect, join } = openStream();
  function subscribed(offset?: string) {
    const line = connect();
    line.ask('add-tenants-v1', join(token()));
    line.ask('add-topics-v1', {
      topics: [offset === undefined ? { topic: 'customers' } : { topic: 'customers', offset }],
    });
    line.ask('subscribe-v1');
    return line;
  }
  const first = subscribed();
  const one = sandbox.person.createCustomer({ Name: 'Ett' });
  sandbox.stream.duplicateNext();
  const two = sandbox.person.createCustomer({ Name: 'Tva' });
  const numbers = (line: ReturnType<typeof connect>) => line.events().map(({ entityId }) => entityId);
  t.same(numbers(first), [one, two, two]);
  const offset = String(first.events()[0]?.offset);
  sandbox.stream.dropConnections();
  t.equal(first.closed(), true);
  clock.now += 7 * DAY_MS;
  const three = sandbox.person.createCustomer({ Name: 'Tre' });
  t.same(numbers(subscribed(offset)), [two, three]);
  clock.now += 8 * DAY_MS;
  const last = subscribed(offset);
  t.same(numbers(last), [three], 'what is older than 14 days is gone');
  t.equal(last.door.pinged(), true);
  sandbox.stream.stallConnections();
  t.equal(last.door.pinged(), false);
  sandbox.person.createCustomer({ Name: 'Fyra' });
  t.same(numbers(last), [three]);
});

t.test('R77 the stream: whether a tenant stays when its token ends is a switch', async (t) => {
  for (const streamTenantExpiry of ['keeps', 'drops'] as const) {
    const { clock, sandbox, token, connect, join } = openStream();
    sandbox.switches.streamTenantExpiry = streamTenantExpiry;
    const line = connect();
    line.ask('add-tenants-v1', join(token()));
    line.ask('add-topics-v1', { topics: [{ topic: 'customers' }] });
    line.ask('subscribe-v1');
    clock.now += 3_600_001;
    sandbox.person.createCustomer({ Name: 'Lyktan' });
    t.equal(line.events().length, streamTenantExpiry === 'keeps' ? 1 : 0, streamTenantExpiry);
  }
});
