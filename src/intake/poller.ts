import type { BaseLogger } from 'pino';
import { type Entity, PRIORITY, SIDES, type Side, type Tenant } from '../../schemas/records.ts';
import { isSyncError, SyncError } from '../errors/sync-error.ts';
import { evenSpreadOf } from '../hash.ts';
import type { Intake } from '../queue/types.ts';
import { type Runtime, within } from '../runtime.ts';
import { every } from '../store/every.ts';
import type { Store } from '../store/port.ts';
import type { Connections } from '../vendors/connections-types.ts';
import { pollArticles } from './article-poll.ts';
import { cursorsOf, pollCursor } from './cursors.ts';
import { isFollowed, isNeeded, POLLED } from './followed.ts';
import { pollStart } from './overlap.ts';
import { CHANGE_LISTS, withoutEchoes } from './poll-reads.ts';

export interface PollerDeps {
  readonly runtime: Runtime;
  readonly store: Pick<Store, 'tenants' | 'cursors' | 'pairs' | 'listed'>;
  readonly connections: Pick<Connections, 'of'>;
  readonly intake: Intake;
  readonly logger: Pick<BaseLogger, 'debug' | 'warn' | 'error'>;
  readonly periodMs: number;
  /** Whose sides are polled here; everybody's when not given. */
  readonly owns?: (tenantId: string) => boolean;
  /** Told of each poll of an entity that ended. */
  readonly onPoll?: (side: Side, entity: Entity, ok: boolean) => void;
  /** Told when a vendor no longer accepts the tenant's credentials; a rejection is logged. */
  readonly onAuthFailure?: (tenant: Tenant, error: SyncError) => Promise<void>;
}

export interface Poller {
  start(): void;
  /** There may be new tenants: their polls are planned now rather than within a quarter of the period. */
  planAgain(): void;
  /** Tenants that are no longer ours: resolves when none of their polls runs. */
  letGo(isTheirs: (tenantId: string) => boolean): Promise<void>;
  /** No new polls; waits 5 s at most for those that run. Never rejects. */
  stop(): Promise<void>;
  /**
   * Reads the tenant's changes on one side now, of one entity or of all that are followed. Joins the poll that waits behind
   * a running one. Resolves when it ended, also when it failed: that is logged, and the next round reads the same again.
   * Does nothing after a stop.
   */
  pollNow(tenantId: string, side: Side, entity?: Entity): Promise<void>;
  /** As `pollNow`, of all that are followed. Raises what failed first, when the rest was read, and why nothing was read. */
  pollAll(tenantId: string, side: Side): Promise<void>;
}

/** What failed first; null: nothing did. */
type Failure = { readonly error: unknown } | null;

/** A running poll of a tenant's side, and what the one after it is asked for. */
interface Turn {
  readonly running: Promise<Failure>;
  next: { readonly wanted: Set<Entity>; readonly done: Promise<Failure> } | null;
}

const PLANS_A_PERIOD = 4;
const STOP_WAIT_MS = 5_000;

/** R73: a stop of over a week. What it left waits behind live work. */
export const LONG_STOP_MS = 7 * 24 * 3_600_000;
export const isLongStop = (cursor: number | null, now: number): boolean =>
  cursor !== null && now - cursor > LONG_STOP_MS;

/** When in the period a tenant's side is polled, `spread` being the tenant's place in it; the sides are half a period apart. */
export function pollPhase(spread: number, side: Side, periodMs: number): number {
  const phase = Math.floor(spread * periodMs);
  return side === 'webcrm' ? phase : (phase + Math.floor(periodMs / 2)) % periodMs;
}

/** The safety net under notifications: reads each connected tenant's changes once a period and side. */
export function createPoller(deps: PollerDeps): Poller {
  const { runtime, store, logger, periodMs, owns = () => true } = deps;
  const timers = new Map<string, () => void>();
  const polls = new Map<string, Turn>();
  /** When each tenant's side was due last, by what has elapsed. */
  const dueAt = new Map<string, number>();
  let on = false;
  let stopped = false;

  function timer(name: string, ms: number, fn: () => void): void {
    timers.get(name)?.();
    const cancel = runtime.setTimer(ms, () => {
      timers.delete(name);
      fn();
    });
    timers.set(name, cancel);
  }

  /** Plans each connected tenant's next polls; done several times a period, so that a new tenant is soon among them. */
  async function planAll(): Promise<void> {
    timer('plan', periodMs / PLANS_A_PERIOD, () => void planAll());
    try {
      // Those of other instances too: the vendors' and the store's seconds are everybody's.
      const ids: string[] = [];
      for await (const tenant of every((page) => store.tenants.list(page)))
        if (tenant.state === 'connected') ids.push(tenant.id);
      if (!on) return;
      for (const [tenantId, spread] of evenSpreadOf(ids)) if (owns(tenantId)) planTenant(tenantId, spread);
    } catch (error) {
      logger.error({ err: error }, 'the tenants could not be listed for the poll; it is tried again');
      if (on) timer('plan', Math.min(periodMs / PLANS_A_PERIOD, 10_000), () => void planAll());
    }
  }

  function planTenant(tenantId: string, spread: number): void {
    const now = runtime.now();
    for (const side of SIDES) {
      const name = `${side}:${tenantId}`;
      if (timers.has(name)) continue;
      // Where the period of each tenant's side begins is fixed on the clock, so that a restart does not bunch polls.
      const phase = pollPhase(spread, side, periodMs);
      const untilPhase = (((phase - now) % periodMs) + periodMs) % periodMs;
      // Its phase may just have moved on, as other tenants came or went: this period's poll is done all the same.
      const isDone = runtime.elapsed() + untilPhase - (dueAt.get(name) ?? Number.NEGATIVE_INFINITY) < periodMs / 2;
      timer(name, untilPhase + (isDone ? periodMs : 0), () => {
        dueAt.set(name, runtime.elapsed());
        void ask(tenantId, side, POLLED[side]);
      });
    }
  }

  /** Why nothing of the tenant is read any more; null: go on. */
  function cut(tenantId: string): Failure {
    if (stopped) return { error: new SyncError('stopping', 'The service is stopping; the poll was not made.') };
    return owns(tenantId) ? null : { error: new SyncError('not-owner', 'Another instance polls this tenant.') };
  }

  function ask(tenantId: string, side: Side, entities: readonly Entity[]): Promise<Failure> {
    const why = cut(tenantId);
    if (why !== null) return Promise.resolve(why);
    const name = `${side}:${tenantId}`;
    const busy = polls.get(name);
    if (busy !== undefined) {
      // The running poll may have read past the change that this call is about.
      busy.next ??= nextTurn(busy.running, tenantId, side);
      for (const entity of entities) busy.next.wanted.add(entity);
      return busy.next.done;
    }
    const running = poll(tenantId, side, entities).finally(() => polls.delete(name));
    polls.set(name, { running, next: null });
    return running;
  }

  function nextTurn(running: Promise<unknown>, tenantId: string, side: Side): NonNullable<Turn['next']> {
    const wanted = new Set<Entity>();
    return { wanted, done: running.then(() => ask(tenantId, side, [...wanted])) };
  }

  async function poll(tenantId: string, side: Side, entities: readonly Entity[]): Promise<Failure> {
    const begun = await begin(tenantId, side, entities);
    if ('error' in begun) return begun;
    const { tenant, from } = begun;
    const cursors = new Map<string, number>();
    let authFailure: SyncError | null = null;
    let failure: Failure = null;
    for (const entity of entities) {
      const why = cut(tenantId);
      if (why !== null) failure ??= why;
      if (why !== null || !isFollowed(tenant, side, entity)) continue;
      try {
        await pollEntity(tenant, side, entity, from.get(entity) ?? null, cursors);
        deps.onPoll?.(side, entity, true);
      } catch (error) {
        if (isSyncError(error) && error.code === 'licence-missing' && !isNeeded(tenant, entity)) {
          logger.debug({ tenant: tenantId, side, entity }, 'not polled: the company has no licence for it');
          continue;
        }
        failure ??= { error };
        deps.onPoll?.(side, entity, false);
        logger.warn(
          { err: error, tenant: tenantId, side, entity },
          'a poll failed; the next round reads the same again',
        );
        if (isSyncError(error) && error.retry === 'auth') authFailure ??= error;
      }
    }
    const unmoved = await moveCursors(tenantId, side, cursors);
    if (authFailure !== null) await tellAuthFailure(tenant, authFailure);
    return failure ?? unmoved;
  }

  /** Everything that the poll needs of the store, asked for at once, or why there is nothing to poll. */
  async function begin(
    tenantId: string,
    side: Side,
    entities: readonly Entity[],
  ): Promise<{ tenant: Tenant; from: ReadonlyMap<Entity, number | null> } | NonNullable<Failure>> {
    try {
      const [tenant, cursors] = await Promise.all([store.tenants.get(tenantId), cursorsOf(store, tenantId)]);
      const from = new Map(entities.map((entity) => [entity, cursors.get(pollCursor(side, entity)) ?? null]));
      if (tenant?.state === 'connected') return { tenant, from };
      return { error: new SyncError('tenant-paused', 'The tenant is not connected; the poll was not made.') };
    } catch (error) {
      logger.warn({ err: error, tenant: tenantId, side }, 'a poll failed; the next round reads the same again');
      return { error };
    }
  }

  /** All at once, in one commit: a thousand tenants that find nothing new cost the disk little. What was not moved is read again. */
  async function moveCursors(tenantId: string, side: Side, cursors: ReadonlyMap<string, number>): Promise<Failure> {
    try {
      await Promise.all([...cursors].map(([name, value]) => store.cursors.put(tenantId, name, value)));
      return null;
    } catch (error) {
      logger.warn({ err: error, tenant: tenantId, side }, 'a poll failed; the next round reads the same again');
      return { error };
    }
  }

  /** Queues what changed, and then sets in `cursors` where the next poll begins. */
  async function pollEntity(
    tenant: Tenant,
    side: Side,
    entity: Entity,
    cursor: number | null,
    cursors: Map<string, number>,
  ): Promise<void> {
    const name = pollCursor(side, entity);
    const from = cursor === null ? null : pollStart(side, cursor);
    const move = (serverDate: number): void => void cursors.set(name, serverDate);
    const clients = deps.connections.of(tenant.id);
    const list = CHANGE_LISTS[side][entity];
    let count = 0;
    if (list === undefined) {
      count = await pollArticles(deps, tenant, clients.fortnox, from, move);
    } else if (from === null) {
      // The past is an import's matter: the first poll only marks where to begin, by the vendor's clock (R74).
      const past = async () => {};
      const now = runtime.now();
      move(clients.vendorNow(side) ?? (await list.read(clients, now, now, PRIORITY.poll, past)).serverDate);
    } else {
      const priority = isLongStop(cursor, runtime.now()) ? PRIORITY.import : PRIORITY.poll;
      const { serverDate } = await list.read(clients, from, runtime.now(), priority, async (all, organisations) => {
        const ids = organisations === undefined ? all : await withoutEchoes(store, tenant, organisations);
        count += ids.length;
        await deps.intake.accept(ids.map((id) => ({ tenant: tenant.id, entity: list.gives, side, id, priority })));
      });
      move(serverDate);
    }
    logger.debug({ tenant: tenant.id, side, entity, count }, 'polled');
  }

  async function tellAuthFailure(tenant: Tenant, error: SyncError): Promise<void> {
    try {
      await deps.onAuthFailure?.(tenant, error);
    } catch (failure) {
      logger.error({ err: failure, tenant: tenant.id }, 'the tenant could not be paused');
    }
  }

  return {
    start() {
      if (on) return;
      on = true;
      stopped = false;
      void planAll();
    },
    planAgain() {
      if (on) void planAll();
    },
    async letGo(isTheirs) {
      const theirs = [...polls].filter(([name]) => isTheirs(name.slice(name.indexOf(':') + 1)));
      await Promise.all(theirs.map(([, { running }]) => running));
    },
    async stop() {
      on = false;
      stopped = true;
      for (const cancel of timers.values()) cancel();
      timers.clear();
      await within(runtime, STOP_WAIT_MS, Promise.all([...polls.values()].map(({ running }) => running)));
    },
    async pollNow(tenantId, side, entity) {
      await ask(tenantId, side, entity === undefined ? POLLED[side] : [entity]);
    },
    async pollAll(tenantId, side) {
      const failure = await ask(tenantId, side, POLLED[side]);
      if (failure !== null) throw failure.error;
    },
  };
}
