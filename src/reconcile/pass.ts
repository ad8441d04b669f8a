import type { Tenant } from '../../schemas/records.ts';
import type { Runtime } from '../runtime.ts';
import type { Store } from '../store/port.ts';
import type { SyncDeps } from '../sync/context.ts';
import type { TenantConnection } from '../vendors/connections-types.ts';
import type { Findings } from './findings.ts';
import type { Cycle, ReconcileRun } from './state.ts';

/** What one phase of a run works with. */
export interface Pass {
  readonly runtime: Pick<Runtime, 'now'>;
  readonly store: Store;
  readonly tenant: Tenant;
  readonly calendar: SyncDeps['calendar'];
  readonly vendors: TenantConnection;
  readonly run: ReconcileRun;
  /** When the run before this one was begun, ms. */
  readonly comparedSince: number | null;
  /** When the phase began, ms: what was written since is newer than its lists. */
  readonly beganAt: number;
  readonly findings: Findings;
  /** Where the cycle of single reads stands. */
  readonly cycle: Cycle | null;
  /** Stored when the phase ends. */
  keepCycle(cycle: Cycle): void;
  /** Raises Interrupted when the service stops or the tenant is no longer connected; asked before each page. */
  goOn(): Promise<void>;
}

/** The run is kept as it is, and goes on with this phase later. */
export class Interrupted extends Error {}
