import { systemRuntime } from '../../../src/runtime.ts';
import { openMongoStore } from '../../../src/store/mongo/mongo-store.ts';

// Started by mongo-races.test.ts: claims and completes until nothing is due, and names each job that it was given.
const [url = '', name = '', workers = '1'] = process.argv.slice(2);
const store = await openMongoStore({ url, runtime: systemRuntime() });
process.stdout.write('open\n');
await new Promise((resolve) => process.stdin.once('data', resolve));
await Promise.all(
  Array.from({ length: Number(workers) }, async (_, n) => {
    const owner = `${name}-${n}`;
    for (;;) {
      const jobs = await store.jobs.claim('t1', owner, 10, 600_000, 20);
      if (jobs.length === 0) return;
      for (const job of jobs) {
        const done = await store.jobs.complete('t1', job.key, owner, 11);
        process.stdout.write(`${done ? 'done' : 'lost'} ${job.id}\n`);
      }
    }
  }),
);
await store.close();
process.stdin.destroy();
