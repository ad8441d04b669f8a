import t from 'tap';
import { DEFAULT_SETTINGS } from '../../schemas/settings.ts';
import { FIELDS, line } from '../support/world.ts';
import { customer, type ImportWorld, openImports, organisation } from './support.ts';

t.setTimeout(240_000);

type Checks = Pick<typeof t, 'equal' | 'strictSame'>;
const KINDS = ['customer', 'order', 'invoice', 'delivery'] as const;

async function open(t: { teardown(fn: () => Promise<void>): void }) {
  const world = await openImports({
    settings: { documents: { ...DEFAULT_SETTINGS.documents, fields: FIELDS } },
    seed: ({ fortnox }) =>
      void fortnox.person.createArticle({ ArticleNumber: 'A1', Description: 'Lampa', Unit: 'st', VAT: 25 }),
  });
  t.teardown(() => world.close());
  return world;
}

const order = (world: ImportWorld, number: string) =>
  world.fortnox.person.createOrder({
    CustomerNumber: number,
    OrderDate: '2026-01-10',
    OrderRows: [{ ArticleNumber: 'A1', OrderedQuantity: '1', Price: 100 }],
  });
const invoice = (world: ImportWorld, number: string) =>
  world.fortnox.person.createInvoice({
    CustomerNumber: number,
    InvoiceDate: '2026-01-10',
    InvoiceRows: [{ ArticleNumber: 'A1', DeliveredQuantity: '1', Price: 100 }],
  });
function delivery(world: ImportWorld, owner: number) {
  const id = world.webcrm.person.createDelivery({
    DeliveryOrganisationId: owner,
    DeliveryStatus: 'OnGoing',
    DeliveryOrderDate: '2026-01-15T09:00:00+01:00',
  });
  world.webcrm.person.createLine(id, line('A1', 'Lampa', 2, 100));
  return id;
}

/** A linked customer and its organisation. */
async function linked(world: ImportWorld, n: number) {
  const owner = world.webcrm.person.createOrganisation(organisation(n));
  const { id } = await world.begin({ kinds: ['customer'] });
  await world.until(id, ['done']);
  const pair = await world.store.pairs.bySide(world.tenantId, 'customer', 'webcrm', String(owner));
  return { owner, number: pair?.fortnoxId ?? '', pair };
}

/** What a dry run says of documents, and what the run then says that it did with those that it announced to skip. */
async function toldAndDone(t: Checks, world: ImportWorld, kinds: readonly (typeof KINDS)[number][]) {
  const { id } = await world.begin({ kinds, from: '2026-01-01', dryRun: true });
  await world.until(id, ['ready']);
  const records = (await world.records(id)).filter(({ kind }) => kind !== 'customer');
  await world.start(id);
  await world.until(id, ['done']);
  for (const { kind, side, id: record, outcome, reason } of records) {
    const decision = await world.store.decisions.get(world.tenantId, kind, side, record);
    t.equal(decision?.reason ?? null, outcome === 'skip' ? reason : null, `${kind} ${record}`);
  }
  t.strictSame(world.violations(), []);
  return records.map(({ kind, outcome, reason }) => [kind, outcome, reason ?? ''].join(' ').trim()).sort();
}

t.test(
  'B3 R10 R11 documents of a customer that matches an organisation of another Type are announced as skipped',
  async (t) => {
    const world = await open(t);
    const owner = world.webcrm.person.createOrganisation(organisation(1, { OrganisationType: 'Supplier' }));
    const number = String(world.fortnox.person.createCustomer(customer(1)));
    order(world, number);
    invoice(world, number);
    delivery(world, owner);
    t.strictSame(await toldAndDone(t, world, KINDS), [
      'delivery skip type-not-selected',
      'invoice skip type-not-selected',
      'order skip type-not-selected',
    ]);
  },
);

t.test(
  'B3 R11 documents of an excluded pair are announced as skipped, with and without its organisation listed',
  async (t) => {
    for (const kinds of [KINDS, ['order', 'delivery'] as const]) {
      const world = await open(t);
      const { owner, number } = await linked(world, 1);
      world.webcrm.person.editOrganisation(owner, { OrganisationType: 'Supplier' });
      await world.hint('webcrm', owner);
      await world.runtime.advance(30_000);
      const pair = await world.store.pairs.bySide(world.tenantId, 'customer', 'webcrm', String(owner));
      t.equal(pair?.state, 'excluded');
      order(world, number);
      delivery(world, owner);
      t.strictSame(await toldAndDone(t, world, kinds), [
        'delivery skip type-not-selected',
        'order skip type-not-selected',
      ]);
    }
  },
);

t.test(
  'B3 R12 an excluded pair whose Type was selected again is linked by the import, and its documents are announced',
  async (t) => {
    const world = await open(t);
    const { owner, number } = await linked(world, 1);
    world.webcrm.person.editOrganisation(owner, { OrganisationType: 'Supplier' });
    await world.hint('webcrm', owner);
    await world.runtime.advance(30_000);
    world.webcrm.person.editOrganisation(owner, { OrganisationType: 'Customer' });
    order(world, number);
    delivery(world, owner);
    t.strictSame(await toldAndDone(t, world, KINDS), ['delivery create-in-fortnox', 'order create-in-webcrm']);
  },
);

t.test(
  'B3 R11 documents of a linked pair whose organisation was listed with another Type are announced as skipped',
  async (t) => {
    const world = await open(t);
    const { owner, number } = await linked(world, 1);
    world.webcrm.person.editOrganisation(owner, { OrganisationType: 'Supplier' });
    order(world, number);
    delivery(world, owner);
    t.strictSame(await toldAndDone(t, world, KINDS), [
      'delivery skip type-not-selected',
      'order skip type-not-selected',
    ]);
  },
);

for (const state of ['conflict', 'detached', 'gone'] as const)
  t.test(`B3 R71 R72 documents of a pair that is ${state} are announced as waiting for it`, async (t) => {
    const world = await open(t);
    const { owner, number, pair } = await linked(world, 1);
    if (pair === null) throw new Error('no pair');
    await world.store.pairs.replace({ ...pair, state });
    order(world, number);
    delivery(world, owner);
    t.strictSame(await toldAndDone(t, world, ['order', 'delivery']), [
      'delivery skip waiting-for-customer',
      'order skip waiting-for-customer',
    ]);
  });
