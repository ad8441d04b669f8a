import type { Test } from 'tap';
import { playAll, replayOf, type Total } from './pool.ts';

const whole = (name: string, fallback: number): number => {
  const value = Number(process.env[name] ?? fallback);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${name} must be a whole number from 1 on`);
  return value;
};

/**
 * The seeds of a test run, `count` from 1 on unless the environment says others by `<name>_SEED` and `<name>_COUNT`. `play` plays
 * them in processes of their own, a failure for each that fails; `hashes` holds what each left behind.
 */
export function chosenSeeds(options: { readonly name: string; readonly count: number; readonly foul: boolean }) {
  const { name, foul } = options;
  const first = whole(`${name}_SEED`, 1);
  const count = whole(`${name}_COUNT`, options.count);
  const hashes = new Map<number, string>();
  return {
    first,
    count,
    hashes,
    play(t: Pick<Test, 'comment' | 'fail'>): Promise<Total> {
      t.comment(`seeds ${first} to ${first + count - 1}; choose others with ${name}_SEED and ${name}_COUNT`);
      return playAll({ first, count, jobs: 2, foul }, ({ seed, ok, problems, traceHash }) => {
        hashes.set(seed, traceHash);
        if (!ok) t.fail(`seed ${seed}; replay: ${replayOf(seed, foul)}`, { problems });
      });
    },
  };
}
