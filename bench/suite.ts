import { calls } from './calls.ts';
import type { Bench } from './frame/bench.ts';
import { imports } from './import.ts';
import { latency } from './latency.ts';
import { sickTenant } from './sick-tenant.ts';

/** All benches, in the order in which they run. */
export const SUITE: readonly Bench[] = [calls, imports, latency, sickTenant];
