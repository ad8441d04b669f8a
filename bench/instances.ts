/**
 * Three instances of the built service on a MongoDB-compatible server under load, one killed every few seconds and started again, another
 * stopped past its lease and continued; counted at the sandboxes. Real processes, real time.
 * `npm run bench:instances -- [--minutes 5] [--tenants 12] [--kill-every 12] [--sleep-every 60] [--server MONGODB_TEST_URL|secantusdb]`
 */
import { parseArgs } from 'node:util';
import { SERVERS, serverOf } from '../test/store/servers/servers.ts';
import { runInstances } from './real/instances.ts';

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
  say,
});
process.stdout.write(`${JSON.stringify({ server: server.name, ...result }, null, 2)}\n`);
const isWell = result.lost.length + result.doubled.length + result.violations.length + result.throttled === 0;
process.exit(isWell ? 0 : 1);
