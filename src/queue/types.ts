import type { Hint, Job, Tenant } from '../../schemas/records.ts';

export type JobOutcome = { kind: 'done' } | { kind: 'later'; afterMs: number; why: string };
/** Does one record's work; raises SyncError, whose class decides what becomes of the job. Implemented by sync/executor.ts. */
export type HandleJob = (tenant: Tenant, job: Job) => Promise<JobOutcome>;

/** Where hints come in. Resolves when they are durable. Wakes the worker. */
export interface Intake {
  accept(hints: readonly Hint[]): Promise<void>;
}
