import t from 'tap';
import { isSyncError } from '../../src/errors/sync-error.ts';
import { FAULT_NAMES, FAULTS, type FaultName } from './faults.ts';
import { openWorld, type World } from './world.ts';

/** A time-out of 20 s takes one second. */
const FACTOR = 20;
/** Services side by side, each with its share of the faults. */
const SERVICES = 3;
/** Calls that suffer, at each vendor: every second one, so that a fault comes and goes in the midst of a job. */
const SUFFERING = 3;
const EVERY = 2;
/** In the service's time. */
const LONGEST_MS = 900_000;
const LOOK_MS = 2_000;
const QUIET_MS = 15_000;

const LINE = {
  QuotationLineData2: 'Lampa',
  QuotationLineQuantity: 2,
  QuotationLineListPrice: 100,
  QuotationLineVatPercentage: 25,
};
type Fields = Readonly<Record<string, unknown>>;

t.setTimeout(240_000);

/** Half of the calls of each vendor suffer until so many have. */
function letItCome(world: World, fate: FaultName | 'refused'): { readonly struck: () => number } {
  let struck = 0;
  for (const proxy of Object.values(world.proxies)) {
    let calls = 0;
    let left = SUFFERING;
    if (fate === 'refused') continue;
    proxy.decide(() => {
      calls += 1;
      if (left === 0 || calls % EVERY !== 0) return null;
      left -= 1;
      struck += 1;
      return FAULTS[fate].fault;
    });
  }
  return { struck: () => struck };
}

/** What an administrator does whose list shows what failed, and whose tenant stands still: reads why, connects, retries. */
async function look(world: World, told: string[]): Promise<void> {
  const { store, tenantId, services, runtime } = world;
  const tenant = await store.tenants.get(tenantId);
  if (tenant?.state === 'paused') {
    told.push(`paused: ${tenant.pausedReason}`);
    await world.connect().catch((error: unknown) => {
      if (!isSyncError(error)) throw error;
      told.push(`not connected: ${error.code}`);
    });
  }
  const open = (await store.jobs.list(tenantId, { limit: 50 })).items;
  const dead = open.filter(({ state }) => state === 'dead');
  for (const { key, lastError } of open) if (lastError) told.push(`${key}: ${lastError?.code} ${lastError?.message}`);
  if (dead.length === 0) return;
  await store.jobs.retry(tenantId, null, runtime.now());
  services.worker.wake(tenantId);
}

async function settled(world: World, told: string[]): Promise<boolean> {
  const { store, tenantId } = world;
  return world.until(
    async () => {
      await look(world, told);
      const { waiting, running, dead } = await store.jobs.counts(tenantId);
      return waiting + running + dead === 0 && (await store.tenants.get(tenantId))?.state === 'connected';
    },
    { everyMs: LOOK_MS, forMs: LONGEST_MS },
  );
}

const writesOf = ({ fortnox, webcrm }: World) => fortnox.counts().writes + webcrm.counts().writes;

/** A customer and a delivery of its own: born, made, edited on both sides, left alone. */
async function story(world: World, fate: FaultName | 'refused'): Promise<string[]> {
  const faults: string[] = [];
  const { fortnox, webcrm, proxies } = world;
  const told: string[] = [];
  const name = `Lyktan ${fate} AB`;
  const expect = (what: string, found: unknown, wanted: unknown) => {
    if (found !== wanted) faults.push(`${fate}: ${what} is ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
  };
  const storm = letItCome(world, fate);
  if (fate === 'refused') for (const proxy of Object.values(proxies)) await proxy.goDown();
  const organisation = webcrm.person.createOrganisation({
    OrganisationName: name,
    OrganisationType: 'Customer',
    OrganisationTelephone: '08-1',
  });
  const delivery = webcrm.person.createDelivery({
    DeliveryOrganisationId: organisation,
    DeliveryStatus: 'OnGoing',
    DeliveryOrderDate: '2026-03-02T09:00:00+01:00',
  });
  webcrm.person.createLine(delivery, LINE);

  const customers = () => fortnox.customers().filter(({ Name }) => Name === name);
  const organisations = () => webcrm.organisations().filter(({ OrganisationName }) => OrganisationName === name);
  const orders = () =>
    fortnox.orders().filter(({ CustomerNumber }) => CustomerNumber === customers()[0]?.CustomerNumber);
  const deliveries = () =>
    webcrm.deliveries().filter(({ DeliveryOrganisationId }) => DeliveryOrganisationId === organisation);
  /** A notification may have met the fault: each record is looked at once more, as a poll would. */
  const everything = async () => {
    await world.hint('customer', 'webcrm', String(organisation));
    await world.hint('delivery', 'webcrm', String(delivery));
    for (const { CustomerNumber } of customers()) await world.hint('customer', 'fortnox', CustomerNumber);
    for (const { DocumentNumber } of orders()) await world.hint('order', 'fortnox', DocumentNumber);
  };
  const rest = async (when: string) => {
    await everything();
    if (!(await settled(world, told))) faults.push(`${fate}: no rest ${when} (${told.slice(-3).join('; ')})`);
  };

  await world.hint('customer', 'webcrm', String(organisation));
  await world.hint('delivery', 'webcrm', String(delivery));
  if (fate === 'refused') {
    await world.wait(20_000);
    for (const proxy of Object.values(proxies)) await proxy.comeUp();
  }
  await rest('in the fault');
  await rest('after it');
  webcrm.person.editOrganisation(organisation, { OrganisationTelephone: '08-2' });
  for (const { CustomerNumber } of customers()) fortnox.person.editCustomer(CustomerNumber, { City: 'Lund' });
  await rest('after the edits');

  expect('the number of customers', customers().length, 1);
  expect('the number of organisations', organisations().length, 1);
  expect('the number of orders', orders().length, 1);
  expect('the number of deliveries', deliveries().length, 1);
  expect('the number of lines', webcrm.lines(delivery).length, 1);
  expect('the number of rows', ((orders()[0]?.OrderRows ?? []) as readonly Fields[]).length, 1);
  const crm: Fields = organisations()[0] ?? {};
  expect('the phone in Fortnox', (customers()[0] as Fields | undefined)?.Phone1, '08-2');
  expect('the phone in webCRM', crm.OrganisationTelephone, '08-2');
  expect('the city in webCRM', crm.OrganisationCity, 'Lund');
  if (fate !== 'refused') expect('whether calls suffered', storm.struck() >= 2, true);
  for (const violation of [...fortnox.violations, ...webcrm.violations].slice(world.known.violations)) {
    world.known.violations += 1;
    faults.push(`${fate}: a vendor refused ${violation.request}: ${violation.why}`);
  }
  for (const words of told) if (words.includes(': internal ')) faults.push(`${fate}: told as ${words}`);

  const before = writesOf(world);
  await everything();
  await world.wait(QUIET_MS);
  await rest('at the end');
  expect('the number of writes when nothing changes', writesOf(world) - before, 0);
  return faults;
}

t.test(
  'B1 a customer and its delivery under each fault that comes and goes: one of each, no edit lost, quiet at the end',
  async (t) => {
    const waiting = ([...FAULT_NAMES, 'refused'] as const).values();
    const faults: string[] = [];
    // One after the other: a start takes the processor long enough to look like a time-out.
    const worlds: World[] = [];
    for (let n = 0; n < SERVICES; n += 1) worlds.push(await openWorld({ factor: FACTOR }));
    t.teardown(() => Promise.all(worlds.map((world) => world.close())));
    await Promise.all(
      worlds.map(async (world) => {
        for (const fate of waiting) faults.push(...(await story(world, fate)));
      }),
    );
    for (const fault of faults) t.fail(fault);
    t.equal(faults.length, 0, `${FAULT_NAMES.length + 1} faults`);
  },
);
