/**
 * Three instances of the built service on a MongoDB-compatible server under load, one killed every few seconds and started again, another
 * stopped past its lease and continued; counted at the sandboxes. Real processes, real time. At the end one is killed whose tenant imports,
 * and the successor's first call and full rate are counted. Ends with code 1 when a goal is missed.
 * `npm run bench:instances -- [--minutes 5] [--tenants 12] [--kill-every 12] [--sleep-every 60] [--server MONGODB_TEST_URL|secantusdb]`
 */
import { parseArgs } from 'node:util';
import { SERVERS, serverOf } from '../test/store/servers/servers.ts';
import { runInstances } from './real/instances.ts';

/** What a successor is to reach (design of budgets): its first call, and the use of the limit after 95 s. */
const FIRST_CALL_SECONDS = 35;
const FULL_RATE = 0.95;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    tenants: { type: 'string', default: '12' },
    'kill-every': { type: 'string', default: '12' },
    'sleep-every': { type: 'string', default: '60' },
    server: { type: 'string' },
  },
});
const server =
  values.server === undefined ? SERVERS.find(({ missing }) => missing === undefined) : serverOf(values.server);
if (server === undefined || server.missing !== undefined) {
  process.stderr.write(
    `No server: ${server?.missing ?? 'run scripts/mongo-servers/secantusdb.sh, or set MONGODB_TEST_URL'}\n`,
  );
  process.exit(2);
}
const begun = Date.now();
const say = (line: string) =>
  process.stderr.write(`${((Date.now() - begun) / 1_000).toFixed(0).padStart(4)} s  ${line}\n`);
const result = await runInstances({
  server,
  minutes: Number(values.minutes),
  tenants: Number(values.tenants),
  killEverySeconds: Number(values['kill-every']),
  sleepEverySeconds: Number(values['sleep-every']),
  isSuccessionCounted: true,
  say,
});
process.stdout.write(`${JSON.stringify({ server: server.name, ...result }, null, 2)}\n`);
const { lost, doubled, violations, throttled, succession, takeOverSeconds } = result;
const isWell =
  lost.length + doubled.length + violations.length + throttled === 0 &&
  !(takeOverSeconds.worst > FIRST_CALL_SECONDS) &&
  succession !== null &&
  succession.firstCallSeconds <= FIRST_CALL_SECONDS &&
  succession.fullRate >= FULL_RATE;
process.exit(isWell ? 0 : 1);
