import type { JobOutcome } from '../queue/types.ts';
import type { JobContext } from './context.ts';

/** Some five calls, one after the other, that need not wait for their turn. */
const FRESH_MS = 1_000;
/** As many of a paced import, beside three other jobs of its tenant. */
const STALE_MS = 5_000;

/**
 * Begins to watch how old a read gets. `isOld`: the calls since had to wait for their turns, so that it has to be made again before something
 * irrevocable (R2, R10). `isStale`: they waited for more than the even pace of an import, as where a burst has used up webCRM's minute.
 */
export function readNow({ runtime }: Pick<JobContext, 'runtime'>): { isOld(): boolean; isStale(): boolean } {
  const at = runtime.elapsed();
  const isOlder = (ms: number) => runtime.elapsed() - at > ms;
  return { isOld: () => isOlder(FRESH_MS), isStale: () => isOlder(STALE_MS) };
}

/**
 * The records that `read` gives, or what came of the job. Records are read once more when their calls waited for longer than an update may lie
 * after what it rests on (R2); once only: where every call waits, a third look would be no fresher.
 */
export async function readFresh<T extends object>(
  context: Pick<JobContext, 'runtime'>,
  read: () => Promise<T | JobOutcome>,
): Promise<T | JobOutcome> {
  const first = readNow(context);
  const found = await read();
  return first.isStale() && !('kind' in found) ? read() : found;
}
