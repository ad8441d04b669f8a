import type { FortnoxSwitches } from './switches.ts';

/** An offset older than this resets to the earliest that is kept (fortnox.md 6.2). */
const KEPT_MS = 14 * 24 * 3_600_000;
/** Where a topic without an offset begins: the least that the documents promise. */
const FROM_SUBSCRIPTION = Number.POSITIVE_INFINITY;
const TOPICS: ReadonlySet<string> = new Set(
  (
    'invoices customers orders offers articles currencies termsofdeliveries waysofdeliveries termsofpayments ' +
    'bureau-activities bureau-assignments cost-centers financial-years messages projects suppliers supplier-invoices ' +
    'vouchers warehouse-stockbalances'
  ).split(' '),
);

/** The client's end of a connection. */
export interface StreamPeer {
  send(text: string): void;
  /** Breaks the connection off. */
  close(): void;
}
/** What the client does to Fortnox's end. */
export interface StreamDoor {
  received(text: string): void;
  /** Whether a pong comes back. */
  pinged(): boolean;
  closed(): void;
}
export interface StreamEvent {
  readonly topic: string;
  readonly type: string;
  readonly tenantId: number;
  readonly entityId: string;
}
export interface FortnoxStream {
  connect(peer: StreamPeer): StreamDoor;
  /** Tells every connection that asked for it; gives the event as it is sent, with offset and timestamp. */
  publish(event: StreamEvent): Record<string, unknown>;
  /** Breaks every connection off. */
  dropConnections(): void;
  /** Half-open: the present connections stay but nothing comes through any more, pongs included. */
  stallConnections(): void;
  /** The next event arrives twice. */
  duplicateNext(): void;
  /** Connections with the tenants of each, in order of adding. */
  connections(): { readonly tenants: number[]; readonly subscribed: boolean; readonly stalled: boolean }[];
  /** Commands received, oldest first, without their secrets. */
  readonly commands: readonly string[];
  /** Forgets the events; connections and consents stay. */
  reset(): void;
}

interface Kept extends StreamEvent {
  readonly at: number;
  readonly number: number;
  readonly text: string;
}
interface Connection {
  readonly peer: StreamPeer;
  /** By tenant, the token that it was added with. */
  readonly tenants: Map<number, string>;
  /** By topic, the last event that the client has. */
  readonly topics: Map<string, number>;
  subscribed: boolean;
  stalled: boolean;
}
type Command = Record<string, unknown>;
type Answer = { result: 'ok' | 'error' } & Record<string, unknown>;

const texts = (value: unknown): string[] | null =>
  Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : null;

/**
 * A stand-in of Fortnox's notification stream (fortnox.md 6.2). `tenantOf` gives the tenant of a valid `Bearer` token. An
 * add-tenants command with one token that is not valid adds nobody.
 */
export function createFortnoxStream(deps: {
  now: () => number;
  switches: Pick<FortnoxSwitches, 'streamTenantExpiry'>;
  clientSecret: string;
  tenantOf: (bearer: string) => number | null;
  violation: (request: string, why: string) => void;
}): FortnoxStream {
  const { now, switches, tenantOf } = deps;
  const open = new Set<Connection>();
  const commands: string[] = [];
  let kept: Kept[] = [];
  let count = 0;
  let copies = 1;

  const sees = ({ tenants }: Connection, event: Kept): boolean => {
    const bearer = tenants.get(event.tenantId);
    if (bearer === undefined) return false;
    return switches.streamTenantExpiry === 'keeps' || tenantOf(bearer) !== null;
  };
  function deliver(connection: Connection, event: Kept): void {
    const last = connection.topics.get(event.topic);
    if (!connection.subscribed || last === undefined || event.number <= last) return;
    connection.topics.set(event.topic, event.number);
    if (!connection.stalled && sees(connection, event)) connection.peer.send(event.text);
  }
  function prune(): void {
    const oldest = kept.findIndex(({ at }) => at >= now() - KEPT_MS);
    if (oldest !== 0) kept = oldest < 0 ? [] : kept.slice(oldest);
  }

  function refuse(name: string, why: string, more: Record<string, unknown> = {}): Answer {
    deps.violation(name, why);
    return { result: 'error', ...more };
  }

  const answers: Readonly<Record<string, (connection: Connection, command: Command) => Answer>> = {
    'add-tenants-v1'({ tenants }, { clientSecret, accessTokens }) {
      const bearers = texts(accessTokens);
      if (bearers === null) return refuse('add-tenants-v1', 'accessTokens is not a list of texts');
      if (clientSecret !== deps.clientSecret) return refuse('add-tenants-v1', 'The client secret is wrong');
      // A token that ended is no mistake: the service renews it and asks again.
      const invalidTokens = bearers.filter((bearer) => tenantOf(bearer) === null);
      if (invalidTokens.length > 0) return { result: 'error', invalidTokens };
      const tenantIds = Object.fromEntries(bearers.map((bearer) => [bearer, tenantOf(bearer) as number]));
      for (const [bearer, tenant] of Object.entries(tenantIds)) tenants.set(tenant, bearer);
      return { result: 'ok', tenantIds };
    },
    'remove-tenants-v1'(connection, { tenants }) {
      if (!Array.isArray(tenants)) return refuse('remove-tenants-v1', 'tenants is not a list');
      for (const tenant of tenants) connection.tenants.delete(tenant as number);
      return { result: 'ok' };
    },
    'list-tenants-v1': ({ tenants }) => ({ result: 'ok', tenantIds: [...tenants.keys()] }),
    'add-topics-v1'(connection, { topics }) {
      if (!Array.isArray(topics)) return refuse('add-topics-v1', 'topics is not a list');
      const wanted = topics as { topic: string; offset?: string }[];
      const invalidTopics = wanted.map(({ topic }) => topic).filter((topic) => !TOPICS.has(topic));
      if (invalidTopics.length > 0) return refuse('add-topics-v1', 'There is no such topic', { invalidTopics });
      for (const { topic, offset } of wanted)
        connection.topics.set(topic, offset === undefined ? FROM_SUBSCRIPTION : Number.parseInt(offset, 36));
      return { result: 'ok' };
    },
    'subscribe-v1'(connection) {
      if (connection.topics.size === 0) return refuse('subscribe-v1', 'No topic was added');
      connection.subscribed = true;
      for (const [topic, last] of connection.topics)
        if (last === FROM_SUBSCRIPTION) connection.topics.set(topic, count);
      return { result: 'ok' };
    },
  };

  function parse(text: string): Command | null {
    try {
      const value: unknown = JSON.parse(text);
      return typeof value === 'object' && value !== null ? (value as Command) : null;
    } catch {
      // What is no JSON is answered with nothing, and is a violation.
      return null;
    }
  }

  function received(connection: Connection, text: string): void {
    if (connection.stalled || !open.has(connection)) return;
    const command = parse(text);
    const name = typeof command?.command === 'string' ? command.command : '';
    const answer = Object.hasOwn(answers, name) ? answers[name] : undefined;
    if (command === null || answer === undefined) {
      deps.violation('stream', `Not a command: ${name}`);
      return;
    }
    commands.push(name);
    const wasSubscribed = connection.subscribed;
    connection.peer.send(JSON.stringify({ response: name, ...answer(connection, command) }));
    if (wasSubscribed || !connection.subscribed) return;
    prune();
    for (const event of kept) deliver(connection, event);
  }

  return {
    connect(peer) {
      const connection: Connection = {
        peer,
        tenants: new Map(),
        topics: new Map(),
        subscribed: false,
        stalled: false,
      };
      open.add(connection);
      return {
        received: (text) => received(connection, text),
        pinged: () => open.has(connection) && !connection.stalled,
        closed: () => void open.delete(connection),
      };
    },
    publish(event) {
      count += 1;
      const at = now();
      const sent = { ...event, offset: count.toString(36), timestamp: new Date(at).toISOString() };
      const one: Kept = { ...event, at, number: count, text: JSON.stringify(sent) };
      prune();
      kept.push(one);
      const times = copies;
      copies = 1;
      for (const connection of open) {
        const before = connection.topics.get(one.topic);
        for (let left = times; left > 0; left -= 1) {
          if (before !== undefined) connection.topics.set(one.topic, before);
          deliver(connection, one);
        }
      }
      return sent;
    },
    dropConnections() {
      for (const connection of [...open]) {
        open.delete(connection);
        connection.peer.close();
      }
    },
    stallConnections() {
      for (const connection of open) connection.stalled = true;
    },
    duplicateNext() {
      copies = 2;
    },
    connections: () =>
      [...open].map(({ tenants, subscribed, stalled }) => ({ tenants: [...tenants.keys()], subscribed, stalled })),
    commands,
    reset() {
      kept = [];
      commands.length = 0;
    },
  };
}
