import t from 'tap';
import type { DocumentSettings } from '../../schemas/settings.ts';
import { customer, delivery, FIELDS, line, rows, type World } from '../support/world.ts';
import { clean, open } from './document-scene.ts';

t.setTimeout(240_000);

type Mode = 'order' | 'invoice';
const MODES = ['order', 'invoice'] as const;

/** A delivery whose create Fortnox answered with an error, and the line that it was to be made of. */
async function failedCreate(world: World, mode: Mode, status: number, applied = false) {
  const { organisation } = await customer(world);
  const id = world.webcrm.person.createDelivery(delivery(organisation));
  const lineId = world.webcrm.person.createLine(id, line('A1', 'Lampa', 1, 100));
  world.fortnox.failNext({ method: 'POST', path: `/3/${mode}s`, status, times: 1, applied });
  const asked = () => (world.fortnox.counts().byRoute[`POST /3/${mode}s`] ?? 0) > 0;
  await world.runtime.runUntil(asked, 60_000);
  return { id, lineId };
}

const documents = (world: World, mode: Mode) => world.fortnox[mode === 'order' ? 'orders' : 'invoices']();

/** What a person does before the next try, why nothing is made of it then, and what makes it right again. */
const CHANGES: readonly {
  readonly rule: string;
  readonly reason: string;
  readonly settings?: Partial<DocumentSettings>;
  change(world: World, id: number, lineId: number): void;
  mend(world: World, id: number): void;
}[] = [
  {
    rule: 'R25 a delivery taken back',
    reason: 'status-not-selected',
    change: (world, id) => world.webcrm.person.editDelivery(id, { DeliveryStatus: 'New' }),
    mend: (world, id) => world.webcrm.person.editDelivery(id, { DeliveryStatus: 'OnGoing' }),
  },
  {
    rule: 'R25 a delivery that lost its only line',
    reason: 'no-rows',
    change: (world, _id, lineId) => world.webcrm.person.deleteLine(lineId),
    mend: (world, id) => world.webcrm.person.createLine(id, line('A1', 'Lampa', 1, 100)),
  },
  {
    rule: 'R45 a delivery with a discount on the whole',
    reason: 'header-discount',
    settings: { headerDiscount: 'refuse' },
    change: (world, id) => world.webcrm.person.editDelivery(id, { DeliveryDiscount: 50 }),
    mend: (world, id) => world.webcrm.person.editDelivery(id, { DeliveryDiscount: 0 }),
  },
];

for (const { rule, reason, settings, change, mend } of CHANGES) {
  t.test(`${rule} after its create failed becomes no document until that is mended, and then one`, async (t) => {
    for (const documentMode of MODES) {
      const world = await open(t, { settings: { documentMode }, ...(settings && { documents: settings }) });
      const { id, lineId } = await failedCreate(world, documentMode, 503);
      change(world, id, lineId);
      await world.quiet();
      t.equal(documents(world, documentMode).length, 0, documentMode);
      const [pair] = await world.pairs();
      t.match(pair, { state: 'creating', reason }, 'the pair says what it waits for');
      t.match(await world.refusals(), [{ entity: 'delivery', id: String(id), reason }]);

      mend(world, id);
      await world.quiet();
      t.strictSame(
        documents(world, documentMode).map((one) => rows(one, documentMode)),
        [['A1|Lampa|1|100']],
      );
      const made = documents(world, documentMode)[0];
      t.equal(made?.ExternalInvoiceReference1, pair?.intent?.key, 'with the key of the first try');
      t.match(await world.pairs(), [{ id: pair?.id, state: 'linked', webcrmId: String(id) }]);
      t.strictSame(await world.refusals(), []);
      await clean(t, world);
    }
  });

  t.test(`R22 ${rule} after its document was made, but the answer lost: what was made is linked`, async (t) => {
    const world = await open(t, settings && { documents: settings });
    const { id, lineId } = await failedCreate(world, 'order', 0, true);
    change(world, id, lineId);
    await world.quiet();
    t.equal(world.fortnox.orders().length, 1);
    t.match(await world.pairs(), [{ state: 'linked', webcrmId: String(id), fortnoxId: '1' }]);
    await clean(t, world);
  });
}

t.test(
  'R25 a create that Fortnox refused comes again when the delivery has been quiet, not at the first save',
  async (t) => {
    const world = await open(t, { settings: { documentMode: 'invoice' } });
    const { id, lineId } = await failedCreate(world, 'invoice', 400);
    await world.quiet();
    t.equal((await world.dead()).length, 1);
    world.webcrm.person.editLine(lineId, { QuotationLineQuantity: 3 });
    await world.wait(7_000);
    world.webcrm.person.createLine(id, line('A2', 'Kabel', 2, 20, { QuotationLineSortOrder: 90 }));
    await world.wait(7_000);
    t.equal(world.fortnox.invoices().length, 0, 'not yet: it was changed 7 s ago');
    await world.quiet();
    t.strictSame(
      world.fortnox.invoices().map((one) => rows(one, 'invoice')),
      [['A1|Lampa|3|100', 'A2|Kabel|2|20']],
    );
    await clean(t, world);
  },
);

t.test('R48 an invoice cancelled before its delivery could be made becomes none', async (t) => {
  for (const applied of [false, true]) {
    const world = await open(t);
    const { number } = await customer(world);
    world.webcrm.failNext({ method: 'POST', path: '/Deliveries', status: applied ? 0 : 503, times: 1, applied });
    const invoice = world.fortnox.person.createInvoice({
      CustomerNumber: number,
      InvoiceRows: [{ ArticleNumber: 'A1', DeliveredQuantity: '1', Price: 10 }],
    });
    const asked = () => (world.webcrm.counts().byRoute['POST /Deliveries'] ?? 0) > 0;
    await world.runtime.runUntil(asked, 60_000);
    world.fortnox.person.cancelInvoice(invoice);
    await world.quiet();
    t.strictSame(
      world.webcrm.deliveries().map((one) => one[FIELDS.documentState]),
      applied ? ['Invoice cancelled in Fortnox'] : [],
      applied ? 'what was made is linked, and says so' : 'nothing is made',
    );
    t.match(await world.pairs(), [applied ? { state: 'linked' } : { state: 'creating', reason: 'document-cancelled' }]);
    await clean(t, world);
  }
});

t.test(
  'B6 R48 a delivery that a person has made anew of a cancelled order is made, though its first try failed',
  async (t) => {
    const world = await open(t);
    const { id } = await failedCreate(world, 'order', 503);
    await world.quiet();
    const [pair] = await world.pairs();
    world.fortnox.person.cancelOrder(pair?.fortnoxId ?? '');
    await world.quiet();
    world.webcrm.person.deleteDelivery(id);
    await world.call('/jobs/sync', { side: 'webcrm', entity: 'delivery', id: String(id) });
    await world.quiet();
    world.webcrm.failNext({ method: 'POST', path: '/Deliveries', status: 503, times: 1, applied: false });
    t.equal((await world.call(`/pairs/${pair?.id}/recreate`, { side: 'webcrm', confirm: true })).status, 200);
    await world.quiet();
    t.match(await world.pairs(), [{ id: pair?.id, state: 'linked', fortnoxId: pair?.fortnoxId }]);
    t.equal(world.webcrm.deliveries().length, 1);
    await clean(t, world);
  },
);
