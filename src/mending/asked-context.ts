import { askedJob } from '../sync/asked-job.ts';
import type { CustomerContext } from '../sync/customer/context.ts';
import { customerMap } from '../sync/customer/map.ts';
import type { RecordRef } from '../sync/record-ref.ts';
import type { MendingDeps, Request } from './deps.ts';

/** The surroundings of a job for what a person asks: its reads and hints go as a notification's. */
export const contextOf = (deps: MendingDeps, { tenant }: Request, record: RecordRef): CustomerContext => ({
  ...deps,
  tenant,
  vendors: deps.connection(tenant.id),
  map: customerMap(tenant.settings),
  job: askedJob(tenant.id, record, deps.runtime.now()),
  held: new Set(),
});
