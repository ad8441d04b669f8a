import type { Priority } from '../../schemas/records.ts';

/** What makes a call a write of a record. */
export interface Write {
  /** Asked when the slot is there; what it raises is raised, and the call does not start. */
  may(): Promise<void>;
}

/** The only way out: every call to a vendor starts when its budget permits (`queue/budget.ts` implements it). */
export interface Gate {
  /**
   * Runs `call` when a slot is free; the slot is given back one window after the call has ended, however it ended.
   * One that writes goes before reads of its priority, and finds slots that they leave: what was read for it grows old (R2).
   * A SyncError `vendor-throttled` or `vendor-failed` that `call` raises stops all starts for its `waitMs`.
   */
  run<T>(priority: Priority, call: () => Promise<T>, write?: Write): Promise<T>;
}
