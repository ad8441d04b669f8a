import type { Tenant } from '../../schemas/records.ts';
import { SyncError } from '../errors/sync-error.ts';
import { newId, within } from '../runtime.ts';
import { every } from '../store/every.ts';
import { minuteOf, nightDue } from './nightly.ts';
import { goOnWithRun, type RunDeps } from './run.ts';
import {
  NO_COUNTS,
  PHASES,
  putState,
  type ReconcileRun,
  type ReconcileState,
  type RunCause,
  readState,
} from './state.ts';

export interface Reconcile {
  /** Begins a run in the background. Raises `conflict` when the tenant is not connected or a run is under way. */
  begin(tenant: Tenant, cause: 'by-hand'): Promise<ReconcileState>;
  /** The last and the present run, and where the cycle stands. */
  view(tenantId: string): Promise<ReconcileState>;
  /** The run of a long stop stands at its beginning, in place of one that was under way: it waits until the tenant is connected. */
  prepare(tenantId: string): Promise<void>;
  /** Goes on with what was under way, and sees to the nightly runs. */
  start(): void;
  /** Interrupts the runs, which go on at the next start; waits 5 s at most. Never rejects. */
  stop(): Promise<void>;
  /** Goes on with the tenant's run now, when it has one. */
  wake(tenantId: string): void;
  /** Tenants that are no longer ours: resolves when none of their runs is at work. */
  letGo(isTheirs: (tenantId: string) => boolean): Promise<void>;
}

export interface ReconcileDeps extends RunDeps {
  /** Whose runs go on here; everybody's when not given. */
  readonly owns?: (tenantId: string) => boolean;
  /** Told of each tenant at each look, several times an hour; raises nothing. */
  readonly onLook?: (tenant: Tenant) => Promise<void>;
}

/** How often the tenants are looked at: for a nightly run that is due, and a run that failed and is tried again. */
const LOOK_MS = 5 * 60_000;
/** Runs at once, over all tenants: each holds a page of a list in memory. */
const MOST_RUNS = 4;
const STOP_WAIT_MS = 5_000;

/** Compares everything with what is known of it, so that nothing stays lost (S2, B1, R71). Never writes at a vendor. */
export function createReconcile(deps: ReconcileDeps): Reconcile {
  const { runtime, store, logger, owns = () => true } = deps;
  const running = new Map<string, Promise<void>>();
  /** Tenants whose turn comes when another's run has ended. */
  const waiting = new Set<string>();
  let cancelLook = () => {};
  let looking: Promise<void> = Promise.resolve();
  let stopping = false;

  function wake(tenantId: string): void {
    if (stopping || running.has(tenantId) || !owns(tenantId)) return;
    if (running.size >= MOST_RUNS) {
      waiting.add(tenantId);
      return;
    }
    const run = goOnWithRun(deps, tenantId, () => stopping || !owns(tenantId))
      .catch((error: unknown) => logger.error({ err: error, tenant: tenantId }, 'a reconcile failed; it goes on later'))
      .finally(() => {
        running.delete(tenantId);
        const [next] = waiting;
        if (next === undefined) return;
        waiting.delete(next);
        wake(next);
      });
    running.set(tenantId, run);
  }

  async function put(tenantId: string, state: ReconcileState): Promise<ReconcileState> {
    await putState(store, tenantId, state, runtime.now());
    return state;
  }

  const newRun = (cause: RunCause): ReconcileRun => ({
    id: newId(runtime),
    cause,
    phase: PHASES[0],
    counts: NO_COUNTS,
    startedAt: runtime.now(),
    finishedAt: null,
    failures: 0,
    leftOut: [],
  });

  async function look(): Promise<void> {
    try {
      for await (const tenant of every((page) => store.tenants.list(page))) {
        if (stopping) break;
        await lookAt(tenant);
      }
    } catch (error) {
      logger.error({ err: error }, 'the tenants could not be looked at for reconcile; it is tried again');
    }
    if (!stopping) cancelLook = runtime.setTimer(LOOK_MS, lookAgain);
  }
  function lookAgain(): void {
    looking = look();
  }

  async function lookAt(tenant: Tenant): Promise<void> {
    if (tenant.state !== 'connected' || !owns(tenant.id)) return;
    await deps.onLook?.(tenant);
    const state = await readState(store, tenant.id);
    const night = nightDue(runtime.now(), tenant.settings.reconcile.hour, minuteOf(tenant.id), state.night);
    if (state.present === null && night !== null) await put(tenant.id, { ...state, night, present: newRun('nightly') });
    if (state.present !== null || night !== null) wake(tenant.id);
  }

  return {
    view: (tenantId) => readState(store, tenantId),
    wake,
    async begin(tenant, cause) {
      if (tenant.state !== 'connected')
        throw new SyncError('conflict', 'The tenant is not connected: connect or resume it first.');
      const state = await readState(store, tenant.id);
      if (state.present !== null)
        throw new SyncError('conflict', 'A reconcile of this tenant is under way: see GET /tenants/:tenant/reconcile.');
      const begun = await put(tenant.id, { ...state, present: newRun(cause) });
      wake(tenant.id);
      return begun;
    },
    async prepare(tenantId) {
      // One that is under way ends at its next page, since the tenant is not connected.
      await running.get(tenantId);
      const state = await readState(store, tenantId);
      // In place of one of an earlier stop too: what that has compared may have changed since.
      await put(tenantId, { ...state, present: newRun('long-stop') });
    },
    async letGo(isTheirs) {
      for (const tenantId of [...waiting]) if (isTheirs(tenantId)) waiting.delete(tenantId);
      await Promise.all([...running].flatMap(([tenantId, run]) => (isTheirs(tenantId) ? [run] : [])));
    },
    start() {
      stopping = false;
      lookAgain();
    },
    async stop() {
      stopping = true;
      waiting.clear();
      cancelLook();
      await within(runtime, STOP_WAIT_MS, Promise.all([looking, ...running.values()]));
    },
  };
}
