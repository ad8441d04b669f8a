import t from 'tap';
import type { IntendedWrite } from '../../schemas/intended.ts';
import type { Pair } from '../../schemas/records.ts';
import { SyncError } from '../../src/errors/sync-error.ts';
import type { JobContext } from '../../src/sync/context.ts';
import { baseShown, intending } from '../../src/sync/intended.ts';
import { pairOf } from '../store/fixtures.ts';
import { customer, FIELDS, rows } from '../support/world.ts';
import { clean, open, twoRows } from './document-scene.ts';

t.setTimeout(240_000);

const POLICIES = ['webcrm', 'fortnox'] as const;
const LOST = { method: 'PUT', status: 0, times: 1, applied: true } as const;

t.test('R1 R2 an edit that follows an update whose answer was lost goes on, whoever wins conflicts', async (t) => {
  for (const conflictPolicy of POLICIES) {
    const world = await open(t, { settings: { conflictPolicy } });
    const { organisation, number } = await customer(world);
    const shown = () => [
      world.webcrm.organisation(organisation)?.OrganisationTelephone,
      world.fortnox.customer(number)?.Phone1,
    ];
    const arrived = (phone: string) => world.runtime.runUntil(() => shown().every((one) => one === phone), 60_000);

    world.fortnox.person.editCustomer(number, { Phone1: '08-1' });
    await world.quiet();
    world.webcrm.failNext({ ...LOST, path: '/Organisations/{id}' });
    world.fortnox.person.editCustomer(number, { Phone1: '08-2' });
    await arrived('08-2');
    world.fortnox.person.editCustomer(number, { Phone1: '08-3' });
    await world.quiet();
    t.strictSame(shown(), ['08-3', '08-3'], `from Fortnox, ${conflictPolicy} wins`);

    world.fortnox.failNext({ ...LOST, path: '/3/customers/{id}' });
    world.webcrm.person.editOrganisation(organisation, { OrganisationTelephone: '08-4' });
    await arrived('08-4');
    world.webcrm.person.editOrganisation(organisation, { OrganisationTelephone: '' });
    await world.quiet();
    t.strictSame(shown(), ['', ''], `from webCRM, ${conflictPolicy} wins`);

    t.notOk((await world.reasons()).includes('conflict-resolved'), 'nobody else wrote');
    t.notOk(
      (await world.pairs('customer')).some(({ intended }) => intended),
      'what was intended is done',
    );
    await clean(t, world);
  }
});

t.test('R1 R70 what a person typed over an update whose answer was lost is an edit, as ever', async (t) => {
  for (const conflictPolicy of POLICIES) {
    const world = await open(t, { settings: { conflictPolicy } });
    const { organisation, number } = await customer(world);
    world.fortnox.person.editCustomer(number, { Phone1: '08-1' });
    await world.quiet();
    world.listen(false);
    world.webcrm.failNext({ ...LOST, path: '/Organisations/{id}' });
    world.fortnox.person.editCustomer(number, { Phone1: '08-2' });
    await world.hint('customer', 'fortnox', number);
    await world.runtime.runUntil(
      () => world.webcrm.organisation(organisation)?.OrganisationTelephone === '08-2',
      60_000,
    );
    world.webcrm.person.editOrganisation(organisation, { OrganisationTelephone: '08-3' });
    world.fortnox.person.editCustomer(number, { Phone1: '08-4' });
    await world.quiet();
    const winner = conflictPolicy === 'webcrm' ? '08-3' : '08-4';
    t.equal(world.webcrm.organisation(organisation)?.OrganisationTelephone, winner);
    t.equal(world.fortnox.customer(number)?.Phone1, winner);
    t.ok((await world.reasons()).includes('conflict-resolved'));
    await clean(t, world);
  }
});

t.test('R1 R70 what is again as it was before an update whose answer was lost is an edit, too', async (t) => {
  for (const conflictPolicy of POLICIES) {
    const world = await open(t, { settings: { conflictPolicy } });
    const { organisation, number } = await customer(world);
    world.listen(false);
    world.webcrm.failNext({ ...LOST, path: '/Organisations/{id}' });
    world.fortnox.person.editCustomer(number, { Phone1: '08-1' });
    await world.hint('customer', 'fortnox', number);
    await world.runtime.runUntil(
      () => world.webcrm.organisation(organisation)?.OrganisationTelephone === '08-1',
      60_000,
    );
    world.fortnox.person.editCustomer(number, { Phone1: '' });
    world.webcrm.person.editOrganisation(organisation, { OrganisationTelephone: '08-2' });
    await world.quiet();
    const winner = conflictPolicy === 'webcrm' ? '08-2' : '';
    t.equal(world.webcrm.organisation(organisation)?.OrganisationTelephone, winner);
    t.equal(world.fortnox.customer(number)?.Phone1, winner);
    t.ok((await world.reasons()).includes('conflict-resolved'), 'what lost is in the log');
    await clean(t, world);
  }
});

t.test('R1 R2 the same of the head of a document', async (t) => {
  for (const conflictPolicy of POLICIES) {
    const world = await open(t, { settings: { conflictPolicy } });
    const { id } = await twoRows(world);
    const order = String(world.fortnox.orders()[0]?.DocumentNumber);
    const shown = () => [world.webcrm.delivery(id)?.[FIELDS.yourReference], world.fortnox.order(order)?.YourReference];
    const arrived = (name: string) => world.runtime.runUntil(() => shown().every((one) => one === name), 60_000);

    world.fortnox.person.editOrder(order, { YourReference: 'Ada' });
    await world.quiet();
    world.webcrm.failNext({ ...LOST, path: '/Deliveries/{id}' });
    world.fortnox.person.editOrder(order, { YourReference: 'Bo' });
    await arrived('Bo');
    world.fortnox.person.editOrder(order, { YourReference: 'Cia' });
    await world.quiet();
    t.strictSame(shown(), ['Cia', 'Cia'], `from Fortnox, ${conflictPolicy} wins`);

    world.fortnox.failNext({ ...LOST, path: '/3/orders/{id}' });
    world.webcrm.person.editDelivery(id, { [FIELDS.yourReference]: 'Dan' });
    await arrived('Dan');
    world.webcrm.person.editDelivery(id, { [FIELDS.yourReference]: 'Eva' });
    await world.quiet();
    t.strictSame(shown(), ['Eva', 'Eva'], `from webCRM, ${conflictPolicy} wins`);
    t.notOk((await world.reasons()).includes('conflict-resolved'), 'nobody else wrote');
    await clean(t, world);
  }
});

t.test('R1 R2 R44 the same of rows, also when the row is removed afterwards', async (t) => {
  for (const conflictPolicy of POLICIES) {
    const world = await open(t, { settings: { conflictPolicy } });
    const { id } = await twoRows(world);
    const order = () => world.fortnox.orders()[0];
    const orderRows = () => (order()?.OrderRows ?? []) as { RowId: number; Price: number }[];
    const number = String(order()?.DocumentNumber);
    const priceOfRow = (at: number, price: number) =>
      world.fortnox.person.editOrder(number, {
        OrderRows: orderRows().map(({ RowId }, place) => ({
          RowId,
          ...(place === at && { Price: price }),
        })),
      });
    const line = () => world.webcrm.lines(id)[0];
    const prices = () => [line()?.QuotationLineListPrice, orderRows()[0]?.Price].map(Number);
    const arrived = (price: number) => world.runtime.runUntil(() => prices().every((one) => one === price), 60_000);

    priceOfRow(0, 101);
    await world.quiet();
    world.webcrm.failNext({ ...LOST, path: '/QuotationLines/{id}' });
    priceOfRow(0, 102);
    await arrived(102);
    priceOfRow(0, 103);
    await world.quiet();
    t.strictSame(prices(), [103, 103], `from Fortnox, ${conflictPolicy} wins`);

    const lineId = Number(line()?.QuotationLineId);
    world.fortnox.failNext({ ...LOST, path: '/3/orders/{id}' });
    world.webcrm.person.editLine(lineId, { QuotationLineListPrice: 104 });
    await arrived(104);
    world.webcrm.person.editLine(lineId, { QuotationLineListPrice: 105 });
    await world.quiet();
    t.strictSame(prices(), [105, 105], `from webCRM, ${conflictPolicy} wins`);
    t.notOk((await world.reasons()).includes('rows-conflict'), 'nobody else wrote');

    world.fortnox.failNext({ ...LOST, path: '/3/orders/{id}' });
    world.webcrm.person.editLine(lineId, { QuotationLineListPrice: 106 });
    await arrived(106);
    world.webcrm.person.deleteLine(lineId);
    await world.quiet();
    t.strictSame(
      rows(order() ?? null),
      ['|Levereras i oktober|1|0', 'A2|Kabel|5|20'],
      'our own write is no edit that outlives it',
    );
    t.equal(world.webcrm.lines(id).length, 2);
    t.notOk(
      (await world.pairs()).some((pair) => pair.rows?.some(({ intended }) => intended)),
      'what was intended is done',
    );
    await clean(t, world);
  }
});

const PHONE: IntendedWrite = { side: 'webcrm', field: 'phone', images: { webcrm: '2', fortnox: '2' } };
const IMAGES = { webcrm: { name: 'A', phone: '1' }, fortnox: { name: 'A', phone: '1' } };

t.test('R1 an intended write counts as done when its side shows it, and only then', async (t) => {
  const pair = { ...pairOf('p'), base: IMAGES, intended: [PHONE] };
  const now = (webcrm: string, fortnox: string) => ({ webcrm: { phone: webcrm }, fortnox: { phone: fortnox } });
  const done = { webcrm: { name: 'A', phone: '2' }, fortnox: { name: 'A', phone: '2' } };
  t.strictSame(baseShown(pair, now('2', '3')), done);
  t.equal(baseShown(pair, now('1', '2')), IMAGES, 'it did not arrive');
  t.equal(baseShown(pair, now('4', '2')), IMAGES, 'a person typed over it');
  const changed = { webcrm: IMAGES.webcrm, fortnox: { name: 'A', phone: '2' } };
  t.strictSame(
    baseShown(pair, now('4', '1')),
    changed,
    'what was to be carried over was changed since, whatever it is now',
  );
  t.equal(
    baseShown({ ...pair, intended: [{ ...PHONE, late: true }] }, now('4', '1')),
    IMAGES,
    'who was overtaken saw what is long past',
  );
  t.strictSame(baseShown({ ...pair, base: null }, now('2', '3')), { webcrm: { phone: '2' }, fortnox: { phone: '2' } });
  t.equal(baseShown({ ...pairOf('p'), base: IMAGES }, now('2', '3')), IMAGES);
});

t.test('B9 what is left of an intention when the writing ends in an error', async (t) => {
  const decision = {
    changes: { webcrm: [{ field: 'phone', before: '1', after: '2' }], fortnox: [] },
    nextBase: { webcrm: { phone: '2' }, fortnox: { phone: '2' } },
    lost: [],
    reasons: [],
  };
  const failed = new SyncError('store-busy', 'The store did not say whether it has done it.');
  /** One pair; `unsaid` writes are done, but their answer is lost. */
  const scene = (unsaid: number) => {
    let stored: Pair = { ...pairOf('p'), base: IMAGES };
    let left = unsaid;
    const replace = (pair: Pair): Promise<Pair> => {
      t.equal(pair.version, stored.version, 'whoever writes has read what is there');
      stored = { ...pair, version: pair.version + 1 };
      left -= 1;
      return left >= 0 ? Promise.reject(failed) : Promise.resolve(stored);
    };
    const store = { pairs: { get: () => Promise.resolve(stored), replace } };
    const context = { store, runtime: { now: () => 7 } } as unknown as JobContext;
    const write = (work: (pair: Pair) => Promise<Pair>) => intending(context, stored, decision, { base: IMAGES }, work);
    return { replace, write, stored: () => stored };
  };

  const plain = scene(0);
  t.strictSame((await plain.write((pair) => Promise.resolve(pair))).intended, [PHONE]);
  await t.rejects(
    plain.write(() => Promise.reject(failed)),
    failed,
  );
  t.match(plain.stored(), { base: IMAGES, intended: [PHONE] });

  const unsaid = scene(1);
  await t.rejects(
    unsaid.write(() => Promise.resolve(t.fail('nothing is written before the intention is stored') as never)),
    failed,
  );
  t.match(unsaid.stored(), { base: IMAGES, intended: [PHONE] }, 'no image of what was not written');

  const overtaken = scene(0);
  const theirs = { webcrm: { phone: '3' }, fortnox: { phone: '3' } };
  await t.rejects(
    overtaken.write(async (pair) => {
      const { intended: _, ...rest } = pair;
      await overtaken.replace({ ...rest, base: theirs });
      throw failed;
    }),
    failed,
  );
  t.match(
    overtaken.stored(),
    { base: theirs, intended: [PHONE] },
    'what another instance wrote since is not lost sight of',
  );
});
