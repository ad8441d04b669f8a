import type { BaseLogger } from 'pino';
import type { Tenant } from '../../schemas/records.ts';
import { isSyncError, SyncError } from '../errors/sync-error.ts';
import type { Poller } from '../intake/poller.ts';
import { jittered } from '../queue/backoff.ts';
import type { Intake } from '../queue/types.ts';
import { type Runtime, sleep, within } from '../runtime.ts';
import type { Store } from '../store/port.ts';
import { openConnection, type StreamConnection } from './connection.ts';
import { createEvents } from './events.ts';
import { createForwardedPolls } from './forwarded-polls.ts';
import { type AccessToken, createMembers } from './members.ts';
import { createOffsets } from './offsets.ts';
import type { OpenSocket } from './socket.ts';
import { type PollReason, polled, STREAMED, type StreamState } from './state.ts';
import { createStreamTenants } from './tenants.ts';
import { addTopics, missedTooLong } from './topics.ts';

/** New, paused and resumed tenants are seen within this. */
const LOOK_EVERY_MS = 15_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** A connection that stood this long has proven itself: the next wait is short again. */
const PROVEN_MS = 60_000;
const ALIVE_EVERY_MS = 600_000;
const STOP_WAIT_MS = 2_000;

export interface StreamDeps {
  readonly runtime: Runtime;
  readonly store: Pick<Store, 'tenants' | 'states'>;
  readonly intake: Intake;
  readonly poller: Pick<Poller, 'pollNow'>;
  readonly logger: Pick<BaseLogger, 'debug' | 'info' | 'warn' | 'error'>;
  readonly open: OpenSocket;
  /** null: the stream is off, and the poll finds every change. */
  readonly url: string | null;
  readonly clientSecret: string;
  readonly tokenOf: (tenantId: string, refused?: string) => Promise<AccessToken>;
}

export interface Stream {
  start(): void;
  /** Closes the connection at once and stores how far it came; waits 2 s at most. Never rejects. */
  stop(): Promise<void>;
  stateOf(tenantId: string): StreamState;
  /**
   * Knows at once whose tenants are connected: of others no event is taken any more, and what was taken is stored. The connection
   * takes them off at its next look. Raises the store's error.
   */
  settle(): Promise<void>;
}

/** Milliseconds before the next try after so many failures: 1 s, 2 s, 4 s ... a minute. */
export const reconnectWait = (failures: number, random: () => number): number =>
  Math.min(LONGEST_WAIT_MS, jittered(FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 6), random));

/** Fortnox's notifications for all connected tenants over one connection (fortnox.md 6.2). */
export function createStream(deps: StreamDeps): Stream {
  const { runtime, store, logger, url } = deps;
  const stopping = new AbortController();
  const tenants = createStreamTenants(store);
  const offsets = createOffsets({ runtime, store, logger });
  const polls = createForwardedPolls(deps.poller);
  const members = createMembers({ ...deps, signal: stopping.signal, onJoined: (ids) => polls.bring(ids) });
  let connection: StreamConnection | null = null;
  const events = createEvents({
    ...deps,
    offsets,
    tenantOf: tenants.ofCompany,
    signal: stopping.signal,
    onUnstored: (tenantId) => polls.bring([tenantId]),
    hold: (on) => connection?.hold(on),
  });
  /** null: the stream stands. */
  let down: Extract<PollReason, 'stream-off' | 'stream-down' | 'stream-refused'> | null = 'stream-down';
  let failures = 0;
  let running: Promise<void> | null = null;

  async function subscribe(open: StreamConnection): Promise<void> {
    const all = await tenants.refresh();
    members.begin();
    await members.update(open, all, false);
    if (members.count() === 0) {
      const isRefused = members.refusedCount() > 0;
      down = isRefused ? 'stream-refused' : 'stream-down';
      if (!isRefused) return;
      throw new SyncError('vendor-refused', "Fortnox's stream refused every tenant: check FORTNOX_CLIENT_SECRET.");
    }
    const away = missedTooLong(offsets, runtime.now());
    const missed = await addTopics(open, offsets, logger);
    const { ok } = await open.ask({ command: 'subscribe-v1' });
    if (!ok) throw new SyncError('vendor-refused', "Fortnox's stream refused the subscription; it is tried again.");
    // Only now: a change between a poll and the subscription would be seen by neither.
    const ids = all.map(({ id }) => id);
    if (away) {
      logger.warn("away from Fortnox's stream for longer than the 14 days that it replays: every tenant is polled");
      polls.bring(ids);
    } else for (const entity of missed) polls.bring(ids, entity);
    down = null;
    offsets.alive();
    logger.info({ tenants: members.count() }, "Fortnox's stream stands");
  }

  async function look(): Promise<readonly Tenant[] | null> {
    try {
      return await tenants.refresh();
    } catch (error) {
      logger.warn({ err: error }, "the tenants could not be listed for Fortnox's stream; it is tried again");
      return null;
    }
  }

  /** Looks after the tenants until the connection ends; gives why. */
  async function attend(open: StreamConnection): Promise<string> {
    for (let saidAlive = runtime.now(); ; ) {
      const rest = new AbortController();
      const why = await Promise.race([open.ended, sleep(runtime, LOOK_EVERY_MS, rest.signal).then(() => null)]);
      rest.abort();
      if (why !== null) return why;
      const present = await look();
      if (present !== null) await members.update(open, present, true);
      if (runtime.now() - saidAlive < ALIVE_EVERY_MS) continue;
      saidAlive = runtime.now();
      offsets.alive();
    }
  }

  /** One connection from its opening to its end; false: there is nobody to open it for. */
  async function session(address: string): Promise<boolean> {
    await offsets.load();
    await events.idle();
    if ((await tenants.refresh()).length === 0) return false;
    let unreadable = 0;
    const open = await openConnection({
      runtime,
      open: deps.open,
      url: address,
      signal: stopping.signal,
      onEvent: events.take,
      onUnreadable: () => {
        unreadable += 1;
        if (unreadable === 1) logger.warn("a message of Fortnox's stream is no JSON; it is left");
      },
    });
    connection = open;
    let since: number | null = null;
    try {
      await subscribe(open);
      if (members.count() === 0) return true;
      since = runtime.now();
      const why = await attend(open);
      if (!stopping.signal.aborted) logger.warn({ why }, "Fortnox's stream ended; it is opened again");
      return true;
    } finally {
      if (since !== null && runtime.now() - since >= PROVEN_MS) failures = 0;
      open.close('it is no longer wanted');
      connection = null;
      if (down === null) down = 'stream-down';
    }
  }

  async function run(address: string): Promise<void> {
    while (!stopping.signal.aborted) {
      let wait = LOOK_EVERY_MS;
      try {
        if (await session(address)) wait = 0;
      } catch (error) {
        wait = 0;
        const reason = isSyncError(error) ? error.message : undefined;
        if (!stopping.signal.aborted)
          logger.warn({ err: error, reason }, "Fortnox's stream failed; it is opened again");
      }
      if (wait === 0) {
        failures += 1;
        wait = down === 'stream-refused' ? LONGEST_WAIT_MS : reconnectWait(failures, runtime.random);
      }
      await sleep(runtime, wait, stopping.signal);
    }
  }

  return {
    start() {
      if (url === null) down = 'stream-off';
      else running ??= run(url);
    },
    async stop() {
      stopping.abort();
      polls.stop();
      await within(runtime, STOP_WAIT_MS, Promise.all([running, events.idle().then(offsets.save)]));
    },
    async settle() {
      await tenants.refresh();
      await events.idle();
    },
    stateOf(tenantId) {
      if (down === 'stream-off') return polled(down);
      if (tenants.get(tenantId) === undefined) return polled('not-connected');
      if (down === 'stream-refused') return polled(down);
      const reason = members.reasonOf(tenantId);
      if (down === null) return reason === null ? STREAMED : polled(reason);
      return polled(reason === null || reason === 'being-added' ? down : reason);
    },
  };
}
