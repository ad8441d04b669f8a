import { Agent, createServer, type IncomingHttpHeaders, request as requestOf, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}
/** One request on its way, and what a fault may do with it. */
export interface Exchange {
  readonly asked: Asked;
  readonly response: ServerResponse;
  /** The client's connection. */
  readonly socket: Socket;
  /** The vendor does what it is asked, and answers. */
  vendor(): Promise<Answered>;
  /** A whole answer, framed as it should be. */
  answer(answered: { status: number; headers?: Readonly<Record<string, string>>; body?: Buffer | string }): void;
  /** In the service's time; ends early when the proxy closes. */
  wait(ms: number): Promise<void>;
}
export type Fault = (exchange: Exchange) => void | Promise<void>;

export interface FaultProxy {
  readonly url: string;
  /** Requests that came, whatever became of them. */
  readonly count: () => number;
  /** What befalls each request from now on; null: it passes. */
  decide(faultOf: (asked: Asked) => Fault | null): void;
  /** Nobody listens, and open connections are reset. */
  goDown(): Promise<void>;
  comeUp(): Promise<void>;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
/** Of one connection alone. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'host']);

/** Before the path, so that one proxy serves several calls at once, each with a fate of its own: /~12/3/customers. */
export const MARK = /^\/~([^/]+)/;

const passed = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      HOP_BY_HOP.has(name) || value === undefined ? [] : [[name, String(value)]],
    ),
  );

export const pass: Fault = async ({ vendor, answer }) => answer(await vendor());

/**
 * A proxy before one vendor that understands HTTP and breaks it on demand, on real sockets. WebSockets pass; `goDown` cuts them too.
 * `sleep` is the service's own.
 */
export async function startFaultProxy(upstream: string, sleep: (ms: number) => Promise<void>): Promise<FaultProxy> {
  const target = new URL(upstream);
  // A connection each: one that the vendor closes just as it is used again would be a fault that nobody asked for.
  const agent = new Agent({ keepAlive: false });
  const sockets = new Set<Socket>();
  let faultOf: (asked: Asked) => Fault | null = () => null;
  let count = 0;
  let closed = () => {};
  const closing = new Promise<void>((resolve) => {
    closed = resolve;
  });

  const ask = (asked: Asked): Promise<Answered> =>
    new Promise((resolve, reject) => {
      const sent = requestOf(
        {
          host: HOST,
          port: target.port,
          method: asked.method,
          path: asked.path.replace(MARK, ''),
          headers: passed(asked.headers),
          agent,
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () =>
            resolve({ status: answer.statusCode ?? 0, headers: passed(answer.headers), body: Buffer.concat(chunks) }),
          );
        },
      );
      sent.on('error', reject);
      sent.end(asked.body);
    });

  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    // The client gave up while it sent.
    request.on('error', () => {});
    request.on('end', () => {
      const { method = 'GET', url = '/', headers, socket } = request;
      const asked: Asked = { method, path: url, headers, body: Buffer.concat(chunks) };
      count += 1;
      const exchange: Exchange = {
        asked,
        response,
        socket,
        vendor: () => ask(asked),
        answer({ status, headers: named = {}, body = '' }) {
          if (response.destroyed) return;
          const bytes = Buffer.from(body);
          const length = status === 204 || status === 304 ? {} : { 'content-length': String(bytes.length) };
          response.writeHead(status, { ...named, ...length });
          response.end(bytes);
        },
        wait: (ms) => Promise.race([sleep(ms), closing]),
      };
      const fault = faultOf(asked) ?? pass;
      // A vendor that breaks the connection, and a client that is gone already: the client sees a broken connection.
      Promise.resolve(fault(exchange)).catch(() => socket.destroy());
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  server.on('upgrade', (request, socket, head) => {
    const vendor = connect(Number(target.port), HOST, () => {
      const lines = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`);
      vendor.write(`GET ${request.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      vendor.write(head);
      vendor.pipe(socket).pipe(vendor);
    });
    const end = () => {
      vendor.destroy();
      socket.destroy();
    };
    for (const one of [vendor, socket]) one.on('error', end).on('close', end);
  });

  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, HOST, () => resolve()));
  const shut = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.resetAndDestroy();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${HOST}:${port}`,
    count: () => count,
    decide(decision) {
      faultOf = decision;
    },
    goDown: shut,
    comeUp: () => listen(port),
    async close() {
      closed();
      agent.destroy();
      if (server.listening) await shut();
    },
  };
}
