import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { readConfig } from '../../src/config.ts';
import { createClosers } from '../../src/demo/closers.ts';
import { openDemoStore } from '../../src/demo/store.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { copyStore, type Sums } from '../../src/store/copy.ts';
import { openDb } from '../../src/store/embedded/db.ts';
import { createInlineStore } from '../../src/store/embedded/embedded-store.ts';
import { openEmbeddedTransfer } from '../../src/store/embedded/transfer.ts';
import { openMongoTransfer } from '../../src/store/mongo/transfer.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/port.ts';
import { canonicalJson, TRANSFER_ORDER, type TransferStore } from '../../src/store/transfer.ts';
import {
  alertOf,
  HOSTILE,
  hintOf,
  keyOf,
  lineOf,
  listedOf,
  orderOf,
  pairOf,
  rowsOf,
  runOf,
  targetOf,
  tenantOf,
  tokenOf,
} from './fixtures.ts';
import { REPLICA_SETS, serversFor } from './servers/servers.ts';

const run = promisify(execFile);

t.setTimeout(240_000);

/** Something of everything, hostile keys among it. */
async function fill(store: Store): Promise<void> {
  for (const key of HOSTILE) {
    await store.tenants.insert(tenantOf(key));
    await store.secrets.put(key, key, key, 1);
    await store.pairs.insert(pairOf(key, { tenant: key, webcrmId: key, reason: key, candidates: [key] }));
    await store.states.put(key, key, JSON.parse(`{"__proto__":1,"$set":{"a.b":${JSON.stringify(key)}},"n":0.1}`), 3);
    await store.alerts.put(alertOf(key, 'hold', { message: key }));
    await store.alertTargets.put(targetOf(key, { name: key }));
    await store.seen.add(key, key, 0, 9);
    await store.tokens.insert(tokenOf(key, { tenants: [key], lastUsedAt: key.length }));
    await store.answers.begin(key, key, key, 0, 9);
    if (key.length > 5) await store.answers.finish(key, key, 'v1.sealed', 9);
    await store.tombstones.put(key, key, 5);
    await store.fenced.put('budget', key, 0, { slots: key }, 6);
    await store.fenced.put('budget', key, 1, { slots: [key] }, 7);
    await store.fenced.put('instance', key, 0, { epoch: 1 }, 6);
    await store.decisions.set(key, 'customer', 'webcrm', key, key, 1, `fortnox:${key}`);
    await store.cursors.put(key, key, 1_764_000_000_123);
  }
  await store.pairs.insert(orderOf('o', { fortnoxId: '7', customerNumber: '10', rows: rowsOf('11', null) }));
  await store.jobs.enqueue(
    HOSTILE.map((id) => hintOf(id, { importId: id })),
    5,
  );
  await store.jobs.claim('t1', 'gone', 5, 100, 2);
  const [taken] = await store.jobs.claim('t1', 'o1', 5, 100, 1);
  const error = { code: 'vendor-failed', message: 'no', at: 6 };
  await store.jobs.release('t1', taken?.key ?? '', 'o1', { state: 'dead', runAt: 6, countAttempt: true, error });
  await store.activity.insert(HOSTILE.map((id, n) => lineOf(id, { at: n % 3, reasons: ['a', id] })));
  await store.imports.put(runOf('i'));
  await store.listed.put(HOSTILE.map((id) => listedOf(id, { name: id, number: id })));
  await store.listed.touch('t1', 'customer', 'webcrm', ' ');
}

async function copying(from: TransferStore, to: TransferStore): Promise<Sums> {
  try {
    return await copyStore(from, to);
  } finally {
    await from.close();
    await to.close();
  }
}

t.test('B1 a copy is complete, equal and refused where something is', async (t) => {
  const dir = t.testdir();
  const [a, b] = [join(dir, 'a', 's.db'), join(dir, 'b', 'sync.db')];
  const first = createInlineStore(a);
  await fill(first);
  await first.close();
  const sums = await copying(openEmbeddedTransfer(a), openEmbeddedTransfer(b));
  t.strictSame(Object.keys(sums), [...TRANSFER_ORDER], 'every group has something');
  t.equal(sums.jobs?.count, HOSTILE.length);
  await t.rejects(copying(openEmbeddedTransfer(a), openEmbeddedTransfer(b)), {
    code: 'conflict',
    message: /not empty/,
  });
  const from = openEmbeddedTransfer(a);
  t.throws(() => openEmbeddedTransfer(a), { code: 'store-failed', message: /in use/ });
  await from.close();
  const second = await openStore({ mongodbUrl: null, dataDir: join(dir, 'b') }, systemRuntime());
  t.equal((await second.pairs.byLine('t1', '11'))?.id, 'o');
  t.equal((await second.listed.get('t1', 'i', 'customer', 'webcrm', ' '))?.stale, true);
  t.same(await second.fenced.get('budget', ' '), { id: ' ', version: 2, value: { slots: [' '] } });
  t.equal(await second.fenced.get('instance', ' '), null, 'which instances live is no content');
  await second.close();

  const broken = openEmbeddedTransfer(join(dir, 'c', 's.db'));
  const losing = {
    ...broken,
    load: async (items: Parameters<TransferStore['load']>[0]) => broken.load(items.slice(1)),
  };
  await t.rejects(copying(openEmbeddedTransfer(a), losing), { code: 'store-failed', message: /differs in tenants/ });
});

t.test('canonical JSON: equal documents are equal text', async (t) => {
  t.equal(canonicalJson({ b: 1, a: [{ d: null, c: '"' }] }), '{"a":[{"c":"\\"","d":null}],"b":1}');
  t.equal(canonicalJson({ a: undefined }), '{}');
  t.equal(canonicalJson(JSON.parse('{"__proto__":1}')), '{"__proto__":1}');
});

for (const server of serversFor(...REPLICA_SETS)) {
  const { name } = server;
  t.test(`B1 embedded to MongoDB and back, on ${name}`, { skip: server.missing ?? false }, async (t) => {
    const dir = t.testdir();
    const [a, b] = [join(dir, 'a', 's.db'), join(dir, 'b', 'sync.db')];
    const first = createInlineStore(a);
    await fill(first);
    await first.close();
    const running = await server.start();
    const runtime = systemRuntime();
    const url = running.url(`copy-${process.pid}`);
    try {
      const there = await copying(openEmbeddedTransfer(a), await openMongoTransfer({ url, runtime }));
      const store = await openStore({ mongodbUrl: url, dataDir: dir }, runtime);
      t.equal((await store.pairs.byLine('t1', '11'))?.id, 'o');
      t.match(await store.jobs.counts('t1'), { dead: 1 });
      t.equal((await store.listed.get('t1', 'i', 'customer', 'webcrm', ' '))?.stale, true);
      t.ok(await store.jobs.get('t1', keyOf('$where')));
      await store.close();
      const config = readConfig({
        MONGODB_URL: url,
        ADMIN_TOKEN: 'a'.repeat(24),
        ENCRYPTION_KEY: `${'A'.repeat(43)}=`,
      });
      const closers = createClosers();
      await t.rejects(openDemoStore({ config, runtime, closers }), /not empty/, "the demo takes nobody's database");
      await closers.close();
      await t.rejects(copying(openEmbeddedTransfer(a), await openMongoTransfer({ url, runtime })), {
        code: 'conflict',
      });
      const back = await copying(await openMongoTransfer({ url, runtime }), openEmbeddedTransfer(b));
      t.strictSame(back, there, 'the same counts and checksums all the way');
      const byCommand = (from: string, to: string) =>
        run(process.execPath, ['--import=tsx', 'src/cli/bin.ts', 'store', 'copy', '--from', from, '--to', to]);
      const c = join(dir, 'c', 'sync.db');
      const again = running.url(`copied-${process.pid}`);
      const [went, came] = [await byCommand(b, again), await byCommand(again, c)];
      t.match(went.stdout, /^tenants +15 +[0-9a-f]{64}$/m);
      t.equal(came.stdout, went.stdout, 'the command: the same counts and checksums both ways');
      await t.rejects(byCommand(c, again), { code: 5, stderr: /not empty/ }, 'and it refuses what is not empty');
      const db = openDb(b);
      t.equal(db.get('SELECT count(*) AS n FROM tenants')?.n, HOSTILE.length);
      db.close();
    } finally {
      await running.stop();
    }
  });
}
