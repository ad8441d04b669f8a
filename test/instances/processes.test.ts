import t from 'tap';
import { runInstances } from '../../bench/real/instances.ts';
import { SERVERS } from '../store/servers/servers.ts';

// The service is built, three processes run for a minute and a half, and what they left behind is worked off.
t.setTimeout(600_000);

const [server] = SERVERS.filter(({ missing }) => missing === undefined);

t.test(
  'B9 three processes on one database, killed, stopped and continued: nothing lost, nothing doubled, no limit broken',
  {
    skip:
      server === undefined &&
      'no MongoDB-compatible server: run scripts/mongo-servers/secantusdb.sh, or set MONGODB_TEST_URL',
  },
  async (t) => {
    if (server === undefined) return;
    const result = await runInstances({
      server,
      minutes: 1.2,
      tenants: 4,
      killEverySeconds: 25,
      sleepEverySeconds: 15,
      say: (line) => t.comment(line),
    });
    t.comment(JSON.stringify(result));
    t.strictSame(result.lost, []);
    t.strictSame(result.doubled, []);
    t.strictSame(result.violations, []);
    t.equal(result.throttled, 0);
    t.ok(result.kills >= 1 && result.sleeps >= 1, 'some of them died, and some slept');
  },
);
