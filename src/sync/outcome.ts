import type { JobOutcome } from '../queue/types.ts';

export const DONE: JobOutcome = { kind: 'done' };

/** When two jobs that met at one pair come back. */
const BUSY_MS = 500;
export const busy = (why: string): JobOutcome => ({ kind: 'later', afterMs: BUSY_MS, why });
