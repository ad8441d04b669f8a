import type { Runtime } from '../runtime.ts';
import type { Store } from '../store/port.ts';

/** When an alert is raised; of the whole service. */
export interface AlertPolicy {
  /** A tenant is late when a change waits, or a side could not be polled, for longer than this. */
  readonly lateMinutes: number;
  /** The connection to Fortnox expires soon when it has fewer days left than this, by the shorter of its lives. */
  readonly expiryDays: number;
}

export const DEFAULT_POLICY: AlertPolicy = { lateMinutes: 30, expiryDays: 7 };

/** Where things of the whole service are kept among those of tenants. */
export const SERVICE = '_service';
const NAME = 'alert-policy';

export const readPolicy = async (store: Pick<Store, 'states'>): Promise<AlertPolicy> => ({
  ...DEFAULT_POLICY,
  ...((await store.states.get(SERVICE, NAME)) as Partial<AlertPolicy> | null),
});

/** What is not given stays as it is; gives the whole. */
export async function changePolicy(
  deps: { store: Pick<Store, 'states'>; runtime: Pick<Runtime, 'now'> },
  change: Partial<AlertPolicy>,
): Promise<AlertPolicy> {
  const policy = { ...(await readPolicy(deps.store)), ...change };
  await deps.store.states.put(SERVICE, NAME, policy, deps.runtime.now());
  return policy;
}
