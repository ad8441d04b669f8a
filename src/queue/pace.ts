import { PRIORITY, type Priority } from '../../schemas/records.ts';

/** When work of a priority may start, so that what is used lies evenly in the window. Pure: the caller brings times, ms. */
export interface Pace {
  /** A call of any priority has started. `everyMs`: what lies between two calls when the budget is used evenly. */
  started(now: number, everyMs: number): void;
  /** When a call of this priority may start as far as the pace goes. */
  freeAt(priority: Priority, everyMs: number): number;
}

/**
 * Calls that each priority may be ahead of the even use, as a share of the window's limit. Live calls wait for a free slot only;
 * a poll's few reads go at once, and what a poll brings by the thousand is as even as an import.
 */
const AHEAD: Readonly<Record<Priority, number>> = {
  [PRIORITY.notification]: Number.POSITIVE_INFINITY,
  [PRIORITY.poll]: 1 / 10,
  [PRIORITY.import]: 0,
};
/** A timer that fires late by less than this share of a step does not move the steps after it. */
const LATE = 1 / 4;

/**
 * Each call, live ones too, moves the time at which even use would have come to it; bulk waits for that time. If live calls did
 * not count, bulk beside them would fill the window early, and then nothing, live or not, could start until its first calls
 * leave it: up to a minute at webCRM.
 */
export function createPace(limit: number): Pace {
  let evenAt = Number.NEGATIVE_INFINITY;
  return {
    started(now, everyMs) {
      evenAt = Math.max(evenAt, now - everyMs * LATE) + everyMs;
    },
    freeAt: (priority, everyMs) => evenAt - Math.floor(AHEAD[priority] * limit) * everyMs,
  };
}
