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
import { isHeldForCount } from './long-stop.ts';
import { Interrupted, type Pass } from './pass.ts';
import { type Helpers, PHASE_WORK } from './phases.ts';
import { addCounts, PHASES, type Phase, putState, type ReconcileRun, type ReconcileState, readState } from './state.ts';

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
/** How often it is said that a phase fails which is never left out: with a try every five minutes, once a day. */
const TRIES_A_DAY = 288;

/**
 * Goes on with the tenant's present run until it ends, fails, or is interrupted; each phase that ends is stored, and one that
 * does not is begun anew by the next call, which asks the lists again and hints the same records. A vendor's throttle, a stop and a
 * hand-over to another instance interrupt it and are no failures. Raises what the store raises.
 */
export async function goOnWithRun(deps: RunDeps, tenantId: string, stopping: () => boolean): Promise<void> {
  const { runtime, store, logger } = deps;
  for (;;) {
    const [tenant, state] = await Promise.all([store.tenants.get(tenantId), readState(store, tenantId)]);
    if (tenant?.state !== 'connected' || state.present === null || stopping()) return;
    const run = withLeftOutFirst(state.present, tenant);
    try {
      const next = await runPhase(deps, tenant, state, run, stopping);
      await putState(store, tenantId, next, runtime.now());
      if (next.present !== null) continue;
      logger.info({ tenant: tenantId, run: run.id, counts: next.last?.counts }, 'a reconcile has ended');
      return;
    } catch (error) {
      if (error instanceof Interrupted) return;
      if (isSyncError(error) && error.retry === 'throttled') {
        logger.info(
          { err: error, tenant: tenantId, phase: run.phase },
          'a reconcile was interrupted; it goes on later',
        );
        return;
      }
      if (isSyncError(error) && error.retry === 'auth' && !isOptional(run.phase, tenant)) {
        await deps.onAuthFailure(tenant, error);
        return;
      }
      const about = { err: error, tenant: tenantId, run: run.id, phase: run.phase };
      logger[isSyncError(error) ? 'warn' : 'error'](about, 'a phase of a reconcile failed; it is tried again');
      const leftOut = await keepFailure(deps, tenant, state, run, error);
      if (!leftOut) return;
    }
  }
}

/** Orders that another mode left may lie outside the licence: no reason to pause the tenant, or to hold it (R49). */
const isOptional = (phase: Phase, tenant: Tenant): boolean => phase === 'orders' && !isNeeded(tenant, 'order');

/** R73: without what it finds, the count after a long stop would let go what nobody has seen. */
const mustNotBeLeftOut = ({ cause, phase }: Pick<ReconcileRun, 'cause' | 'phase'>, tenant: Tenant): boolean =>
  cause === 'long-stop' && PHASE_WORK[phase].isCounted === true && isHeldForCount(tenant) && !isOptional(phase, tenant);

/** The run, before it decides, at the first phase that it left out all the same: earlier releases did. */
function withLeftOutFirst(run: ReconcileRun, tenant: Tenant): ReconcileRun {
  const counted = run.leftOut.find(({ phase }) => mustNotBeLeftOut({ ...run, phase }, tenant));
  if (run.phase !== 'verdict' || counted === undefined) return run;
  return { ...run, phase: counted.phase, leftOut: run.leftOut.filter(({ phase }) => !PHASE_WORK[phase].isCounted) };
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

/** Counts the failure; true when the phase is left out and the run goes on at once. One that must not be is spoken of instead. */
async function keepFailure(
  { store, runtime, helpers }: RunDeps,
  tenant: Tenant,
  state: ReconcileState,
  run: ReconcileRun,
  error: unknown,
): Promise<boolean> {
  const failures = run.failures + 1;
  const isKept = mustNotBeLeftOut(run, tenant);
  const isOver = failures >= TRIES && !isKept;
  const message = isSyncError(error)
    ? error.message
    : 'An error on our side; the log has its stack under this run. Report it.';
  const next = isOver
    ? advanced(state, { ...run, failures: 0, leftOut: [...run.leftOut, { phase: run.phase, message }] }, runtime.now())
    : { ...state, present: { ...run, failures } };
  await putState(store, tenant.id, next, runtime.now());
  if (isKept && failures % TRIES_A_DAY === TRIES) await helpers.sayHeldUp({ tenant, run }, message);
  return isOver;
}
