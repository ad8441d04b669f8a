/**
 * The service as a process of its own that kills itself at a named step: SIGKILL, so that nothing is tidied up.
 * Without a step it works until nothing is left to do and ends with 0.
 */
import { once } from 'node:events';
import { type Runtime, systemRuntime } from '../../src/runtime.ts';
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.ts';
import type { Store } from '../../src/store/port.ts';
import { BLOCKS_END_MS, type Orders, type Said, type Told } from './protocol.ts';
import { runService } from './service.ts';

const orders = JSON.parse(process.env.ORDERS ?? '') as Orders;
const say = (said: Said) => void process.send?.(said);
/** SIGKILL is delivered while the event loop turns; nothing may follow it. */
const dead = () => new Promise<never>(() => process.kill(process.pid, 'SIGKILL'));

let armed = false;
const times = new Map<string, number>();

async function step<T>(name: string, run: () => Promise<T>): Promise<T> {
  if (!armed) return run();
  const time = (times.get(name) ?? 0) + 1;
  times.set(name, time);
  const numbered = `${name}#${time}`;
  if (orders.kill?.step !== numbered) {
    say({ kind: 'step', step: numbered });
    return run();
  }
  if (orders.kill.moment === 'before') return dead();
  await run();
  return dead();
}

function watched(store: Store): Store {
  return new Proxy(store, {
    get(target, area: keyof Store) {
      const part = target[area];
      if (typeof part === 'function') return (part as () => unknown).bind(target);
      if (typeof part !== 'object') return part;
      return new Proxy(part as object, {
        get(methods, method) {
          const operation = Reflect.get(methods, method) as (...args: unknown[]) => Promise<unknown>;
          return (...args: unknown[]) => step(`${area}.${String(method)}`, () => operation.apply(methods, args));
        },
      });
    },
  });
}

const system = systemRuntime();
const runtime: Runtime = {
  ...system,
  // Blocks of the budgets that were recorded before the story have ended when it begins: its first calls record new ones, always.
  now: () => system.now() - (armed ? 0 : BLOCKS_END_MS),
  elapsed: () => system.elapsed() - (armed ? 0 : BLOCKS_END_MS),
  fetch: async (input, init) => {
    const request = input instanceof Request ? input : new Request(input, init);
    const path = new URL(request.url).pathname.replace(/\/\d+$/, '');
    return step(`${request.method} ${path}`, async () => {
      const answer = await system.fetch(request);
      const body = await answer.arrayBuffer();
      return new Response(body.byteLength === 0 ? null : body, { status: answer.status, headers: answer.headers });
    });
  },
};

const opened = await openEmbeddedStore({ path: process.env.STORE ?? '' });
const { left, stop } = await runService({
  runtime,
  opened,
  store: watched(opened),
  env: process.env,
  orders,
  async begin() {
    say({ kind: 'prepared' });
    const [told] = (await once(process, 'message')) as [readonly Told[]];
    armed = true;
    return told;
  },
});
armed = false;
await stop();
await opened.close();
process.exitCode = left.length === 0 ? 0 : 3;
process.disconnect();
