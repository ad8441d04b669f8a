import { type Remote, startRemote } from './remote.ts';
import type { VendorsMethods } from './vendors-child.ts';

export type RemoteVendors = Remote<VendorsMethods>;

/** Both vendors' stand-ins in a process of their own, so that what they cost is not counted as the service's. */
export const startVendors = (): Promise<RemoteVendors> =>
  startRemote<VendorsMethods>(new URL('./vendors-child.ts', import.meta.url));
