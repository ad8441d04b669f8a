import type { Hint, Job, Side, Tenant } from '../../schemas/records.ts';
import type { KeyLocks } from '../queue/key-locks.ts';
import type { Runtime } from '../runtime.ts';
import type { Store } from '../store/port.ts';
import type { TenantConnection } from '../vendors/connections-types.ts';
import type { RegisterIndex } from './article/register-index.ts';
import type { Calendar } from './calendar.ts';
import type { RecordRef } from './record-ref.ts';

/** What the executor works with; everything is passed in. */
export interface SyncDeps {
  readonly runtime: Runtime;
  readonly store: Store;
  readonly locks: KeyLocks;
  connection(tenantId: string): TenantConnection;
  /** Queues a hint of another record. */
  hint(hints: readonly Hint[]): Promise<void>;
  /** How long an activity line is kept, in milliseconds. */
  readonly activityKeptMs: number;
  /** Dates by time zone. */
  calendar(timeZone: string): Calendar;
  /** Whether the record is that of a person who was erased (R77). */
  isErased(tenantId: string, record: RecordRef): Promise<boolean>;
  /** Name of the unbroken time since which this instance works on the tenant: another one after a restart or a move. */
  worksIn(tenantId: string): string;
  /** What is known of webCRM's product registers. */
  readonly register: RegisterIndex;
}

/** One job's surroundings. */
export interface JobContext extends SyncDeps {
  readonly tenant: Tenant;
  readonly job: Job;
  readonly vendors: TenantConnection;
  /** Sides that the job had something to write on and did not, because that is paused. */
  readonly held: Set<Side>;
}
