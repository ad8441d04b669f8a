import { createHash } from 'node:crypto';
import type { BaseLogger } from 'pino';
import { type Hint, PRIORITY, type Side, type Tenant } from '../../schemas/records.ts';
import { isSyncError, type SyncError } from '../errors/sync-error.ts';
import type { Intake } from '../queue/types.ts';
import { type Runtime, sleep } from '../runtime.ts';
import type { Page, Store } from '../store/port.ts';
import type { Connections } from '../vendors/connections-types.ts';
import { pollStart } from './overlap.ts';

export interface PollerDeps {
  readonly runtime: Runtime;
  readonly store: Pick<Store, 'tenants' | 'cursors'>;
  readonly connections: Pick<Connections, 'of'>;
  readonly intake: Intake;
  readonly logger: Pick<BaseLogger, 'debug' | 'warn' | 'error'>;
  readonly periodMs: number;
  /** Told when a vendor no longer accepts the tenant's credentials; a rejection is logged. */
  readonly onAuthFailure?: (tenant: Tenant, error: SyncError) => Promise<void>;
}

export interface Poller {
  start(): void;
  /** No new polls; waits 5 s at most for those that run. Never rejects. */
  stop(): Promise<void>;
  /**
   * Reads the tenant's changes on one side now. Joins the poll that waits behind a running one. Resolves when it ended,
   * also when it failed: that is logged, and the next round reads the same again. Does nothing after a stop.
   */
  pollNow(tenantId: string, side: Side): Promise<void>;
}

const SIDES = ['webcrm', 'fortnox'] as const;
const TENANTS_A_PAGE = 200;
const PLANS_A_PERIOD = 4;
const STOP_WAIT_MS = 5_000;
const DAY_MS = 24 * 3_600_000;

export const pollCursor = (side: Side): string => `poll:${side}:customer`;

/** When in the period a tenant's side is polled: tenants spread by a hash, the sides half a period apart. */
export function pollPhase(tenantId: string, side: Side, periodMs: number): number {
  const share = createHash('sha256').update(tenantId).digest().readUInt32BE() / 2 ** 32;
  const phase = Math.floor(share * periodMs);
  return side === 'webcrm' ? phase : (phase + Math.floor(periodMs / 2)) % periodMs;
}

/** The safety net under notifications: reads each connected tenant's changes once a period and side. */
export function createPoller(deps: PollerDeps): Poller {
  const { runtime, store, logger, periodMs } = deps;
  const timers = new Map<string, () => void>();
  const polls = new Map<string, { running: Promise<void>; next: Promise<void> | null }>();
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
    const begun = runtime.now();
    timer('plan', periodMs / PLANS_A_PERIOD, () => void planAll());
    try {
      let cursor: string | null = null;
      do {
        const page: Page<Tenant> = await store.tenants.list({ limit: TENANTS_A_PAGE, cursor: cursor ?? undefined });
        if (!on) return;
        for (const tenant of page.items) if (tenant.state === 'connected') planTenant(tenant.id, begun);
        cursor = page.next;
      } while (cursor !== null);
    } catch (error) {
      logger.error({ err: error }, 'the tenants could not be listed for the poll; it is tried again');
      if (on) timer('plan', Math.min(periodMs / PLANS_A_PERIOD, 10_000), () => void planAll());
    }
  }

  function planTenant(tenantId: string, begun: number): void {
    for (const side of SIDES) {
      const name = `${side}:${tenantId}`;
      if (timers.has(name)) continue;
      // Where the period of each tenant's side begins is fixed on the clock, so that a restart does not bunch polls.
      const phase = pollPhase(tenantId, side, periodMs);
      const wait = (((phase - begun) % periodMs) + periodMs) % periodMs;
      const delay = Math.max(0, begun + wait - runtime.now());
      timer(name, delay, () => void pollNow(tenantId, side));
    }
  }

  function pollNow(tenantId: string, side: Side): Promise<void> {
    if (stopped) return Promise.resolve();
    const name = `${side}:${tenantId}`;
    const busy = polls.get(name);
    if (busy !== undefined) {
      // The running poll may have read past the change that this call is about.
      busy.next ??= busy.running.then(() => pollNow(tenantId, side));
      return busy.next;
    }
    const running = poll(tenantId, side).finally(() => polls.delete(name));
    polls.set(name, { running, next: null });
    return running;
  }

  async function poll(tenantId: string, side: Side): Promise<void> {
    let tenant: Tenant | null = null;
    try {
      tenant = await store.tenants.get(tenantId);
      if (tenant?.state !== 'connected') return;
      const cursor = await store.cursors.get(tenantId, pollCursor(side));
      // The past is an import's matter: the first poll only marks where to begin.
      if (cursor === null) await store.cursors.put(tenantId, pollCursor(side), runtime.now());
      else await readChanges(tenantId, side, cursor);
    } catch (error) {
      logger.warn({ err: error, tenant: tenantId, side }, 'a poll failed; the next round reads the same again');
      if (tenant !== null && isSyncError(error) && error.retry === 'auth') await tellAuthFailure(tenant, error);
    }
  }

  async function readChanges(tenantId: string, side: Side, cursor: number): Promise<void> {
    const from = pollStart(side, cursor);
    let count = 0;
    const accept = async (ids: readonly string[]): Promise<void> => {
      count += ids.length;
      await deps.intake.accept(ids.map((id) => hintOf(tenantId, side, id)));
    };
    const { fortnox, webcrm } = deps.connections.of(tenantId);
    // A day ahead: an end at our own clock would cut off changes when it is behind the vendor's.
    const { serverDate } =
      side === 'fortnox'
        ? await fortnox.listCustomers(from, PRIORITY.poll, (rows) => accept(rows.map((row) => row.CustomerNumber)))
        : await webcrm.listOrganisations(from, runtime.now() + DAY_MS, PRIORITY.poll, (rows) =>
            accept(rows.map((row) => String(row.OrganisationId))),
          );
    await store.cursors.put(tenantId, pollCursor(side), serverDate);
    logger.debug({ tenant: tenantId, side, count }, 'polled');
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
    async stop() {
      on = false;
      stopped = true;
      for (const cancel of timers.values()) cancel();
      timers.clear();
      const ended = new AbortController();
      const all = Promise.all([...polls.values()].map(({ running }) => running));
      await Promise.race([all, sleep(runtime, STOP_WAIT_MS, ended.signal)]);
      ended.abort();
    },
    pollNow,
  };
}

const hintOf = (tenant: string, side: Side, id: string): Hint => ({
  tenant,
  entity: 'customer',
  side,
  id,
  priority: PRIORITY.poll,
});
