import { Readable } from 'node:stream';

export interface ServerEvent {
  readonly event: string;
  readonly data: unknown;
  /** What a client sends as Last-Event-ID after a broken line. */
  readonly id?: string;
  /** How long the client waits before it connects again, ms. */
  readonly retry?: number;
}

/** One client's stream of server-sent events. */
export interface EventStream {
  /** What is sent as the answer's body. */
  readonly body: Readable;
  /** False: the client has not taken what was sent before, and this was dropped. */
  send(event: ServerEvent): boolean;
  /** Says nothing, and keeps the line open. */
  comment(text: string): void;
  /** Ends it when everything has been taken. */
  end(): void;
  /** Called once, however it ended. */
  onOver(listener: () => void): void;
}

/** What a client may leave untaken, in bytes, beside what its connection holds. */
export const MOST_UNTAKEN = 512 * 1024;

/** A stream in the form of the standard (text/event-stream), which holds no more than a client may leave untaken. */
export function createEventStream(): EventStream {
  // Pushed to as events come; asked for more it has nothing to add.
  const body = new Readable({ read() {} });

  function push(text: string): boolean {
    if (body.destroyed || body.readableEnded || body.readableLength + text.length > MOST_UNTAKEN) return false;
    body.push(text);
    return true;
  }

  return {
    body,
    send({ event, data, id, retry }) {
      const more = `${id === undefined ? '' : `id: ${id}\n`}${retry === undefined ? '' : `retry: ${retry}\n`}`;
      return push(`event: ${event}\n${more}data: ${JSON.stringify(data)}\n\n`);
    },
    comment: (text) => void push(`: ${text}\n\n`),
    end: () => void (body.destroyed || body.push(null)),
    onOver: (listener) => void body.once('close', listener),
  };
}
