import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { createEventStream, MOST_UNTAKEN } from '../../src/live/event-stream.ts';
import { placeOf, placeText } from '../../src/live/streams.ts';
import { storeLine } from '../../src/store/activity-line.ts';
import { eventsIn, openEvents } from '../support/events.ts';
import { openWorld, type World } from '../support/world.ts';

t.setTimeout(120_000);

type Test = { teardown(fn: () => Promise<void>): void };
async function open(t: Test) {
  const world = await openWorld();
  t.teardown(() => world.close());
  const bearer = { authorization: `Bearer ${world.adminToken}` };
  const path = `/api/tenants/${world.tenantId}/activity/stream`;
  return {
    world,
    path,
    bearer,
    stream: (query = '', headers: Record<string, string> = bearer, url = path) =>
      openEvents(world.app, world.runtime.drive, `${url}${query}`, headers),
  };
}

/** A line as another instance stores it, at a time of its own. */
const write = (world: World, message: string, at = world.runtime.now()) =>
  storeLine(
    { store: world.store, runtime: { ...world.runtime, now: () => at }, activityKeptMs: 1e9 },
    {
      ...{ tenant: world.tenantId, entity: 'tenant', action: 'request', reasons: [], message },
      ...{ webcrmId: null, fortnoxId: null, pairId: null },
    },
  );
const messages = (events: { data: { message: string } }[]) => events.map(({ data }) => data.message);

t.test('B2 a line is told within a second of being written, as the list gives it, to who follows', async (t) => {
  const { world, stream } = await open(t);
  await write(world, 'before');
  const fresh = await stream();
  const three = await stream('?last=3');
  t.equal(fresh.status, 200);
  t.match(fresh.headers, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  });
  await world.wait(0);
  t.strictSame(
    fresh.events().map(({ event }) => event),
    ['ready'],
  );
  t.match(fresh.text(), /^event: ready\nretry: 3000\n/);
  t.equal(three.lines().length, 3);
  t.equal(messages(three.lines()).at(-1), 'before', 'oldest first');
  await write(world, 'now');
  await write(world, 'and now');
  await world.wait(1_100);
  t.strictSame(messages(fresh.lines()), ['now', 'and now']);
  t.strictSame(messages(three.lines()).slice(2), ['before', 'now', 'and now']);
  const { items } = (await world.call('/activity?limit=1')).body as { items: object[] };
  t.strictSame(fresh.lines().at(-1)?.data, items[0]);
  await world.wait(30_000);
  t.equal(fresh.lines().length, 2, 'each once');
  t.match(fresh.text(), /\n: still here\n\n/);
  t.equal(fresh.isOver(), false);
});

t.test('B9 lines of other instances come, also one that is stored late; one reading serves all clients', async (t) => {
  const { world, stream } = await open(t);
  const all = await Promise.all(Array.from({ length: 6 }, () => stream()));
  await world.wait(2_000);
  let reads = 0;
  const { list } = world.store.activity;
  world.store.activity.list = (...asked) => {
    reads += 1;
    return list(...asked);
  };
  await write(world, 'in order');
  await world.wait(5_000);
  await write(world, 'late', world.runtime.now() - 4_000);
  await world.wait(5_000);
  for (const one of all) t.strictSame(messages(one.lines()), ['in order', 'late']);
  t.ok(reads <= 11, `${reads} reads in ten seconds, for six clients`);
  for (const one of all) one.close();
  await world.wait(2_000);
  reads = 0;
  await world.wait(5_000);
  t.equal(reads, 0, 'nobody follows: nothing is read');
});

t.test('B2 after a broken line nothing is missed: Last-Event-ID, or after=', async (t) => {
  const { world, stream, bearer } = await open(t);
  await world.wait(15_000);
  const first = await stream();
  await write(world, 'one');
  await world.wait(1_100);
  const id = first.lines().at(-1)?.id ?? '';
  first.close();
  await world.wait(20_000);
  await write(world, 'two');
  await write(world, 'three');
  for (const again of [await stream('', { ...bearer, 'last-event-id': id }), await stream(`?after=${id}`)]) {
    await world.wait(0);
    t.strictSame(messages(again.lines()).slice(0, 2), ['two', 'three']);
    await write(world, 'four');
    await world.wait(1_100);
    t.equal(messages(again.lines()).at(-1), 'four');
  }
  t.match(await stream('', { ...bearer, 'last-event-id': 'of another server' }), { status: 400 });
  t.equal((await stream('?last=101')).status, 400);
  t.strictSame(placeOf(placeText({ at: 12, id: 'ab' })), { at: 12, id: 'ab' });
  t.equal(placeOf('12-'), null);

  const many = Array.from({ length: 700 }, (_, n) => `line ${n}`);
  for (const message of many) await write(world, message);
  const behind = await stream('', { ...bearer, 'last-event-id': id });
  await world.wait(0);
  t.equal(behind.events()[1]?.event, 'gap', 'more than is told at once');
  t.equal(messages(behind.lines()).at(-1), 'line 699');
  t.ok(behind.lines().length <= 500);
});

t.test(
  'B8 who may follow, and for how long: a token that is revoked or ends, a session that is signed out',
  async (t) => {
    const { world, stream, path } = await open(t);
    t.equal((await stream('', {})).status, 401);
    const make = async (body: object) => {
      const answer = await world.inject({
        method: 'POST',
        url: '/api/tokens',
        headers: { authorization: `Bearer ${world.adminToken}` },
        payload: body,
      });
      const made = answer.json() as { token: { id: string }; secret: string };
      return { id: made.token.id, secret: made.secret };
    };
    const other = (await world.runtime.drive(world.admin.createTenant('Other'))).tenant.id;
    const stranger = await make({ name: 'stranger', role: 'administer', tenants: [other] });
    t.equal((await stream('', { authorization: `Bearer ${stranger.secret}` })).status, 404);

    const reader = await make({ name: 'reader', role: 'read', tenants: [world.tenantId] });
    const ends = world.runtime.now() + 20_000;
    const short = await make({ name: 'short', role: 'read', tenants: null, expiresAt: ends });
    const following = await stream('', { authorization: `Bearer ${reader.secret}` });
    const ending = await stream('', { authorization: `Bearer ${short.secret}` });
    const cookie = async () => {
      const answer = await world.inject({
        method: 'POST',
        url: '/console/session',
        headers: { 'x-console': '1', 'sec-fetch-site': 'same-origin' },
        payload: { token: world.adminToken },
      });
      return String(answer.headers['set-cookie']).split(';')[0] ?? '';
    };
    const signedIn = await cookie();
    const page = await stream('', { cookie: signedIn });
    t.strictSame([following.status, ending.status, page.status], [200, 200, 200]);
    await world.wait(16_000);
    t.strictSame(
      [following, ending, page].map((one) => one.isOver()),
      [false, false, false],
    );

    await world.inject({
      method: 'DELETE',
      url: `/api/tokens/${reader.id}`,
      headers: { authorization: `Bearer ${world.adminToken}` },
    });
    await world.inject({
      method: 'DELETE',
      url: '/console/session',
      headers: { cookie: signedIn, 'x-console': '1', 'sec-fetch-site': 'same-origin' },
    });
    await write(world, 'for nobody');
    await world.wait(1_100);
    t.strictSame(
      [following, page].map((one) => [one.isOver(), one.lines().length]),
      [
        [true, 0],
        [true, 0],
      ],
      'not a line after it',
    );
    await world.wait(15_000);
    for (const one of [following, ending, page]) {
      t.equal(one.isOver(), true);
      t.match(one.events().at(-1), { event: 'end', data: { code: 'unauthorised' } });
    }

    const root = { authorization: `Bearer ${world.adminToken}` };
    for (let n = 0; n < 20; n++) {
      const head = await world.inject({ method: 'HEAD', url: path, headers: root });
      t.equal(head.statusCode, 404, 'an answer without a body opens no stream, which nothing would end');
    }
    const many: Awaited<ReturnType<typeof stream>>[] = [];
    for (let n = 0; n < 20; n++) many.push(await stream('', root));
    const one = await stream('', root);
    t.equal(one.status, 429);
    await world.wait(0);
    t.match(JSON.parse(one.text()), { code: 'too-many-streams' });
    many[0]?.close();
    await world.wait(0);
    t.equal((await stream('', root)).status, 200, 'one that has gone makes room');
    t.ok(path);
  },
);

t.test('B5 what a client does not take is bounded; a store that fails is asked again; a stop ends all', async (t) => {
  const slow = createEventStream();
  const sent = Array.from({ length: 900 }, () => slow.send({ event: 'line', data: 'x'.repeat(1_000) }));
  t.ok(slow.body.readableLength <= MOST_UNTAKEN);
  t.strictSame([sent[0], sent.at(-1)], [true, false]);
  slow.body.destroy();
  t.equal(slow.send({ event: 'line', data: 'to nobody' }), false);

  const { world, stream } = await open(t);
  const follower = await stream();
  await world.wait(1_000);
  const { list } = world.store.activity;
  world.store.activity.list = () => Promise.reject(new Error('gone'));
  await world.wait(20_000);
  world.store.activity.list = list;
  await write(world, 'after it');
  await world.wait(6_000);
  t.strictSame(messages(follower.lines()), ['after it']);
  await world.runtime.drive(world.app.close());
  t.equal(follower.isOver(), true);
});

t.test('B2 over a real socket: told at once, kept alive, freed when the client goes, ended by a stop', async (t) => {
  const { world, path, bearer } = await open(t);
  await world.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = world.app.server.address() as AddressInfo;
  const follow = async () => {
    const asked = request({ host: '127.0.0.1', port, path, headers: bearer }).end();
    const [answer] = await once(asked, 'response');
    let text = '';
    answer.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    return { asked, answer, text: () => text };
  };
  const until = async (holds: () => boolean) => {
    for (let tries = 0; tries < 300 && !holds(); tries++) {
      await world.runtime.advance(100);
      await new Promise((resolve) => setImmediate(resolve));
    }
    t.ok(holds(), String(holds));
  };
  const one = await follow();
  t.equal(one.answer.statusCode, 200);
  await until(() => eventsIn(one.text()).length === 1);
  await write(world, 'through the wire');
  await until(() => eventsIn(one.text()).some(({ data }) => data.message === 'through the wire'));
  await until(() => one.text().includes(': still here'));
  for (let n = 0; n < 30; n++) {
    const gone = await follow();
    t.equal(gone.answer.statusCode, 200, 'those who went make room');
    const closed = new Promise((resolve) => gone.answer.on('error', () => {}).once('close', resolve));
    gone.asked.destroy();
    await closed;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const ended = once(one.answer, 'end');
  await world.app.close();
  await ended;
});
