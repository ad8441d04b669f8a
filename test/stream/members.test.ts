import t from 'tap';
import { SyncError } from '../../src/errors/sync-error.ts';
import { openStreamWorld, type StreamWorld } from './support.ts';

t.setTimeout(240_000);

const HOUR_MS = 3_600_000;
const onStream = (world: StreamWorld) =>
  world.fortnox
    .connections()
    .flatMap(({ tenants }) => tenants)
    .sort();
const adds = (world: StreamWorld) =>
  world
    .sent()
    .filter(({ command }) => command === 'add-tenants-v1')
    .map(({ accessTokens }) => (accessTokens as string[]).length);

t.test('S2 three hundred tenants are added in batches of 50, and renewed spread over the hour', async (t) => {
  const world = await openStreamWorld({ tenants: 300, expiry: 'drops' });
  await world.start();
  t.same(adds(world), [50, 50, 50, 50, 50, 50]);
  t.equal(onStream(world).length, 300);
  const begun = world.runtime.now();
  world.renewals.length = 0;
  world.polls.length = 0;
  for (let minute = 0; minute < 180; minute += 1) {
    world.change(`t${1 + (minute % 300)}`, String(minute));
    await world.runtime.advance(60_000);
  }
  t.equal(world.hints.length, 180, 'nobody was dropped in three hours');
  t.same(world.polls, [], 'and nobody missed anything');
  t.equal(world.opened(), 1);
  const perTenant = world.renewals.length / 300 / 3;
  t.ok(perTenant > 0.9 && perTenant < 2, `${perTenant} renewals an hour and tenant`);
  const inHour = world.renewals.filter(({ at }) => at - begun > 2 * HOUR_MS);
  const perMinute = new Map<number, number>();
  for (const { at } of inHour) {
    const minute = Math.floor(at / 60_000);
    perMinute.set(minute, (perMinute.get(minute) ?? 0) + 1);
  }
  t.ok(Math.max(...perMinute.values()) < 40, `${Math.max(...perMinute.values())} renewals in the busiest minute`);
  t.ok(adds(world).every((count) => count <= 50));
  t.notMatch(world.log.join('\n'), /secret-/, 'no log line holds a token');
  await world.stop();
  await world.store.close();
});

t.test(
  'B5 a token that the stream refuses is renewed once and added again, with the others of its batch',
  async (t) => {
    const world = await openStreamWorld({ tenants: 3 });
    world.tokens.set('secret-old', { company: 1002, until: 0 });
    world.atHand.set('t2', 'secret-old');
    const { tokenOf } = world.deps;
    // It was thought to be valid still.
    await world.start({
      tokenOf: async (tenantId, refused) =>
        tenantId === 't2' && refused === undefined
          ? { accessToken: 'secret-old', expiresAt: world.runtime.now() + HOUR_MS }
          : tokenOf(tenantId, refused),
    });
    t.same(onStream(world), [1001, 1002, 1003]);
    t.same(adds(world), [3, 3]);
    t.equal(world.renewals.filter(({ tenantId }) => tenantId === 't2').length, 1);
    t.equal(world.stream.stateOf('t2').notifications, 'stream');
    await world.stop();
    await world.store.close();
  },
);

t.test('B5 a tenant whose new token is refused too falls back to the poll, and is tried again', async (t) => {
  const world = await openStreamWorld({ tenants: 3 });
  let broken = true;
  const { tokenOf } = world.deps;
  await world.start({
    tokenOf: async (tenantId, refused) =>
      tenantId === 't2' && broken
        ? { accessToken: 'secret-unknown', expiresAt: world.runtime.now() + HOUR_MS }
        : tokenOf(tenantId, refused),
  });
  t.same(onStream(world), [1001, 1003]);
  const { notifications, reason, message } = world.stream.stateOf('t2');
  t.same([notifications, reason], ['poll', 'token-refused']);
  t.match(message, /refused the tenant's access token/);
  t.equal(world.stream.stateOf('t1').notifications, 'stream');
  t.equal(world.log.filter((line) => /not on Fortnox's stream/.test(line)).length, 1);
  broken = false;
  world.polls.length = 0;
  await world.runtime.advance(750_000);
  t.equal(world.stream.stateOf('t2').notifications, 'stream');
  t.same(world.polls, [{ tenantId: 't2', entity: undefined }], 'what it missed is polled');
  t.notMatch(world.log.join('\n'), /secret-/, 'no log line holds a token');
  await world.stop();
  await world.store.close();
});

t.test('B5 a tenant without a token is polled and says so; it joins when it has one', async (t) => {
  const world = await openStreamWorld();
  world.tokenFaults.set('t1', new SyncError('reconnect-needed', 'Connect Fortnox again.'));
  world.tokenFaults.set('t2', new SyncError('vendor-unreachable', 'No answer.'));
  await world.start();
  t.equal(world.stream.stateOf('t1').reason, 'token-missing');
  t.equal(world.stream.stateOf('t2').reason, 'token-missing');
  world.tokenFaults.clear();
  await world.runtime.advance(90_000);
  t.equal(world.stream.stateOf('t2').notifications, 'stream');
  await world.stop();
  await world.store.close();
});

t.test('B5 a member whose token cannot be renewed stays while it is valid', async (t) => {
  const world = await openStreamWorld({ tenants: 1 });
  await world.start();
  world.tokenFaults.set('t1', new SyncError('vendor-unreachable', 'No answer.'));
  await world.runtime.advance(55 * 60_000);
  t.equal(world.stream.stateOf('t1').notifications, 'stream');
  await world.runtime.advance(10 * 60_000);
  t.equal(world.stream.stateOf('t1').reason, 'token-missing');
  world.tokenFaults.clear();
  world.polls.length = 0;
  await world.runtime.advance(90_000);
  t.equal(world.stream.stateOf('t1').notifications, 'stream');
  t.same(world.polls, [{ tenantId: 't1', entity: undefined }], 'the stream may have dropped it');
  await world.stop();
  await world.store.close();
});

t.test('S2 new, paused and resumed tenants are added and taken off within a minute', async (t) => {
  const world = await openStreamWorld();
  await world.start();
  world.polls.length = 0;
  await world.makeTenant('t3');
  await world.setState('t1', 'paused');
  await world.runtime.advance(60_000);
  t.same(onStream(world), [1002, 1003]);
  t.same(world.polls, [{ tenantId: 't3', entity: undefined }]);
  t.same(world.stream.stateOf('t1'), {
    notifications: 'poll',
    reason: 'not-connected',
    message: 'The tenant is not connected, or paused.',
  });
  world.change('t1', '5');
  world.change('t3', '6');
  await world.runtime.advance(100);
  t.same(world.ids(), ['t3:customer:6']);
  await world.setState('t1', 'connected');
  await world.runtime.advance(60_000);
  t.same(onStream(world), [1001, 1002, 1003]);
  t.same(world.polls.at(-1), { tenantId: 't1', entity: undefined }, 'what it missed is polled');
  t.equal(world.opened(), 1);
  await world.stop();
  await world.store.close();
});

t.test('S2 without connected tenants there is no connection; the first one opens it within a minute', async (t) => {
  const world = await openStreamWorld({ tenants: 0 });
  await world.start();
  await world.runtime.advance(60_000);
  t.equal(world.opened(), 0);
  await world.makeTenant('t1');
  await world.runtime.advance(60_000);
  t.same(onStream(world), [1001]);
  await world.stop();
  await world.store.close();
});

t.test('B5 a wrong client secret is told of every tenant, and tried once a minute', async (t) => {
  const world = await openStreamWorld({ tenants: 3 });
  world.secret.value = 'another';
  await world.start();
  t.equal(world.stream.stateOf('t1').reason, 'stream-refused');
  t.match(world.log.join('\n'), /check FORTNOX_CLIENT_SECRET/);
  const before = world.opened();
  await world.runtime.advance(600_000);
  t.ok(world.opened() - before <= 10, `${world.opened() - before} tries in ten minutes`);
  t.equal(world.log.filter((line) => /"t1".*not on Fortnox/.test(line)).length, 1, 'said once');
  world.secret.value = world.deps.clientSecret;
  await world.runtime.advance(61_000);
  t.equal(world.stream.stateOf('t1').notifications, 'stream');
  t.notMatch(world.log.join('\n'), /the-client-secret|secret-t/);
  await world.stop();
  await world.store.close();
});

t.test('B5 a token of another company keeps its tenant off the stream, visibly', async (t) => {
  const world = await openStreamWorld({ tenants: 1 });
  await world.makeTenant('t2', { fortnoxDatabaseNumber: '77' });
  await world.start();
  t.equal(world.stream.stateOf('t2').reason, 'other-company');
  t.equal(world.stream.stateOf('t1').notifications, 'stream');
  await world.stop();
  await world.store.close();
});

t.test('S2 the stream can be off', async (t) => {
  const world = await openStreamWorld();
  await world.start({ url: null });
  await world.runtime.advance(60_000);
  t.equal(world.opened(), 0);
  t.equal(world.stream.stateOf('t1').reason, 'stream-off');
  await world.stop();
  await world.store.close();
});
