/** How much of a vendor's limit is ours at present. Pure: the caller brings times, ms. */
export interface Share {
  /** Calls a window, 1 at least; a whole number. */
  limit(now: number): number;
  /** The vendor answered 429 although we kept within the limit: somebody else uses the same budget. */
  throttled(now: number): void;
}

/** What is left after a 429. */
const CUT = 0.7;
/** Never less than this part of the limit: work must go on, and the vendor's own wait is obeyed beside. */
const LEAST = 1 / 10;
/** The part of the limit that is taken back in a minute without a 429: another's use is met again after minutes, not seconds. */
const BACK_A_MINUTE = 1 / 10;

/**
 * Additive increase, multiplicative decrease. The vendors count a company's or token's calls from everybody (fortnox.md 5.1,
 * webcrm.md 4), and our ledger knows only ours. Calls that were under way at a cut are answered 429 together: one cut a window.
 */
export function createShare({ limit, windowMs }: { limit: number; windowMs: number }): Share {
  let after = limit;
  let cutAt = Number.NEGATIVE_INFINITY;

  const at = (now: number): number => {
    if (after === limit) return limit;
    const back = (Math.max(0, now - cutAt) / 60_000) * BACK_A_MINUTE * limit;
    return Math.min(limit, after + back);
  };
  return {
    limit: (now) => Math.max(1, Math.floor(at(now))),
    throttled(now) {
      if (now - cutAt < windowMs) return;
      after = Math.max(limit * LEAST, at(now) * CUT);
      cutAt = now;
    },
  };
}
