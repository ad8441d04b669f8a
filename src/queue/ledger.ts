import type { Slots } from './slot-record.ts';

/** Slots of one budget. Pure: the caller brings the time, ms of a clock that runs forward. */
export interface Ledger {
  /** Takes a slot; to be called only when `freeAt(now)` is not later than now. */
  start(): void;
  /** The call has ended, however it ended: its slot is free again windowMs + 1 ms later. */
  end(now: number): void;
  /** When the next call may start: `now` when one of `limit` slots is free, Infinity when every slot is in flight. */
  freeAt(now: number, limit: number): number;
  /** Slots taken: calls in flight, calls that ended within the window, and those of others. */
  taken(now: number): number;
  /** Slots that others have taken, in place of those that were said before. */
  foreign(slots: readonly Slots[]): void;
  /** Our own: those in flight are free again `callMs` and a window from now at the latest. */
  own(now: number, callMs: number): Slots[];
}

/**
 * A vendor counts a request at some moment between our sending it and its answer. A slot held from the start until one
 * window after the answer can therefore never be free too early, whatever the latency.
 */
export function createLedger({ windowMs }: { windowMs: number }): Ledger {
  let inFlight = 0;
  let released: number[] = [];
  let others: readonly number[] = [];

  const forget = (now: number) => {
    let past = 0;
    while (past < released.length && (released[past] as number) <= now) past++;
    if (past > 0) released = released.slice(past);
    if (others.length > 0) others = others.filter((at) => at > now);
  };

  return {
    start() {
      inFlight++;
    },
    end(now) {
      inFlight--;
      const at = now + windowMs + 1;
      released.push(at);
    },
    freeAt(now, limit) {
      forget(now);
      const surplus = inFlight + released.length + others.length - limit;
      if (surplus < 0) return now;
      const times = others.length === 0 ? released : [...released, ...others].sort((a, b) => a - b);
      return times[surplus] ?? Number.POSITIVE_INFINITY;
    },
    taken(now) {
      forget(now);
      return inFlight + released.length + others.length;
    },
    foreign(slots) {
      others = slots.flatMap(([freeAt, count]) => Array<number>(count).fill(freeAt));
    },
    own(now, callMs) {
      forget(now);
      const ended = released.map((at): Slots => [at, 1]);
      return inFlight === 0 ? ended : [...ended, [now + callMs + windowMs + 1, inFlight]];
    },
  };
}
