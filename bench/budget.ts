import { PRIORITY, type Priority, type Side } from '../schemas/records.ts';
import type { Bench, Figure } from './frame/bench.ts';
import { seedCustomers, type Where } from './virtual/customers.ts';
import { type Fleet, type FleetTenant, openFleet } from './virtual/fleet.ts';

/** What the vendors take (fortnox.md 5.1, webcrm.md 4): the stand-ins count so, and answer 429 beyond. */
const LIMITS: Readonly<Record<Side, { readonly calls: number; readonly windowMs: number }>> = {
  fortnox: { calls: 25, windowMs: 5_000 },
  webcrm: { calls: 250, windowMs: 60_000 },
};
const SIDES = ['fortnox', 'webcrm'] as const;
const GOAL = { atLeast: 0.95 };
/** More than a budget lets out at once: somebody always waits. */
const CALLERS = 30;
const LONGEST_MS = 4 * 3_600_000;

/** What waits. */
const WAITING: Readonly<Record<string, Priority>> = {
  'live work': PRIORITY.notification,
  'bulk work': PRIORITY.import,
};

/** Which vendor holds an import up. */
const IMPORTS: Readonly<Record<Side, Where>> = {
  fortnox: { webcrm: true, fortnox: true },
  webcrm: { webcrm: false, fortnox: true },
};

/** Accepted calls / what the limit allows in their time. The burst into an empty window is left out: it would flatter. */
function useOf(side: Side, times: readonly number[]): number {
  const { calls, windowMs } = LIMITS[side];
  const counted = times.slice(calls - 1);
  const [from = 0, to = 0] = [counted[0], counted.at(-1)];
  return (counted.length - 1) / ((calls * (to - from)) / windowMs);
}

/** Keeps callers waiting at both vendors until each took so many calls; their times. */
async function saturate({ runtime }: Fleet, tenant: FleetTenant, priority: Priority, count: number) {
  const { fortnox, webcrm } = tenant.clients;
  const number = tenant.fortnox.person.createCustomer({ Name: 'Mätta AB' });
  const id = tenant.webcrm.person.createOrganisation({ OrganisationName: 'Mätta AB', OrganisationType: 'Customer' });
  const read: Record<Side, () => Promise<unknown>> = {
    fortnox: () => fortnox.getCustomer(number, priority),
    webcrm: () => webcrm.getOrganisation(String(id), priority),
  };
  const begun = { fortnox: tenant.calls.fortnox.length, webcrm: tenant.calls.webcrm.length };
  const isTaken = (side: Side) => tenant.calls[side].length >= begun[side] + count;
  const times = (side: Side) => tenant.calls[side].slice(begun[side], begun[side] + count);
  const call = async (side: Side) => {
    while (!isTaken(side)) await read[side]();
  };
  const callers = SIDES.flatMap((side) => Array.from({ length: CALLERS }, () => call(side)));
  await runtime.drive(Promise.all(callers), LONGEST_MS);
  return { fortnox: times('fortnox'), webcrm: times('webcrm') };
}

/** Imports until the vendor that holds it up took so many calls; their times. */
async function importing({ runtime }: Fleet, tenant: FleetTenant, side: Side, count: number) {
  const { id } = await tenant.import();
  await runtime.runUntil(async () => (await tenant.importState(id)) === 'running', LONGEST_MS);
  const begun = tenant.calls[side].length;
  await runtime.runUntil(() => tenant.calls[side].length >= begun + count, LONGEST_MS);
  if ((await tenant.importState(id)) !== 'running') throw new Error('the import ended before its calls were counted');
  return tenant.calls[side].slice(begun, begun + count);
}

async function run(seed: number, count: number): Promise<Figure[]> {
  const fleet = await openFleet({ seed });
  const tenants: FleetTenant[] = [];
  const add = async (...given: Parameters<Fleet['add']>) => {
    const tenant = await fleet.add(...given);
    tenants.push(tenant);
    return tenant;
  };
  const waiting: [string, Priority, FleetTenant][] = [];
  for (const [name, priority] of Object.entries(WAITING))
    waiting.push([name, priority, await add(name, 1_000 * (waiting.length + 1) + seed)]);
  const imports: [Side, FleetTenant][] = [];
  for (const side of SIDES) {
    const before = (vendors: Parameters<typeof seedCustomers>[2]) =>
      seedCustomers(IMPORTS[side], Math.ceil(count * 1.1) + 50, vendors);
    imports.push([side, await add(`import ${side}`, 10_000 * (imports.length + 1) + seed, before)]);
  }
  await fleet.start();

  const figures: Figure[] = [];
  const use = (side: Side, name: string, times: readonly number[]) =>
    figures.push({ name: `${side}, ${name}: use of the budget`, value: useOf(side, times), unit: '', goal: GOAL });
  for (const [name, priority, tenant] of waiting) {
    const times = await saturate(fleet, tenant, priority, count);
    for (const side of SIDES) use(side, name, times[side]);
  }
  for (const [side, tenant] of imports) use(side, 'an import', await importing(fleet, tenant, side, count));
  const sandboxes = tenants.flatMap(({ fortnox, webcrm }) => [fortnox, webcrm]);
  const throttled = sandboxes.reduce((sum, vendor) => sum + vendor.counts().throttled, 0);
  const [wrong] = sandboxes.flatMap(({ violations }) => violations);
  if (wrong !== undefined && throttled === 0) throw new Error(`a vendor refused: ${wrong.request}: ${wrong.why}`);
  await fleet.close();
  return [
    ...figures,
    { name: 'answers of 429', value: throttled, unit: '', goal: { atMost: 0 } },
    { name: 'calls counted', value: sandboxes.reduce((sum, vendor) => sum + vendor.counts().total, 0), unit: '' },
  ];
}

/** How much of the vendors' limits is used while work waits, counted at their stand-ins (B5). */
export const budget: Bench = {
  name: 'budget',
  about: 'accepted calls / (limit x seconds) with work waiting, and answers of 429; calls of 10-120 ms',
  clock: 'virtual',
  run: ({ full, seed }) => run(seed, full ? 10_000 : 1_000),
};
