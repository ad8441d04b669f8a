import { BSON, type Document } from 'mongodb';

// The wire protocol as far as a proxy needs it: mongodb.com/docs/manual/reference/mongodb-wire-protocol.
export const HEADER = 16;
const OP_REPLY = 1;
/** A driver's first words to a server; everything else is OP_MSG. */
const OP_QUERY = 2004;
const OP_MSG = 2013;

const opCode = (message: Buffer): number => message.readInt32LE(12);

/** Where the document of the command begins; null for what holds none. */
function startOf(message: Buffer): number | null {
  // Flags and the kind of the first section; the documents of a bulk write follow in a section of their own.
  if (opCode(message) === OP_MSG) return HEADER + 5;
  // Flags, the name of a collection with its zero, and two numbers.
  if (opCode(message) === OP_QUERY) return message.indexOf(0, HEADER + 4) + 1 + 8;
  return null;
}

/** The command of a message. */
export function commandOf(message: Buffer): Document | null {
  const start = startOf(message);
  return start === null ? null : BSON.deserialize(message.subarray(start, start + message.readInt32LE(start)));
}

/** An answer to it, as a server would send it. */
export function answerTo(message: Buffer, answer: Document): Buffer {
  const body = Buffer.from(BSON.serialize(answer));
  const old = opCode(message) === OP_QUERY;
  // Flags and a section's kind; of old: flags, a cursor, where it starts, and how many documents follow.
  const head = Buffer.alloc(HEADER + (old ? 20 : 5));
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(message.readInt32LE(4), 8);
  head.writeInt32LE(old ? OP_REPLY : OP_MSG, 12);
  if (old) head.writeInt32LE(1, HEADER + 16);
  return Buffer.concat([head, body]);
}
