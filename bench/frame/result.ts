import type { Bench, Figure } from './bench.ts';
import { isMet } from './bench.ts';
import type { Machine } from './machine.ts';
import { median, worst } from './statistics.ts';

/** A figure over all runs. */
export interface Summary extends Figure {
  /** `value` is the median. */
  readonly worst: number;
  readonly runs: readonly number[];
}

/** One line of the history. */
export interface Result {
  readonly at: string;
  readonly bench: string;
  readonly full: boolean;
  readonly seeds: readonly number[];
  readonly machine: Machine;
  /** The machine's load before each run. */
  readonly load: readonly number[];
  /** What ran beside, in words of whoever measured. */
  readonly beside: string | null;
  readonly seconds: number;
  readonly figures: readonly Summary[];
}

/** Median and worst of each figure; a figure that a run did not give is of the others. */
export function summarise(runs: readonly (readonly Figure[])[]): Summary[] {
  const byName = new Map<string, Figure[]>();
  for (const figure of runs.flat()) byName.set(figure.name, [...(byName.get(figure.name) ?? []), figure]);
  return [...byName.values()].map((figures) => {
    const values = figures.map(({ value }) => value);
    const [first] = figures as [Figure, ...Figure[]];
    return { ...first, value: median(values), worst: worst(values, first.goal), runs: values };
  });
}

const round = (value: number): string =>
  Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 10 ? 3 : 1);

function verdict(figure: Summary): string {
  const { goal } = figure;
  if (goal === undefined) return '';
  const wanted = goal.atLeast === undefined ? `at most ${goal.atMost}` : `at least ${goal.atLeast}`;
  if (isMet({ ...figure, value: figure.worst })) return `${wanted}: met`;
  return `${wanted}: ${isMet(figure) ? 'met by the median, missed by the worst' : 'MISSED'}`;
}

/** A table for a terminal. */
export function table({ about, clock }: Bench, result: Result): string {
  const head = `${result.bench} (${clock} time, ${result.full ? 'full' : 'short'}, ${result.seeds.length} runs, ${result.seconds.toFixed(0)} s, load ${result.load.join(' ')})`;
  const lines = result.figures.map((figure) => [
    figure.name,
    `${round(figure.value)} ${figure.unit}`.trim(),
    result.seeds.length > 1 ? `worst ${round(figure.worst)}` : '',
    verdict(figure),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...lines.map((cells) => (cells[column] ?? '').length)));
  const rows = lines.map((cells) => `  ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd());
  return [head, `  ${about}`, ...rows].join('\n');
}
