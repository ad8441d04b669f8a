import t from 'tap';
import { DEFAULT_SETTINGS } from '../../schemas/settings.ts';
import { FIELDS, line } from '../support/world.ts';
import { type ImportWorld, openImports, organisation } from './support.ts';

t.setTimeout(240_000);

async function open(t: { teardown(fn: () => Promise<void>): void }) {
  const world = await openImports({
    settings: { documents: { ...DEFAULT_SETTINGS.documents, fields: FIELDS } },
    seed({ fortnox }) {
      fortnox.person.createArticle({ ArticleNumber: 'A1', Description: 'Lampa', Unit: 'st', VAT: 25 });
      fortnox.person.createArticle({ ArticleNumber: 'A2', Description: 'Kabel', Unit: 'st', VAT: 25 });
    },
  });
  t.teardown(() => world.close());
  return world;
}

const delivery = (world: ImportWorld, owner: number, more: object = {}) => {
  const id = world.webcrm.person.createDelivery({
    DeliveryOrganisationId: owner,
    DeliveryStatus: 'OnGoing',
    DeliveryDescription: 'Belysning',
    DeliveryOrderDate: '2026-01-15T09:00:00+01:00',
    ...more,
  });
  world.webcrm.person.createLine(id, line('A1', 'Lampa', 2, 100));
  return id;
};

t.test('B3 C5 R13 documents from a date follow their customers, and are counted before', async (t) => {
  const world = await open(t);
  const owner = world.webcrm.person.createOrganisation(organisation(1));
  const before = await world.begin();
  await world.until(before.id, ['done']);
  const linked = await world.store.pairs.bySide(world.tenantId, 'customer', 'webcrm', String(owner));
  const known = { organisation: owner, number: linked?.fortnoxId ?? '' };
  const { person } = world.fortnox;
  const order = person.createOrder({
    CustomerNumber: known.number,
    OrderDate: '2026-01-10',
    OrderRows: [{ ArticleNumber: 'A1', OrderedQuantity: '1', Price: 100 }],
  });
  const numbered = person.createOrder({
    CustomerNumber: known.number,
    OrderDate: '2026-01-11',
    OrderRows: [{ ArticleNumber: 'A1', OrderedQuantity: '2', DeliveredQuantity: '2', Price: 100 }],
  });
  person.createOrder({ CustomerNumber: known.number, OrderDate: '2025-06-01', OrderRows: [{ ArticleNumber: 'A1' }] });
  const fresh = world.webcrm.person.createOrganisation({ OrganisationName: 'Ny AB', OrganisationType: 'Customer' });
  const first = delivery(world, fresh);
  const bearsNumber = delivery(world, known.organisation, { [FIELDS.number]: String(numbered) });
  delivery(world, fresh, { DeliveryStatus: 'New' });
  delivery(world, fresh, { DeliveryOrderDate: '2025-05-01T09:00:00+01:00' });
  const { id } = await world.begin({
    kinds: ['customer', 'delivery', 'order', 'invoice'],
    from: '2026-01-01',
    dryRun: true,
  });
  await world.until(id, ['ready']);
  const records = async (kind: string) =>
    (await world.records(id, { kind })).map((record) => [record.id, record.outcome, record.reason].join(' '));
  t.strictSame(await records('order'), [`${order} create-in-webcrm `, `${numbered}  `]);
  t.strictSame(
    (await records('delivery')).sort(),
    [
      `${first} create-in-fortnox `,
      `${bearsNumber} match linked-by-document-number`,
      `${bearsNumber + 1} skip status-not-selected`,
    ].sort(),
  );
  await world.start(id);
  await world.until(id, ['done']);
  t.equal((await world.store.pairs.countsByEntity(world.tenantId)).delivery.linked, 3);
  t.equal(world.webcrm.delivery(bearsNumber)?.[FIELDS.number], String(numbered));
  t.equal(world.fortnox.orders().length, 4);
  t.equal(
    (await world.store.pairs.bySide(world.tenantId, 'order', 'fortnox', String(numbered)))?.webcrmId,
    String(bearsNumber),
  );
  t.strictSame(await world.dead(), []);
  t.strictSame(world.violations(), []);
});

t.test('B3 A1 articles are matched by number against the register, without a call each', async (t) => {
  const world = await open(t);
  const first = await world.begin({ kinds: ['article'] });
  await world.until(first.id, ['done']);
  t.match((await world.progress(first.id)).counts, { 'create-in-webcrm': 2 });
  t.equal(world.webcrm.items().length, 2);
  world.fortnox.person.createArticle({ ArticleNumber: 'B1', Description: 'Ny', Unit: 'st' });
  world.fortnox.person.editArticle('A2', { Description: 'Kabel, grå' });
  const before = world.calls();
  const { id } = await world.begin({ kinds: ['article'], dryRun: true });
  await world.until(id, ['ready']);
  t.match((await world.progress(id)).counts, { 'create-in-webcrm': 1, match: 1, update: 1 });
  t.match(await world.records(id, { outcome: 'update' }), [
    { id: 'A2', lost: [{ field: 'name', before: 'Kabel', after: 'Kabel, grå', side: 'webcrm' }] },
  ]);
  t.strictSame(Object.keys(world.since(before).fortnox), ['GET /3/articles']);
  t.strictSame(await world.dead(), []);
});
