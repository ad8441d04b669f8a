import { AsyncResource } from 'node:async_hooks';
import PQueue from 'p-queue';
import { PRIORITY, type Priority } from '../../schemas/records.ts';
import type { ErrorCode } from '../errors/codes.ts';
import { isSyncError, SyncError } from '../errors/sync-error.ts';
import type { Runtime } from '../runtime.ts';
import type { BudgetUse } from '../vendors/connections-types.ts';
import type { Gate, Write } from '../vendors/gate.ts';
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
/** Of two that are as good, the write goes first. */
const KINDS = ['write', 'read'] as const;
type Kind = (typeof KINDS)[number];
/** The best of those of a kind that wait. */
interface Waiter {
  readonly kind: Kind;
  readonly priority: Priority;
  /** When it may start. */
  readonly at: number;
}
/** Bulk is this much slower than the limit, so that as a rule a slot is free when a live call comes. */
const PACE_OF_EVEN = 1.02;
/**
 * The part of the window that reads leave to writes, so that these need not wait for the next one: 6 of webCRM's 250, for the four jobs that a
 * tenant has at work at once; none of Fortnox's 25, whose window is five seconds.
 */
const KEPT_FOR_WRITES = 0.024;
/** They are kept only while none becomes free within this: in an import some are free all the time. */
const SOON_MS = 5_000;
/** Paced reads of bulk that a write may follow at once, at most: as many as there are jobs at work. */
const MOST_FOLLOWED = 4;

/** What a vendor answers that may ask us to make no calls for a while. */
const STOPS: ReadonlySet<ErrorCode> = new Set(['vendor-throttled', 'vendor-failed']);

export type Budget = Gate & {
  use(): BudgetUse;
  /** Rejects everybody who waits, and whoever comes later, with `stopping`. Calls in flight end by themselves. */
  close(): void;
};

/**
 * The gate of one company or token. p-queue keeps the order (priority, then age), of writes and of reads apart, and stays paused; calls are let out one
 * at a time when the ledger, the spacing and the pace permit, so the best waiter is picked at the moment of starting.
 * Bulk is paced evenly, one start each windowMs / limit: a live call then finds a slot within about that time. A write is not held up by
 * what came after the read that it rests on (R2): slots are kept for it, and of bulk it follows its read whatever the pace says. A 429 stops every
 * start for the vendor's wait, and lowers our share of the limit for a while; a failure that asks for a wait only stops. All of it goes by what has elapsed: a clock that is set
 * back stalls nothing, and one that is set forward frees no slot early.
 */
export function createBudget(options: BudgetOptions): Budget {
  const { runtime, limit, windowMs, name, concurrency, spacingMs = 0, record, callMs = 0 } = options;
  const ledger = createLedger({ windowMs });
  const share = createShare({ limit, windowMs });
  const pace = createPace(limit);
  const queues = {
    write: new PQueue({ autoStart: false, concurrency: 1 }),
    read: new PQueue({ autoStart: false, concurrency: 1 }),
  } as const;
  const both = Object.values(queues);
  const waiters = new Set<(error: SyncError) => void>();
  let nextStartAt = Number.NEGATIVE_INFINITY;
  let stoppedUntil = Number.NEGATIVE_INFINITY;
  let total = 0;
  let throttled = 0;
  /** Paced reads that no write has followed yet. */
  let unfollowed = 0;
  let closed = false;
  let letting = false;
  let cancelTimer: (() => void) | null = null;

  const stopping = () => new SyncError('stopping', `${name}: the service is stopping; the call was not made.`);
  const everyMs = (now: number) => (windowMs / share.limit(now)) * PACE_OF_EVEN;
  const waiting = () => both.reduce((sum, { size }) => sum + size, 0);
  const inFlight = () => both.reduce((sum, { pending }) => sum + pending, 0);

  function permittedAt(kind: Kind, priority: Priority, now: number): number {
    const slots = share.limit(now);
    const at = Math.max(now, ledger.freeAt(now, slots), nextStartAt, stoppedUntil);
    const pacedAt = pace.freeAt(priority, everyMs(now));
    if (kind === 'write') return unfollowed > 0 ? at : Math.max(at, pacedAt);
    const kept = Math.floor(slots * KEPT_FOR_WRITES);
    return Math.max(at, pacedAt, ledger.freeAt(now, slots - kept) - SOON_MS);
  }

  /** Of those that wait, who may start soonest; of several the best. */
  function next(now: number): Waiter | undefined {
    const heads = KINDS.flatMap((kind): Waiter[] => {
      const priority = BEST_FIRST.find((one) => queues[kind].sizeBy({ priority: -one }) > 0);
      return priority === undefined ? [] : [{ kind, priority, at: permittedAt(kind, priority, now) }];
    });
    return heads.sort((a, b) => a.at - b.at || a.priority - b.priority)[0];
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

  function letOne(kind: Kind) {
    const queue = queues[kind];
    queue.concurrency = queue.pending + 1;
    queue.start();
    queue.pause();
  }

  function pump() {
    if (letting || closed) return;
    letting = true;
    cancelTimer?.();
    cancelTimer = null;
    while (inFlight() < concurrency) {
      const now = runtime.elapsed();
      const best = next(now);
      if (best === undefined) break;
      if (best.at > now) {
        // Every slot in flight: the end of a call pumps again.
        if (Number.isFinite(best.at)) cancelTimer = runtime.setTimer(Math.ceil(best.at - now), pump);
        break;
      }
      if (!isRecorded(now)) break;
      letOne(best.kind);
    }
    letting = false;
  }

  function started(kind: Kind, priority: Priority) {
    const now = runtime.elapsed();
    if (priority !== PRIORITY.notification)
      unfollowed = kind === 'read' ? Math.min(MOST_FOLLOWED, unfollowed + 1) : Math.max(0, unfollowed - 1);
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
  for (const queue of both) queue.on('next', pump);

  return {
    run<T>(priority: Priority, call: () => Promise<T>, write?: Write): Promise<T> {
      if (closed) return Promise.reject(stopping());
      // Whoever lets it out, the call is about the caller's work: its log lines name that.
      const caller = new AsyncResource('BudgetCall');
      const kind: Kind = write === undefined ? 'read' : 'write';
      return new Promise<T>((resolve, reject) => {
        waiters.add(reject);
        const task = async () => {
          waiters.delete(reject);
          started(kind, priority);
          try {
            if (write !== undefined) await caller.runInAsyncScope(write.may);
            resolve(await caller.runInAsyncScope(call));
          } catch (error) {
            failed(error);
            reject(error);
          } finally {
            ledger.end(runtime.elapsed());
          }
        };
        void queues[kind].add(task, { priority: -priority });
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
        waiting: waiting(),
        stoppedUntil: stoppedUntil > now ? Math.round(runtime.now() + stoppedUntil - now) : null,
        total,
        throttled,
      };
    },
    close() {
      closed = true;
      cancelTimer?.();
      cancelTimer = null;
      for (const queue of both) queue.clear();
      for (const reject of waiters) reject(stopping());
      waiters.clear();
    },
  };
}
