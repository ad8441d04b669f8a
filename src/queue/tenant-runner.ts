import type { BaseLogger } from 'pino';
import type { Job, Tenant } from '../../schemas/records.ts';
import { isSyncError, SyncError } from '../errors/sync-error.ts';
import { type Runtime, sleep } from '../runtime.ts';
import type { Store } from '../store/port.ts';
import { jittered, MAX_ATTEMPTS } from './backoff.ts';
import { createLeaseKeeper } from './tenant-runner-leases.ts';
import type { HandleJob, JobOutcome } from './types.ts';
import { type RunResult, type Verdict, verdictOf } from './worker-verdict.ts';

export interface RunnerDeps {
  readonly runtime: Runtime;
  readonly store: Pick<Store, 'tenants' | 'jobs'>;
  readonly handle: HandleJob;
  readonly logger: Pick<BaseLogger, 'debug' | 'info' | 'warn' | 'error'>;
  readonly owner: string;
  readonly owns?: ((tenantId: string) => boolean) | undefined;
  readonly onLate?: ((job: Job) => Promise<void>) | undefined;
  readonly concurrencyPerTenant: number;
  readonly leaseMs: number;
  readonly onAuthFailure: (tenant: Tenant, error: SyncError) => Promise<void>;
  readonly onOutcome?: ((job: Job, result: JobOutcome | Error) => void) | undefined;
  /** Aborted by a stop: no new claims, no more waiting between tries of a store write. */
  readonly signal: AbortSignal;
}

export interface TenantRunner {
  /** Looks for due jobs now. */
  wake(): void;
  /** Nothing runs and nothing is looked for: it sleeps until a wake, or until what it knows of is due. */
  isResting(): boolean;
  /** Resolves when no job runs and no claim is on its way. */
  idle(): Promise<void>;
  /** Looks no more, and stops renewing leases: what still runs is left to whoever claims it next. */
  abandon(): void;
}

const SHORTEST_SLEEP_MS = 25;
/** A timer of the platform holds 2^31 ms at most; waking for nothing once an hour costs one read. */
const LONGEST_SLEEP_MS = 3_600_000;
const STORE_RETRY_FIRST_MS = 1_000;
const STORE_RETRY_LONGEST_MS = 60_000;
const WRITE_TRIES = 5;

/** Runs one tenant's due jobs, a few at a time, and sleeps by one timer until the next is due. */
export function createTenantRunner(tenantId: string, deps: RunnerDeps): TenantRunner {
  const { runtime, store, owner, leaseMs, signal, owns = () => true } = deps;
  const logger = deps.logger;
  const running = new Map<string, Promise<void>>();
  /** Claimed while a run of theirs still stands in `running`. */
  const claimedAgain = new Map<string, { readonly tenant: Tenant; readonly job: Job }>();
  const leases = createLeaseKeeper(tenantId, deps);
  let cancelTimer: (() => void) | null = null;
  let round: Promise<void> | null = null;
  let oneMore = false;
  let storeFailures = 0;
  let pausing = 0;
  let abandoned = false;

  const storeWait = (failures: number): number =>
    jittered(Math.min(STORE_RETRY_LONGEST_MS, STORE_RETRY_FIRST_MS * 2 ** Math.min(failures - 1, 10)), runtime.random);

  function sleepFor(ms: number): void {
    cancelTimer?.();
    cancelTimer = runtime.setTimer(Math.min(LONGEST_SLEEP_MS, Math.max(SHORTEST_SLEEP_MS, ms)), wake);
  }

  function wake(): void {
    if (signal.aborted || abandoned) return;
    if (round !== null) {
      oneMore = true;
      return;
    }
    cancelTimer?.();
    cancelTimer = null;
    round = rounds().finally(() => {
      round = null;
      // A wake that came after the last look of `rounds` would be lost otherwise.
      if (oneMore) {
        oneMore = false;
        wake();
      }
    });
  }

  async function rounds(): Promise<void> {
    do {
      oneMore = false;
      try {
        await claimRound();
        storeFailures = 0;
      } catch (error) {
        storeFailures += 1;
        const waitMs = storeWait(storeFailures);
        logger.error({ err: error, tenant: tenantId, waitMs }, 'the queue could not be read; it is tried again');
        oneMore = false;
        if (!signal.aborted) sleepFor(waitMs);
      }
    } while (oneMore && !signal.aborted);
  }

  async function claimRound(): Promise<void> {
    // The end of a job wakes again: a burst of hints costs the store nothing while all hands are full.
    if (running.size >= deps.concurrencyPerTenant) return;
    const tenant = await store.tenants.get(tenantId);
    if (!owns(tenantId) || abandoned) return;
    // R73: what is held waits for a person; polls and notifications go on being stored.
    if (tenant?.state !== 'connected' || tenant.hold || signal.aborted || pausing > 0) return;
    const free = deps.concurrencyPerTenant - running.size;
    if (free <= 0) return;
    const jobs = await store.jobs.claim(tenantId, owner, runtime.now(), leaseMs, free);
    // A claim that a stop overtook goes back with releaseOwner.
    if (signal.aborted) return;
    for (const job of jobs) {
      if (running.has(job.key)) claimedAgain.set(job.key, { tenant, job });
      else begin(job.key, runJob(tenant, job));
    }
    if (running.size >= deps.concurrencyPerTenant) return;
    const due = await store.jobs.nextDue(tenantId);
    if (due !== null && !signal.aborted) sleepFor(due - runtime.now());
  }

  function begin(key: string, run: Promise<void>): void {
    const ended = run.finally(() => {
      running.delete(key);
      const next = claimedAgain.get(key);
      claimedAgain.delete(key);
      if (next !== undefined && !signal.aborted && !abandoned) begin(key, runIfOurs(next.tenant, next.job));
      wake();
    });
    running.set(key, ended);
  }

  /**
   * A job that was claimed while its last run ended here. Either that run's end was stored first, and the answers of both came at once:
   * then the job waits for us. Or its lease had ended without a renewal and the claim took it anew: then that run's end was its end.
   */
  async function runIfOurs(tenant: Tenant, job: Job): Promise<void> {
    try {
      if (!(await store.jobs.renew(tenantId, job.key, owner, runtime.now() + leaseMs))) return;
    } catch (error) {
      logger.error({ err: error, tenant: tenantId, job: job.key }, 'a claimed job runs when its lease ends');
      return;
    }
    await runJob(tenant, job);
  }

  async function runJob(tenant: Tenant, job: Job): Promise<void> {
    leases.keep(job);
    try {
      const result = await attempt(tenant, job);
      const verdict = verdictOf(job, result, runtime.now(), runtime.random);
      report(job, result, verdict);
      if ('error' in result && isSyncError(result.error) && result.error.retry === 'auth') {
        await pauseTenant(tenant, result.error);
      }
      await write(job, verdict);
    } finally {
      leases.drop(job.key);
    }
  }

  async function attempt(tenant: Tenant, job: Job): Promise<RunResult> {
    // A job whose process ended each time it ran never gets a verdict; the store counted those beginnings (port, `claim`).
    if (job.attempts >= MAX_ATTEMPTS) {
      const why = `The job was begun ${job.attempts} times and the process ended each time. Look for its key in the logs.`;
      return { error: new SyncError('worn-out', why) };
    }
    try {
      return { outcome: await deps.handle(tenant, job) };
    } catch (error) {
      return { error };
    }
  }

  function report(job: Job, result: RunResult, verdict: Verdict): void {
    const about = { tenant: tenantId, job: job.key, attempts: job.attempts };
    if ('outcome' in result) logger.debug({ ...about, outcome: result.outcome }, 'a job ran');
    else if (!isSyncError(result.error)) logger.error({ ...about, err: result.error }, 'a job failed unexpectedly');
    else {
      const dead = verdict.kind === 'release' && verdict.state === 'dead';
      // A vendor's refusal may quote the record, and with it a person: the words are kept with the job, not in the log.
      logger.debug({ ...about, code: result.error.code, reason: result.error.message }, 'why a job failed');
      logger.warn(
        { ...about, code: result.error.code },
        dead ? 'a job failed and is kept' : 'a job waits for another try',
      );
    }
    try {
      if ('outcome' in result) deps.onOutcome?.(job, result.outcome);
      else
        deps.onOutcome?.(
          job,
          result.error instanceof Error ? result.error : new Error('not an Error', { cause: result.error }),
        );
    } catch (error) {
      logger.error({ ...about, err: error }, 'the listener of job outcomes failed');
    }
  }

  async function pauseTenant(tenant: Tenant, error: SyncError): Promise<void> {
    pausing += 1;
    try {
      await deps.onAuthFailure(tenant, error);
    } catch (failure) {
      logger.error({ err: failure, tenant: tenantId }, 'the tenant could not be paused');
    } finally {
      pausing -= 1;
    }
  }

  async function write(job: Job, verdict: Verdict): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        const ours =
          verdict.kind === 'complete'
            ? await store.jobs.complete(tenantId, job.key, owner, runtime.now())
            : await store.jobs.release(tenantId, job.key, owner, {
                state: verdict.state,
                runAt: verdict.runAt,
                countAttempt: verdict.countAttempt,
                error: verdict.error,
              });
        if (!ours) {
          logger.warn({ tenant: tenantId, job: job.key }, 'the job was no longer ours when it ended');
          await deps.onLate?.(job);
        }
        return;
      } catch (error) {
        const last = tries >= WRITE_TRIES || signal.aborted;
        const text = last ? 'its end could not be stored; the job runs again when its lease ends' : 'tried again';
        logger.error({ err: error, tenant: tenantId, job: job.key }, `a job's end was not stored: ${text}`);
        if (last) return;
        await sleep(runtime, storeWait(tries), signal);
      }
    }
  }

  return {
    wake,
    isResting: () => round === null && running.size === 0,
    async idle() {
      while (round !== null || running.size > 0) await Promise.all([round, ...running.values()]);
    },
    abandon() {
      abandoned = true;
      cancelTimer?.();
      leases.dropAll();
    },
  };
}
