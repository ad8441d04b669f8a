import { budget } from './budget.ts';
import { calls } from './calls.ts';
import type { Bench } from './frame/bench.ts';
import { hooks } from './hooks.ts';
import { imports } from './import.ts';
import { latency } from './latency.ts';
import { sickTenant } from './sick-tenant.ts';
import { manyTenants, tenants } from './tenants.ts';

/** All benches, in the order in which they run. */
export const SUITE: readonly Bench[] = [budget, calls, imports, latency, sickTenant, hooks, tenants, manyTenants];
