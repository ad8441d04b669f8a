import type { BaseLogger } from 'pino';
import type { ImportDirection, ImportRun } from '../../schemas/imports.ts';
import type { PausedPart, Side, Tenant } from '../../schemas/records.ts';
import { isSyncError, SyncError } from '../errors/sync-error.ts';
import { sleep, within } from '../runtime.ts';
import { every } from '../store/every.ts';
import { PAIR_ENTITY } from '../sync/journal.ts';
import type { AtWork, WorkDeps } from './at-work.ts';
import { workOff } from './work.ts';

export interface DriverDeps extends WorkDeps {
  readonly logger: Pick<BaseLogger, 'info' | 'warn' | 'error'>;
  /** Whose imports go on here; everybody's when not given. */
  readonly owns?: (tenantId: string) => boolean;
  /** Told when a vendor no longer accepts the tenant's credentials. */
  readonly onAuthFailure: (tenant: Tenant, error: SyncError) => Promise<void>;
}

/** Keeps the active imports going, one a tenant. */
export interface Driver {
  /** Stores the run and sets it to work. Raises `conflict` while another import of the tenant is active, `stopping` after `shutDown`. */
  drive(tenantId: string, run: ImportRun): Promise<void>;
  /** Ends the work on the run; waits 5 s at most for what is on its way. */
  halt(tenantId: string, id: string): Promise<void>;
  /** Goes on with what was cut off: of one tenant. */
  startUp(tenantId: string): Promise<void>;
  /** The store failed, and what it holds of the tenant's imports is not certain: in a moment, what stands at work there is gone on with. */
  goOnSoon(tenantId: string): void;
  /** Tenants that are no longer ours: interrupts their imports; waits 5 s at most. */
  letGo(isTheirs: (tenantId: string) => boolean): Promise<void>;
  expire(): Promise<void>;
  shutDown(): Promise<void>;
}

const STOP_WAIT_MS = 5_000;
const KEPT_MS = 7 * 24 * 3_600_000;
const RETRY_FIRST_MS = 2_000;
const RETRY_LONGEST_MS = 300_000;
/** A listing or comparison that fails so often in a row is given up: it is begun anew by a person. */
const TRIES = 8;
/** How often a tenant that is paused, or a part of it, is looked at. */
const LOOK_EVERY_MS = 5_000;

interface Active {
  readonly id: string;
  readonly stop: AbortController;
  work: Promise<void>;
}

export function createDriver(deps: DriverDeps): Driver {
  const { runtime, store, logger, owns = () => true } = deps;
  const active = new Map<string, Active>();
  /** Ends the wait of tenants whose imports are looked for soon. */
  const soon = new Map<string, () => void>();
  let stopping = false;

  async function drive(tenantId: string, run: ImportRun): Promise<void> {
    if (stopping) throw new SyncError('stopping', 'The service is stopping. Start the import again afterwards.');
    const other = active.get(tenantId);
    if (other !== undefined)
      throw new SyncError(
        'conflict',
        `Import ${other.id} of this tenant is active: stop it first, or wait for its end.`,
      );
    const mine: Active = { id: run.id, stop: new AbortController(), work: Promise.resolve() };
    active.set(tenantId, mine);
    try {
      await store.imports.put(run);
    } catch (error) {
      leave(tenantId, mine);
      // It may be stored all the same: then it stands at work, and nobody else would work at it before the next start.
      goOnSoon(tenantId);
      throw error;
    }
    mine.work = keepAt(run, mine.stop.signal).finally(() => leave(tenantId, mine));
  }

  const runsOf = (tenantId: string) => every((page) => store.imports.list(tenantId, page));

  function leave(tenantId: string, mine: Active): void {
    if (active.get(tenantId) === mine) active.delete(tenantId);
  }

  function goOnSoon(tenantId: string): void {
    if (stopping || soon.has(tenantId)) return;
    soon.set(
      tenantId,
      runtime.setTimer(LOOK_EVERY_MS, () => {
        soon.delete(tenantId);
        if (stopping || !owns(tenantId)) return;
        // One at a time: another goes on when that has ended.
        if (active.has(tenantId)) goOnSoon(tenantId);
        else startUp(tenantId).catch(() => goOnSoon(tenantId));
      }),
    );
  }

  async function startUp(tenantId: string): Promise<void> {
    for await (const run of runsOf(tenantId)) {
      if (!isAtWork(run) || active.has(run.tenant)) continue;
      logger.info({ tenant: run.tenant, import: run.id, state: run.state }, 'an import that was cut off goes on');
      await drive(run.tenant, run);
    }
  }

  /** Works the run off; never rejects. */
  async function keepAt(begun: ImportRun, signal: AbortSignal): Promise<void> {
    let run = begun;
    for (let failures = 0; isAtWork(run) && !signal.aborted; ) {
      let at: AtWork | null = null;
      try {
        const tenant = await store.tenants.get(run.tenant);
        if (
          tenant === null ||
          !mayRun(tenant, run) ||
          (run.state === 'running' && waitsForParts(tenant, run).length > 0)
        ) {
          await sleep(runtime, LOOK_EVERY_MS, signal);
          continue;
        }
        at = { run, tenant, signal };
        await workOff(deps, at);
        run = at.run;
        failures = 0;
        logger.info({ tenant: run.tenant, import: run.id, state: run.state, total: run.total }, 'an import went on');
      } catch (error) {
        if (signal.aborted) return;
        // What was done until then stands; each step that was stored begins a new count of failures.
        if (at !== null && at.run.step !== run.step) failures = 0;
        run = at?.run ?? run;
        failures += 1;
        run = await afterFailure(run, at?.tenant ?? null, error, failures, signal);
      }
    }
  }

  async function afterFailure(
    run: ImportRun,
    tenant: Tenant | null,
    error: unknown,
    failures: number,
    signal: AbortSignal,
  ): Promise<ImportRun> {
    const about = { err: error, tenant: run.tenant, import: run.id, state: run.state, failures };
    const retry = isSyncError(error) ? error.retry : 'retryable';
    // A dry run before the first connection has nobody to wait for: whoever asked sees why at once.
    const cannotLogIn = retry === 'auth' && tenant?.state === 'new';
    if (retry === 'auth' && tenant !== null && !cannotLogIn && isSyncError(error)) {
      logger.warn(about, 'an import waits until the tenant is connected again');
      await tell(tenant, error);
      await sleep(runtime, LOOK_EVERY_MS, signal);
      return run;
    }
    const mayFail =
      run.state !== 'running' && (retry === 'refused' || retry === 'never' || cannotLogIn || failures >= TRIES);
    if (!mayFail) {
      const waitMs = Math.max(
        isSyncError(error) ? (error.waitMs ?? 0) : 0,
        Math.min(RETRY_LONGEST_MS, RETRY_FIRST_MS * 2 ** (failures - 1)),
      );
      logger.warn({ ...about, waitMs }, 'an import was held up; it is tried again');
      await sleep(runtime, waitMs, signal);
      return run;
    }
    logger.error(about, 'an import failed');
    const why = isSyncError(error) ? error.message : 'An error on our side; the log has its stack under this import.';
    const failed: ImportRun = { ...run, state: 'failed', finishedAt: runtime.now(), error: why, step: null };
    try {
      await store.imports.put(failed);
      await store.listed.clear(run.tenant, run.id);
    } catch (failure) {
      logger.error({ ...about, err: failure }, 'the end of an import could not be stored; it is tried again soon');
      goOnSoon(run.tenant);
    }
    return failed;
  }

  async function tell(tenant: Tenant, error: SyncError): Promise<void> {
    try {
      await deps.onAuthFailure(tenant, error);
    } catch (failure) {
      logger.error({ err: failure, tenant: tenant.id }, 'the tenant could not be paused');
    }
  }

  async function forget(run: ImportRun): Promise<void> {
    const isOld = run.finishedAt !== null && runtime.now() - run.finishedAt > KEPT_MS;
    if (!isOld || (run.state !== 'ready' && run.state !== 'stopped')) return;
    const error = `It was left ${run.state} for seven days, and what it had listed was forgotten. Start a new one.`;
    await store.imports.put({ ...run, state: 'failed', error, step: null });
    await store.listed.clear(run.tenant, run.id);
  }

  const waitFor = (work: readonly Promise<void>[]) => within(runtime, STOP_WAIT_MS, Promise.all(work));

  return {
    drive,
    async halt(tenantId, id) {
      const mine = active.get(tenantId);
      if (mine?.id !== id) return;
      mine.stop.abort();
      await waitFor([mine.work]);
      // A vendor's answer that comes later finds the signal aborted, and is stored no more.
      leave(tenantId, mine);
    },
    async letGo(isTheirs) {
      for (const [tenantId, cancel] of soon)
        if (isTheirs(tenantId)) {
          cancel();
          soon.delete(tenantId);
        }
      const theirs = [...active].filter(([tenantId]) => isTheirs(tenantId));
      for (const [, { stop }] of theirs) stop.abort();
      await waitFor(theirs.map(([, { work }]) => work));
      for (const [tenantId, mine] of theirs) leave(tenantId, mine);
    },
    startUp,
    goOnSoon,
    async expire() {
      for await (const { id } of every((page) => store.tenants.list(page)))
        if (owns(id)) for await (const run of runsOf(id)) await forget(run);
    },
    async shutDown() {
      stopping = true;
      for (const cancel of soon.values()) cancel();
      for (const { stop } of active.values()) stop.abort();
      await waitFor([...active.values()].map(({ work }) => work));
    },
  };
}

/** A dry run only reads, so it may come before the tenant is first connected. */
export const mayRun = (tenant: Pick<Tenant, 'state'>, run: Pick<ImportRun, 'dryRun'>): boolean =>
  tenant.state === 'connected' || (tenant.state === 'new' && run.dryRun);

/** Which parts of the tenant that the import writes are paused: its jobs wait until they are resumed. */
export const waitsForParts = (
  tenant: Pick<Tenant, 'pausedParts'>,
  { kinds, direction }: Pick<ImportRun, 'kinds' | 'direction'>,
): Pick<PausedPart, 'entity' | 'to'>[] => {
  const entities = new Set(kinds.map((kind) => PAIR_ENTITY[kind]));
  return tenant.pausedParts
    .filter(({ entity, to, resuming }) => entities.has(entity) && goesTo(direction, to) && !resuming)
    .map(({ entity, to }) => ({ entity, to }));
};
const goesTo = (direction: ImportDirection, to: Side): boolean => direction === 'both' || direction === `to-${to}`;

const isAtWork = ({ state }: ImportRun): boolean => state === 'listing' || state === 'comparing' || state === 'running';
