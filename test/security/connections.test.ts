import { connect, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import type { ConnectionLimits } from '../../src/http/connections.ts';
import { createWorld } from '../routes/world.ts';

const HOST = '127.0.0.1';

/** What is sent, piece by piece, as often as one is taken; gives all that came until the server closed the connection. */
function converse(socket: Socket, pieces: Iterable<string>): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const next = pieces[Symbol.iterator]();
    const timer = setInterval(() => {
      const { done, value } = next.next();
      if (done) clearInterval(timer);
      else if (socket.writable) socket.write(value);
    }, 20);
    socket.on('data', (chunk) => {
      heard += chunk.toString();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(timer);
      resolve(heard);
    });
  });
}

function* drip(head: string): Iterable<string> {
  yield head;
  for (;;) yield 'x';
}

/** The application on a socket of its own. */
async function serve(t: Test, limits?: Partial<ConnectionLimits>) {
  const world = await createWorld({ app: limits === undefined ? {} : { limits } });
  t.teardown(world.close);
  await world.app.listen({ host: HOST, port: 0 });
  const { port } = world.app.server.address() as { port: number };
  return {
    server: world.app.server,
    dial: () => connect(port, HOST),
    async live(): Promise<number> {
      const answer = await fetch(`http://${HOST}:${port}/health/live`, { headers: { connection: 'close' } });
      await answer.text();
      return answer.status;
    },
  };
}

t.test('B8 what does not arrive whole, in time and in measure is refused, and holds no connection', async (t) => {
  const { dial, live } = await serve(t, { requestMs: 1_000 });
  const refused = async (pieces: Iterable<string>) => {
    const [head = '', body = ''] = (await converse(dial(), pieces)).split('\r\n\r\n');
    return [Number(head.split(' ')[1]), body === '' ? null : (JSON.parse(body) as { code: string }).code];
  };
  const large = `GET /health/live HTTP/1.1\r\nhost: x\r\na: ${'a'.repeat(20_000)}\r\n\r\n`;
  t.same(await refused([large]), [431, 'headers-too-large']);
  t.same(await refused(['\x16\x03\x01\x02\x00\x01\x00 no HTTP\r\n\r\n']), [400, 'invalid-body']);
  const twice = 'POST /api/tenants HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n';
  t.same(await refused([twice]), [400, 'invalid-body'], 'a length that is told twice (smuggling)');
  const body =
    'POST /api/tenants HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n\r\n';
  const [slow, silent, unread] = await Promise.all([
    refused(drip('GET /health/live HTTP/1.1\r\nhost: x\r\na: ')),
    converse(dial(), []),
    converse(dial(), drip(body)),
  ]);
  t.same(slow, [408, 'request-too-slow']);
  t.equal(silent, '', 'a connection that says nothing is closed');
  t.match(unread.split(' ')[1], /^4\d\d$/, 'neither is a body waited for that nobody wants');
  t.equal(await live(), 200);
});

t.test('B8 so many connections stand at once, and no more', async (t) => {
  const { dial, live } = await serve(t, { connections: 3 });
  const held = await Promise.all(
    Array.from({ length: 3 }, () => {
      const socket = dial();
      return new Promise<Socket>((resolve) => socket.on('connect', () => resolve(socket)));
    }),
  );
  await t.rejects(live(), 'as many stand as may');
  for (const socket of held) socket.destroy();
  // What the server has not heard of yet still counts.
  const tryAgain = async (): Promise<number> => live().catch(() => tryAgain());
  t.equal(await tryAgain(), 200, 'as soon as some are gone');
  const { requestTimeout, headersTimeout, timeout, maxConnections } = (await serve(t)).server;
  t.same([requestTimeout, headersTimeout, timeout, maxConnections], [30_000, 30_000, 30_000, 5_000], 'by themselves');
});
