import { connect, createServer, type Socket } from 'node:net';
import type { Document } from 'mongodb';
import { answerTo, commandOf, HEADER } from './messages.ts';

/**
 * What happens to a command on its way: it passes; the connection is cut before the server gets it, when it has half of it,
 * when it answered, or when half of its answer is through; the answer never comes, not before `late` says so, by drops, or as
 * noise; or the proxy answers in the server's place.
 */
export type Fate =
  | 'pass'
  | 'cut-before'
  | 'cut-within'
  | 'cut-after'
  | 'cut-answering'
  | 'hang'
  | 'drip'
  | 'noise'
  | { readonly late: Promise<void> }
  | { readonly answer: Document };

export interface Proxy {
  readonly url: string;
  /** Where it listens. */
  readonly host: string;
  /** Decides the fate of each command from now on. */
  decide(fate: (name: string, command: Document) => Fate): void;
  close(): Promise<void>;
}

const DROP_BYTES = 40;

/** A TCP proxy before a server that understands commands as far as it needs to. */
export async function startProxy(port: number, database: string): Promise<Proxy> {
  let fateOf: (name: string, command: Document) => Fate = () => 'pass';
  const sockets = new Set<Socket>();

  function serve(client: Socket): void {
    const server = connect(port, '127.0.0.1');
    let buffered = Buffer.alloc(0);
    let toClient = (chunk: Buffer): void => void client.write(chunk);
    /** A piece at each turn of the event loop. */
    const drip = (chunk: Buffer): void => {
      client.write(chunk.subarray(0, DROP_BYTES));
      if (chunk.length > DROP_BYTES) setImmediate(drip, chunk.subarray(DROP_BYTES));
    };
    const end = () => {
      for (const socket of [client, server]) {
        sockets.delete(socket);
        socket.destroy();
      }
    };
    const half = (to: Socket, whole: Buffer) => to.write(whole.subarray(0, whole.length >> 1), end);
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
    server.on('data', (chunk) => toClient(chunk));
    client.on('data', (chunk) => {
      buffered = Buffer.concat([buffered, chunk]);
      while (buffered.length >= HEADER && buffered.length >= buffered.readInt32LE(0)) {
        const message = buffered.subarray(0, buffered.readInt32LE(0));
        buffered = buffered.subarray(message.length);
        handle(message);
      }
    });

    function handle(message: Buffer): void {
      const command = commandOf(message);
      const name = Object.keys(command ?? {})[0] ?? '';
      const fate = command ? fateOf(name, command) : 'pass';
      if (fate === 'cut-before') end();
      else if (fate === 'cut-within') half(server, message);
      else if (typeof fate === 'object' && 'answer' in fate) client.write(answerTo(message, fate.answer));
      else {
        if (fate === 'cut-after') toClient = end;
        if (fate === 'cut-answering') toClient = (chunk) => void half(client, chunk);
        if (fate === 'drip') toClient = drip;
        if (fate === 'noise') toClient = ({ length }) => void client.write(Buffer.alloc(length, 0xa5), end);
        if (fate === 'hang') toClient = () => undefined;
        if (typeof fate === 'object') {
          server.pause();
          void fate.late.then(() => server.resume());
        }
        server.write(message);
      }
    }
  }

  const listener = createServer(serve);
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  const host = `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  return {
    // Directly: a member of a replica set would tell the driver its own address, past the proxy.
    url: `mongodb://${host}/${database}?directConnection=true`,
    host,
    decide(fate) {
      fateOf = fate;
    },
    close: () =>
      new Promise((resolve) => {
        listener.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** The fate for the first so many commands that are picked, then all pass. */
export function first(count: number, picked: (name: string, command: Document) => boolean, fate: Fate) {
  let left = count;
  return (name: string, command: Document): Fate => {
    if (left === 0 || !picked(name, command)) return 'pass';
    left--;
    return fate;
  };
}
