import { fork } from 'node:child_process';
import type { Bench, BenchOptions, Figure } from './bench.ts';
import { load } from './machine.ts';

const CHILD = new URL('./child.ts', import.meta.url);

/** One run in a process of its own; raises when that ends without figures. */
function runOnce(bench: Bench, options: BenchOptions): Promise<readonly Figure[]> {
  return new Promise((resolve, reject) => {
    const child = fork(CHILD, [bench.name, JSON.stringify(options)], {
      execArgv: ['--import=tsx', '--expose-gc', '--max-old-space-size=6144'],
    });
    let figures: readonly Figure[] | null = null;
    child.on('message', (message) => {
      figures = message as readonly Figure[];
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (code === 0 && figures !== null) resolve(figures);
      else reject(new Error(`${bench.name} ended without figures (${signal ?? `code ${code}`})`));
    });
  });
}

/** Runs the bench once with each seed, one after the other; with the machine's load before each. */
export async function runAll(
  bench: Bench,
  full: boolean,
  seeds: readonly number[],
): Promise<{ figures: readonly Figure[][]; load: readonly number[] }> {
  const figures: Figure[][] = [];
  const loads: number[] = [];
  for (const seed of seeds) {
    loads.push(load());
    figures.push([...(await runOnce(bench, { full, seed }))]);
  }
  return { figures, load: loads };
}
