import { jobKey, PRIORITY } from '../../schemas/records.ts';
import type { CustomerContext } from '../sync/customer/context.ts';
import { customerMap } from '../sync/customer/map.ts';
import type { MendingDeps, RecordRef, Request } from './deps.ts';

/** The surroundings of a job for what a person asks: its reads and hints go as a notification's. */
export function contextOf(deps: MendingDeps, { tenant }: Request, record: RecordRef): CustomerContext {
  const now = deps.runtime.now();
  return {
    ...deps,
    tenant,
    vendors: deps.connection(tenant.id),
    map: customerMap(tenant.settings),
    job: {
      ...record,
      tenant: tenant.id,
      key: jobKey(record),
      priority: PRIORITY.notification,
      state: 'running',
      attempts: 0,
      runAt: now,
      createdAt: now,
      importId: null,
      full: true,
      again: false,
      leaseOwner: null,
      leaseUntil: null,
      lastError: null,
    },
  };
}
