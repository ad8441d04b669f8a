import type { BaseLogger } from 'pino';
import { type Hint, PRIORITY, type Priority, type Tenant } from '../../schemas/records.ts';
import { isFollowed } from '../intake/followed.ts';
import { parseFortnoxEvent } from '../intake/fortnox-event.ts';
import { LONG_STOP_MS } from '../intake/poller.ts';
import type { Intake } from '../queue/types.ts';
import type { Runtime } from '../runtime.ts';
import { isTopic, type Topic } from './commands.ts';
import type { Offsets } from './offsets.ts';

/** One commit's worth. */
const EVENTS_A_GROUP = 1_000;
/** A replay of days comes faster than it is stored: above this nothing more is taken from the connection. */
const HOLD_ABOVE = 5_000;
const GO_ON_BELOW = 1_000;

export interface EventsDeps {
  readonly runtime: Pick<Runtime, 'now'>;
  readonly intake: Intake;
  readonly offsets: Pick<Offsets, 'moved'>;
  readonly logger: Pick<BaseLogger, 'warn' | 'debug'>;
  /** The connected tenant of a Fortnox company. */
  readonly tenantOf: (company: string) => Tenant | undefined;
  /** The hints of the tenant are not stored: the poll must find what they said. */
  readonly onUnstored: (tenantId: string) => void;
  /** While true no more events are wanted. */
  readonly hold: (on: boolean) => void;
}

export interface Events {
  take(message: object): void;
  /** When all that was taken is stored or given up. */
  idle(): Promise<void>;
}

/** R73: what a stop of over a week left waits behind live work. */
function priorityOf(message: object, now: number): Priority {
  const { timestamp } = message as { timestamp?: unknown };
  const at = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  return now - at > LONG_STOP_MS ? PRIORITY.import : PRIORITY.notification;
}

/** Events become hints in groups; the offsets move when a group's hints are durable. */
export function createEvents(deps: EventsDeps): Events {
  const { runtime, intake, offsets, logger } = deps;
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

  async function store(tenantId: string, hints: readonly Hint[]): Promise<void> {
    try {
      await intake.accept(hints);
    } catch (error) {
      // Everybody's offset moves on all the same: one tenant's trouble must not repeat the others' events for ever.
      logger.warn({ err: error, tenant: tenantId }, 'notifications could not be stored; the poll finds what they said');
      deps.onUnstored(tenantId);
    }
  }

  async function work(group: readonly object[]): Promise<void> {
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
    await Promise.all([...byTenant].map(([tenantId, hints]) => store(tenantId, hints)));
    offsets.moved(last);
  }

  async function workAll(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting.slice(0, EVENTS_A_GROUP);
      waiting = waiting.slice(EVENTS_A_GROUP);
      await work(group);
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
