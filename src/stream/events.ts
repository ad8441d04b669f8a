import type { BaseLogger } from 'pino';
import { type Hint, PRIORITY, type Priority, type Tenant } from '../../schemas/records.ts';
import { isFollowed } from '../intake/followed.ts';
import { parseFortnoxEvent } from '../intake/fortnox-event.ts';
import { LONG_STOP_MS } from '../intake/poller.ts';
import { jittered } from '../queue/backoff.ts';
import type { Intake } from '../queue/types.ts';
import { type Runtime, sleep } from '../runtime.ts';
import { isTopic, type Topic } from './commands.ts';
import type { Offsets } from './offsets.ts';

/** One commit's worth. */
const EVENTS_A_GROUP = 1_000;
/** A replay of days comes faster than it is stored: above this nothing more is taken from the connection. */
const HOLD_ABOVE = 5_000;
const GO_ON_BELOW = 1_000;
/** So often an event is tried that the store does not take while it takes other things; the waits between double. */
const TRIES = 3;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

export interface EventsDeps {
  readonly runtime: Pick<Runtime, 'now' | 'setTimer' | 'random'>;
  readonly intake: Intake;
  readonly offsets: Pick<Offsets, 'moved' | 'storable'>;
  readonly logger: Pick<BaseLogger, 'info' | 'warn' | 'debug'>;
  /** Aborted by a stop: what is not stored by then is replayed to whoever comes after. */
  readonly signal: AbortSignal;
  /** The connected tenant of a Fortnox company. */
  readonly tenantOf: (company: string) => Tenant | undefined;
  /** Hints of the tenant cannot be stored: the poll must find what they said. */
  readonly onUnstored: (tenantId: string) => void;
  /** While true no more events are wanted. */
  readonly hold: (on: boolean) => void;
}

export interface Events {
  take(message: object): void;
  /** When all that was taken is stored or given up; a stop ends it too. */
  idle(): Promise<void>;
}

/** R73: what a stop of over a week left waits behind live work. */
function priorityOf(message: object, now: number): Priority {
  const { timestamp } = message as { timestamp?: unknown };
  const at = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  return now - at > LONG_STOP_MS ? PRIORITY.import : PRIORITY.notification;
}

/**
 * Events become hints in groups; the offsets move when a group's hints are durable. While the store fails the group waits, and what
 * comes meanwhile behind it: an event such as of a deleted customer is told once, and no poll shows it. An event that cannot be stored
 * although the store works is given up after some tries, so that it does not hold up everybody's for ever.
 */
export function createEvents(deps: EventsDeps): Events {
  const { runtime, intake, offsets, logger, signal } = deps;
  let waiting: object[] = [];
  let running: Promise<void> | null = null;
  let held = false;

  function hold(on: boolean): void {
    if (on === held) return;
    held = on;
    deps.hold(on);
  }

  function hintOf(message: object): Hint | null {
    const event = parseFortnoxEvent(message);
    if (event === null || 'ignored' in event) {
      logger.debug({ type: event?.ignored ?? null }, 'a notification of Fortnox that is none of ours');
      return null;
    }
    const tenant = deps.tenantOf(event.tenantId);
    if (tenant === undefined || !isFollowed(tenant, 'fortnox', event.entity)) return null;
    const priority = priorityOf(message, runtime.now());
    return { tenant: tenant.id, entity: event.entity, side: 'fortnox', id: event.id, priority };
  }

  const waitFor = (failures: number): Promise<void> => {
    const ms = Math.min(LONGEST_WAIT_MS, jittered(FIRST_WAIT_MS * 2 ** Math.min(failures, 6), runtime.random));
    return sleep(runtime, ms, signal);
  };

  /** Resolves when the store takes something, or with the stop. */
  async function storeWorks(): Promise<void> {
    for (let failures = 0; !signal.aborted && !(await offsets.storable()); failures += 1) {
      if (failures === 0) logger.warn("the store fails: Fortnox's notifications wait until they can be stored");
      await waitFor(failures);
    }
  }

  /** All of a tenant at once; gives those that were not stored. Tenants share a commit, so one may take others with it. */
  async function together(byTenant: ReadonlyMap<string, readonly Hint[]>): Promise<Hint[]> {
    const left: Hint[] = [];
    const store = async (hints: readonly Hint[]) => {
      try {
        await intake.accept(hints);
      } catch (error) {
        logger.debug(
          { err: error, tenant: hints[0]?.tenant },
          'notifications were not stored; they are tried one by one',
        );
        left.push(...hints);
      }
    };
    await Promise.all([...byTenant.values()].map(store));
    return left;
  }

  /** One by one, until the store fails altogether: gives those that were not stored, and why each that it alone did not take. */
  async function singly(hints: readonly Hint[]): Promise<{ left: Hint[]; refused: ReadonlyMap<Hint, unknown> | null }> {
    const refused = new Map<Hint, unknown>();
    for (const [at, hint] of hints.entries()) {
      try {
        await intake.accept([hint]);
      } catch (error) {
        if (!(await offsets.storable())) return { left: [...refused.keys(), ...hints.slice(at)], refused: null };
        refused.set(hint, error);
      }
    }
    return { left: [...refused.keys()], refused };
  }

  /** Stores the hints, however long the store fails. False: a stop came first. */
  async function store(byTenant: ReadonlyMap<string, readonly Hint[]>): Promise<boolean> {
    let left = await together(byTenant);
    for (let tries = 0; left.length > 0; ) {
      await storeWorks();
      if (signal.aborted) return false;
      const result = await singly(left);
      left = result.left;
      if (result.refused === null || left.length === 0) continue;
      tries += 1;
      if (tries >= TRIES) {
        for (const [{ tenant, entity, id }, error] of result.refused) {
          const about = { err: error, tenant, entity, id };
          logger.warn(about, 'a notification cannot be stored, and is given up; the poll finds what it said');
          deps.onUnstored(tenant);
        }
        return true;
      }
      await waitFor(tries - 1);
    }
    return true;
  }

  /** False: a stop came before all was stored. */
  async function work(group: readonly object[]): Promise<boolean> {
    const byTenant = new Map<string, Hint[]>();
    const last = new Map<Topic, string>();
    for (const message of group) {
      const { topic, offset } = message as { topic?: unknown; offset?: unknown };
      if (isTopic(topic) && typeof offset === 'string') last.set(topic, offset);
      const hint = hintOf(message);
      if (hint === null) continue;
      const hints = byTenant.get(hint.tenant);
      if (hints === undefined) byTenant.set(hint.tenant, [hint]);
      else hints.push(hint);
    }
    if (!(await store(byTenant))) return false;
    offsets.moved(last);
    return true;
  }

  async function workAll(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting.slice(0, EVENTS_A_GROUP);
      waiting = waiting.slice(EVENTS_A_GROUP);
      if (!(await work(group))) waiting = [];
      if (waiting.length < GO_ON_BELOW) hold(false);
    }
    running = null;
  }

  return {
    take(message) {
      waiting.push(message);
      if (waiting.length > HOLD_ABOVE) hold(true);
      running ??= workAll();
    },
    idle: () => running ?? Promise.resolve(),
  };
}
