import type { Document } from 'mongodb';
import t from 'tap';
import { systemRuntime } from '../../src/runtime.ts';
import { COLLECTIONS, type CollectionName, shardCommands } from '../../src/store/mongo/collections.ts';
import { INDEXES } from '../../src/store/mongo/indexes.ts';
import { migrate } from '../../src/store/mongo/migrations.ts';
import { createMongo } from '../../src/store/mongo/mongo.ts';
import { OPERATIONS, type OperationName } from '../../src/store/mongo/operations.ts';
import { GROUPS, ping } from '../../src/store/mongo/ops/index.ts';
import { hintOf, keyOf } from './fixtures.ts';
import { CALLS, operationOf } from './servers/calls.ts';
import { countsAll, partsOf, sortsFew } from './servers/parts.ts';
import { recordingClient, type Sent } from './servers/recorded.ts';
import { servedBy } from './servers/served-by.ts';
import { REPLICA_SETS, serversFor } from './servers/servers.ts';

t.setTimeout(240_000);

const WRITE_CONCERN = { w: 'majority', wtimeout: 10_000, j: true };
const WRITES = ['insert', 'update', 'delete', 'findAndModify'];
for (const server of serversFor(...REPLICA_SETS)) {
  const { name } = server;
  t.test(`B1 the command of every operation, on ${name}`, { skip: server.missing ?? false }, async (t) => {
    const running = await server.start();
    const { client, taken } = recordingClient(running.url(`commands-${process.pid}`));
    t.teardown(async () => {
      await client.db().dropDatabase();
      await client.close();
      await running.stop();
    });
    await migrate(client.db(), systemRuntime());
    const mongo = createMongo(client, systemRuntime());

    const called = new Set<string>();
    const check = (operation: OperationName, sents: readonly Sent[]) => {
      called.add(operation);
      const spec = OPERATIONS[operation];
      t.ok(sents.length > 0, operation);
      for (const sent of sents) {
        t.notOk('startTransaction' in sent.command || 'autocommit' in sent.command, `${operation}: no transaction`);
        const writes = WRITES.includes(sent.name);
        if (writes) t.strictSame(sent.command.writeConcern, WRITE_CONCERN, `${operation}: durable on a majority`);
        else t.equal(sent.command.readConcern?.level, spec.read, `${operation}: read concern`);
        if (!writes) t.equal(sent.command.maxTimeMS, 10_000);
        const collection = sent.command[sent.name] as CollectionName;
        const parts = partsOf(sent);
        if (spec.scope === 'one') t.ok(parts.length === 1 && !parts[0]?.multi, `${operation}: one document`);
        if (writes && parts.every((part) => !part.multi)) t.ok(sent.numbered, `${operation}: the driver may repeat it`);
        for (const part of parts) {
          if (part.upsert) t.ok('_id' in part.filter, `${operation}: an upsert by its whole key`);
          if (
            COLLECTIONS[collection].shardKey &&
            sent.name !== 'insert' &&
            !/releaseOwner|buryOwner|expire|alerts.list|alerts.due|jobs.depth/.test(operation)
          )
            t.ok(JSON.stringify(part.filter).includes('"tenant"'), `${operation}: one shard`);
          if (countsAll(sent)) continue;
          const sort = sortsFew(sent) ? {} : (sent.command.sort as Document | undefined);
          const by = servedBy(collection, part.filter, sort);
          t.ok(by.length > 0, `${operation} is served by ${by}: ${JSON.stringify(part.filter)}`);
        }
      }
      if (spec.scope === 'one') t.equal(sents.length, 1, `${operation}: one command`);
    };

    for (const [operation, ...args] of CALLS) {
      taken();
      await operationOf(operation)(mongo, ...args);
      check(operation as OperationName, taken());
    }
    await ping(mongo);
    check('ping', taken());
    t.strictSame([...called].sort(), Object.keys(OPERATIONS).sort(), 'every operation was looked at');
  });

  t.test(`B1 what the commands of the queue say, on ${name}`, { skip: server.missing ?? false }, async (t) => {
    const running = await server.start();
    const { client, taken } = recordingClient(running.url(`queue-${process.pid}`));
    t.teardown(async () => {
      await client.db().dropDatabase();
      await client.close();
      await running.stop();
    });
    await migrate(client.db(), systemRuntime());
    const mongo = createMongo(client, systemRuntime());
    const key = { _id: `["t1","${keyOf('1')}"]`, tenant: 't1' };
    const owned = { ...key, state: 'running', leaseOwner: 'o' };

    await GROUPS.jobs.enqueue(mongo, [hintOf('1'), hintOf('2')], 5);
    taken();
    const [job] = await GROUPS.jobs.claim(mongo, 't1', 'o', 10, 90, 1);
    t.equal(job?.id, '1');
    const sent = taken();
    const due = sent.filter((one) => one.name === 'find' && 'priority' in one.command.filter);
    t.strictSame(
      due.map((one) => one.command.filter).sort((a, b) => a.priority - b.priority),
      [...[0, 1, 2].map((priority) => ({ tenant: 't1', state: 'waiting', runAt: { $lte: 10 }, priority }))],
    );
    for (const one of due) {
      t.strictSame(
        [...one.command.sort],
        [
          ['runAt', 1],
          ['createdAt', 1],
          ['seq', 1],
          ['_id', 1],
        ],
      );
      t.equal(one.command.limit, 1);
    }
    const update = sent.find((one) => one.name === 'update')?.command;
    t.equal(update?.ordered, false);
    t.match(update?.updates, [
      {
        q: { ...key, state: 'waiting', runAt: { $lte: 10 } },
        u: { $set: { state: 'running', leaseOwner: 'o', leaseUntil: 100, dueAt: 100, claim: /^[0-9a-f]{32}$/ } },
      },
    ]);
    const token = update?.updates[0].u.$set.claim;
    t.strictSame(sent.at(-1)?.command.filter, { _id: { $in: [key._id] }, tenant: 't1', claim: token });

    await GROUPS.jobs.renew(mongo, 't1', keyOf('1'), 'o', 200);
    t.strictSame(taken()[0]?.command.updates, [{ q: owned, u: { $set: { leaseUntil: 200, dueAt: 200 } } }]);
    await GROUPS.jobs.complete(mongo, 't1', keyOf('1'), 'o', 20);
    t.strictSame(
      taken().map((one) => one.command.deletes),
      [[{ q: { ...owned, again: 0 }, limit: 1 }]],
      'done: one command',
    );
    await GROUPS.seen.add(mongo, 't1', 'w', 5, 9);
    t.strictSame(taken()[0]?.command.updates, [
      {
        q: { _id: '["t1","w"]', tenant: 't1', expiresAt: { $lte: new Date(5) } },
        u: { $set: { id: 'w', expiresAt: new Date(9) } },
        upsert: true,
      },
    ]);
  });
}

t.test('B1 every collection begins with the tenant, and its shard key begins each unique index', async (t) => {
  for (const [name, { shardKey }] of Object.entries(COLLECTIONS)) {
    if (shardKey === null) continue;
    const fields = Object.keys(shardKey);
    t.equal(fields[0], 'tenant', name);
    const indexes = INDEXES[name as CollectionName] ?? [];
    const begins = (key: object) => fields.every((field, place) => Object.keys(key)[place] === field);
    t.ok(
      indexes.some((index) => begins(index.key)),
      `${name} has an index for its shard key`,
    );
    for (const index of indexes) if (index.unique) t.ok(begins(index.key), `${index.name}`);
  }
  t.equal(shardCommands('sync')[1], 'sh.shardCollection("sync.secrets", {"tenant":1})');
});
