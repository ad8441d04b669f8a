import { organisation, type Vendors } from '../test/imports/support.ts';
import type { Bench, Figure } from './frame/bench.ts';
import { quantile } from './frame/statistics.ts';
import { type Fleet, type FleetTenant, openFleet } from './virtual/fleet.ts';
import { changeAndMeasure, pairCustomers } from './virtual/live-changes.ts';

/** One live change each 10 s. */
const EVERY_MS = 10_000;
/** Of a tenant beside an importing one: more often, so that many samples need no long import. */
const BESIDE_EVERY_MS = 2_500;
const SAMPLES_A_PAIR = 200;
/** What a quiet tenant's p99 may be beside an importing one, of what it is alone. */
const MOST = 1.1;
const LONGEST_LISTING_MS = 3_600_000;

/** More than the import gets through meanwhile: a customer costs two calls of webCRM at 250 a minute. */
const toImport =
  (seconds: number) =>
  ({ fortnox }: Vendors): void => {
    for (let n = 0; n < seconds * 3; n += 1) fortnox.person.createCustomer({ Name: organisation(n).OrganisationName });
  };

/** Begins the tenant's import, and measures while it runs. */
async function whileImporting<T>({ runtime }: Fleet, tenant: FleetTenant, measured: () => Promise<T>): Promise<T> {
  const { id } = await tenant.import();
  await runtime.runUntil(async () => (await tenant.importState(id)) === 'running', LONGEST_LISTING_MS);
  const result = await measured();
  if ((await tenant.importState(id)) !== 'running') throw new Error('the import ended before the samples');
  return result;
}

async function close(fleet: Fleet, tenants: readonly FleetTenant[]): Promise<void> {
  const refused = tenants.flatMap(({ fortnox, webcrm }) => [...fortnox.violations, ...webcrm.violations]);
  const wrong = [...fleet.faults, ...refused];
  if (wrong.length > 0) throw new Error(`a vendor refused: ${JSON.stringify(wrong[0])}`);
  await fleet.close();
}

/** A tenant's latencies, alone or during its own import, ms. */
async function own(seed: number, count: number, isImporting: boolean): Promise<readonly number[]> {
  const fleet = await openFleet({ seed });
  const { runtime } = fleet;
  const tenant = await fleet.add(
    'Live',
    100 + seed,
    isImporting ? toImport((count * EVERY_MS) / 1000 + 300) : undefined,
  );
  await fleet.start();
  const customers = await pairCustomers(runtime, tenant);
  const change = () => changeAndMeasure(runtime, tenant, customers, { count, everyMs: EVERY_MS });
  const latencies = isImporting ? await whileImporting(fleet, tenant, change) : await change();
  await close(fleet, [tenant]);
  return latencies;
}

/** A quiet tenant's latencies beside another; what it draws by chance is the same, whether that one imports or not. */
async function beside(seed: number, count: number, isImporting: boolean): Promise<readonly number[]> {
  const fleet = await openFleet({ seed });
  const { runtime } = fleet;
  const quiet = await fleet.add('Quiet', 100 + seed);
  const seconds = (count * BESIDE_EVERY_MS) / 1000 + 300;
  const neighbour = await fleet.add('Neighbour', 10_000 + seed, toImport(seconds));
  await fleet.start();
  const customers = await pairCustomers(runtime, quiet);
  const change = () => changeAndMeasure(runtime, quiet, customers, { count, everyMs: BESIDE_EVERY_MS });
  const latencies = isImporting ? await whileImporting(fleet, neighbour, change) : await change();
  await close(fleet, [quiet, neighbour]);
  return latencies;
}

async function pairs(seed: number, samples: number): Promise<Figure[]> {
  const alone: number[] = [];
  const importing: number[] = [];
  for (let pair = 0; alone.length < samples; pair += 1) {
    const count = Math.min(SAMPLES_A_PAIR, samples - alone.length);
    // Seeds of their own: those of other runs follow on `seed`.
    const own = seed + 1_000 * pair;
    alone.push(...(await beside(own, count, false)));
    importing.push(...(await beside(own, count, true)));
  }
  const ratio = (share: number) => quantile(importing, share) / quantile(alone, share);
  return [
    { name: 'beside an idle neighbour, p99', value: seconds(alone, 0.99), unit: 's' },
    { name: 'beside an importing one, p50 of that', value: ratio(0.5), unit: '' },
    { name: 'beside an importing one, p99 of that', value: ratio(0.99), unit: '', goal: { atMost: MOST } },
    { name: 'samples of each pair', value: alone.length, unit: '' },
  ];
}

const seconds = (latencies: readonly number[], share: number): number => quantile(latencies, share) / 1000;

/** From a person's change to its write at the other vendor: alone, during the tenant's own import, beside another's. */
export const latency: Bench = {
  name: 'latency',
  about: 'notification to write at the other vendor, one change each 10 s, calls of 10-120 ms, fsync 5 ms',
  clock: 'virtual',
  async run({ full, seed }): Promise<Figure[]> {
    const idle = await own(seed, full ? 1_000 : 50, false);
    const importing = await own(seed, full ? 300 : 30, true);
    return [
      { name: 'idle, p50', value: seconds(idle, 0.5), unit: 's', goal: { atMost: 0.5 } },
      { name: 'idle, p99', value: seconds(idle, 0.99), unit: 's', goal: { atMost: 1.5 } },
      { name: "during the tenant's own import, p50", value: seconds(importing, 0.5), unit: 's' },
      { name: "during the tenant's own import, p99", value: seconds(importing, 0.99), unit: 's', goal: { atMost: 3 } },
      ...(await pairs(seed, full ? 2_000 : 60)),
    ];
  },
};
