import type { Job } from '../../schemas/records.ts';
import { isSyncError, type SyncError } from '../errors/sync-error.ts';
import { FIRST_WAIT_MS, jittered, retryWait } from './backoff.ts';
import type { JobOutcome } from './types.ts';

/** What is stored of a run: `complete`, or `release` with these words of the store's port. */
export type Verdict =
  | { readonly kind: 'complete' }
  | {
      readonly kind: 'release';
      readonly state: 'waiting' | 'dead';
      readonly runAt: number;
      readonly countAttempt: boolean;
      readonly error: Job['lastError'];
    };

export type RunResult = { readonly outcome: JobOutcome } | { readonly error: unknown };

const SHORTEST_THROTTLE_MS = 1_000;
const FROZEN_FIRST_WAIT_MS = 1_000;

/** Decides what becomes of a job after a run that ended at `now`. */
export function verdictOf(job: Job, result: RunResult, now: number, random: () => number): Verdict {
  if ('outcome' in result) {
    if (result.outcome.kind === 'done') return { kind: 'complete' };
    const runAt = now + Math.max(0, result.outcome.afterMs);
    return { kind: 'release', state: 'waiting', runAt, countAttempt: false, error: null };
  }
  const error = isSyncError(result.error) ? result.error : null;
  const lastError = describe(error, now);
  switch (error?.retry) {
    case 'throttled': {
      const runAt = now + Math.max(SHORTEST_THROTTLE_MS, error?.waitMs ?? 0);
      return { kind: 'release', state: 'waiting', runAt, countAttempt: false, error: null };
    }
    case 'auth': {
      // The tenant is paused meanwhile; the wait keeps the loop calm should the pausing itself have failed.
      const runAt = now + jittered(FIRST_WAIT_MS, random);
      return { kind: 'release', state: 'waiting', runAt, countAttempt: false, error: lastError };
    }
    case 'refused':
      return { kind: 'release', state: 'dead', runAt: now, countAttempt: true, error: lastError };
    case 'frozen':
      return tryAgain(job, lastError, now, (attempt) =>
        attempt === 1 ? FROZEN_FIRST_WAIT_MS : retryWait(attempt - 1, random),
      );
    default:
      return tryAgain(job, lastError, now, (attempt) => {
        const ms = retryWait(attempt, random);
        // Not before the vendor's own wait has passed: the call would only stand in line.
        return ms === null ? null : Math.max(ms, error?.waitMs ?? 0);
      });
  }
}

function tryAgain(job: Job, error: Job['lastError'], now: number, wait: (attempt: number) => number | null): Verdict {
  const ms = wait(job.attempts + 1);
  if (ms === null) return { kind: 'release', state: 'dead', runAt: now, countAttempt: true, error };
  return { kind: 'release', state: 'waiting', runAt: now + ms, countAttempt: true, error };
}

// An unknown error may carry anything in its message, so only a SyncError's own words reach the failed list.
const describe = (error: SyncError | null, at: number): Job['lastError'] =>
  error === null
    ? { code: 'internal', message: 'An error on our side; the log has its stack under this job.', at }
    : { code: error.code, message: error.message, at };
