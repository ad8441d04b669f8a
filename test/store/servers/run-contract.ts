import t from 'tap';
import { systemRuntime } from '../../../src/runtime.ts';
import { openMongoStore } from '../../../src/store/mongo/mongo-store.ts';
import { storeContract, type Tap } from '../contract.ts';
import { emptiedStore } from './emptied.ts';
import { gapOf } from './gaps.ts';
import { serverOf } from './servers.ts';

/** The tests of the contract, those skipped aloud that the server cannot show. */
const withGaps = (tap: Tap, server: string): Tap =>
  ({
    test: (name: string, body: (t: Tap) => Promise<unknown>) => {
      const why = gapOf(server, name);
      return tap.test(name, why === undefined ? {} : { skip: `not provable on ${server}: ${why}` }, body as never);
    },
  }) as unknown as Tap;

/** Every promise of the port on one server; skipped aloud when the server cannot be had. */
export function contractOn(name: string): void {
  const server = serverOf(name);
  t.setTimeout(295_000);
  t.test(`every promise of the port on ${name}`, { skip: server.missing ?? false }, async (tap) => {
    const running = await server.start();
    const shared = await emptiedStore(name, running.url('contract'));
    try {
      const openOwn = () => openMongoStore({ url: running.url('own'), runtime: systemRuntime() });
      await storeContract(withGaps(tap as unknown as Tap, name), shared.open, openOwn);
    } finally {
      await shared.client.db().dropDatabase();
      await shared.close();
      await running.stop();
    }
  });
}
