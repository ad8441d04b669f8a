import type { BaseLogger } from 'pino';
import { PRIORITY, type Tenant } from '../../schemas/records.ts';
import { isSyncError, type SyncError } from '../errors/sync-error.ts';
import { isNeeded } from '../intake/followed.ts';
import type { Intake } from '../queue/types.ts';
import type { Runtime } from '../runtime.ts';
import type { Store } from '../store/port.ts';
import type { SyncDeps } from '../sync/context.ts';
import type { Connections } from '../vendors/connections-types.ts';
import { createFindings } from './findings.ts';
import { Interrupted, type Pass } from './pass.ts';
import { type Helpers, PHASE_WORK } from './phases.ts';
import { addCounts, PHASES, putState, type ReconcileRun, type ReconcileState, readState } from './state.ts';

export interface RunDeps {
  readonly runtime: Runtime;
  readonly store: Store;
  readonly connections: Pick<Connections, 'of'>;
  readonly intake: Intake;
  readonly logger: Pick<BaseLogger, 'info' | 'warn' | 'error'>;
  readonly helpers: Helpers;
  readonly calendar: SyncDeps['calendar'];
  /** Told when a vendor no longer accepts the tenant's credentials. */
  readonly onAuthFailure: (tenant: Tenant, error: SyncError) => Promise<void>;
}

/** A phase that failed so often is left out, and the run goes on with the next. */
const TRIES = 3;

/**
 * Goes on with the tenant's present run until it ends, fails, or is interrupted; each phase that ends is stored, and one that
 * does not is begun anew by the next call, which asks the lists again and hints the same records. Raises what the store raises.
 */
export async function goOnWithRun(deps: RunDeps, tenantId: string, stopping: () => boolean): Promise<void> {
  const { runtime, store, logger } = deps;
  for (;;) {
    const [tenant, state] = await Promise.all([store.tenants.get(tenantId), readState(store, tenantId)]);
    if (tenant?.state !== 'connected' || state.present === null || stopping()) return;
    const run = state.present;
    try {
      const next = await runPhase(deps, tenant, state, run, stopping);
      await putState(store, tenantId, next, runtime.now());
      if (next.present !== null) continue;
      logger.info({ tenant: tenantId, run: run.id, counts: next.last?.counts }, 'a reconcile has ended');
      return;
    } catch (error) {
      if (error instanceof Interrupted) return;
      // Orders that another mode left may lie outside the licence: no reason to pause the tenant (R49).
      const isOptional = run.phase === 'orders' && !isNeeded(tenant, 'order');
      if (isSyncError(error) && error.retry === 'auth' && !isOptional) {
        await deps.onAuthFailure(tenant, error);
        return;
      }
      const about = { err: error, tenant: tenantId, run: run.id, phase: run.phase };
      logger[isSyncError(error) ? 'warn' : 'error'](about, 'a phase of a reconcile failed; it is tried again');
      const leftOut = await keepFailure(deps, tenantId, state, run, error);
      if (!leftOut) return;
    }
  }
}

async function runPhase(
  deps: RunDeps,
  tenant: Tenant,
  state: ReconcileState,
  run: ReconcileRun,
  stopping: () => boolean,
): Promise<ReconcileState> {
  const { runtime, store } = deps;
  const findings = createFindings({
    intake: deps.intake,
    tenant: tenant.id,
    // R73: what a long stop left waits behind live work.
    raise: () => (run.cause === 'long-stop' ? PRIORITY.import : null),
  });
  let { cycle } = state;
  const pass: Pass = {
    runtime,
    store,
    tenant,
    calendar: deps.calendar,
    vendors: deps.connections.of(tenant.id),
    run,
    comparedSince: state.comparedSince,
    beganAt: runtime.now(),
    findings,
    cycle: state.cycle,
    keepCycle: (moved) => {
      cycle = moved;
    },
    async goOn() {
      if (stopping() || (await store.tenants.get(tenant.id))?.state !== 'connected') throw new Interrupted();
    },
  };
  const work = PHASE_WORK[run.phase];
  if (work.only?.(run.cause, pass) ?? true) {
    await pass.goOn();
    await work.run(pass, deps.helpers);
    await findings.flush();
  }
  const counted = { ...run, counts: addCounts(run.counts, findings.counts()), failures: 0 };
  return advanced({ ...state, cycle }, counted, runtime.now());
}

/** The state with the run at its next phase, or ended. */
function advanced(state: ReconcileState, run: ReconcileRun, now: number): ReconcileState {
  const next = PHASES[PHASES.indexOf(run.phase) + 1];
  if (next !== undefined) return { ...state, present: { ...run, phase: next } };
  const comparedSince = run.leftOut.length === 0 ? run.startedAt : state.comparedSince;
  return { ...state, present: null, last: { ...run, finishedAt: now }, comparedSince };
}

/** Counts the failure; true when the phase is left out and the run goes on at once. */
async function keepFailure(
  { store, runtime }: RunDeps,
  tenantId: string,
  state: ReconcileState,
  run: ReconcileRun,
  error: unknown,
): Promise<boolean> {
  const failures = run.failures + 1;
  const isOver = failures >= TRIES;
  const message = isSyncError(error)
    ? error.message
    : 'An error on our side; the log has its stack under this run. Report it.';
  const next = isOver
    ? advanced(state, { ...run, failures: 0, leftOut: [...run.leftOut, { phase: run.phase, message }] }, runtime.now())
    : { ...state, present: { ...run, failures } };
  await putState(store, tenantId, next, runtime.now());
  return isOver;
}
