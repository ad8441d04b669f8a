import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { attack } from './hostile-input.ts';
import { ADMIN_TOKEN, connected, openWorld } from './world.ts';

t.setTimeout(1_800_000);
/** 100,000 were tried once: HOSTILE_COUNT=100000 npm test -- test/security/hostile-input.test.ts */
const COUNT = Number(process.env.HOSTILE_COUNT ?? 1_500);
const MB = 1024 * 1024;

t.test('B8 hostile hooks and calls of the API: no answer of 5xx, no crash, no unbounded memory', async (t) => {
  const world = await openWorld();
  t.teardown(world.close);
  // The limiter counts by the process's clock: by the world's, the minutes that the attack waits are minutes to it as well.
  const { now } = Date;
  Date.now = world.runtime.now;
  t.teardown(() => {
    Date.now = now;
  });
  const { tenant, hookToken } = await connected(world);
  // What asks a vendor may end as the vendor's own failure; what changes who may ask would end the attack.
  const paths = [...new Set((await world.operations()).map(({ path }) => path))].filter(
    (path) => path.startsWith('/api') && !/\/(check|connect|credentials|tokens|test|rotate)/.test(path),
  );
  const statuses = new Map<number, number>();
  const half = Math.floor(COUNT / 2);
  let heapAtHalf = 0;
  let done = 0;
  const started = world.logged.length;
  await attack(world, { seed: 1, count: COUNT, tenant, hookToken, token: ADMIN_TOKEN, paths }, (asked, answer) => {
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    if (answer.status >= 500) t.fail(`${answer.status}: ${asked}`, { body: answer.body });
    if (answer.status >= 400 && answer.body !== '') {
      const problem = JSON.parse(answer.body) as { code?: unknown; requestId?: unknown };
      if (typeof problem.code !== 'string') t.fail(`no problem document: ${asked}`);
    }
    if (answer.headers['set-cookie'] !== undefined) t.fail(`a header was injected: ${asked}`);
    done += 1;
    world.logged.length = started;
    if (done === half) heapAtHalf = heap();
  });
  t.comment(JSON.stringify(Object.fromEntries([...statuses].sort())));
  t.ok((statuses.get(202) ?? 0) > COUNT / 20, 'many got as far as a hint');
  t.ok((statuses.get(429) ?? 0) < COUNT / 20, 'few were stopped by a limit');
  t.ok([...statuses.keys()].length > 5, 'all kinds of answers');
  const grown = (heap() - heapAtHalf) / MB;
  t.comment(`the heap grew by ${grown.toFixed(1)} MB over the second half`);
  t.ok(grown < 30, 'memory does not grow with what is sent');
  t.equal((await world.ask({ url: '/health/ready' })).status, 200, 'it is as well as before');
  t.equal(Object.hasOwn(Object.prototype, 'polluted'), false);
});

function heap(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
