import { customer, line, openWorld, type World, type WorldOptions } from '../test/support/world.ts';
import type { Bench } from './frame/bench.ts';

/** One change by a person, and what it cost in calls at both vendors, counted there. */
export interface Measured {
  readonly change: string;
  readonly webcrm: number;
  readonly fortnox: number;
  readonly byRoute: Readonly<Record<string, number>>;
}

interface Case {
  readonly change: string;
  readonly options?: WorldOptions;
  /** Makes what is there before; gives the change to be measured. */
  prepare(world: World): Promise<() => void | Promise<void>>;
}

const delivery = (organisation: number) => ({
  DeliveryOrganisationId: organisation,
  DeliveryStatus: 'OnGoing',
  DeliveryOrderDate: '2026-03-02T09:00:00+01:00',
});

/** Article and price are on both sides, so that nothing but the document is counted. */
async function articles(world: World): Promise<void> {
  for (const number of ['A1', 'A2']) {
    world.fortnox.person.createArticle({ ArticleNumber: number, Description: number, Unit: 'st', VAT: 25 });
    world.fortnox.person.setPrice(number, 100);
  }
  await world.quiet();
}

async function withOrder(world: World, rows: number): Promise<{ id: number; order: string }> {
  await articles(world);
  const { organisation } = await customer(world);
  const id = world.webcrm.person.createDelivery(delivery(organisation));
  for (let row = 0; row < rows; row += 1) typeLine(world, id, row);
  await world.quiet();
  // The first updates of a tenant are read before and after (R3): they are behind us now.
  world.webcrm.person.editLine(firstLine(world, id), { QuotationLineQuantity: 2 });
  world.fortnox.person.editOrder(String(world.fortnox.orders()[0]?.DocumentNumber), { YourReference: 'Eva' });
  await world.quiet();
  const [present] = (world.fortnox.orders()[0]?.OrderRows ?? []) as { RowId: number }[];
  editRows(world, String(world.fortnox.orders()[0]?.DocumentNumber), present?.RowId ?? 0, { OrderedQuantity: '3' });
  await world.quiet();
  return { id, order: String(world.fortnox.orders()[0]?.DocumentNumber) };
}

const typeLine = (world: World, id: number, row: number) =>
  world.webcrm.person.createLine(id, line('A1', `Rad ${row + 1}`, 1, 100, { QuotationLineData3: 'st' }));
const firstLine = (world: World, id: number): number => Number(world.webcrm.lines(id)[0]?.QuotationLineId);

function editRows(world: World, order: string, rowId: number, fields: object): void {
  const rows = (world.fortnox.order(order)?.OrderRows ?? []) as { RowId: number }[];
  world.fortnox.person.editOrder(order, {
    OrderRows: rows.map(({ RowId }) => (RowId === rowId ? { RowId, ...fields } : { RowId })),
  });
}

/** A delivery that is complete but for its status, which makes it go. */
async function readyDelivery(world: World, organisation: number, rows: number): Promise<() => void> {
  const id = world.webcrm.person.createDelivery({ ...delivery(organisation), DeliveryStatus: 'New' });
  for (let row = 0; row < rows; row += 1) typeLine(world, id, row);
  await world.quiet();
  return () => world.webcrm.person.editDelivery(id, { DeliveryStatus: 'OnGoing' });
}

const quietEchoes: WorldOptions = { webcrm: { ownWritesFireHooks: false }, fortnox: { echoEvents: false } };

const becomesOrder = (named: string, rows: number): Case => ({
  change: `delivery with ${named} becomes an order`,
  options: quietEchoes,
  async prepare(world) {
    await articles(world);
    const { organisation } = await customer(world);
    const earlier = world.webcrm.person.createDelivery(delivery(organisation));
    typeLine(world, earlier, 0);
    await world.quiet();
    return readyDelivery(world, organisation, rows);
  },
});

const CASES: readonly Case[] = [
  {
    change: 'customer updated in webCRM',
    options: quietEchoes,
    async prepare(world) {
      const { organisation } = await customer(world);
      return () => world.webcrm.person.editOrganisation(organisation, { OrganisationTelephone: '08-1' });
    },
  },
  {
    change: 'customer updated in Fortnox',
    options: quietEchoes,
    async prepare(world) {
      const { number } = await customer(world);
      return () => world.fortnox.person.editCustomer(number, { Phone1: '08-2' });
    },
  },
  {
    change: 'own echo of a customer, in webCRM',
    async prepare(world) {
      const { organisation } = await customer(world);
      return () => world.hint('customer', 'webcrm', organisation);
    },
  },
  {
    change: 'own echo of a customer, in Fortnox',
    async prepare(world) {
      const { number } = await customer(world);
      return () => world.hint('customer', 'fortnox', number);
    },
  },
  {
    change: 'organisation with a VAT number becomes a customer',
    options: quietEchoes,
    async prepare(world) {
      await customer(world);
      return () =>
        void world.webcrm.person.createOrganisation({
          OrganisationName: 'Ny AB',
          OrganisationType: 'Customer',
          OrganisationVatNumber: 'SE556000123401',
        });
    },
  },
  {
    change: 'customer with an organisation number born in Fortnox',
    options: quietEchoes,
    async prepare(world) {
      await customer(world);
      return () => void world.fortnox.person.createCustomer({ Name: 'Ny AB', OrganisationNumber: '556000-1234' });
    },
  },
  becomesOrder('one line', 1),
  becomesOrder('ten lines', 10),
  {
    change: 'head of a document updated in webCRM',
    options: quietEchoes,
    async prepare(world) {
      const { id } = await withOrder(world, 3);
      return () => world.webcrm.person.editDelivery(id, { DeliveryCustom6: 'Olle' });
    },
  },
  {
    change: 'head of a document updated in Fortnox',
    options: quietEchoes,
    async prepare(world) {
      const { order } = await withOrder(world, 3);
      return () => world.fortnox.person.editOrder(order, { YourReference: 'Olle' });
    },
  },
  {
    change: 'one row updated in Fortnox (one webCRM line)',
    options: quietEchoes,
    async prepare(world) {
      const { order } = await withOrder(world, 3);
      const [row] = (world.fortnox.order(order)?.OrderRows ?? []) as { RowId: number }[];
      return () => editRows(world, order, row?.RowId ?? 0, { Price: 90 });
    },
  },
  {
    change: 'one line updated in webCRM',
    options: quietEchoes,
    async prepare(world) {
      const { id } = await withOrder(world, 3);
      return () => world.webcrm.person.editLine(firstLine(world, id), { QuotationLineListPrice: 90 });
    },
  },
  {
    change: 'own echo of a delivery',
    async prepare(world) {
      const { id } = await withOrder(world, 3);
      return () => world.hint('delivery', 'webcrm', id);
    },
  },
  {
    change: 'own echo of an order',
    async prepare(world) {
      const { order } = await withOrder(world, 3);
      return () => world.hint('order', 'fortnox', order);
    },
  },
  {
    change: 'order with ten rows born in Fortnox',
    options: quietEchoes,
    async prepare(world) {
      await articles(world);
      const { number } = await customer(world);
      const row = { ArticleNumber: 'A1', OrderedQuantity: '1', DeliveredQuantity: '1' };
      return () =>
        void world.fortnox.person.createOrder({
          CustomerNumber: number,
          OrderRows: Array.from({ length: 10 }, () => row),
        });
    },
  },
  {
    change: 'article updated in Fortnox',
    async prepare(world) {
      await articles(world);
      world.fortnox.person.editArticle('A2', { Description: 'Kabel' });
      await world.quiet();
      return () => world.fortnox.person.editArticle('A1', { Description: 'Lampa' });
    },
  },
];

/** Runs each case in a world of its own, in virtual time, with every notification delivered once. */
export async function measureCalls(): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const { change, options, prepare } of CASES) {
    const world = await openWorld(options);
    const run = await prepare(world);
    await world.quiet();
    const before = world.calls();
    await run();
    await world.quiet();
    const after = world.calls();
    const byRoute = { ...difference(before.webcrm, after.webcrm), ...difference(before.fortnox, after.fortnox) };
    measured.push({
      change,
      webcrm: sum(difference(before.webcrm, after.webcrm)),
      fortnox: sum(difference(before.fortnox, after.fortnox)),
      byRoute,
    });
    await world.close();
  }
  return measured;
}

const difference = (before: Record<string, number>, after: Record<string, number>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(after)
      .map(([route, count]) => [route, count - (before[route] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  );
const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((all, count) => all + count, 0);

/** Calls of both vendors for each kind of change. The most that each may cost is tested (`test/sync/calls.test.ts`). */
export const calls: Bench = {
  name: 'calls',
  about: 'calls to both vendors for each kind of change',
  clock: 'virtual',
  run: async () =>
    (await measureCalls()).map(({ change, webcrm, fortnox }) => ({
      name: change,
      value: webcrm + fortnox,
      unit: 'calls',
    })),
};
