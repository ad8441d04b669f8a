/** What is done with the connection. Nothing here raises; what is sent on a broken connection is lost, and `closed` is told. */
export interface StreamSocket {
  send(text: string): void;
  /** Asks for a pong. */
  ping(): void;
  /** While true nothing is delivered, pongs included. */
  hold(on: boolean): void;
  /** Ends the connection at once, without a farewell. */
  close(): void;
}

/** What the connection tells. `closed` comes once, also when it never opened; `why` is for the log. */
export interface SocketListener {
  opened(): void;
  received(text: string): void;
  ponged(): void;
  closed(why: string): void;
}

/** Begins to open a connection. Never raises. */
export type OpenSocket = (url: string, listener: SocketListener) => StreamSocket;
