import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type HistoryResult, runHistory } from './run.ts';

export interface Range {
  readonly first: number;
  readonly count: number;
  /** Each process plays every `step`-th seed. */
  readonly step: number;
  readonly story: boolean;
  /** With faults and crashes. */
  readonly foul: boolean;
}

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
const NOTHING = { edits: 0, writes: 0, documents: 0, gapEdits: 0, lostRaces: 0, deaths: 0 };

/** The command that plays such histories. */
export const commandOf = (foul: boolean): string => (foul ? 'npm run simulate' : 'npm run histories');
/** The command that plays one seed again and tells its story. */
export const replayOf = (seed: number, foul: boolean): string =>
  `${commandOf(foul)} -- --count 1 --seed ${seed} --story`;

/** Plays the seeds of the range in this process. */
export async function playRange(range: Range, tell: (result: HistoryResult) => void): Promise<void> {
  for (let seed = range.first; seed < range.first + range.count; seed += range.step) {
    tell(await play(seed, range));
  }
}

/** A history that breaks the service itself is a failed one, and the others are played all the same. */
async function play(seed: number, { story, foul }: Range): Promise<HistoryResult> {
  try {
    return await runHistory(seed, { story, foul });
  } catch (error) {
    const problems = [`it broke off: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
    return { seed, ok: false, problems, ...NOTHING, traceHash: '', story: '' };
  }
}

/** Plays `count` seeds from `first` on in `jobs` processes. Raises when a process ends before its last seed. */
export async function playAll(
  options: { first: number; count: number; jobs: number; story?: boolean; foul?: boolean },
  tell: (result: HistoryResult) => void,
): Promise<Total> {
  const { first, count, jobs, story = false, foul = false } = options;
  const sum = { histories: 0, failed: 0, ...NOTHING };
  const add = (result: HistoryResult) => {
    sum.histories += 1;
    for (const name of SUMMED) sum[name] += result[name];
    if (!result.ok) sum.failed += 1;
    tell(result);
  };
  if (jobs === 1) await playRange({ first, count, step: 1, story, foul }, add);
  else {
    const ranges = Array.from({ length: Math.min(jobs, count) }, (_, at) => ({
      first: first + at,
      count: count - at,
      step: jobs,
      story,
      foul,
    }));
    await Promise.all(ranges.map((range) => inProcess(range, add)));
  }
  return sum;
}

function inProcess(range: Range, tell: (result: HistoryResult) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const path = fileURLToPath(new URL('./player.ts', import.meta.url));
    // Measuring coverage would take longer than the histories.
    const { NODE_V8_COVERAGE: _coverage, NODE_OPTIONS: _options, ...env } = process.env;
    const child = fork(path, [JSON.stringify(range)], { execArgv: ['--import=tsx'], env });
    child.on('message', (result) => tell(result as HistoryResult));
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`a player of histories ended with ${code}`)),
    );
  });
}
