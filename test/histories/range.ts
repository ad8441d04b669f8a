import { type HistoryResult, runHistory } from './run.ts';

/** Seeds that one process plays. */
export interface Range {
  readonly first: number;
  readonly count: number;
  /** Each process plays every `step`-th seed. */
  readonly step: number;
  readonly story: boolean;
  /** With faults and crashes. */
  readonly foul: boolean;
  /** Each seed is played once more, and must leave the same trace. */
  readonly twice: boolean;
}
/** Of a history that broke off. */
export const NOTHING = { edits: 0, writes: 0, documents: 0, gapEdits: 0, lostRaces: 0, deaths: 0 };

/** Plays the seeds of the range in this process. */
export async function playRange(range: Range, tell: (result: HistoryResult) => void): Promise<void> {
  for (let seed = range.first; seed < range.first + range.count; seed += range.step) {
    const result = await play(seed, range);
    tell(range.twice ? compared(result, await play(seed, range)) : result);
  }
}

function compared(one: HistoryResult, again: HistoryResult): HistoryResult {
  if (one.traceHash === again.traceHash) return one;
  const problems = [...one.problems, `its second run left another trace: ${one.traceHash} and ${again.traceHash}`];
  return { ...one, ok: false, problems };
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
