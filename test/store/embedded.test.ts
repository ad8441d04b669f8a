import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { openDb } from '../../src/store/embedded/db.ts';
import { createInlineStore, openEmbeddedStore } from '../../src/store/embedded/embedded-store.ts';
import { createEngine } from '../../src/store/embedded/engine.ts';
import { REMOVE_BATCH, TENANT_TABLES } from '../../src/store/embedded/ops/tenant-rows.ts';
import { MIGRATIONS } from '../../src/store/embedded/schema.ts';
import { createWorkerClient } from '../../src/store/embedded/worker-client.ts';
import { storeContract } from './contract.ts';
import { hintOf, keyOf, pairOf, tenantOf } from './fixtures.ts';

// Every promise of the port is asked of two stores, and threads and processes are started from sources.
t.setTimeout(240_000);

const fresh = (tap: { testdir(): string }): (() => string) => {
  const dir = tap.testdir();
  let count = 0;
  return () => join(dir, `s${count++}`, 'store.db');
};

t.test('inline store', async (tap) => {
  await storeContract(tap as unknown as typeof t, async () => createInlineStore());
});

t.test('worker store', async (tap) => {
  // A thread takes about half a second to start from sources: the contract empties one store again and again.
  const path = fresh(tap);
  const shared = path();
  const store = await openEmbeddedStore({ path: shared });
  const db = openDb(shared);
  const tables = db.all(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`);
  const names = tables.map((row) => String(row.name)).filter((name) => name !== 'schema_versions');
  const emptied = async () => {
    for (const name of names) db.run(`DELETE FROM ${name}`);
    return { ...store, close: async () => {} };
  };
  await storeContract(tap as unknown as typeof t, emptied, { openOwn: () => openEmbeddedStore({ path: path() }) });
  db.close();
  await store.close();
});

/** Starts the writing child; `lines` grows as it acknowledges. */
function startChild(path: string, name: string) {
  const script = fileURLToPath(new URL('./child.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import=tsx', script, path, name], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const wanted: { count: number; resolve: () => void }[] = [];
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const release = () => {
    for (const want of wanted) if (lines.length >= want.count) want.resolve();
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    release();
  });
  return {
    lines,
    ended,
    kill: () => child.kill('SIGKILL'),
    atLeast: (count: number) =>
      new Promise<void>((resolve) => {
        wanted.push({ count, resolve });
        release();
      }),
  };
}

t.test('B1 a killed process loses nothing it acknowledged, and its lock is free at once', async (t) => {
  const path = fresh(t)();
  const acknowledged: string[] = [];
  for (const [round, count] of [40, 1300].entries()) {
    const child = startChild(path, `r${round}`);
    await child.atLeast(count);
    if (round === 0) {
      await t.rejects(openEmbeddedStore({ path }), { code: 'store-failed', message: /in use by another process/ });
      t.throws(() => createInlineStore(path), { code: 'store-failed' });
    }
    child.kill();
    await child.ended;
    acknowledged.push(...child.lines.filter((line) => line.startsWith('r')));
  }
  const store = await openEmbeddedStore({ path });
  const missing: string[] = [];
  for (const id of acknowledged) if ((await store.jobs.get('t1', keyOf(id))) === null) missing.push(id);
  t.ok(acknowledged.length > 1300);
  t.strictSame(missing, []);
  const second = startChild(path, 'second');
  await second.ended;
  t.match(second.lines, [/^refused .*in use by another process/]);
  const [taken] = await store.jobs.claim('t1', 'dying', 5, 600_000, 1);
  await store.close();
  const again = await openEmbeddedStore({ path });
  const left = await again.jobs.get('t1', taken?.key ?? '');
  t.match(
    left,
    { state: 'waiting', attempts: 1, leaseOwner: null, leaseUntil: null },
    'what a dead owner left needs no lease to end, and its run was an attempt',
  );
  const due = left?.runAt ?? 0;
  t.ok(due > Date.now() && due <= Date.now() + 5_000, 'after its last calls have arrived');
  t.ok(await again.jobs.get('t1', keyOf(acknowledged[0] ?? '')), 'closing frees the file');
  await again.close();
});

t.test('reopening migrates, and a file of a newer release is refused', async (t) => {
  const path = fresh(t)();
  const first = createEngine(path);
  first.run({ name: 'tenants.insert', args: [tenantOf('a')] });
  first.close();
  first.close();
  const newest = MIGRATIONS.length;
  const next = {
    version: newest + 1,
    sql: 'ALTER TABLE tenants ADD COLUMN extra TEXT; CREATE TABLE more (id TEXT) STRICT',
  };
  const broken = { version: newest + 2, sql: 'CREATE TABLE other (id TEXT); SELECT nonsense' };
  t.throws(() => createEngine(path, { migrations: [...MIGRATIONS, next, broken] }), { code: 'store-failed' });
  const unchanged = createEngine(path);
  unchanged.close();
  const second = createEngine(path, { migrations: [...MIGRATIONS, next] });
  t.strictSame(second.run({ name: 'tenants.get', args: ['a'] }), tenantOf('a'));
  second.close();
  createEngine(path, { migrations: [...MIGRATIONS, next] }).close();
  await t.rejects(openEmbeddedStore({ path }), {
    code: 'store-failed',
    message: new RegExp(`version ${newest + 1}.*newer release`),
  });
  t.throws(() => createInlineStore(path), { code: 'store-failed', message: new RegExp(`version ${newest + 1}`) });
});

t.test('a document of a newer form is refused, and settings are as promised', async (t) => {
  const path = fresh(t)();
  const store = createInlineStore(path);
  await store.pairs.insert(pairOf('p'));
  const db = openDb(path);
  t.equal(db.get('PRAGMA journal_mode')?.journal_mode, 'wal');
  db.run(`UPDATE pairs SET doc = json_set(doc, '$.schema', 3)`);
  await t.rejects(store.pairs.get('t1', 'p'), { code: 'store-failed', message: /pairs has schema 3/ });
  await t.rejects(store.pairs.list('t1', { limit: 5 }), { code: 'store-failed' });
  db.run(`UPDATE pairs SET doc = '{'`);
  await t.rejects(store.pairs.get('t1', 'p'), { code: 'store-failed' });
  t.equal(statSync(path).mode & 0o777, 0o600);
  db.close();
  await store.close();
});

t.test('a foreign writer is waited for, but not for ever', async (t) => {
  const path = fresh(t)();
  const engine = createEngine(path, { busyTimeoutMs: 20 });
  const db = openDb(path);
  db.exec('BEGIN IMMEDIATE');
  const write = { name: 'pairs.insert', args: [pairOf('q')] };
  const read = { name: 'pairs.get', args: ['t1', 'q'] };
  t.throws(() => engine.run(write), { code: 'store-busy' });
  t.throws(() => engine.runBatch([write, read]), { code: 'store-busy' });
  t.strictSame(
    engine.runBatch([read, read]),
    [
      { ok: true, value: null },
      { ok: true, value: null },
    ],
    'reads go on',
  );
  db.exec('ROLLBACK');
  t.strictSame(engine.runBatch([write]), [{ ok: true, value: undefined }]);
  db.close();
  engine.close();
});

t.test('B1 a statement that failed once works again when its reason is gone', async (t) => {
  const db = openDb(':memory:');
  db.exec('CREATE TABLE words (word TEXT PRIMARY KEY) STRICT');
  const insert = 'INSERT INTO words (word) VALUES (?) RETURNING word';
  const read = 'SELECT json_extract(?, ?) AS found';
  db.get(insert, 'a');
  t.throws(() => db.get(insert, 'a'), { code: 'SQLITE_CONSTRAINT_PRIMARYKEY' });
  t.match(db.get(insert, 'b'), { word: 'b' });
  t.throws(() => db.get(read, '{', '$.a'));
  t.match(db.get(read, '{"a":1}', '$.a'), { found: 1 });
  t.throws(() => db.all(read, '{', '$.a'));
  t.match(db.all(read, '{"a":1}', '$.a'), [{ found: 1 }]);
  t.equal(db.all('SELECT word FROM words').length, 2);
  db.close();
});

t.test('grouped commit: one failure undoes that operation alone', async (t) => {
  const engine = createEngine(':memory:');
  const results = engine.runBatch([
    { name: 'pairs.insert', args: [pairOf('a', { webcrmId: '1' })] },
    { name: 'pairs.insert', args: [pairOf('b', { webcrmId: '1' })] },
    { name: 'activity.insert', args: [[{ nothing: true }]] },
    { name: 'none.such', args: [] },
    { name: 'pairs.replace', args: [pairOf('a', { version: 9 })] },
    { name: 'pairs.insert', args: [pairOf('c', { webcrmId: '3' })] },
    { name: 'pairs.counts', args: ['t1'] },
  ]);
  t.strictSame(
    results.map((result) => (result.ok ? 'ok' : result.error.code)),
    ['ok', 'store-duplicate', 'store-failed', 'store-failed', 'version-changed', 'ok', 'ok'],
  );
  t.match(results.at(-1), { value: { linked: 2 } });
  t.equal(engine.run({ name: 'pairs.get', args: ['t1', 'b'] }), null);
  engine.close();
  t.throws(() => engine.run({ name: 'ping', args: [] }), { code: 'store-failed' });
});

t.test('the worker: order, close after what was called, a crash rejects what waits', async (t) => {
  const path = fresh(t);
  const store = await openEmbeddedStore({ path: path() });
  const calls = Array.from({ length: 1200 }, (_, n) => store.cursors.put('t1', 'c', n));
  const read = store.cursors.get('t1', 'c');
  const bad = store.cursors.put('t1', 'c', (() => 1) as unknown as number);
  await t.rejects(bad, { code: 'store-failed' });
  await Promise.all(calls);
  t.equal(await read, 1199, 'the others of its batch go on, in order');
  const last = store.cursors.put('t1', 'c', 7);
  const value = store.cursors.get('t1', 'c');
  const closed = store.close();
  await last;
  t.equal(await value, 7);
  await closed;

  await t.rejects(openEmbeddedStore({ path: '/dev/null/none/store.db' }), { code: 'store-failed' });

  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     parentPort.on('message', () => { throw new Error('broken'); });
     parentPort.postMessage({ kind: 'ready' });`,
    { eval: true },
  );
  const client = createWorkerClient(worker);
  await client.ready;
  const pending = [client.call({ name: 'ping', args: [] }), client.call({ name: 'ping', args: [] })];
  for (const outcome of await Promise.allSettled(pending))
    t.match(outcome, { status: 'rejected', reason: { code: 'store-failed', message: /broken/ } });
  await t.rejects(client.call({ name: 'ping', args: [] }), { code: 'store-failed' });
  await client.close();
});

t.test('B5 the thread is told what comes while it is at work, not only when it has answered', async (t) => {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     const messages = [];
     parentPort.on('message', ({ kind, ops }) => {
       if (kind === 'close') return parentPort.close();
       messages.push(ops.map(({ name }) => name));
       if (messages.length < 3) return;
       const results = messages.flat().map(() => ({ ok: true, value: messages }));
       parentPort.postMessage({ kind: 'results', results: results.slice(0, 2) });
       parentPort.postMessage({ kind: 'results', results: results.slice(2) });
     });
     parentPort.postMessage({ kind: 'ready' });`,
    { eval: true },
  );
  const client = createWorkerClient(worker);
  await client.ready;
  const named = (...names: string[]) => names.map((name) => client.call({ name, args: [] }));
  const answers = named('a', 'b');
  await new Promise((resolve) => setTimeout(resolve));
  answers.push(...named('c'));
  await Promise.resolve();
  answers.push(...named('d'));
  await new Promise((resolve) => setTimeout(resolve));
  answers.push(...named('e'));
  t.strictSame((await Promise.all(answers))[4], [['a', 'b'], ['c', 'd'], ['e']]);
  await client.close();
});

t.test('B5 an fsync does not stop the event loop: work goes on while a batch commits', async (t) => {
  const store = await openEmbeddedStore({ path: fresh(t)() });
  let turns = 0;
  let done = false;
  const writing = Promise.all(Array.from({ length: 3000 }, (_, n) => store.jobs.enqueue([hintOf(`${n}`)], n))).finally(
    () => {
      done = true;
    },
  );
  while (!done) {
    turns++;
    await new Promise((resolve) => setImmediate(resolve));
  }
  await writing;
  t.ok(turns > 20, `${turns} turns`);
  await store.close();
});

t.test(
  'S2 a removal empties every table that names a tenant, in batches, and its own document goes last',
  async (t) => {
    const engine = createEngine(':memory:');
    const run = (name: string, ...args: unknown[]) => engine.run({ name, args });
    run('tenants.insert', tenantOf('t1'));
    const hints = Array.from({ length: REMOVE_BATCH + 5 }, (_, n) => hintOf(String(n)));
    run('jobs.enqueue', hints, 5);
    t.equal(run('tenants.remove', 't1'), REMOVE_BATCH);
    t.ok(run('tenants.get', 't1'), 'cut short here, it is still known');
    t.equal(run('tenants.remove', 't1'), 5);
    t.equal(run('tenants.get', 't1'), null);
    engine.close();

    const db = openDb(':memory:');
    for (const { sql } of MIGRATIONS) db.exec(sql);
    const tables = db
      .all(
        `SELECT m.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table' AND c.name = 'tenant'`,
      )
      .map((row) => String(row.name));
    t.strictSame(TENANT_TABLES.map(([table]) => table).toSorted(), tables.toSorted());
    db.close();
  },
);
