import { readFileSync } from 'node:fs';
import { MongoClient } from 'mongodb';
import t from 'tap';
import { DEFAULT_SETTINGS } from '../../schemas/settings.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { newestSchema } from '../../src/store/embedded/upgrades.ts';
import { COLLECTION_NAMES } from '../../src/store/mongo/collections.ts';
import { INDEXES } from '../../src/store/mongo/indexes.ts';
import { MIGRATIONS, migrate } from '../../src/store/mongo/migrations.ts';
import type { Row } from '../../src/store/mongo/mongo.ts';
import { openMongoStore } from '../../src/store/mongo/mongo-store.ts';
import { pairRow } from '../../src/store/mongo/ops/pair-row.ts';
import { tenantRow } from '../../src/store/mongo/ops/tenants.ts';
import { createVirtualRuntime } from '../support/virtual-runtime.ts';
import { pairOf } from './fixtures.ts';
import { REPLICA_SETS, serversFor } from './servers/servers.ts';

t.setTimeout(240_000);

/** A document as the first release wrote it. */
// biome-ignore lint/suspicious/noExplicitAny: an older form has no type any more
const fixture = (name: string): any =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8'));

/** The version of the release after this one. */
const NEXT = MIGRATIONS.length + 1;

for (const server of serversFor(...REPLICA_SETS)) {
  const { name } = server;
  t.test(`B1 versions of a database on ${name}`, { skip: server.missing ?? false }, async (t) => {
    const running = await server.start();
    const url = running.url(`versions-${process.pid}`);
    const client = new MongoClient(url);
    const db = client.db();
    const steps = db.collection<{ _id: number }>('migrations');
    const runtime = systemRuntime();
    t.teardown(async () => {
      await db.dropDatabase();
      await client.close();
      await running.stop();
    });

    await t.test('B1 several instances start at one moment: each step is run once, and all wait for it', async (t) => {
      const stores = await Promise.all(Array.from({ length: 5 }, () => openMongoStore({ url, runtime })));
      t.match(
        await steps.find().sort({ _id: 1 }).toArray(),
        MIGRATIONS.map(({ version }) => ({ _id: version, state: 'done' })),
      );
      await stores[4]?.pairs.insert(pairOf('p'));
      for (const store of stores) await store.close();
      for (const collection of COLLECTION_NAMES) {
        const there = (await db.collection(collection).indexes()).map((index) => index.name).sort();
        t.strictSame(there, ['_id_', ...(INDEXES[collection] ?? []).map((index) => String(index.name))].sort());
      }
      let runs = 0;
      let done = 0;
      const slow = async () => {
        runs++;
        await new Promise((resolve) => setTimeout(resolve, 300));
        done++;
      };
      const versions = [...MIGRATIONS, { version: NEXT, run: slow }];
      await Promise.all([1, 2, 3].map(() => migrate(db, runtime, versions).then(() => t.equal(done, 1))));
      t.equal(runs, 1);
      await migrate(db, runtime, versions);
      t.equal(runs, 1, 'what is done is not run again');
    });

    await t.test('B1 a database of a newer release is refused, and unchanged', async (t) => {
      await t.rejects(openMongoStore({ url, runtime }), {
        code: 'store-failed',
        message: new RegExp(`version ${NEXT}.*up to ${MIGRATIONS.length}: start the newer`),
      });
      await steps.deleteOne({ _id: NEXT });
      const store = await openMongoStore({ url, runtime });
      t.equal((await store.pairs.get('t1', 'p'))?.id, 'p');
      await store.close();
    });

    await t.test(
      'B1 a database of the first release is brought to the newest, and its documents are read',
      async (t) => {
        const old = client.db(`first-release-${process.pid}`);
        t.teardown(() => old.dropDatabase());
        await migrate(old, runtime, MIGRATIONS.slice(0, 1));
        await old.collection<Row>('tenants').insertOne(tenantRow(fixture('tenant-1')));
        const linked = fixture('pair-1-linked');
        const found = pairRow({ ...linked, fortnoxKind: 'customer', invoiceRef: null });
        await old.collection<Row>('pairs').insertOne({ ...found, doc: JSON.stringify(linked) });
        t.equal(
          (await old.listCollections().toArray()).some((one) => one.name === 'tokens'),
          false,
        );
        const store = await openMongoStore({ url: running.url(`first-release-${process.pid}`), runtime });
        t.equal(await old.collection('migrations').countDocuments({ state: 'done' }), MIGRATIONS.length);
        const tenant = await store.tenants.get('t1');
        t.equal(tenant?.schema, newestSchema('tenants'));
        t.equal(tenant?.settings.holdAbove, DEFAULT_SETTINGS.holdAbove);
        const pair = await store.pairs.bySide('t1', 'customer', 'webcrm', '41');
        t.match(pair, { id: 'p-linked', schema: newestSchema('pairs'), fortnoxKind: 'customer', rows: null });
        if (pair) t.equal((await store.pairs.replace(pair)).version, pair.version + 1, 'and written in the new form');
        t.equal(await store.tokens.get('none'), null, 'what came later is there');
        await store.close();
      },
    );

    await t.test('B1 a step whose runner failed is free at once; whose runner died, after half an hour', async (t) => {
      const virtual = createVirtualRuntime({ seed: 1, start: 1_764_000_000_000 });
      let runs = 0;
      const failing = { version: NEXT, run: async () => Promise.reject(new Error(`no disk ${++runs}`)) };
      await t.rejects(migrate(db, virtual, [...MIGRATIONS, failing]), { message: 'no disk 1' });
      await t.rejects(migrate(db, virtual, [...MIGRATIONS, failing]), { message: 'no disk 2' });
      const dead = { _id: NEXT, state: 'running', owner: 'dead', until: virtual.now() + 1000 };
      await steps.insertOne(dead);
      let ready = false;
      const mended = { version: NEXT, run: async () => void runs++ };
      const waiting = migrate(db, virtual, [...MIGRATIONS, mended]).then(() => {
        ready = true;
      });
      await new Promise((resolve) => setTimeout(resolve, 300));
      t.equal(ready, false, 'somebody else runs it');
      while (!ready) {
        await virtual.advance(500);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await waiting;
      t.equal(runs, 3);
      t.match(await steps.findOne({ _id: NEXT }), { state: 'done' });
    });

    await t.test('B8 the server itself refuses a document without what it is found and fenced by', async (t) => {
      for (const document of [{ tenant: 't1' }, { tenant: 't1', id: 'x', entity: 'customer', state: 1 }])
        await t.rejects(db.collection('pairs').insertOne(document), { code: 121 });
      await t.rejects(db.collection('seen').insertOne({ tenant: 't1', id: 'x', expiresAt: 5 }), { code: 121 });
    });
  });
}
