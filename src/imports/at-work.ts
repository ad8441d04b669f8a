import type { ImportRun } from '../../schemas/imports.ts';
import type { Tenant } from '../../schemas/records.ts';
import type { Tombstones } from '../persons/tombstones.ts';
import type { Intake } from '../queue/types.ts';
import type { Runtime } from '../runtime.ts';
import type { Store } from '../store/port.ts';
import type { Calendar } from '../sync/calendar.ts';
import type { SyncDeps } from '../sync/context.ts';
import type { Connections } from '../vendors/connections-types.ts';
import { type Step, storedStep } from './step.ts';

export interface WorkDeps {
  readonly runtime: Runtime;
  readonly store: Pick<Store, 'imports' | 'jobs' | 'listed' | 'pairs' | 'tenants'>;
  readonly connections: Pick<Connections, 'of'>;
  readonly intake: Intake;
  readonly calendar: (timeZone: string) => Calendar;
  readonly worksIn: SyncDeps['worksIn'];
  readonly locks: Pick<SyncDeps['locks'], 'watch'>;
  readonly tombstones: Pick<Tombstones, 'any' | 'isErased'>;
}

/** One run at work: its document and its tenant's as they stand, and the signal that ends it. */
export interface AtWork {
  run: ImportRun;
  tenant: Tenant;
  readonly signal: AbortSignal;
}

/** Stores the run and where it stands. Raises the abort of a stop, and what the store raises. */
export async function save(
  deps: Pick<WorkDeps, 'store'>,
  at: AtWork,
  change: Partial<ImportRun>,
  step: Step | null,
): Promise<void> {
  // What a stop has left is the stop's: nothing is stored after it.
  at.signal.throwIfAborted();
  at.run = { ...at.run, ...change, step: step === null ? null : storedStep(step) };
  await deps.store.imports.put(at.run);
}
