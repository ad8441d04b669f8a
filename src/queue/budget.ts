import { AsyncResource } from 'node:async_hooks';
import PQueue from 'p-queue';
import { PRIORITY, type Priority } from '../../schemas/records.ts';
import type { ErrorCode } from '../errors/codes.ts';
import { isSyncError, SyncError } from '../errors/sync-error.ts';
import type { Runtime } from '../runtime.ts';
import type { BudgetUse } from '../vendors/connections-types.ts';
import type { Gate } from '../vendors/gate.ts';
import { createLedger } from './ledger.ts';
import { createPace } from './pace.ts';
import { createShare } from './share.ts';
import type { SlotRecord } from './slot-record.ts';

export interface BudgetOptions {
  runtime: Runtime;
  /** Calls that the vendor takes in any sliding window of `windowMs`. */
  limit: number;
  windowMs: number;
  /** Said in messages; no secret. */
  name: string;
  /** Calls in flight at most. */
  concurrency: number;
  /** Least time between two starts, ms; 0 when not given. */
  spacingMs?: number;
  /** Where slots are recorded before they are used; without it nobody comes after us who would have to know. */
  record?: SlotRecord;
  /** The longest time that a call may take, ms: of a recorded budget. */
  callMs?: number;
}

const BEST_FIRST = Object.values(PRIORITY).toSorted((a, b) => a - b);
/** Bulk is this much slower than the limit, so that as a rule a slot is free when a live call comes. */
const PACE_OF_EVEN = 1.02;

/** What a vendor answers that may ask us to make no calls for a while. */
const STOPS: ReadonlySet<ErrorCode> = new Set(['vendor-throttled', 'vendor-failed']);

export type Budget = Gate & {
  use(): BudgetUse;
  /** Rejects everybody who waits, and whoever comes later, with `stopping`. Calls in flight end by themselves. */
  close(): void;
};

/**
 * The gate of one company or token. p-queue keeps the order (priority, then age) and stays paused; calls are let out one
 * at a time when the ledger, the spacing and the pace permit, so the best waiter is picked at the moment of starting.
 * Bulk is paced evenly, one start each windowMs / limit: a live call then finds a slot within about that time. A 429 stops every
 * start for the vendor's wait, and lowers our share of the limit for a while; a failure that asks for a wait only stops. All of it goes by what has elapsed: a clock that is set
 * back stalls nothing, and one that is set forward frees no slot early.
 */
export function createBudget(options: BudgetOptions): Budget {
  const { runtime, limit, windowMs, name, concurrency, spacingMs = 0, record, callMs = 0 } = options;
  const ledger = createLedger({ windowMs });
  const share = createShare({ limit, windowMs });
  const pace = createPace(limit);
  const queue = new PQueue({ autoStart: false, concurrency: 1 });
  const waiters = new Set<(error: SyncError) => void>();
  let nextStartAt = Number.NEGATIVE_INFINITY;
  let stoppedUntil = Number.NEGATIVE_INFINITY;
  let total = 0;
  let throttled = 0;
  let closed = false;
  let letting = false;
  let cancelTimer: (() => void) | null = null;

  const stopping = () => new SyncError('stopping', `${name}: the service is stopping; the call was not made.`);
  const everyMs = (now: number) => (windowMs / share.limit(now)) * PACE_OF_EVEN;
  /** Of the one that is let out next. */
  const bestPriority = (): Priority =>
    BEST_FIRST.find((priority) => queue.sizeBy({ priority: -priority }) > 0) ?? PRIORITY.import;

  function permittedAt(now: number): number {
    const slotAt = ledger.freeAt(now, share.limit(now));
    return Math.max(slotAt, nextStartAt, stoppedUntil, pace.freeAt(bestPriority(), everyMs(now)));
  }

  /** False: a block of slots is to be recorded first, which then pumps. */
  function isRecorded(now: number): boolean {
    if (record === undefined || record.left(now) > 0) return true;
    const free = () => limit - ledger.taken(runtime.elapsed());
    void record
      .take(() => ledger.own(runtime.elapsed(), callMs), free)
      .then(() => {
        ledger.foreign(record.foreign());
        stoppedUntil = Math.max(stoppedUntil, record.stoppedUntil());
        pump();
      });
    return false;
  }

  function letOne() {
    queue.concurrency = queue.pending + 1;
    queue.start();
    queue.pause();
  }

  function pump() {
    if (letting || closed) return;
    letting = true;
    cancelTimer?.();
    cancelTimer = null;
    while (queue.size > 0 && queue.pending < concurrency) {
      const now = runtime.elapsed();
      const at = permittedAt(now);
      if (at > now) {
        // Every slot in flight: the end of a call pumps again.
        if (Number.isFinite(at)) cancelTimer = runtime.setTimer(Math.ceil(at - now), pump);
        break;
      }
      if (!isRecorded(now)) break;
      letOne();
    }
    letting = false;
  }

  function started() {
    const now = runtime.elapsed();
    ledger.start();
    record?.spend();
    total++;
    nextStartAt = now + spacingMs;
    pace.started(now, everyMs(now));
  }

  function failed(error: unknown) {
    if (!isSyncError(error) || !STOPS.has(error.code)) return;
    const now = runtime.elapsed();
    if (error.code === 'vendor-throttled') {
      throttled++;
      share.throttled(now);
    } else if (error.waitMs === undefined) return;
    stoppedUntil = Math.max(stoppedUntil, now + (error.waitMs ?? windowMs));
    void record?.stop(stoppedUntil);
  }

  // Emitted when p-queue has counted a call as ended, a moment after the task itself.
  queue.on('next', pump);

  return {
    run<T>(priority: Priority, call: () => Promise<T>, before?: () => Promise<void>): Promise<T> {
      if (closed) return Promise.reject(stopping());
      // Whoever lets it out, the call is about the caller's work: its log lines name that.
      const caller = new AsyncResource('BudgetCall');
      return new Promise<T>((resolve, reject) => {
        waiters.add(reject);
        const task = async () => {
          waiters.delete(reject);
          started();
          try {
            if (before !== undefined) await caller.runInAsyncScope(before);
            resolve(await caller.runInAsyncScope(call));
          } catch (error) {
            failed(error);
            reject(error);
          } finally {
            ledger.end(runtime.elapsed());
          }
        };
        void queue.add(task, { priority: -priority });
        pump();
      });
    },
    use() {
      const now = runtime.elapsed();
      return {
        limit,
        share: share.limit(now),
        windowMs,
        inWindow: ledger.taken(now),
        waiting: queue.size,
        stoppedUntil: stoppedUntil > now ? Math.round(runtime.now() + stoppedUntil - now) : null,
        total,
        throttled,
      };
    },
    close() {
      closed = true;
      cancelTimer?.();
      cancelTimer = null;
      queue.clear();
      for (const reject of waiters) reject(stopping());
      waiters.clear();
    },
  };
}
