import type { Sample } from './probe.ts';

export interface Line {
  readonly name: string;
  readonly before: number;
  readonly after: number;
  readonly atMost: number;
  readonly isFlat: boolean;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/**
 * Flat: the median of the last quarter is at most a tenth (heap after a collection, RSS a seventh) above that of the second quarter; the
 * first one warms up. Handles: ten more at most, since calls under way come and go.
 */
const RULES: readonly [keyof Sample, (before: number) => number][] = [
  ['heap', (before) => before * 1.1],
  ['rss', (before) => before * 1.15],
  ['handles', (before) => before + 10],
];

/** Raises for fewer samples than there are quarters. */
export function verdictOf(samples: readonly Sample[]): Line[] {
  const quarter = Math.floor(samples.length / 4);
  if (quarter < 1) throw new Error(`${samples.length} samples tell nothing`);
  return RULES.map(([name, atMostOf]) => {
    const of = (from: number, to?: number) => median(samples.slice(from, to).map((sample) => sample[name]));
    const [before, after] = [of(quarter, 2 * quarter), of(-quarter)];
    const atMost = atMostOf(before);
    return { name, before, after, atMost, isFlat: after <= atMost };
  });
}
