/** Waits between tries of a job. */
export const FIRST_WAIT_MS = 5_000;
export const LONGEST_WAIT_MS = 3_600_000;
/** A long weekend: a vendor that is down from Friday evening to Monday morning loses nothing. */
export const GIVE_UP_AFTER_MS = 3 * 24 * 3_600_000;
/** Each wait lies within this share of its middle value, so that jobs that failed together do not return together. */
export const JITTER = 0.2;

/** The middle value of the wait after the given failed attempt (1 = the first): 5 s, 10 s, 20 s ... 1 h, 1 h ... */
export const middleWait = (attempt: number): number =>
  Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt - 1, 30));

function attemptsWithin(totalMs: number): number {
  let attempts = 1;
  for (let waited = middleWait(1); waited <= totalMs; waited += middleWait(attempts)) attempts += 1;
  return attempts;
}

/** The failed attempt after which a job is dead: the waits before it add up to about three days. */
export const MAX_ATTEMPTS = attemptsWithin(GIVE_UP_AFTER_MS);

/** Milliseconds to wait after the given failed attempt (1 = the first), or null when the job is given up. */
export function retryWait(attempt: number, random: () => number): number | null {
  if (attempt >= MAX_ATTEMPTS) return null;
  return jittered(middleWait(attempt), random);
}

/** `ms` give or take the jitter, in whole milliseconds. */
export const jittered = (ms: number, random: () => number): number =>
  Math.round(ms * (1 - JITTER + 2 * JITTER * random()));
