import { type CommandStartedEvent, type Document, MongoClient } from 'mongodb';

/** What the driver sent, without what it adds by itself. */
export interface Sent {
  readonly name: string;
  readonly command: Document;
  /** The driver may repeat it, and the server then answers as the first time. */
  readonly numbered: boolean;
}

const OF_THE_DRIVER = ['lsid', '$clusterTime', 'txnNumber', '$db', '$readPreference', 'operationTime'];

/** A client that keeps every command it sends; `taken` gives those since the last time. */
export function recordingClient(url: string): { client: MongoClient; taken(): Sent[] } {
  const client = new MongoClient(url, { monitorCommands: true });
  let sent: Sent[] = [];
  client.on('commandStarted', (event: CommandStartedEvent) => {
    if (event.commandName === 'endSessions') return;
    const command = Object.fromEntries(
      Object.entries(event.command as Document).filter(([field]) => !OF_THE_DRIVER.includes(field)),
    );
    sent.push({ name: event.commandName, command, numbered: 'txnNumber' in event.command });
  });
  return {
    client,
    taken() {
      const given = sent;
      sent = [];
      return given;
    },
  };
}
