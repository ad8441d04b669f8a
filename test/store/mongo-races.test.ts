import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { systemRuntime } from '../../src/runtime.ts';
import { openMongoStore } from '../../src/store/mongo/mongo-store.ts';
import { hintOf, pairOf } from './fixtures.ts';
import { emptiedStore } from './servers/emptied.ts';
import { gapOf } from './servers/gaps.ts';
import { REPLICA_SETS, serversFor } from './servers/servers.ts';

t.setTimeout(295_000);

const JOBS = 2000;
const PROCESSES = 4;

/** A process of claimers that waits for the word to begin. */
function startClaimer(url: string, name: string, workers: number) {
  const script = fileURLToPath(new URL('./servers/claimer.ts', import.meta.url));
  const args = ['--import=tsx', script, url, name, String(workers)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => lines.push(line));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const failed = ended.then((code) => Promise.reject(new Error(`${name} ended before it began: ${code}`)));
  failed.catch(() => undefined);
  return { ready: Promise.race([once(reader, 'line'), failed]), ended, lines, begin: () => child.stdin.write('go\n') };
}

for (const server of serversFor(...REPLICA_SETS)) {
  const { name } = server;
  t.test(`B1 instances that share ${name}`, { skip: server.missing ?? false }, async (t) => {
    const running = await server.start();
    const url = running.url(`races-${process.pid}`);
    const { client, open, close } = await emptiedStore(name, url);
    t.teardown(async () => {
      await client.db().dropDatabase();
      await close();
      await running.stop();
    });

    await t.test('B1 2,000 jobs, 50 workers in four processes: each job once', async (t) => {
      const store = await open('2,000 jobs, 50 workers');
      await store.jobs.enqueue(
        Array.from({ length: JOBS }, (_, n) => hintOf(`${n}`)),
        0,
      );
      const claimers = [13, 13, 12, 12].map((workers, n) => startClaimer(url, `p${n}`, workers));
      t.equal(claimers.length, PROCESSES);
      await Promise.all(claimers.map((claimer) => claimer.ready));
      for (const claimer of claimers) claimer.begin();
      for (const claimer of claimers) t.equal(await claimer.ended, 0);
      const lines = claimers.flatMap((claimer) => claimer.lines.filter((line) => line !== 'open'));
      t.equal(lines.filter((line) => line.startsWith('lost')).length, 0);
      t.equal(lines.length, JOBS, 'none twice');
      t.equal(new Set(lines).size, JOBS, 'and none left out');
      t.strictSame(await store.jobs.counts('t1'), { waiting: 0, running: 0, dead: 0 });
      t.ok(claimers.filter((claimer) => claimer.lines.length > 1).length > 1, 'several processes had some');
    });

    await t.test(
      'B1 two instances: one pair for each id, one replacement of each version, one new webhook id',
      async (t) => {
        const one = await open();
        const two = await openMongoStore({ url, runtime: systemRuntime() });
        const both = [one, two];
        const times = async (work: (store: typeof one, n: number) => Promise<unknown>) => {
          const outcomes = await Promise.allSettled(Array.from({ length: 12 }, (_, n) => work(both[n % 2] ?? one, n)));
          const codes = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []));
          const values = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
          return { codes: [...new Set(codes)], values };
        };
        const inserted = await times((store, n) =>
          store.pairs.insert(pairOf(`p${n}`, { webcrmId: '1', fortnoxId: `${n}` })),
        );
        t.equal(inserted.values.length, 1);
        t.strictSame(inserted.codes, ['store-duplicate']);
        const pair = await two.pairs.bySide('t1', 'customer', 'webcrm', '1');
        if (!pair) throw new Error('the pair is gone');
        const replaced = await times((store, n) => store.pairs.replace({ ...pair, reason: String(n) }));
        t.equal(replaced.values.length, 1);
        t.strictSame(replaced.codes, ['version-changed']);
        t.equal((await one.pairs.get('t1', pair.id))?.version, 2);
        const seen = await times((store) => store.seen.add('t1', 'w', 1, Date.now() + 60_000));
        t.equal(seen.values.filter(Boolean).length, 1);
        const enqueued = await times((store) => store.jobs.enqueue([hintOf('1'), hintOf('2')], 5));
        t.strictSame(enqueued.codes, [], 'hints for one new job at once: none is refused');
        t.match(await one.jobs.counts('t1'), { waiting: 2 });
        await two.close();
      },
    );

    const news = 'B2 two instances: a changed reason is news once';
    const why = gapOf(name, news);
    await t.test(news, why === undefined ? {} : { skip: `not provable on ${name}: ${why}` }, async (t) => {
      const one = await open();
      const two = await openMongoStore({ url, runtime: systemRuntime() });
      const outcomes = await Promise.all(
        Array.from({ length: 12 }, (_, n) =>
          (n % 2 ? one : two).decisions.set('t1', 'customer', 'webcrm', '1', 'r', 5),
        ),
      );
      t.equal(outcomes.filter(Boolean).length, 1);
      await two.close();
    });
  });
}
