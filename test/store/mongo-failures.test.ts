import type { Document } from 'mongodb';
import { MongoServerError } from 'mongodb';
import t from 'tap';
import { systemRuntime } from '../../src/runtime.ts';
import { SERVER_CODES, toSyncError } from '../../src/store/mongo/errors.ts';
import { openMongoStore } from '../../src/store/mongo/mongo-store.ts';
import { hintOf, keyOf, pairOf } from './fixtures.ts';
import { first, startProxy } from './servers/proxy.ts';
import { REPLICA_SETS, SINGLE_SERVERS, serversFor } from './servers/servers.ts';

t.setTimeout(240_000);

const BUSY = { code: 'store-busy' };
const on = (name: string, collection: string) => (given: string, command: Document) =>
  given === name && command[name] === collection;
/** As a primary answers that has just become a secondary. */
const STEPPED_DOWN = {
  ok: 0,
  code: 10107,
  codeName: 'NotWritablePrimary',
  errmsg: 'not primary',
  errorLabels: ['RetryableWriteError'],
};

t.test('B5 every failure is an error of the port', async (t) => {
  const server = (more: Document) => toSyncError(new MongoServerError({ errmsg: 'no', ...more }), 'pairs.get');
  for (const [code, [expected]] of Object.entries(SERVER_CODES)) {
    const error = server({ code: Number(code) });
    t.equal(error.code, expected, code);
    t.match(error.message, /pairs\.get: no/);
  }
  t.equal(server({ code: 424242 }).code, 'store-failed');
  t.equal(server({ code: 424242, errorLabels: ['RetryableWriteError'] }).code, 'store-busy');
  const taken = (index: string, collection: string) =>
    server({
      code: 11000,
      errmsg: `E11000 duplicate key error collection: db.${collection} index: ${index} dup key: { : 1 }`,
    });
  t.match(taken('pairs_webcrm', 'pairs'), { code: 'store-duplicate', message: /webCRM record is paired/ });
  t.match(taken('tenants_fortnox_database', 'tenants'), { message: /Fortnox database/ });
  t.match(taken('_id_', 'tenants'), { message: /tenant with this id/ });
  t.match(taken('_id_', 'activity'), { message: /record with this key/ });
  t.match(toSyncError(new TypeError('odd'), 'x'), { code: 'store-failed' });
  const runtime = systemRuntime();
  await t.rejects(openMongoStore({ url: 'mongodb://u:hush@:x', runtime }), {
    code: 'store-failed',
    message: /^(?!.*hush).*MONGODB_URL/,
  });
});

for (const server of serversFor(...REPLICA_SETS)) {
  const { name } = server;
  t.test(`B5 failures on the way to ${name}`, { skip: server.missing ?? server.apart ?? false }, async (t) => {
    const running = await server.start();
    const proxy = await startProxy(running.port ?? 0, `test-failures-${process.pid}`);
    const store = await openMongoStore({ url: proxy.url, runtime: systemRuntime() });
    t.teardown(async () => {
      await store.close();
      await proxy.close();
      await running.stop();
    });

    await t.test('B5 a connection that is cut in the midst of a write: it has the effect of one', async (t) => {
      for (const fate of ['cut-before', 'cut-within', 'cut-after', 'cut-answering'] as const) {
        const id = `p-${fate}`;
        proxy.decide(first(1, on('insert', 'pairs'), fate));
        await store.pairs.insert(pairOf(id, { webcrmId: id }));
        proxy.decide(first(1, on('update', 'pairs'), fate));
        t.equal((await store.pairs.replace(pairOf(id, { webcrmId: id }))).version, 2);
        t.equal((await store.pairs.get('t1', id))?.version, 2);
        proxy.decide(first(1, on('update', 'jobs'), fate));
        await store.jobs.enqueue([hintOf(fate), hintOf(`${fate}-2`)], 0);
        proxy.decide(first(1, on('update', 'jobs'), fate));
        const claimed = await store.jobs.claim('t1', 'o', 5, 100, 9);
        t.equal(claimed.length, 2, 'what was taken is given');
        t.strictSame(
          claimed.map((job) => job.attempts),
          [0, 0],
        );
        proxy.decide(first(1, on('delete', 'jobs'), fate));
        for (const job of claimed) t.equal(await store.jobs.complete('t1', job.key, 'o', 6), true);
        proxy.decide(first(1, on('update', 'seen'), fate));
        t.equal(await store.seen.add('t1', id, 1, 9), true, 'the first time stays the first time');
        proxy.decide(first(1, on('find', 'pairs'), fate));
        t.ok(await store.pairs.get('t1', id));
      }
    });

    await t.test('B5 a primary that steps down: tried once more, then the caller is told to', async (t) => {
      const answer = { answer: STEPPED_DOWN };
      proxy.decide(first(1, on('insert', 'pairs'), answer));
      await store.pairs.insert(pairOf('stepped', { webcrmId: 'stepped' }));
      proxy.decide(first(99, on('insert', 'pairs'), answer));
      await t.rejects(store.pairs.insert(pairOf('never')), { ...BUSY, message: /choosing a primary/ });
      proxy.decide(() => 'pass');
      t.equal(await store.pairs.get('t1', 'never'), null);
      await store.pairs.insert(pairOf('never'));
    });

    await t.test('B5 a slow server: an answer is waited for, and holds up nobody else', async (t) => {
      let answered = () => {};
      const late = new Promise<void>((resolve) => {
        answered = resolve;
      });
      let heard = () => {};
      const asked = new Promise<void>((resolve) => {
        heard = resolve;
      });
      const slow = first(1, on('insert', 'pairs'), { late });
      proxy.decide((given, command) => {
        const fate = slow(given, command);
        if (fate !== 'pass') heard();
        return fate;
      });
      let stored = false;
      const inserting = store.pairs.insert(pairOf('slow', { webcrmId: 'slow' })).then(() => {
        stored = true;
      });
      await asked;
      await store.jobs.enqueue([hintOf('meanwhile')], 0);
      t.ok(await store.jobs.get('t1', keyOf('meanwhile')), 'others go on');
      t.equal(stored, false, 'nothing is said to be stored before the server says so');
      answered();
      await inserting;
      await store.jobs.forget('t1', [keyOf('meanwhile')]);

      const slower = { ok: 0, code: 50, codeName: 'MaxTimeMSExpired', errmsg: 'operation exceeded time limit' };
      proxy.decide(first(1, on('find', 'pairs'), { answer: slower }));
      await t.rejects(store.pairs.get('t1', 'slow'), { ...BUSY, message: /did not answer in time/ });
      t.equal((await store.pairs.get('t1', 'slow'))?.id, 'slow');
    });

    await t.test('B5 a majority that does not confirm in time is told', async (t) => {
      const late = { code: 64, codeName: 'WriteConcernFailed', errmsg: 'waiting for replication timed out' };
      proxy.decide(first(1, on('insert', 'pairs'), { answer: { ok: 1, n: 1, writeConcernError: late } }));
      await t.rejects(store.pairs.insert(pairOf('late')), { ...BUSY, message: /majority/ });
    });

    await t.test('B5 a server that answers no more is given up: repeated, or told', async (t) => {
      proxy.decide(first(1, on('insert', 'pairs'), 'hang'));
      const repeated = store.pairs.insert(pairOf('hung', { webcrmId: 'hung' }));
      await repeated;
      t.equal((await store.pairs.get('t1', 'hung'))?.id, 'hung');
      proxy.decide(first(99, on('update', 'jobs'), 'cut-before'));
      await t.rejects(store.jobs.releaseOwner('o', 5), BUSY, 'many documents at once: not repeated by the driver');
      await t.rejects(store.jobs.enqueue([hintOf('x')], 0), BUSY);
      proxy.decide(() => 'pass');
      t.equal(await store.jobs.get('t1', keyOf('x')), null);
    });

    await t.test('B5 a server that is gone is told within ten seconds', async (t) => {
      await proxy.close();
      const started = Date.now();
      await t.rejects(store.ping(), { ...BUSY, message: /cannot be reached/ });
      t.ok(Date.now() - started < 10_000);
    });
  });
}

for (const standalone of serversFor(...SINGLE_SERVERS))
  t.test(
    `B5 a single server repeats nothing by itself: the caller is told to, on ${standalone.name}`,
    { skip: standalone.missing ?? false },
    async (t) => {
      const running = await standalone.start();
      const proxy = await startProxy(running.port ?? 0, 'single');
      const store = await openMongoStore({ url: proxy.url, runtime: systemRuntime() });
      t.teardown(async () => {
        await store.close();
        await proxy.close();
        await running.stop();
      });
      proxy.decide(first(1, on('update', 'jobs'), 'cut-after'));
      await t.rejects(store.jobs.enqueue([hintOf('1')], 0), BUSY);
      await store.jobs.enqueue([hintOf('1')], 0);
      t.strictSame(
        await store.jobs.counts('t1'),
        { waiting: 1, running: 0, dead: 0 },
        'a hint that came twice is one job',
      );
      proxy.decide(first(1, on('insert', 'pairs'), 'cut-before'));
      await t.rejects(store.pairs.insert(pairOf('p')), BUSY);
      await store.pairs.insert(pairOf('p'));
      proxy.decide(first(1, on('update', 'jobs'), 'cut-after'));
      await t.rejects(store.jobs.claim('t1', 'o', 5, 100, 1), BUSY);
      t.strictSame(await store.jobs.claim('t1', 'o', 5, 100, 1), [], 'taken, and nobody knows: its lease ends');
      t.match(await store.jobs.claim('t1', 'o', 106, 100, 1), [{ id: '1', attempts: 1 }]);
    },
  );
