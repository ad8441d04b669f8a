import { organisation, type Vendors } from '../test/imports/support.ts';
import type { Bench, Figure } from './frame/bench.ts';
import { quantile } from './frame/statistics.ts';
import { openFleet } from './virtual/fleet.ts';
import { changeAndMeasure, pairCustomers } from './virtual/live-changes.ts';

/** One live change each 10 s. */
const EVERY_MS = 10_000;

/** More than the import gets through meanwhile: a customer costs two calls of webCRM at 250 a minute. */
const toImport =
  (seconds: number) =>
  ({ fortnox }: Vendors): void => {
    for (let n = 0; n < seconds * 3; n += 1) fortnox.person.createCustomer({ Name: organisation(n).OrganisationName });
  };

async function measure(seed: number, count: number, isImporting: boolean): Promise<readonly number[]> {
  const fleet = await openFleet({ seed });
  const { runtime } = fleet;
  const begins = isImporting ? toImport((count * EVERY_MS) / 1000 + 300) : () => {};
  const tenant = await fleet.add('Live', 100 + seed, begins);
  await fleet.start();
  const customers = await pairCustomers(runtime, tenant);
  const id = isImporting ? (await tenant.import()).id : null;
  if (id !== null) await runtime.runUntil(async () => (await tenant.importState(id)) === 'running', 3_600_000);
  const latencies = await changeAndMeasure(runtime, tenant, customers, { count, everyMs: EVERY_MS });
  if (id !== null && (await tenant.importState(id)) !== 'running')
    throw new Error('the import ended before the samples');
  const wrong = [...fleet.faults, ...tenant.fortnox.violations, ...tenant.webcrm.violations];
  if (wrong.length > 0) throw new Error(`a vendor refused: ${JSON.stringify(wrong[0])}`);
  await fleet.close();
  return latencies;
}

const seconds = (latencies: readonly number[], share: number): number => quantile(latencies, share) / 1000;

/** From a person's change to its write at the other vendor: alone, and during the tenant's own import. */
export const latency: Bench = {
  name: 'latency',
  about: 'notification to write at the other vendor, one change each 10 s, calls of 10-120 ms, fsync 5 ms',
  clock: 'virtual',
  async run({ full, seed }): Promise<Figure[]> {
    const idle = await measure(seed, full ? 1_000 : 100, false);
    const importing = await measure(seed, full ? 300 : 40, true);
    return [
      { name: 'idle, p50', value: seconds(idle, 0.5), unit: 's', goal: { atMost: 0.5 } },
      { name: 'idle, p99', value: seconds(idle, 0.99), unit: 's', goal: { atMost: 1.5 } },
      { name: "during the tenant's own import, p50", value: seconds(importing, 0.5), unit: 's' },
      { name: "during the tenant's own import, p99", value: seconds(importing, 0.99), unit: 's', goal: { atMost: 3 } },
    ];
  },
};
