import t from 'tap';
import { PRIORITY } from '../../schemas/records.ts';
import { createSeal } from '../../src/admin/seal.ts';
import { loopbackOnly, publicOnly } from '../../src/alerts/address.ts';
import { createAlerts } from '../../src/alerts/alerts.ts';
import { createAlertPost, type ResolveName } from '../../src/alerts/post.ts';
import { MAX_ATTEMPTS } from '../../src/queue/backoff.ts';
import { changeTenant } from '../../src/store/change-tenant.ts';
import { createWorld } from '../routes/world.ts';
import { pairOf } from '../store/fixtures.ts';
import { openReceiver } from './receiver.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const KEY = Buffer.alloc(32, 1);

/** The application with one connected tenant and a receiver that was told its secret; `instances` watch the same store. */
async function open(t: Tap, { instances = 1, kinds = null as string[] | null } = {}) {
  const lines: Record<string, unknown>[] = [];
  const world = await createWorld();
  const { runtime, store, services } = world;
  const receiver = await openReceiver(() => runtime.now());
  const write = (level: string) => (line: object) => void lines.push({ level, ...line });
  const make = () =>
    createAlerts({
      runtime,
      store,
      vault: services.vault,
      logger: { info: write('info'), warn: write('warn'), error: write('error') } as never,
      seal: createSeal(KEY, runtime.randomBytes),
      post: createAlertPost({ policy: loopbackOnly() }),
      pollPeriodMs: 6 * MINUTE,
    });
  const all = Array.from({ length: instances }, make);
  Object.assign(services.alertTargets, { ...all[0]?.targets });
  t.teardown(async () => {
    for (const alerts of all) await alerts.stop();
    await receiver.close();
    await world.close();
  });
  const { id } = (await world.api('POST', '/tenants', { name: 'Lyktan AB' })).json().tenant;
  await world.api('PUT', `/tenants/${id}/credentials/webcrm`, { applicationToken: 'webcrm-secret' });
  await world.api('PUT', `/tenants/${id}/credentials/fortnox`, { grant: 'client_credentials', tenantId: '555' });
  await world.api('POST', `/tenants/${id}/connect`);
  const made = await world.api('POST', '/alert-targets', { name: 'On call', url: receiver.url, kinds });
  if (made.statusCode !== 201) throw new Error(made.body);
  receiver.secrets.push(made.json().secret);

  const polled = async (at = runtime.now()) => {
    for (const name of ['webcrm:customer', 'webcrm:delivery', 'webcrm:line', 'fortnox:customer', 'fortnox:article'])
      await store.cursors.put(id, `poll:${name}`, at);
    for (const name of ['fortnox:order', 'fortnox:invoice']) await store.cursors.put(id, `poll:${name}`, at);
  };
  await polled();
  return {
    ...world,
    id,
    lines,
    receiver,
    polled,
    all,
    make,
    target: made.json().target.id as string,
    /** A minute passes, and every instance looks; the sides are polled meanwhile unless told otherwise. */
    async look(ms = MINUTE, { poll = true } = {}) {
      await runtime.advance(ms);
      if (poll) await polled();
      await Promise.all(all.map((alerts) => alerts.watch()));
      await Promise.all(all.map((alerts) => alerts.deliver()));
    },
    told: () => receiver.taken.splice(0).map(({ type, data }) => `${type} ${data.alert}`),
  };
}
interface Tap {
  teardown(fn: () => Promise<void>): void;
}
type Opened = Awaited<ReturnType<typeof open>>;

const hint = (tenant: string, id: string) =>
  ({ tenant, entity: 'customer', side: 'webcrm', id, priority: PRIORITY.notification }) as const;

/** Each kind: how it comes about, and how it ends. */
const STORIES: Record<string, { raise(w: Opened): Promise<void>; recover(w: Opened): Promise<void>; poll?: false }> = {
  'connection-broken': {
    raise: async ({ store, id }) =>
      void (await changeTenant(store, id, () => ({ state: 'paused', pausedReason: 'reconnect-needed' }))),
    recover: async ({ api, id }) => void (await api('POST', `/tenants/${id}/connect`)),
  },
  'connection-expiring': {
    async raise({ services, runtime, id }) {
      const issuedAt = runtime.now();
      const tokens = { grant: 'refresh_token', refreshToken: 'r', accessToken: 'a', issuedAt, expiresAt: issuedAt };
      await services.vault.put(id, 'fortnox-tokens', JSON.stringify(tokens));
      await runtime.advance(24 * DAY);
    },
    async recover({ services, runtime, id }) {
      const at = runtime.now();
      const tokens = { grant: 'refresh_token', refreshToken: 's', accessToken: 'b', issuedAt: at, expiresAt: at };
      await services.vault.put(id, 'fortnox-tokens', JSON.stringify(tokens));
    },
  },
  'tenant-late': {
    poll: false,
    raise: ({ runtime }) => runtime.advance(36 * MINUTE),
    recover: ({ polled }) => polled(),
  },
  'jobs-dead': {
    async raise({ store, id, runtime }) {
      await store.jobs.enqueue([hint(id, '1'), hint(id, '2')], runtime.now());
      for (const job of await store.jobs.claim(id, 'me', runtime.now(), 1000, 2))
        await store.jobs.release(id, job.key, 'me', {
          ...{ state: 'dead', runAt: runtime.now(), countAttempt: true },
          error: { code: 'vendor-refused', message: 'no', at: 1 },
        });
    },
    async recover({ store, id, runtime }) {
      await store.jobs.retry(id, null, runtime.now());
      for (const job of await store.jobs.claim(id, 'me', runtime.now(), 1000, 2))
        await store.jobs.complete(id, job.key, 'me', runtime.now());
    },
  },
  conflict: {
    raise: ({ store, id, runtime }) =>
      store.pairs.insert(pairOf(`p${runtime.now()}`, { tenant: id, state: 'conflict' })),
    async recover({ store, id }) {
      for (const pair of (await store.pairs.list(id, { limit: 9 })).items)
        await store.pairs.replace({ ...pair, state: 'linked' });
    },
  },
  hold: {
    raise: async ({ store, id }) =>
      void (await changeTenant(store, id, () => ({ hold: { since: 1, why: 'long-stop', count: 4711 } }))),
    recover: async ({ store, id }) => void (await changeTenant(store, id, () => ({ hold: null }))),
  },
};

for (const [kind, story] of Object.entries(STORIES))
  t.test(
    `B7 R73 ${kind} is raised once and recovers once, signed, among two instances and over a restart`,
    async (t) => {
      const w = await open(t, { instances: 2, kinds: [kind] });
      await w.look();
      t.strictSame(w.told(), [], 'all is well');
      await story.raise(w);
      const poll = story.poll ?? true;
      await w.look(MINUTE, { poll });
      t.strictSame(w.told(), [`alert.raised ${kind}`]);
      const view = (await w.api('GET', '/alerts?state=raised'))
        .json()
        .items.find((one: { kind: string }) => one.kind === kind);
      t.match(view, { tenant: w.id, state: 'raised', unsent: 0, recoveredAt: null });
      await w.look(MINUTE, { poll });
      w.all.push(w.make());
      await w.look(MINUTE, { poll });
      t.strictSame(w.told(), [], 'once, also by an instance that has just started');
      await story.recover(w);
      await w.look(1);
      await w.look();
      t.strictSame(w.told(), [`alert.recovered ${kind}`]);
      await w.look();
      t.strictSame(w.told(), [], 'once');
      const events = w.lines.filter((line) => line.alert === kind).map((line) => line.event);
      t.strictSame(events, ['alert-raised', 'alert-delivered', 'alert-recovered', 'alert-delivered']);
      t.strictSame(w.receiver.refused, []);
      t.match((await w.api('GET', `/tenants/${w.id}/alerts?state=recovered`)).json().items, [{ kind }]);
      await story.raise(w);
      await w.look(MINUTE, { poll });
      t.strictSame(w.told(), [`alert.raised ${kind}`], 'raised anew when it comes back');
    },
  );

t.test('B7 what is paused by a person raises nothing; what a stop left is no lateness', async (t) => {
  const w = await open(t);
  await w.api('POST', `/tenants/${w.id}/pause`);
  await w.look(3 * DAY, { poll: false });
  t.strictSame(w.told(), []);
  await w.api('POST', `/tenants/${w.id}/resume`);
  await w.look(MINUTE, { poll: false });
  t.strictSame(w.told(), [], 'the first poll after the pause is still on its way');
  await w.api('PATCH', '/alert-policy', { lateMinutes: 10 });
  await w.look(10 * MINUTE, { poll: false });
  t.strictSame(w.told(), ['alert.raised tenant-late']);
  t.match(await w.store.alerts.get(w.id, 'tenant-late'), {
    message: /could not be asked for its changes for \d+ minutes/,
  });
  await w.api('POST', `/tenants/${w.id}/pause`);
  await w.look(MINUTE, { poll: false });
  t.strictSame(w.told(), [], 'a pause is no recovery');
});

t.test(
  'B7 a message that is not taken is tried again for three days, then given up aloud; a recovery waits its turn',
  async (t) => {
    const w = await open(t, { kinds: ['hold'] });
    w.receiver.answer(500);
    await STORIES.hold?.raise(w);
    await w.look();
    t.strictSame(w.told(), []);
    t.match(w.lines.at(-1), {
      level: 'warn',
      event: 'alert-delivery-failed',
      reason: 'Answered with 500.',
      attempts: 1,
    });
    await STORIES.hold?.recover(w);
    await w.look();
    w.receiver.answer(204);
    await w.look(5 * MINUTE);
    t.strictSame(w.told(), ['alert.raised hold', 'alert.recovered hold'], 'in their order');

    w.receiver.answer(302, `${w.receiver.url}/elsewhere`);
    await STORIES.hold?.raise(w);
    let looks = 0;
    while (!w.lines.some((line) => line.event === 'alert-delivery-given-up') && looks++ < 2 * MAX_ATTEMPTS)
      await w.look(74 * MINUTE);
    t.match(w.lines.at(-1), { level: 'error', event: 'alert-delivery-given-up', attempts: MAX_ATTEMPTS });
    t.match((await w.api('GET', `/alert-targets/${w.target}`)).json().last, {
      ok: false,
      message: `Given up after ${MAX_ATTEMPTS} tries: Answered with 302: redirects are not followed.`,
    });
    t.strictSame((await w.store.alerts.get(w.id, 'hold'))?.sends, []);
    w.receiver.answer(410);
    await STORIES.hold?.recover(w);
    await w.look();
    t.match(w.lines.at(-1), { event: 'alert-delivery-given-up', attempts: 1 }, 'gone is gone');
  },
);

t.test(
  'B7 B8 targets: secret shown once and sealed, rotated with two signatures, tested, changed, deleted',
  async (t) => {
    const w = await open(t);
    const at = `/alert-targets/${w.target}`;
    const secret = w.receiver.secrets[0] as string;
    t.match(secret, /^whsec_/);
    const stored = JSON.stringify(await w.store.alertTargets.get(w.target));
    t.notOk(stored.includes(secret.slice(6)));
    for (const path of ['/alert-targets', at]) t.notMatch((await w.api('GET', path)).body, /whsec_|sealed|v1\./);
    t.match((await w.api('POST', `${at}/test`)).json(), { delivered: true, message: 'Answered with 204.' });
    t.match(w.receiver.taken.splice(0), [{ type: 'alert.test', signatures: 1 }]);

    const rotated = (await w.api('POST', `${at}/secret`)).json();
    t.not(rotated.secret, secret);
    t.equal(rotated.target.formerSecretUntil, w.runtime.now() + DAY);
    await w.api('POST', `${at}/test`);
    w.receiver.secrets.splice(0, 1, rotated.secret);
    await w.api('POST', `${at}/test`);
    t.match(w.receiver.taken.splice(0), [{ signatures: 2 }, { signatures: 2 }], 'either secret verifies it');
    await w.runtime.advance(DAY);
    await w.api('POST', `${at}/test`);
    t.match(w.receiver.taken.splice(0), [{ signatures: 1 }]);
    w.receiver.secrets.splice(0, 1, secret);
    t.match((await w.api('POST', `${at}/test`)).json(), { delivered: false, message: 'Answered with 401.' });
    t.strictSame(w.receiver.refused, ['no-match'], 'the former one no longer does');

    t.match((await w.api('PATCH', at, { kinds: ['conflict'], tenants: [w.id] })).json(), { kinds: ['conflict'] });
    await STORIES.hold?.raise(w);
    await w.look();
    t.strictSame(w.told(), [], 'not one of its kinds');
    t.equal(
      (await w.api('POST', '/alert-targets', { name: 'x', url: w.receiver.url, tenants: ['none'] })).statusCode,
      422,
    );
    t.equal((await w.api('DELETE', at)).statusCode, 204);
    t.equal((await w.api('DELETE', at)).statusCode, 404);
    t.equal((await w.api('POST', `${at}/test`)).statusCode, 404);
    const open_ = await w.app.inject({ method: 'GET', url: '/api/alert-targets' });
    t.equal(open_.statusCode, 401);
  },
);

/** What a service that stands in a cloud must never be made to call. */
const REFUSED_ADDRESSES = [
  ...['127.0.0.1', '127.8.8.8', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  ...['169.254.169.254', '100.100.100.200', '192.0.0.192', '198.18.0.1', '224.0.0.1', '255.255.255.255', '240.0.0.1'],
  ...['::1', '::', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd00:ec2::254', 'ff02::1', '::ffff:127.0.0.1'],
  ...['::ffff:a9fe:a9fe', '64:ff9b::a9fe:a9fe', '2002:7f00:1::', '2001::1', '2001:db8::1', '100::1', '::127.0.0.1'],
];

t.test(
  'B8 addresses that are not of the public internet are refused: as they stand, as a name, and when a name changes its mind',
  async (t) => {
    const policy = publicOnly();
    for (const address of REFUSED_ADDRESSES) t.equal(policy.allows(address), false, address);
    for (const address of ['1.1.1.1', '8.8.8.8', '172.32.0.1', '193.0.0.1', '2606:4700::1111', '2a00:1450::1'])
      t.equal(policy.allows(address), true, address);

    const names: Record<string, string[]> = {
      'public.example': ['93.184.216.34'],
      'private.example': ['10.0.0.1'],
      'mixed.example': ['93.184.216.34', '::ffff:127.0.0.1'],
    };
    const resolve: ResolveName = (name, done) => {
      const found = names[name];
      if (found === undefined) return done(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), []);
      done(
        null,
        found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    };
    const post = createAlertPost({ resolve });
    t.equal(await post.refusal('https://public.example/hook'), null);
    const literal = REFUSED_ADDRESSES.filter((one) => !one.includes('%')).map((one) =>
      one.includes(':') ? `[${one}]` : one,
    );
    const hosts = [...literal, 'private.example', 'mixed.example', 'unknown.example', '0x7f.1', '2130706433', '127.1'];
    for (const host of hosts) {
      const url = `https://${host}/hook`;
      t.match(await post.refusal(url), /no address of the public internet|cannot be resolved/, host);
      await t.rejects(post.send(url, {}, '{}'), /no address of the public internet|cannot be resolved/, host);
    }
    for (const url of [
      'http://public.example/',
      'ftp://public.example/',
      'file:///etc/passwd',
      'nonsense',
      'https://u:p@public.example/',
      'https://public.example/#x',
    ])
      t.type(await post.refusal(url), 'string', url);

    // Rebinding: public when it was checked, this machine when it is called.
    const receiver = await openReceiver(() => 0);
    t.teardown(() => receiver.close());
    const turns = ['93.184.216.34', '127.0.0.1'];
    let at = 0;
    const rebinding = createAlertPost({
      policy: { ...publicOnly(), protocols: ['http:'] },
      resolve: (_name, done) => done(null, [{ address: turns[at++] ?? '127.0.0.1', family: 4 }]),
    });
    const url = `http://rebind.example:${receiver.port}/hook`;
    t.equal(await rebinding.refusal(url), null);
    await t.rejects(rebinding.send(url, {}, '{}'), /127\.0\.0\.1\) is no address of the public internet/);
    t.strictSame([...receiver.taken, ...receiver.refused], [], 'it was never called');
  },
);
