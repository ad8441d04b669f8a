import t, { type Test } from 'tap';
import { customer, line, type World, type WorldOptions } from '../support/world.ts';
import { clean, open } from './document-scene.ts';

t.setTimeout(240_000);

/** An invoice with VAT included that was born in Fortnox, with one row of 125, and its delivery. */
async function invoiceWithVat(world: World) {
  const { number } = await customer(world);
  const invoice = world.fortnox.person.createInvoice({
    CustomerNumber: number,
    VATIncluded: true,
    InvoiceRows: [{ ArticleNumber: 'A1', DeliveredQuantity: '1', Price: 125, VAT: 25 }],
  });
  await world.quiet();
  return { invoice, id: Number(world.webcrm.deliveries()[0]?.DeliveryId) };
}

/** What Fortnox charges without VAT and at which rate, row by row. */
const charged = (world: World, invoice: string) =>
  ((world.fortnox.invoice(invoice)?.InvoiceRows ?? []) as unknown as Record<string, unknown>[]).map((row) => [
    row.PriceExcludingVAT,
    row.VAT,
  ]);
const typed = (world: World, id: number) =>
  world.webcrm.lines(id).map((one) => [one.QuotationLineListPrice, one.QuotationLineVatPercentage]);

/** Both sides show this, also after everything was read anew. */
async function bothShow(
  t: Pick<Test, 'strictSame'>,
  world: World,
  { invoice, id }: { invoice: string; id: number },
  rows: number[][],
) {
  for (const when of ['at once', 'when read anew']) {
    t.strictSame(charged(world, invoice), rows, `Fortnox ${when}`);
    t.strictSame(typed(world, id), rows, `webCRM ${when}`);
    await world.hint('invoice', 'fortnox', invoice);
    await world.quiet();
  }
}

const firstLine = (world: World, id: number) => Number(world.webcrm.lines(id)[0]?.QuotationLineId);

const WITHOUT_VAT = line('A2', 'Kabel', 1, 100, { QuotationLineVatPercentage: 0, QuotationLineSortOrder: 90 });

t.test('R45 a line without VAT costs what was typed where prices include VAT', async (t) => {
  const policies = ['fortnox', 'webcrm'] as const;
  for (const conflictPolicy of policies) {
    const world = await open(t, { settings: { conflictPolicy } });
    const pair = await invoiceWithVat(world);
    world.webcrm.person.createLine(pair.id, WITHOUT_VAT);
    await world.quiet();
    await bothShow(t, world, pair, [
      [100, 25],
      [100, 25],
    ]);
    t.notOk((await world.reasons()).includes('conflict-resolved'));
    await clean(t, world);
  }
});

t.test('R22 R45 the same when an answer is lost on the way', async (t) => {
  for (const conflictPolicy of ['fortnox', 'webcrm'] as const) {
    for (const before of [0, 1]) {
      const world = await open(t, { settings: { conflictPolicy } });
      const pair = await invoiceWithVat(world);
      const puts = () => world.fortnox.counts().byRoute['PUT /3/invoices/{id}'] ?? 0;
      const least = puts() + before;
      const lost = { method: 'PUT', path: '/3/invoices/{id}', status: 0, times: 1, applied: true } as const;
      if (before === 0) world.fortnox.failNext(lost);
      world.webcrm.person.createLine(pair.id, WITHOUT_VAT);
      await world.runtime.runUntil(() => puts() > least - 1, 60_000);
      if (before > 0) world.fortnox.failNext(lost);
      await world.quiet();
      await bothShow(t, world, pair, [
        [100, 25],
        [100, 25],
      ]);
      const gaveWay = (await world.lines()).flatMap((one) => one.lost ?? []);
      t.notOk(gaveWay.some(({ field }) => field.endsWith('.price')));
      await clean(t, world);
    }
  }
});

t.test('R45 another rate keeps the price without VAT', async (t) => {
  const world = await open(t);
  const pair = await invoiceWithVat(world);
  world.webcrm.person.editLine(firstLine(world, pair.id), { QuotationLineVatPercentage: 12 });
  await world.quiet();
  await bothShow(t, world, pair, [[100, 12]]);
  world.webcrm.person.editLine(firstLine(world, pair.id), {
    QuotationLineVatPercentage: 6,
    QuotationLineListPrice: 50.5,
  });
  await world.quiet();
  await bothShow(t, world, pair, [[50.5, 6]]);
  await clean(t, world);
});

t.test("R45 a price on a line that says nothing of VAT is reckoned with the rate of Fortnox's row", async (t) => {
  const world = await open(t);
  const { id, invoice } = await invoiceWithVat(world);
  world.webcrm.person.editLine(firstLine(world, id), { QuotationLineVatPercentage: 0, QuotationLineListPrice: 200 });
  await world.quiet();
  t.strictSame(charged(world, invoice), [[200, 25]]);
  await clean(t, world);
});

t.test("R45 another article's rate that Fortnox fills in changes no price that was typed", async (t) => {
  const options: WorldOptions = { fortnox: { rowArticleChange: 'refills' } };
  const world = await open(t, options);
  world.fortnox.person.createArticle({ ArticleNumber: 'B1', Description: 'Bok', Unit: 'st', VAT: 6 });
  world.fortnox.person.setPrice('B1', 300);
  await world.quiet();
  const { id, invoice } = await invoiceWithVat(world);
  world.webcrm.person.editLine(firstLine(world, id), {
    QuotationLineData1: 'B1',
    QuotationLineData2: 'Bok',
    QuotationLineListPrice: 200,
    QuotationLineVatPercentage: 0,
  });
  await world.quiet();
  t.strictSame(charged(world, invoice), [[200, 6]]);
  await clean(t, world);
});
