import type { Bench, Figure } from './frame/bench.ts';
import { quantile } from './frame/statistics.ts';
import { type FleetTenant, openFleet } from './virtual/fleet.ts';
import { changeAndMeasure, pairCustomers } from './virtual/live-changes.ts';

/** One change each so many ms, in virtual time. */
const EVERY_MS = 5_000;
/** Of so many pairs together: the p99 of three hundred changes is its third largest, and says more of chance than of a neighbour. */
const PAIRS = 7;
const FOR_EVER = 1e12;
/** What another tenant's lateness may be beside a sick one, of what it is beside a healthy one. */
const MOST = 1.1;

type Sickness = (tenant: FleetTenant, full: boolean) => Promise<void>;

const failing: Sickness = async ({ fortnox, webcrm }) => {
  for (const vendor of [fortnox, webcrm]) vendor.failNext({ status: 500, times: FOR_EVER });
};

/** Each with hints that never end, so that there is always something to fail at. */
const SICKNESSES: Readonly<Record<string, Sickness>> = {
  'a dead token': async (tenant, full) => {
    tenant.webcrm.revokeToken();
    tenant.fortnox.expireTokens();
    const refusal = { method: 'POST', path: '/oauth-v1/token', status: 400, body: '{"error":"invalid_grant"}' };
    tenant.fortnox.failNext({ ...refusal, times: FOR_EVER });
    await tenant.flood(full ? 1_000 : 200);
  },
  'answers of 500 alone': async (tenant, full) => {
    await failing(tenant, full);
    await tenant.flood(full ? 1_000 : 200);
  },
  'a flood of hints': async (tenant, full) => tenant.flood(full ? 100_000 : 3_000),
  'a flood and answers of 500': async (tenant, full) => {
    await failing(tenant, full);
    await tenant.flood(full ? 100_000 : 3_000);
  },
};

/** What the healthy tenants of all pairs suffer together. */
async function measureAll(seed: number, sickness: Sickness | null, full: boolean) {
  const latencies: number[] = [];
  let calls = 0;
  for (let pair = 0; pair < (full ? PAIRS : 1); pair += 1) {
    const one = await measure(seed + pair, sickness, full);
    latencies.push(...one.latencies);
    calls += one.calls;
  }
  const mean = latencies.reduce((sum, ms) => sum + ms, 0) / latencies.length;
  return { p99: quantile(latencies, 0.99), mean, calls };
}

/** The healthy tenant's latencies, ms; its own chances are the same with every neighbour. */
async function measure(seed: number, sickness: Sickness | null, full: boolean) {
  const fleet = await openFleet({ seed });
  const { runtime } = fleet;
  const tenant = await fleet.add('Healthy', 100 + seed);
  const neighbour = await fleet.add('Neighbour', 10_000 + seed);
  await fleet.start();
  const customers = await pairCustomers(runtime, tenant);
  await sickness?.(neighbour, full);
  const callsOf = ({ fortnox, webcrm }: FleetTenant) => fortnox.counts().total + webcrm.counts().total;
  const before = callsOf(neighbour);
  const latencies = await changeAndMeasure(runtime, tenant, customers, { count: full ? 300 : 60, everyMs: EVERY_MS });
  const wrong = [...fleet.faults, ...tenant.fortnox.violations, ...tenant.webcrm.violations];
  if (wrong.length > 0) throw new Error(`a vendor refused: ${JSON.stringify(wrong[0])}`);
  const calls = callsOf(neighbour) - before;
  await fleet.close();
  return { latencies, calls };
}

/** A tenant beside another that fails at everything, or is flooded: what the one suffers of the other. */
export const sickTenant: Bench = {
  name: 'sick-tenant',
  about:
    "a tenant's changes beside a sick one, against the same seed beside a healthy one; calls of 10-120 ms, fsync 5 ms",
  clock: 'virtual',
  async run({ full, seed }): Promise<Figure[]> {
    const healthy = await measureAll(seed, null, full);
    const figures: Figure[] = [{ name: 'beside a healthy one, p99', value: healthy.p99 / 1000, unit: 's' }];
    for (const [name, sickness] of Object.entries(SICKNESSES)) {
      const sick = await measureAll(seed, sickness, full);
      figures.push(
        { name: `beside ${name}, p99 of that`, value: sick.p99 / healthy.p99, unit: '', goal: { atMost: MOST } },
        { name: `beside ${name}, mean of that`, value: sick.mean / healthy.mean, unit: '', goal: { atMost: MOST } },
        { name: `${name}: calls of the sick one`, value: sick.calls, unit: '' },
      );
    }
    return figures;
  },
};
