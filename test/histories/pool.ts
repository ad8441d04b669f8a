import { fork } from 'node:child_process';
import { join } from 'node:path';
import { bundle } from '../support/bundle.ts';
import { NOTHING, type Range } from './range.ts';
import type { HistoryResult } from './run.ts';

/** Sums over many histories. */
export interface Total {
  readonly histories: number;
  readonly edits: number;
  readonly writes: number;
  readonly documents: number;
  readonly gapEdits: number;
  readonly lostRaces: number;
  readonly deaths: number;
  readonly failed: number;
}
const SUMMED = ['edits', 'writes', 'documents', 'gapEdits', 'lostRaces', 'deaths'] as const;

/** What a history leaves behind is mostly short-lived: collected less often, it costs a tenth less. */
const EXEC_ARGV = ['--max-semi-space-size=32'];
/** Where a fault lies in the sources is worth its price for a history that is told. */
const WITH_SOURCES = [...EXEC_ARGV, '--enable-source-maps'];

/** The command that plays such histories. */
export const commandOf = (foul: boolean): string => (foul ? 'npm run simulate' : 'npm run histories');
/** The command that plays one seed again and tells its story. */
export const replayOf = (seed: number, foul: boolean): string =>
  `${commandOf(foul)} -- --count 1 --seed ${seed} --story`;

/**
 * Plays `count` seeds from `first` on in `jobs` processes. Raises when a process ends before its last seed.
 */
export async function playAll(
  options: { first: number; count: number; jobs: number; story?: boolean; foul?: boolean; twice?: boolean },
  tell: (result: HistoryResult) => void,
): Promise<Total> {
  const { first, count, jobs, story = false, foul = false, twice = false } = options;
  const sum = { histories: 0, failed: 0, ...NOTHING };
  const add = (result: HistoryResult) => {
    sum.histories += 1;
    for (const name of SUMMED) sum[name] += result[name];
    if (!result.ok) sum.failed += 1;
    tell(result);
  };
  const { folder, remove } = await bundle({ player: 'test/histories/player.ts' });
  try {
    const ranges = Array.from({ length: Math.min(jobs, count) }, (_, at) => ({
      first: first + at,
      count: count - at,
      step: jobs,
      story,
      foul,
      twice,
    }));
    await Promise.all(ranges.map((range) => inProcess(join(folder, 'player.js'), range, add)));
  } finally {
    await remove();
  }
  return sum;
}

function inProcess(player: string, range: Range, tell: (result: HistoryResult) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    // Measuring coverage would take longer than the histories.
    const { NODE_V8_COVERAGE: _coverage, NODE_OPTIONS: _options, ...env } = process.env;
    const child = fork(player, [JSON.stringify(range)], { execArgv: range.story ? WITH_SOURCES : EXEC_ARGV, env });
    let told = 0;
    child.on('message', (result) => {
      told += 1;
      tell(result as HistoryResult);
    });
    child.on('error', reject);
    // Not at its exit: a long story may still be on its way.
    child.on('close', (code) => (child.connected ? child.once('disconnect', () => end(code)) : end(code)));
    function end(code: number | null): void {
      const asked = Math.ceil(range.count / range.step);
      if (code === 0 && told === asked) resolve();
      else reject(new Error(`a player of histories ended with ${code}, after ${told} of ${asked} seeds`));
    }
  });
}
