import { connect, createServer, type Socket } from 'node:net';
import { BSON, type Document } from 'mongodb';

/**
 * What happens to a command on its way: it passes; the connection is cut before the server gets it, or after it answered;
 * the answer never comes; or the proxy answers in the server's place.
 */
export type Fate = 'pass' | 'cut-before' | 'cut-after' | 'hang' | { readonly answer: Document };

export interface Proxy {
  readonly url: string;
  /** Decides the fate of each command from now on. */
  decide(fate: (name: string, command: Document) => Fate): void;
  close(): Promise<void>;
}

const OP_MSG = 2013;
const HEADER = 16;

/** The command of a message, null for what is no OP_MSG (mongodb.com/docs/manual/reference/mongodb-wire-protocol). */
function commandOf(message: Buffer): Document | null {
  if (message.readInt32LE(12) !== OP_MSG) return null;
  // Flags, the kind of the first section, then its document; the documents of a bulk write follow in a section of their own.
  const start = HEADER + 5;
  return BSON.deserialize(message.subarray(start, start + message.readInt32LE(start)));
}

function answerTo(message: Buffer, answer: Document): Buffer {
  const body = Buffer.from(BSON.serialize(answer));
  const head = Buffer.alloc(HEADER + 5);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(message.readInt32LE(4), 8);
  head.writeInt32LE(OP_MSG, 12);
  return Buffer.concat([head, body]);
}

/** A TCP proxy before a server that understands commands as far as it needs to. */
export async function startProxy(port: number, database: string): Promise<Proxy> {
  let fateOf: (name: string, command: Document) => Fate = () => 'pass';
  const sockets = new Set<Socket>();

  function serve(client: Socket): void {
    const server = connect(port, '127.0.0.1');
    let cutOnAnswer = false;
    let silent = false;
    let buffered = Buffer.alloc(0);
    const end = () => {
      for (const socket of [client, server]) {
        sockets.delete(socket);
        socket.destroy();
      }
    };
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
    server.on('data', (chunk) => {
      if (cutOnAnswer) end();
      else if (!silent) client.write(chunk);
    });
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
      if (fate === 'cut-before') {
        end();
        return;
      }
      if (typeof fate === 'object') {
        client.write(answerTo(message, fate.answer));
        return;
      }
      if (fate === 'cut-after') cutOnAnswer = true;
      if (fate === 'hang') silent = true;
      server.write(message);
    }
  }

  const listener = createServer(serve);
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  const own = typeof address === 'object' && address ? address.port : 0;
  return {
    // Directly: a member of a replica set would tell the driver its own address, past the proxy.
    url: `mongodb://127.0.0.1:${own}/${database}?directConnection=true`,
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
