import { MongoClient } from 'mongodb';
import t from 'tap';
import { systemRuntime } from '../../src/runtime.ts';
import type { CollectionName } from '../../src/store/mongo/collections.ts';
import { migrate } from '../../src/store/mongo/migrations.ts';
import { createMongo } from '../../src/store/mongo/mongo.ts';
import { CALLS, operationOf } from './servers/calls.ts';
import { explained } from './servers/explained.ts';
import { gapOf } from './servers/gaps.ts';
import { countsAll, partsOf, sortsFew } from './servers/parts.ts';
import { recordingClient } from './servers/recorded.ts';
import { servedBy } from './servers/served-by.ts';
import { REPLICA_SETS, serversFor } from './servers/servers.ts';

t.setTimeout(240_000);

for (const server of serversFor(...REPLICA_SETS)) {
  const test = `B5 the server itself goes by the index that the table names, on ${server.name}`;
  const gap = gapOf(server.name, test);
  const skip = server.missing ?? (gap === undefined ? false : `not provable on ${server.name}: ${gap}`);
  t.test(test, { skip }, async (t) => {
    const running = await server.start();
    const url = running.url(`plans-${process.pid}`);
    const { client, taken } = recordingClient(url);
    const asking = new MongoClient(url);
    t.teardown(async () => {
      await client.db().dropDatabase();
      await client.close();
      await asking.close();
      await running.stop();
    });
    await migrate(client.db(), systemRuntime());
    const mongo = createMongo(client, systemRuntime());
    for (const [operation, ...args] of CALLS) {
      taken();
      await operationOf(operation)(mongo, ...args);
      for (const sent of taken()) {
        if (sent.name === 'insert' || countsAll(sent)) continue;
        const parts = partsOf(sent);
        for (const [place, { stages, indexes }] of (await explained(asking.db(), sent)).entries()) {
          const filter = parts[place]?.filter ?? {};
          const sort = sortsFew(sent) ? undefined : sent.command.sort;
          const by = servedBy(sent.command[sent.name] as CollectionName, filter, sort);
          const said = `${operation}, ${sent.name} ${JSON.stringify(filter).slice(0, 200)}: ${stages} by ${indexes}`;
          t.notOk(stages.includes('COLLSCAN'), said);
          t.ok(indexes.length > 0 && indexes.every((index) => by.includes(index)), `${said}; wanted ${by}`);
          if (!sortsFew(sent)) t.notOk(stages.includes('SORT'), said);
        }
      }
    }
  });
}
