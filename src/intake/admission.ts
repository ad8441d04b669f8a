import type { BaseLogger } from 'pino';
import { SyncError } from '../errors/sync-error.ts';
import { type Runtime, within } from '../runtime.ts';

/** Why a caller from outside is refused: too many are being served, or the store keeps them waiting. */
export type Refusal = 'full' | 'slow';

export interface AdmissionOptions {
  readonly runtime: Pick<Runtime, 'elapsed' | 'setTimer'>;
  readonly logger: Pick<BaseLogger, 'warn'>;
  /** Works under way at most. */
  readonly most?: number;
  /** How long a caller waits at most, ms; and how long the oldest work may last before newcomers are refused at once. */
  readonly patienceMs?: number;
  /** Told of each refusal; must not raise. */
  readonly onRefused?: (why: Refusal) => void;
}

/** Bounds what callers from outside may ask of the store at once, in number and in time. */
export interface Admission {
  /**
   * Does the work and gives its answer. Raises `overloaded`, with the wait that the caller is to be told, when too much is under way or
   * the store is slow. What was begun before such a refusal may end well all the same: only an answer promises anything.
   */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Works that have not ended, also those whose caller was refused meanwhile, and the age of the oldest, ms. */
  use(): { readonly underWay: number; readonly oldestMs: number; readonly refusing: Refusal | null };
}

/** 2,000 hooks a second wait for one commit of two seconds; each holds some kilobytes. */
const MOST = 4_000;
/** Shorter than any sender's own patience is likely to be: nobody has said what webCRM's is. */
const PATIENCE_MS = 5_000;
const SHORTEST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 60_000;
const TOLD_EVERY_MS = 10_000;

export function createAdmission(options: AdmissionOptions): Admission {
  const { runtime, logger, most = MOST, patienceMs = PATIENCE_MS, onRefused } = options;
  /** When each work began, the oldest first. */
  const begun = new Map<symbol, number>();
  let refused = 0;
  let toldAt = Number.NEGATIVE_INFINITY;

  function oldestMs(): number {
    for (const at of begun.values()) return runtime.elapsed() - at;
    return 0;
  }

  function refusing(): Refusal | null {
    if (begun.size >= most) return 'full';
    return oldestMs() >= patienceMs ? 'slow' : null;
  }

  /** One line for many: there may be thousands a second. */
  function tell(why: Refusal): void {
    refused += 1;
    if (runtime.elapsed() - toldAt < TOLD_EVERY_MS) return;
    toldAt = runtime.elapsed();
    const about = { why, refused, underWay: begun.size, oldestMs: Math.round(oldestMs()) };
    logger.warn(
      about,
      'hooks are refused with 503 until the store has caught up; their senders are told when to try again',
    );
  }

  function refuse(why: Refusal): never {
    onRefused?.(why);
    tell(why);
    // Who has waited in vain for long will as a rule have to wait as long again.
    const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, oldestMs()));
    throw new SyncError('overloaded', 'More arrives than can be stored: nothing was promised, send it again.', {
      waitMs,
    });
  }

  return {
    async run(work) {
      const why = refusing();
      if (why !== null) refuse(why);
      const ticket = Symbol('work');
      begun.set(ticket, runtime.elapsed());
      const running = work().finally(() => begun.delete(ticket));
      if (!(await within(runtime, patienceMs, running))) refuse('slow');
      return running;
    },
    use: () => ({ underWay: begun.size, oldestMs: oldestMs(), refusing: refusing() }),
  };
}
