import type { Activity } from '../../schemas/records.ts';
import { newId, type Runtime } from '../runtime.ts';
import type { Store } from './port.ts';

type Filled = 'schema' | 'id' | 'at' | 'expiresAt';
type Often = 'target' | 'changes' | 'lost' | 'job';
/** What a line of the log says; what is left out is empty. */
export type Line = Omit<Activity, Filled | Often> & Partial<Pick<Activity, Often>>;

/** Stores one line of the activity log, as of now; it is kept for `activityKeptMs`. */
export async function storeLine(
  deps: { readonly store: Pick<Store, 'activity'>; readonly runtime: Runtime; readonly activityKeptMs: number },
  line: Line,
): Promise<void> {
  const { store, runtime, activityKeptMs } = deps;
  const at = runtime.now();
  const empty = { target: null, changes: [], lost: [], job: null };
  await store.activity.insert([
    { schema: 1, id: newId(runtime), at, expiresAt: at + activityKeptMs, ...empty, ...line },
  ]);
}
