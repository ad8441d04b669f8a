import type { JobContext } from './context.ts';

/** Some five calls, one after the other, that need not wait for their turn. */
const FRESH_MS = 1_000;

/** Begins to watch how old a read gets. `isOld`: the calls since had to wait for their turns, so that it has to be made again before something irrevocable (R2, R10). */
export function readNow({ runtime }: Pick<JobContext, 'runtime'>): { isOld(): boolean } {
  const at = runtime.elapsed();
  return { isOld: () => runtime.elapsed() - at > FRESH_MS };
}
