import { type Document, MongoClient, ObjectId } from 'mongodb';
import t from 'tap';
import { systemRuntime } from '../../src/runtime.ts';
import { openMongoStore } from '../../src/store/mongo/mongo-store.ts';
import { hintOf, keyOf, pairOf } from './fixtures.ts';
import { type Fate, type Proxy as Member, startProxy } from './servers/proxy.ts';
import { REPLICA_SETS, serversFor } from './servers/servers.ts';

t.setTimeout(240_000);

const HELLO = /^(hello|ismaster|isMaster)$/;
const WRITE = /^(insert|update|delete|findAndModify)$/;
const NOT_PRIMARY = { ok: 0, code: 10107, codeName: 'NotWritablePrimary', errmsg: 'not primary' };

/** Two proxies before one server, which say that they are the two members of a replica set; one of them is its primary. */
async function startMembers(port: number) {
  const asking = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`);
  const { topologyVersion: _, ...real } = await asking.db('admin').command({ hello: 1 });
  await asking.close();
  const members = [await startProxy(port, ''), await startProxy(port, '')] as const;
  const hosts = members.map(({ host }) => host);
  let [primary, term] = [members[0], 1];
  let written = 0;
  let struck: { fate: Fate; on: (name: string, command: Document) => boolean } | null = null;

  const hello = (self: Member): Document => ({
    ...real,
    setName: 'rs0',
    setVersion: 1,
    hosts,
    me: self.host,
    primary: primary.host,
    isWritablePrimary: self === primary,
    ismaster: self === primary,
    secondary: self !== primary,
    // Of two that say they are primary the driver believes the one of the later election.
    ...(self === primary ? { electionId: ObjectId.createFromTime(term) } : {}),
  });
  const fateOn =
    (self: Member) =>
    (name: string, command: Document): Fate => {
      if (HELLO.test(name)) return { answer: hello(self) };
      if (self !== primary) return WRITE.test(name) ? { answer: NOT_PRIMARY } : 'pass';
      if (!struck?.on(name, command)) {
        if (self === members[1] && WRITE.test(name)) written++;
        return 'pass';
      }
      const { fate } = struck;
      struck = null;
      primary = members.find((other) => other !== self) ?? self;
      term++;
      return fate;
    };
  for (const member of members) member.decide(fateOn(member));
  return {
    url: (database: string) => `mongodb://${hosts.join(',')}/${database}?replicaSet=rs0`,
    /** Who is primary gives it up to the other at the next such command, to which this happens. */
    strike(fate: Fate, name: string, collection: string) {
      struck = { fate, on: (given, command) => given === name && command[name] === collection };
    },
    /** How many writes the second member took. */
    written: () => written,
    close: () => Promise.all(members.map((member) => member.close())),
  };
}

for (const server of serversFor(...REPLICA_SETS)) {
  const { name } = server;
  const skip = server.missing ?? server.apart ?? false;
  t.test(`B5 the primary fails over to another member, at the wire before ${name}`, { skip }, async (t) => {
    const running = await server.start();
    const members = await startMembers(running.port ?? 0);
    const store = await openMongoStore({ url: members.url('failover'), runtime: systemRuntime() });
    t.teardown(async () => {
      await store.close();
      await members.close();
      await running.stop();
    });
    t.equal(members.written(), 0, 'the first member is primary');

    const step: Fate = { answer: { ...NOT_PRIMARY, errorLabels: ['RetryableWriteError'] } };
    for (const [n, fate] of (['cut-after', 'cut-before', step] as const).entries()) {
      const id = `p${n}`;
      const told = typeof fate === 'string' ? fate : 'told';
      members.strike(fate, 'insert', 'pairs');
      await store.pairs.insert(pairOf(id, { webcrmId: id }));
      members.strike(fate, 'update', 'pairs');
      t.equal((await store.pairs.replace(pairOf(id, { webcrmId: id }))).version, 2, `${told}: replaced once`);
      members.strike(fate, 'update', 'jobs');
      await store.jobs.enqueue([hintOf(id)], 0);
      members.strike(fate, 'update', 'jobs');
      const claimed = await store.jobs.claim('t1', 'o', 5, 100, 9);
      t.match(claimed, [{ id, attempts: 0 }], `${told}: taken once`);
      members.strike(fate, 'delete', 'jobs');
      t.equal(await store.jobs.complete('t1', keyOf(id), 'o', 6), true, `${told}: done once`);
      members.strike(fate, 'update', 'seen');
      t.equal(await store.seen.add('t1', id, 1, 9), true, `${told}: new once`);
    }
    t.ok(members.written() > 0, 'the second member was primary too');
    t.strictSame(await store.jobs.counts('t1'), { waiting: 0, running: 0, dead: 0 });
  });
}
