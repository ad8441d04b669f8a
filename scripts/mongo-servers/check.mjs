// Brings up every MongoDB-compatible server that can be had, runs the store's tests and the tour on each, and says for each in
// one line what came of it. One that cannot be had is skipped aloud. Usage: node scripts/mongo-servers/check.mjs
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const here = import.meta.dirname;
// Kept between runs and clones: npm ci empties node_modules.
const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
const env = { MONGO_SERVERS_DIR: join(cache, 'webcrm-fortnox-sync', 'mongo-servers'), ...process.env };

const SUITE = ['contract', 'commands', 'plans', 'failures', 'migrations', 'races', 'copy'];
const SINGLE = ['contract', 'failures'];
const newest = () => absent('secantusdb-newest.sh', '--if-there');
const ready = () => (newest() ? absent('secantusdb.sh') : 'the newest build shows all that it shows, and more');
const SERVERS = [
  { name: 'MONGODB_TEST_URL', suite: SUITE, missing: () => !env.MONGODB_TEST_URL && 'it names no server' },
  { name: 'secantusdb-newest', suite: SUITE, missing: newest },
  { name: 'secantusdb-newest-standalone', suite: SINGLE, missing: newest },
  { name: 'secantusdb', suite: SUITE, missing: ready },
  { name: 'secantusdb-standalone', suite: SINGLE, missing: ready },
];

/** Why the script could not install its server; false when it could. */
function absent(script, ...args) {
  const done = spawnSync(join(here, script), args, { env, encoding: 'utf8', timeout: 300_000 });
  if (done.status === 0) return false;
  return done.stderr.trim().split('\n').at(-1) || done.error?.message || `${script} failed`;
}

const seconds = (since) => `${Math.round((Date.now() - since) / 1000)} s`;
let failed = false;
const sum = { passed: 0, failed: 0, skipped: 0 };

for (const { name, suite, missing } of SERVERS) {
  const why = missing();
  if (why) {
    console.log(`store on ${name}: skipped, ${why}`);
    continue;
  }
  const started = Date.now();
  const files = suite.map((part) => `test/store/mongo-${part}.test.ts`);
  const run = spawnSync(process.execPath, [join(here, '..', 'tests', 'main.mjs'), ...files], {
    env: { ...env, MONGO_TEST_SERVER: name },
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  const counts = run.stdout.trim().split('\n').at(-1);
  for (const kind of Object.keys(sum)) sum[kind] += Number(new RegExp(`(\\d+) ${kind}`).exec(counts)?.[1] ?? 0);
  if (run.status !== 0) console.log(run.stdout);
  failed ||= run.status !== 0;
  const skips = [...readFileSync('.tap/report.tap', 'utf8').matchAll(/^ *ok \d+ - (.*?) # SKIP (.*)$/gm)];
  console.log(`store on ${name}: ${counts} in ${seconds(started)}`);
  for (const [, test, reason] of skips) console.log(`  skipped: ${test}: ${reason}`);
}

const tourStarted = Date.now();
const without = absent('secantusdb.sh');
if (without) console.log(`tour on MongoDB: skipped, ${without}`);
else {
  const tour = spawnSync(join(here, 'with-secantusdb.sh'), ['npm', 'run', '-s', 'demo', '--', '--once'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    timeout: 300_000,
  });
  failed ||= tour.status !== 0;
  if (tour.status !== 0) console.log(tour.stdout, tour.stderr);
  console.log(`tour on MongoDB (secantusdb): ${tour.status === 0 ? 'passed' : 'FAILED'} in ${seconds(tourStarted)}`);
}

console.log(`MongoDB: ${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = failed ? 1 : 0;
