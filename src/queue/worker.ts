import type { Job, Tenant } from '../../schemas/records.ts';
import type { SyncError } from '../errors/sync-error.ts';
import { sleep, within } from '../runtime.ts';
import { createTenantRunner, type RunnerDeps, type TenantRunner } from './tenant-runner.ts';
import type { JobOutcome } from './types.ts';

export interface WorkerDeps extends Pick<RunnerDeps, 'runtime' | 'store' | 'handle' | 'logger'> {
  /** Unlike any other owner that ever held a lease; another one after others held this instance for dead. */
  readonly owner: string | (() => string);
  /** Whose jobs are begun here; everybody's when not given. */
  readonly owns?: (tenantId: string) => boolean;
  /** A job ended that was no longer ours: somebody else may have worked it meanwhile, and what we wrote late is to be looked at. */
  readonly onLate?: (job: Job) => Promise<void>;
  /**
   * Others may put jobs into the store, and their letters may be lost: sleeping tenants are looked at so often, ms. Without it none are,
   * since whoever puts a job here wakes the tenant.
   */
  readonly lookAgainMs?: number | undefined;
  readonly concurrencyPerTenant?: number;
  readonly leaseMs?: number;
  /** Pauses the tenant and says so. A rejection is logged. May be called by several jobs of a tenant at once. */
  readonly onAuthFailure: (tenant: Tenant, error: SyncError) => Promise<void>;
  /** Told of every run; must not block. */
  readonly onOutcome?: (job: Job, result: JobOutcome | Error) => void;
}

export interface Worker {
  /** Begins to work for every connected tenant; resolves when all are known. Keeps trying while the store fails. */
  start(): Promise<void>;
  /** No new claims; waits up to 10 s for what runs, then gives every job back. Never rejects, never hangs. */
  stop(): Promise<void>;
  /** The tenant may have a due job, or was connected: look now. */
  wake(tenantId: string): void;
  /** Tenants that are no longer ours: resolves when none of their jobs runs. */
  letGo(isTheirs: (tenantId: string) => boolean): Promise<void>;
  /** As letGo, and waits for nothing: their jobs are somebody else's already. */
  drop(isTheirs: (tenantId: string) => boolean): void;
}

const GRACE_MS = 10_000;
const RELEASE_MS = 2_000;
const LIST_RETRY_MS = 2_000;
const TENANTS_A_PAGE = 200;
/** Asked for in one question: a list of thousands is a long command. */
const TENANTS_A_LOOK = 500;

export function createWorker(deps: WorkerDeps): Worker {
  const { runtime, store, logger, owns = () => true } = deps;
  const ownerNow = () => (typeof deps.owner === 'string' ? deps.owner : deps.owner());
  const runners = new Map<string, TenantRunner>();
  const stopping = new AbortController();
  let stopped: Promise<void> | null = null;
  let cancelLook: (() => void) | null = null;

  function wake(tenantId: string): void {
    if (stopping.signal.aborted || !owns(tenantId)) return;
    let runner = runners.get(tenantId);
    if (runner === undefined) {
      runner = createTenantRunner(tenantId, {
        runtime,
        store,
        logger,
        owner: ownerNow(),
        owns,
        onLate: deps.onLate,
        handle: deps.handle,
        concurrencyPerTenant: deps.concurrencyPerTenant ?? 4,
        leaseMs: deps.leaseMs ?? 30_000,
        onAuthFailure: deps.onAuthFailure,
        onOutcome: deps.onOutcome,
        signal: stopping.signal,
      });
      runners.set(tenantId, runner);
    }
    runner.wake();
  }

  async function wakeAll(): Promise<void> {
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof store.tenants.list>> = await store.tenants.list({
        limit: TENANTS_A_PAGE,
        cursor: cursor ?? undefined,
      });
      for (const tenant of page.items) if (tenant.state === 'connected') wake(tenant.id);
      cursor = page.next;
    } while (cursor !== null && !stopping.signal.aborted);
  }

  function planLook(): void {
    if (deps.lookAgainMs === undefined || stopping.signal.aborted) return;
    cancelLook?.();
    cancelLook = runtime.setTimer(deps.lookAgainMs, () => void lookAgain().finally(planLook));
  }

  /** Tenants that sleep while the store has work for them: whoever put it there could not wake them. */
  async function lookAgain(): Promise<void> {
    const resting = [...runners].flatMap(([tenantId, runner]) => (runner.isResting() ? [tenantId] : []));
    try {
      for (let from = 0; from < resting.length; from += TENANTS_A_LOOK) {
        const due = await store.jobs.dueAmong(resting.slice(from, from + TENANTS_A_LOOK), runtime.now());
        for (const tenantId of due) wake(tenantId);
      }
    } catch (error) {
      logger.error({ err: error }, 'tenants with work to do could not be looked for; it is tried again');
    }
  }

  async function shutDown(): Promise<void> {
    stopping.abort();
    cancelLook?.();
    const owner = ownerNow();
    const all = [...runners.values()];
    const idle = Promise.all(all.map((runner) => runner.idle()));
    const inTime = await within(runtime, GRACE_MS, idle);
    if (!inTime) logger.warn({ owner }, 'jobs still run at the end of the grace time; they are given back');
    for (const runner of all) runner.abandon();
    const released = store.jobs.releaseOwner(owner, runtime.now()).catch((error: unknown) => {
      logger.error({ err: error, owner }, 'jobs could not be given back; they run when their leases end');
    });
    if (!(await within(runtime, RELEASE_MS, released)))
      logger.error({ owner }, 'the store did not answer in time at the stop');
  }

  const runnersOf = (isTheirs: (tenantId: string) => boolean) =>
    [...runners].filter(([tenantId]) => isTheirs(tenantId));

  /** A later wake makes new ones. */
  function drop(isTheirs: (tenantId: string) => boolean): void {
    for (const [tenantId, runner] of runnersOf(isTheirs)) {
      runners.delete(tenantId);
      runner.abandon();
    }
  }

  return {
    async start() {
      if (cancelLook === null) planLook();
      while (!stopping.signal.aborted) {
        try {
          await wakeAll();
          return;
        } catch (error) {
          logger.error({ err: error }, 'the tenants could not be listed; it is tried again');
          await sleep(runtime, LIST_RETRY_MS, stopping.signal);
        }
      }
    },
    stop() {
      stopped ??= shutDown();
      return stopped;
    },
    wake,
    async letGo(isTheirs) {
      await Promise.all(runnersOf(isTheirs).map(([, runner]) => runner.idle()));
      drop(isTheirs);
    },
    drop,
  };
}
