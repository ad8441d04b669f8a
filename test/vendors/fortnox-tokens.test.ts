import t from 'tap';
import type { FortnoxTokens } from '../../src/vendors/fortnox/tokens.ts';
import { company, failure, HOUR, isToken, tokenAnswer } from './support.ts';

const customer = { json: { Customer: { CustomerNumber: '7', Name: 'Ett AB' } } };
const spentRefresh = { status: 400, json: { error: 'invalid_grant' } };

/** A company whose refresh tokens serve once, and whose stored access token has ended. */
function open() {
  const spent = new Set<string | null>();
  let given = 0;
  const c = company((seen) => {
    if (!isToken(seen)) return customer;
    const form = new URLSearchParams(seen.body);
    const refresh = form.get('refresh_token') ?? form.get('code');
    if (spent.has(refresh)) return spentRefresh;
    spent.add(refresh);
    given += 1;
    return tokenAnswer(given);
  }, -1);
  const stored = () => JSON.parse(c.vault.values.get('t1/fortnox-tokens') ?? 'null') as FortnoxTokens | null;
  const put = (tokens: FortnoxTokens) => c.vault.values.set('t1/fortnox-tokens', JSON.stringify(tokens));
  const ask = () => c.runtime.settle(c.connections.fortnoxToken('t1'));
  /** Another instance, or a person at it, has stored these. */
  const elsewhere = (name: string): FortnoxTokens => ({
    grant: 'refresh_token',
    accessToken: `access-${name}`,
    refreshToken: `refresh-${name}`,
    issuedAt: c.runtime.now() - HOUR,
    expiresAt: c.runtime.now() + HOUR,
  });
  return { ...c, spent, stored, put, ask, elsewhere, renewals: () => c.seen.filter(isToken).length };
}

t.test(
  'B7 a refresh token that could not be stored outlives the clients that got it, and is stored unasked',
  async (t) => {
    const c = open();
    c.vault.failNextPut();
    t.match(await c.runtime.settle(failure(c.connections.fortnoxToken('t1'))), { message: 'disk full' });
    const gone = c.connections.letGo(() => true);
    t.match(await c.ask(), { accessToken: 'access-1' });
    await c.runtime.settle(gone);
    t.match(c.stored(), { refreshToken: 'refresh-1' });
    t.equal(c.renewals(), 1);

    const other = open();
    other.vault.failNextPut();
    await other.runtime.settle(failure(other.connections.fortnoxToken('t1')));
    await other.runtime.advance(1_100);
    t.match(other.stored(), { refreshToken: 'refresh-1' }, 'a second later, when nobody has asked');
    t.equal(other.runtime.timers(), 0);
  },
);

t.test('B9 clients are gone when what they got is stored, or the store has failed for some seconds', async (t) => {
  const c = open();
  const asked = c.connections.fortnoxToken('t1');
  await c.runtime.advance(8);
  t.equal(c.renewals(), 1, 'on its way');
  c.vault.failNextPut();
  const failed = failure(asked);
  await c.runtime.settle(c.connections.letGo(() => true));
  t.match(await failed, { message: 'disk full' });
  t.match(c.stored(), { refreshToken: 'refresh-1' });

  const down = open();
  down.vault.failNextPut(100);
  await down.runtime.settle(failure(down.connections.fortnoxToken('t1')));
  const from = down.runtime.now();
  await down.runtime.settle(down.connections.letGo(() => true));
  t.ok(down.runtime.now() - from < 10_000);
  t.match(down.stored(), { refreshToken: 'refresh-0' });
  down.vault.failNextPut(0);
  await down.runtime.advance(31_000);
  t.match(down.stored(), { refreshToken: 'refresh-1' }, 'it is tried further');
});

t.test('B9 a token that another instance has renewed is read again before a person is asked to sign in', async (t) => {
  const c = open();
  t.match(await c.ask(), { accessToken: 'access-1' });
  c.spent.add('refresh-1');
  c.put(c.elsewhere('b'));
  await c.runtime.advance(2 * HOUR);
  c.put(c.elsewhere('b'));
  t.match(await c.ask(), { accessToken: 'access-b' }, 'theirs');
  t.match(c.stored(), { refreshToken: 'refresh-b' });

  await c.runtime.advance(2 * HOUR);
  t.match(await c.ask(), { accessToken: 'access-2' }, 'renewed from theirs');
  c.spent.add('refresh-2');
  await c.runtime.advance(2 * HOUR);
  t.match(await c.runtime.settle(failure(c.connections.fortnoxToken('t1'))), { code: 'reconnect-needed' });
  const before = c.renewals();
  t.match(await c.runtime.settle(failure(c.connections.fortnoxToken('t1'))), { code: 'reconnect-needed' });
  t.equal(c.renewals(), before, 'Fortnox is not asked twice');
});

t.test('B9 a token is never stored over a newer one', async (t) => {
  const late = open();
  late.vault.failNextPut();
  await late.runtime.settle(failure(late.connections.fortnoxToken('t1')));
  late.put(late.elsewhere('person'));
  await late.runtime.advance(5_000);
  t.match(late.stored(), { refreshToken: 'refresh-person' }, 'by whichever clock it was issued');
  t.match(await late.ask(), { accessToken: 'access-person' });

  const slow = open();
  const asked = slow.connections.fortnoxToken('t1');
  await slow.runtime.advance(8);
  slow.put(slow.elsewhere('person'));
  t.match(await slow.runtime.settle(asked), { accessToken: 'access-person' }, 'stored while Fortnox answered');

  const consented = open();
  const grant = { grant: 'refresh_token', refreshToken: 'refresh-new' } as const;
  await consented.runtime.settle(consented.connections.connectFortnox('t1', grant));
  t.match(consented.stored(), { refreshToken: 'refresh-1' }, 'what a person consents to is put whatever there was');
  consented.vault.failNextPut();
  const again = { grant: 'refresh_token', refreshToken: 'refresh-newer' } as const;
  await consented.runtime.settle(failure(consented.connections.connectFortnox('t1', again)));
  await consented.runtime.advance(1_100);
  t.match(consented.stored(), { refreshToken: 'refresh-2' });
});

t.test('B8 nothing is stored any more of a tenant that was removed', async (t) => {
  const c = open();
  c.vault.failNextPut();
  await c.runtime.settle(failure(c.connections.fortnoxToken('t1')));
  await c.runtime.settle(c.connections.leave('t1'));
  c.vault.values.clear();
  await c.runtime.advance(60_000);
  t.equal(c.stored(), null);

  const elsewhere = open();
  elsewhere.vault.failNextPut();
  await elsewhere.runtime.settle(failure(elsewhere.connections.fortnoxToken('t1')));
  elsewhere.vault.values.clear();
  await elsewhere.runtime.advance(60_000);
  t.equal(elsewhere.stored(), null, 'removed by another instance');
});
