import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.ts';
import { hintOf } from './fixtures.ts';

// Started by embedded.test.ts: writes until it is killed, and names each write only after the store acknowledged it.
const [path = '', name = ''] = process.argv.slice(2);
try {
  const store = await openEmbeddedStore({ path });
  process.stdout.write('open\n');
  const write = async (lane: number): Promise<void> => {
    for (let n = 0; ; n++) {
      const id = `${name}-${lane}-${n}`;
      await store.jobs.enqueue([hintOf(id)], n);
      process.stdout.write(`${id}\n`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, lane) => write(lane)));
} catch (error) {
  process.stdout.write(`refused ${error instanceof Error ? error.message : String(error)}\n`);
}
