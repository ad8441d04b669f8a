import { fastify } from 'fastify';
import t from 'tap';
import { closeInOrder } from '../src/closing.ts';
import { sleep } from '../src/runtime.ts';
import { fastRuntime } from './support/fast-runtime.ts';
import { createVirtualRuntime } from './support/virtual-runtime.ts';

/** Parts that say when they were asked, and when they had ended. */
function open() {
  const runtime = createVirtualRuntime({ seed: 1, start: Date.UTC(2026, 0, 5, 8) });
  const said: string[] = [];
  const at = (what: string) => void said.push(`${Math.round(runtime.elapsed() - begun)} ${what}`);
  const begun = runtime.elapsed();
  const log = (...args: unknown[]) => at(String(args.at(-1)));
  const part = (name: string, ends: () => Promise<void>) => async () => {
    at(`${name} begins`);
    await ends();
    at(`${name} ends`);
  };
  return { runtime, said, part, logger: { warn: log, error: log } };
}

t.test('B9 a stop gives everything back while a request still waits for a silent vendor', async (t) => {
  const { runtime, said, part, logger } = open();
  let answer = () => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const closing = closeInOrder({
    runtime,
    logger,
    app: { close: part('server', () => answered) },
    service: { stop: part('work', () => sleep(runtime, 500)) },
    store: { close: part('store', async () => {}) },
  });
  runtime.setTimer(9_000, answer);
  await runtime.drive(closing);
  t.strictSame(said, [
    '0 server begins',
    '3000 work begins',
    '3500 work ends',
    '9000 server ends',
    '9000 store begins',
    '9000 store ends',
  ]);
  t.equal(runtime.pendingTimers(), 0);
});

t.test('B9 a stop waits for no request that has its answer, and for none longer than a process may', async (t) => {
  const quick = open();
  const ended = async () => {};
  await quick.runtime.drive(
    closeInOrder({
      ...quick,
      app: { close: quick.part('server', ended) },
      service: { stop: quick.part('work', ended) },
      store: { close: quick.part('store', ended) },
    }),
  );
  t.equal(quick.said.at(-1), '0 store ends');

  const stuck = open();
  const never = () => new Promise<void>(() => {});
  await stuck.runtime.drive(
    closeInOrder({
      ...stuck,
      app: { close: stuck.part('server', never) },
      service: { stop: stuck.part('work', ended) },
      store: { close: stuck.part('store', ended) },
    }),
  );
  t.strictSame(stuck.said.slice(-3), [
    '23000 requests are still being answered at the end of the grace time; they are cut',
    '23000 store begins',
    '23000 store ends',
  ]);

  const broken = open();
  await broken.runtime.drive(
    closeInOrder({
      ...broken,
      app: { close: () => Promise.reject(new Error('no')) },
      service: { stop: broken.part('work', ended) },
      store: { close: broken.part('store', ended) },
    }),
  );
  t.strictSame(broken.said.slice(0, 2), ['0 the server could not be closed in order', '0 work begins']);
});

t.test(
  'B9 the server takes nothing new while the work is given back, and the request that held it has its answer',
  async (t) => {
    // Sockets have no virtual time.
    const runtime = fastRuntime(20);
    const app = fastify();
    let stop = () => {};
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    let arrived = () => {};
    const isHere = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    app.get('/slow', async (_request, reply) => {
      arrived();
      await stopped;
      // As the service's own last answers do: the connection would stand for its idle time.
      reply.header('connection', 'close');
      return 'stopping';
    });
    app.get('/', async () => 'here');
    const address = await app.listen({ port: 0, host: '127.0.0.1' });
    const slow = fetch(`${address}/slow`).then((response) => response.text());
    await isHere;
    let taken: unknown = 'nothing was asked';
    await closeInOrder({
      runtime,
      logger: app.log,
      app,
      service: {
        async stop() {
          taken = await fetch(`${address}/`).then(
            ({ status }) => status,
            () => 'refused',
          );
          stop();
        },
      },
      store: { close: async () => {} },
    });
    t.match(String(taken), /^(refused|503)$/);
    t.equal(await slow, 'stopping');
  },
);
