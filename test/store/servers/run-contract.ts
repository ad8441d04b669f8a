import t from 'tap';
import { systemRuntime } from '../../../src/runtime.ts';
import { openMongoStore } from '../../../src/store/mongo/mongo-store.ts';
import { storeContract, type Tap } from '../contract.ts';
import { emptiedStore } from './emptied.ts';
import { putExpiring } from './expiring.ts';
import { gapOf } from './gaps.ts';
import { REPLICA_SETS, type TestServer } from './servers.ts';

/** The tests of the contract, those skipped aloud that the server cannot show; `begins` hears which one runs. */
const withGaps = (tap: Tap, server: string, begins: (test: string) => void): Tap =>
  ({
    test: (name: string, body: (t: Tap) => Promise<unknown>) => {
      const why = gapOf(server, name);
      if (why !== undefined) return tap.test(name, { skip: `not provable on ${server}: ${why}` }, body as never);
      return tap.test(name, (t) => {
        begins(name);
        return body(t as unknown as Tap);
      });
    },
  }) as unknown as Tap;

/** Every promise of the port on one server; skipped aloud when the server cannot be had. */
export function contractOn(server: TestServer): void {
  const { name } = server;
  t.test(`every promise of the port on ${name}`, { skip: server.missing ?? false }, async (tap) => {
    const running = await server.start();
    const shared = await emptiedStore(name, running.url('contract'));
    const many = REPLICA_SETS.some((one) => one === name);
    // Written first and looked at last, since a server looks once a minute.
    const expiring = many ? await putExpiring(running.url('expiry')) : null;
    let current = '';
    const begins = (test: string) => {
      current = test;
    };
    try {
      const openOwn = () => openMongoStore({ url: running.url('own'), runtime: systemRuntime() });
      await storeContract(withGaps(tap as unknown as Tap, name, begins), () => shared.open(current), {
        openOwn,
        // There the four processes of mongo-races.test.ts fall upon 2,000.
        crowded: many ? 200 : 2000,
      });
      if (expiring)
        await tap.test('B2 what expired more than an hour ago is deleted by the server itself', async (t) => {
          t.strictSame(await expiring.left(), { activity: 1, mail: 1, answers: 1, seen: 1 });
        });
    } finally {
      await expiring?.close();
      await shared.client.db().dropDatabase();
      await shared.close();
      await running.stop();
    }
  });
}
