// Brings up every MongoDB-compatible server that can be had, runs the store's tests and the tour on each, and says for each in
// one line what came of it. One that cannot be had is skipped aloud. Usage: node scripts/mongo-servers/check.mjs
import { join } from 'node:path';
import { cached, run } from '../tools.mjs';

const here = import.meta.dirname;
const env = { MONGO_SERVERS_DIR: cached('mongo-servers'), ...process.env };

const SUITE = ['contract', 'commands', 'plans', 'failures', 'failover', 'service', 'migrations', 'races', 'copy'];
const SINGLE = ['contract', 'failures'];
/** Files at a time: some wait long for a server that is silent, or that looks once a minute. */
const TEST_JOBS = '3';
const newest = () => absent('secantusdb-newest.sh', '--if-there');
const ready = async () =>
  (await newest()) ? absent('secantusdb.sh') : 'the newest build shows all that it shows, and more';
const SERVERS = [
  { name: 'MONGODB_TEST_URL', suite: SUITE, missing: async () => !env.MONGODB_TEST_URL && 'it names no server' },
  { name: 'mongod', suite: SUITE, missing: () => absent('mongod.sh') },
  { name: 'secantusdb-newest', suite: SUITE, missing: newest },
  { name: 'secantusdb-newest-standalone', suite: SINGLE, missing: newest },
  { name: 'secantusdb', suite: SUITE, missing: ready },
  { name: 'secantusdb-standalone', suite: SINGLE, missing: ready },
];

const installs = new Map();
/** Why the script could not install its server; false when it could. Each is run once: two at a time would meet in one folder. */
function absent(script, ...args) {
  if (!installs.has(script)) installs.set(script, install(script, args));
  return installs.get(script);
}
async function install(script, args) {
  const done = await run(join(here, script), args, { env, timeout: 300_000 });
  return done.code !== 0 && (done.stderr.trim().split('\n').at(-1) || `${script} failed`);
}

const seconds = (since) => `${Math.round((Date.now() - since) / 1000)} s`;
let failed = false;
const sum = { passed: 0, failed: 0, skipped: 0 };

/** The demo's tour, which waits more than it works: it goes beside the tests. Gives what to say at the end. */
async function tour() {
  const without = await absent('secantusdb.sh');
  if (without) {
    sum.skipped++;
    return `tour on MongoDB: skipped, ${without}`;
  }
  const started = Date.now();
  const args = ['npm', 'run', '-s', 'demo', '--', '--once'];
  const { code, stdout, stderr } = await run(join(here, 'with-secantusdb.sh'), args, { env, timeout: 300_000 });
  failed ||= code !== 0;
  const told = code === 0 ? [] : [stdout, stderr];
  return [...told, `tour on MongoDB (secantusdb): ${code === 0 ? 'passed' : 'FAILED'} in ${seconds(started)}`].join(
    '\n',
  );
}

const toured = tour();
for (const { name, suite, missing } of SERVERS) {
  const why = await missing();
  if (why) {
    sum.skipped++;
    console.log(`store on ${name}: skipped, ${why}`);
    continue;
  }
  const started = Date.now();
  const files = suite.map((part) => `test/store/mongo-${part}.test.ts`);
  const args = [join(here, '..', 'tests', 'main.mjs'), ...files];
  const { code, stdout, stderr } = await run(process.execPath, args, {
    env: { ...env, MONGO_TEST_SERVER: name, TEST_JOBS },
  });
  const counts = stdout.trim().split('\n').at(-1);
  for (const kind of Object.keys(sum)) sum[kind] += Number(new RegExp(`(\\d+) ${kind}`).exec(counts)?.[1] ?? 0);
  if (code !== 0) console.log(stdout, stderr);
  failed ||= code !== 0;
  console.log(`store on ${name}: ${counts} in ${seconds(started)}`);
  for (const line of stdout.split('\n')) if (line.startsWith('  skipped: ')) console.log(line);
}
console.log(await toured);
console.log(`MongoDB: ${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = failed ? 1 : 0;
