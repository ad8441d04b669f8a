import { type Entity, type Job, type Pair, type Side, type Tenant, WRITTEN } from '../../schemas/records.ts';
import type { HandleJob, JobOutcome } from '../queue/types.ts';
import { articleJob } from './article/job.ts';
import type { JobContext, SyncDeps } from './context.ts';
import { customerJob } from './customer/job.ts';
import { documentJob } from './document/job.ts';
import { lineJob } from './document/line-job.ts';
import { PAIR_ENTITY } from './journal.ts';
import { busy, DONE } from './outcome.ts';
import { DirectionPaused, isWhollyPaused, keepHeld } from './paused.ts';
import { finishTrial, trialsOf } from './put-trial.ts';
import { recordLock, recordsOf } from './record-ref.ts';

/** Does one record's work. `pair` is the one that holds the record, whichever half it is; null when there is none. */
export type EntityJob = (context: JobContext, pair: Pair | null) => Promise<JobOutcome>;

/** Which job does the work of a hint. */
const JOBS: Readonly<Record<Entity, EntityJob>> = {
  customer: customerJob,
  article: articleJob,
  delivery: documentJob,
  order: documentJob,
  invoice: documentJob,
  line: lineJob,
};

/**
 * Does the work of one hint, without the executor's locks. What may not be written because it is paused is kept as waiting, and of a kind
 * that is wholly paused nothing is read.
 */
export async function workOn(context: JobContext, pair: Pair | null): Promise<JobOutcome> {
  const outcome = await whatMayBeDone(context, pair);
  return outcome.kind === 'done' ? keepHeld(context) : outcome;
}

async function whatMayBeDone(context: JobContext, pair: Pair | null): Promise<JobOutcome> {
  const { tenant, job, held } = context;
  const entity = PAIR_ENTITY[job.entity];
  if (isWhollyPaused(tenant, entity) && !(await isLeftAlone(context, pair))) {
    for (const to of WRITTEN[entity]) held.add(to);
    return DONE;
  }
  try {
    return await JOBS[job.entity](context, pair);
  } catch (error) {
    if (!(error instanceof DirectionPaused)) throw error;
    held.add(error.to);
    return DONE;
  }
}

/** What no job would touch does not wait for anything. */
const isLeftAlone = async ({ tenant, job, isErased }: JobContext, pair: Pair | null): Promise<boolean> =>
  job.entity === 'line' || (pair === null ? isErased(tenant.id, job) : pair.state === 'detached');

/**
 * Does one record's work: reads both sides now, lets the planner decide, writes, stores the new base. One at a time for
 * a pair: the locks cover both records, whichever side the hint came from.
 */
export function createExecutor(deps: SyncDeps): HandleJob {
  return async (tenant, job) => {
    const find = () =>
      job.entity === 'line' ? null : deps.store.pairs.bySide(tenant.id, job.entity, job.side, job.id);
    const pair = await find();
    const release = deps.locks.tryLock(lockKeys(tenant, job, pair));
    if (release === null) return busy('another job works on this pair');
    try {
      const now = await find();
      if (now?.webcrmId !== pair?.webcrmId || now?.fortnoxId !== pair?.fortnoxId) return busy('the pair was just made');
      const context = { ...deps, tenant, job, vendors: deps.connection(tenant.id), held: new Set<Side>() };
      await finishTrials(context, now);
      return await workOn(context, now);
    } finally {
      release();
    }
  };
}

/** R3: before the record is looked at. While webCRM is not to be written they wait, and the job goes on by what is there. */
async function finishTrials(context: JobContext, pair: Pair | null): Promise<void> {
  try {
    for (const trial of trialsOf(context.tenant, context.job, pair)) await finishTrial(context, trial);
  } catch (error) {
    if (!(error instanceof DirectionPaused)) throw error;
  }
}

function lockKeys(tenant: Tenant, job: Job, pair: Pair | null): string[] {
  const records = [job, ...(pair === null ? [] : recordsOf(pair))];
  return [...new Set(records.map((record) => recordLock(tenant.id, record)))];
}
