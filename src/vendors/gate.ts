import type { Priority } from '../../schemas/records.ts';

/** The only way out: every call to a vendor starts when its budget permits (`queue/budget.ts` implements it). */
export interface Gate {
  /**
   * Runs `call` when a slot is free; the slot is given back one window after the call has ended, however it ended.
   * `before` is asked when the slot is there: what it raises is raised, and `call` does not start.
   * A SyncError `vendor-throttled` or `vendor-failed` that `call` raises stops all starts for its `waitMs`.
   */
  run<T>(priority: Priority, call: () => Promise<T>, before?: () => Promise<void>): Promise<T>;
}
