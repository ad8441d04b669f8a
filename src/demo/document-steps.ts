import { SEEDED_ITEM_FIELDS, SEEDED_DELIVERY_FIELDS as SHOWN } from '../sandbox/seed-documents.ts';
import type { Line } from '../sandbox/webcrm/index.ts';
import { seconds } from '../terminal/print.ts';
import type { FortnoxRow } from '../vendors/fortnox/types.ts';
import { QUIET_SECONDS } from './connect-steps.ts';
import { settled } from './import-step.ts';
import { deliveries, delivery, invoice, items, linesOf, order } from './records.ts';
import { expect, ofTenant, type Step, type Tour } from './tour.ts';
import { appears, logged, seen } from './watch.ts';

const NUMBER = `QuotationLineData${SEEDED_ITEM_FIELDS.number}`;
const NAME = `QuotationLineData${SEEDED_ITEM_FIELDS.name}`;
/** A poll reads both sides once in 20 s, and what it finds takes its turn. */
const POLL_LIMIT_MS = 60_000;

/** The first delivery of the seed, which the steps follow from one to the next. */
function firstDelivery(tour: Tour): number {
  const [id] = tour.seeded.deliveries;
  expect(id !== undefined, 'The seed holds no delivery.');
  return id;
}
const shown = async (tour: Tour, field: keyof typeof SHOWN): Promise<string> =>
  String((await delivery(tour, firstDelivery(tour)))[SHOWN[field]] ?? '');
const orderRows = async (tour: Tour, number: string): Promise<readonly FortnoxRow[]> =>
  (await order(tour, number)).OrderRows ?? [];

const quantityOf = (value: unknown): string => (Number(value) === 0 ? '' : `${Number(value)} x `);
const lineText = (line: Line): string =>
  `${quantityOf(line.QuotationLineQuantity)}${line[NAME]}${line[NUMBER] === '' ? '' : ` at ${line.QuotationLineListPrice}`}`;

async function tellLines(tour: Tour, where: string): Promise<void> {
  const lines = await linesOf(tour, firstDelivery(tour));
  tour.printer.line(`${where}: ${lines.map(lineText).join(' | ')}`);
}

/** Both sides hold the same rows in the same order. */
async function sameRows(tour: Tour, number: string): Promise<boolean> {
  const [rows, lines] = await Promise.all([orderRows(tour, number), linesOf(tour, firstDelivery(tour))]);
  const inFortnox = rows.map((row) => [row.ArticleNumber ?? '', row.Description ?? '', Number(row.Price)].join('/'));
  const inWebcrm = lines.map((line) => [line[NUMBER], line[NAME], Number(line.QuotationLineListPrice)].join('/'));
  return inFortnox.join('|') === inWebcrm.join('|');
}

/** Articles, deliveries, orders and invoices. */
export const DOCUMENT_STEPS: readonly Step[] = [
  {
    title: 'Someone raises the price of an article in Fortnox, which raises no event: the poll finds it',
    async run(tour) {
      const [article, price] = ['4010', 8990];
      const { tookMs: firstMs } = await seen(
        tour,
        'all articles in the register of webCRM',
        async () => (await items(tour)).length === tour.seeded.articles.length,
        POLL_LIMIT_MS,
      );
      const waited = firstMs < 100 ? '' : ` after ${seconds(firstMs)} more`;
      tour.printer.line(`The register of webCRM holds all ${tour.seeded.articles.length} articles${waited}.`);
      await tour.control.post(`/control/fortnox/articles/${article}/price`, { price });
      const { value, tookMs } = await appears(
        tour,
        `the price ${price} in the register`,
        async () =>
          (await items(tour)).find(
            (row) =>
              row[`QuotationLineLinkedDataItemData${SEEDED_ITEM_FIELDS.number}`] === article &&
              row.QuotationLineLinkedDataItemPrice === price,
          ) ?? null,
        POLL_LIMIT_MS,
      );
      const name = value[`QuotationLineLinkedDataItemData${SEEDED_ITEM_FIELDS.name}`];
      tour.printer.line(`${name} costs ${price} in webCRM after ${seconds(tookMs)}; the demo polls every 20 s.`);
    },
  },
  {
    title: 'A seller plans a delivery with three rows, one of them text: it becomes an order',
    async run(tour) {
      const id = firstDelivery(tour);
      await tour.control.patch(`/control/webcrm/deliveries/${id}`, { DeliveryStatus: 'Planned' });
      const { value: number, tookMs } = await appears(
        tour,
        `the order's number on delivery ${id}`,
        async () => (await shown(tour, 'number')) || null,
      );
      tour.deliveryPairs += 1;
      expect((await orderRows(tour, number)).length === 3, `Order ${number} does not have three rows.`);
      expect(await sameRows(tour, number), `Order ${number} has other rows than delivery ${id}.`);
      tour.printer.line(
        `Order ${number} is made and its number shown on delivery ${id} after ${seconds(tookMs)}, ${QUIET_SECONDS} s of them to be sure that nobody still types.`,
      );
      await tellLines(tour, `Order ${number}`);
    },
  },
  {
    title: 'Someone edits the order in Fortnox: another quantity, and a new row on top',
    async run(tour) {
      const number = await shown(tour, 'number');
      const [first, ...others] = await orderRows(tour, number);
      expect(first !== undefined, `Order ${number} has no rows.`);
      const more = String(Number(first.OrderedQuantity) + 4);
      const OrderRows = [
        { ArticleNumber: '3010', OrderedQuantity: '40', DeliveredQuantity: '40' },
        { RowId: first.RowId, OrderedQuantity: more, DeliveredQuantity: more },
        ...others.map(({ RowId }) => ({ RowId })),
      ];
      await tour.control.patch(`/control/fortnox/orders/${number}`, { OrderRows });
      const { tookMs } = await seen(tour, 'the new row and the quantity in webCRM', async () => {
        const [top, second] = await linesOf(tour, firstDelivery(tour));
        return top?.[NUMBER] === '3010' && second?.QuotationLineQuantity === Number(more);
      });
      expect(await sameRows(tour, number), `Order ${number} has other rows than its delivery.`);
      await tellLines(tour, `Delivery after ${seconds(tookMs)}`);
    },
  },
  {
    title: 'Both edit at once: a line on top in webCRM, the price of another row in Fortnox',
    async run(tour) {
      const id = firstDelivery(tour);
      const number = await shown(tour, 'number');
      await settled(tour);
      const [top] = await linesOf(tour, id);
      const rows = await orderRows(tour, number);
      const priced = rows[2];
      expect(top !== undefined && priced !== undefined, `Order ${number} has too few rows.`);
      const price = Number(priced.Price) + 30;
      await tour.api.post(ofTenant(tour, '/pause'));
      await tour.control.post('/control/webcrm/lines', {
        QuotationLineOpportunityId: id,
        QuotationLineSortOrder: Number(top.QuotationLineSortOrder) - 1,
        [NUMBER]: '2030',
        [NAME]: 'Rörelsevakt 180°',
        QuotationLineQuantity: 2,
        QuotationLineListPrice: 329,
        QuotationLineVatPercentage: 25,
      });
      await tour.control.patch(`/control/fortnox/orders/${number}`, {
        OrderRows: rows.map(({ RowId }) => (RowId === priced.RowId ? { RowId, Price: price } : { RowId })),
      });
      await tour.api.post(ofTenant(tour, '/resume'));
      const { tookMs } = await seen(tour, 'both edits on both sides', async () => {
        const now = await orderRows(tour, number);
        const both = now[0]?.ArticleNumber === '2030' && now.some((row) => Number(row.Price) === price);
        return both && now.length === rows.length + 1 && (await sameRows(tour, number));
      });
      tour.printer.line(`Both edits are on both sides after ${seconds(tookMs)}; neither is lost.`);
      await tellLines(tour, `Order ${number}`);
    },
  },
  {
    title: 'The order is made into an invoice in Fortnox and booked',
    async run(tour) {
      const number = await shown(tour, 'number');
      const made = await tour.control.post<{ number: string }>(`/control/fortnox/orders/${number}/invoice`);
      await tour.control.post(`/control/fortnox/invoices/${made.number}/book`);
      const { tookMs } = await seen(
        tour,
        `invoice ${made.number} as booked on the delivery`,
        async () =>
          (await shown(tour, 'invoiceNumber')) === made.number && (await shown(tour, 'invoiceBooked')) === 'Yes',
      );
      const date = await shown(tour, 'invoiceDate');
      expect(date === (await invoice(tour, made.number)).InvoiceDate, `The delivery shows "${date}" as invoice date.`);
      tour.printer.line(`The delivery shows invoice ${made.number} of ${date}, booked, after ${seconds(tookMs)}.`);
    },
  },
  {
    title: 'A seller edits that delivery all the same',
    async run(tour) {
      const id = firstDelivery(tour);
      const booked = await shown(tour, 'invoiceNumber');
      const before = JSON.stringify((await invoice(tour, booked)).InvoiceRows);
      const [line] = await linesOf(tour, id);
      expect(line !== undefined, `Delivery ${id} has no lines.`);
      await tour.control.patch(`/control/webcrm/lines/${line.QuotationLineId}`, { QuotationLineQuantity: 99 });
      const { value } = await logged(tour, `webcrmId=${id}`, 'why the edit was not sent', ({ reasons }) =>
        reasons.includes('invoice-booked'),
      );
      tour.printer.line(`Not sent (${value.reasons.join(', ')}): ${value.message}`);
      const after = JSON.stringify((await invoice(tour, booked)).InvoiceRows);
      expect(after === before, `Invoice ${booked} was changed though it is booked.`);
    },
  },
  {
    title: 'Someone writes an invoice in Fortnox: it comes to webCRM as a finished delivery',
    async run(tour) {
      const buyer = tour.seeded.matched[3];
      expect(buyer !== undefined, 'The seed holds too few matched customers.');
      const { number } = await tour.control.post<{ number: string }>('/control/fortnox/invoices', {
        CustomerNumber: buyer.customerNumber,
        YourReference: 'Karin Ek',
        InvoiceRows: [
          { ArticleNumber: '1002', DeliveredQuantity: '1' },
          { ArticleNumber: '1001', DeliveredQuantity: '2.5' },
        ],
      });
      const { value, tookMs } = await appears(tour, `invoice ${number} as a delivery`, async () => {
        const found = (await deliveries(tour)).find((row) => row[SHOWN.invoiceNumber] === number);
        return found && (await linesOf(tour, found.DeliveryId)).length === 2 ? found : null;
      });
      tour.deliveryPairs += 1;
      expect(value.DeliveryStatus === 'Completed', `Delivery ${value.DeliveryId} is ${value.DeliveryStatus}.`);
      expect(value.DeliveryOrganisationId === buyer.organisationId, 'The delivery belongs to another organisation.');
      tour.printer.line(
        `Delivery ${value.DeliveryId}, ${value.DeliveryStatus}, with 2 lines is in webCRM after ${seconds(tookMs)}.`,
      );
    },
  },
];
