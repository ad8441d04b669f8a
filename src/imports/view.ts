import type { ImportRun } from '../../schemas/imports.ts';
import type { PausedPart } from '../../schemas/records.ts';
import type { Store } from '../store/port.ts';
import type { BudgetUse } from '../vendors/connections-types.ts';
import { type Phase, stepOf } from './step.ts';

/** A run as administrators see it. */
export interface ImportProgress extends Omit<ImportRun, 'schema' | 'tenant' | 'step' | 'listedIn' | 'runningSince'> {
  /** Of `total`: compared by a dry run that compares, worked off by a run. */
  readonly done: number;
  /** Jobs that are kept as failed. They do not hold the import open. */
  readonly dead: number;
  /** Jobs that failed several times and are tried again. A few do not hold the import open: it may be done before they are. */
  readonly failing: number;
  /** Records a minute since the jobs began to run; null before. */
  readonly perMinute: number | null;
  /** By that rate; null while it is unknown. */
  readonly remainingSeconds: number | null;
  readonly budgets: { readonly webcrm: BudgetUse; readonly fortnox: BudgetUse } | null;
  /** Parts of the tenant that it writes and that are paused: a run waits for them, a dry run would. */
  readonly paused: readonly Pick<PausedPart, 'entity' | 'to'>[];
}

/** Reckons a run's progress at `now` (ms). Reads the queue's counts, and writes nothing. */
export async function progressOf(
  store: { readonly jobs: Pick<Store['jobs'], 'countImport'> },
  run: ImportRun,
  now: number,
  { budgets, paused }: Pick<ImportProgress, 'budgets' | 'paused'>,
): Promise<ImportProgress> {
  const { open, dead, failing } = await store.jobs.countImport(run.tenant, run.id);
  const { schema: _, tenant: _tenant, step: _step, listedIn: _listedIn, runningSince, ...shown } = run;
  const done = doneOf(run, open - dead);
  const until = run.finishedAt ?? now;
  const minutes = runningSince === null ? 0 : (until - runningSince) / 60_000;
  const perMinute = minutes > 0 ? Math.round(done / minutes) : null;
  const goesOn = run.state === 'running' && paused.length === 0 && perMinute !== null && perMinute > 0;
  const remainingSeconds = goesOn ? Math.ceil(((run.total - done) / perMinute) * 60) : null;
  return { ...shown, done, dead, failing, perMinute, remainingSeconds, budgets, paused };
}

/** Records that nothing is to be done with any more. */
function doneOf(run: ImportRun, open: number): number {
  if (run.state === 'done') return run.total;
  if (run.state === 'comparing' || run.state === 'ready') return run.compared;
  const { phase, counted, left } = stepOf(run);
  const walked: Record<Phase, number> = { listing: 0, comparing: run.compared, running: counted - left.length - open };
  return run.step === null ? 0 : Math.max(0, walked[phase]);
}
