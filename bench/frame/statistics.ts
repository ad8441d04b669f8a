import type { Figure } from './bench.ts';

/** The smallest value that at least `share` of them do not exceed (nearest rank). NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The run that is furthest from the goal; without a goal the largest value. */
export function worst(values: readonly number[], goal: Figure['goal']): number {
  return goal?.atLeast === undefined ? Math.max(...values) : Math.min(...values);
}

/** How unevenly events fall on seconds: the largest second as a multiple of the mean. `at` and the bounds in ms. */
export function largestSecond(at: readonly number[], from: number, to: number): number {
  const seconds = new Array<number>(Math.max(1, Math.floor((to - from) / 1000))).fill(0);
  let counted = 0;
  for (const time of at) {
    const second = Math.floor((time - from) / 1000);
    if (second < 0 || second >= seconds.length) continue;
    seconds[second] = (seconds[second] ?? 0) + 1;
    counted += 1;
  }
  return Math.max(...seconds) / (counted / seconds.length);
}
