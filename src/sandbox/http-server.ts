import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { SandboxRequest, SandboxResponse, SandboxVendor } from './chassis.ts';
import type { FortnoxStream } from './fortnox/stream.ts';

/** Where Fortnox's stream is found (fortnox.md 6.2). */
export const STREAM_PATH = '/topics-v1';

async function read(request: IncomingMessage): Promise<SandboxRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return {
    method: request.method ?? 'GET',
    url: request.url ?? '/',
    headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

/**
 * Serves a stand-in over a socket. A call that the stand-in breaks off (an Error named ConnectionLost) has its socket
 * destroyed. A stand-in with a stream has it as WebSocket at /topics-v1. `latency` gives the milliseconds that each answer waits after the call has taken effect. Raises what
 * listening raises, e.g. a port in use. `close` ends open connections and resolves when the port is free.
 */
export async function serveSandbox(
  vendor: Pick<SandboxVendor, 'handle'> & { readonly stream?: Pick<FortnoxStream, 'connect'> },
  options: { host: string; port: number; latency?: () => number },
): Promise<{ url: string; close(): Promise<void> }> {
  const waiting = new Set<NodeJS.Timeout>();

  function reply(response: ServerResponse, answer: SandboxResponse): void {
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  }
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const answer = vendor.handle(await read(request));
      const wait = options.latency?.() ?? 0;
      if (wait <= 0) return reply(response, answer);
      const timer = setTimeout(() => {
        waiting.delete(timer);
        reply(response, answer);
      }, wait);
      waiting.add(timer);
    } catch (error) {
      if (error instanceof Error && error.name === 'ConnectionLost') return void request.socket.destroy();
      if (request.destroyed && !request.complete) return;
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      reply(response, {
        status: 500,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        body: `The sandbox failed: ${message}`,
      });
    }
  }

  const server = createServer((request, response) => void serve(request, response));
  const sockets = new WebSocketServer({ noServer: true, autoPong: false });
  server.on('upgrade', (request, socket, head) => {
    const { stream } = vendor;
    if (stream === undefined || request.url !== STREAM_PATH) return void socket.destroy();
    sockets.handleUpgrade(request, socket, head, (peer) => {
      const door = stream.connect({ send: (text) => peer.send(text), close: () => peer.terminate() });
      peer.on('message', (data) => door.received(String(data)));
      peer.on('ping', () => door.pinged() && peer.pong());
      peer.on('close', () => door.closed());
      // The close that follows tells the same.
      peer.on('error', () => {});
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    url: `http://${options.host}:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve, reject) => {
        for (const timer of waiting) clearTimeout(timer);
        server.close((error) => (error ? reject(error) : resolve()));
        for (const peer of sockets.clients) peer.terminate();
        server.closeAllConnections();
      }),
  };
}
