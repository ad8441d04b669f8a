import t from 'tap';
import { customer, FIELDS } from '../support/world.ts';
import { deliver, deliverTo, firstLine, ROWS } from './deliveries.ts';
import { check, ref, type Situation } from './situations.ts';
import { open } from './world.ts';

t.setTimeout(240_000);

const INVOICED: readonly Situation[] = [
  {
    name: 'R41 an edit of rows after the order was invoiced',
    async make(world) {
      const { id, document } = await deliver(world, 'Fakturerad AB');
      world.fortnox.person.invoiceOrders([document]);
      await world.quiet();
      world.webcrm.person.editLine(firstLine(world, id), { QuotationLineQuantity: 9 });
      await world.quiet();
      return ref('delivery', 'webcrm', id);
    },
    rule: 'rows-open',
    code: 'rows-locked-by-order',
    next: 'change-in-fortnox',
    more(test, told) {
      test.match(told.frozen, { head: null, rows: { code: 'rows-locked-by-order' } });
    },
  },
  {
    name: 'R41 an edit of the date after the order was invoiced',
    async make(world) {
      const { id, document } = await deliver(world, 'Datum AB');
      world.fortnox.person.invoiceOrders([document]);
      await world.quiet();
      world.webcrm.person.editDelivery(id, { DeliveryOrderDate: '2026-03-05T09:00:00+01:00' });
      await world.quiet();
      return ref('order', 'fortnox', document);
    },
    rule: 'head-open',
    code: 'order-invoiced',
    next: 'change-in-fortnox',
  },
  {
    name: 'R40 an edit whose invoice serves several orders',
    async make(world) {
      const first = await deliver(world, 'Samlad AB');
      const second = await deliverTo(world, first.organisation, {});
      world.fortnox.person.invoiceOrders([first.document, second.document]);
      await world.quiet();
      world.webcrm.person.editDelivery(second.id, { [FIELDS.yourReference]: 'Bo' });
      await world.quiet();
      return ref('delivery', 'webcrm', second.id);
    },
    rule: 'head-open',
    code: 'invoice-shared',
    next: 'change-in-fortnox',
  },
  {
    name: 'R48 an edit of a cancelled order',
    async make(world) {
      const { id, document } = await deliver(world, 'Makulerad AB');
      world.fortnox.person.cancelOrder(document);
      await world.quiet();
      world.webcrm.person.editDelivery(id, { [FIELDS.yourReference]: 'Bo' });
      await world.quiet();
      return ref('delivery', 'webcrm', id);
    },
    rule: 'head-open',
    code: 'document-cancelled',
    next: 'take-back-edit',
  },
  {
    name: 'R44 a percentage typed on a row with a discount of an amount',
    async make(world) {
      const { id, document } = await deliver(world, 'Avdrag AB');
      const present = world.fortnox.order(document)?.OrderRows ?? [];
      world.fortnox.person.editOrder(document, {
        OrderRows: present.map(({ RowId }) => ({ RowId, Discount: 15, DiscountType: 'AMOUNT' })),
      });
      await world.quiet();
      world.webcrm.person.editLine(firstLine(world, id), { QuotationLineDiscount: 20 });
      await world.quiet();
      return ref('delivery', 'webcrm', id);
    },
    rule: 'rows-fit',
    code: 'amount-discount',
    next: 'change-in-fortnox',
  },
  {
    name: 'R45 a discount on the whole that came after the order',
    async make(world) {
      const { id } = await deliver(world, 'Efterrabatt AB');
      world.webcrm.person.editDelivery(id, { DeliveryDiscount: 5 });
      await world.quiet();
      return ref('delivery', 'webcrm', id);
    },
    rule: 'no-header-discount',
    code: 'header-discount',
    next: 'move-discount',
  },
  {
    name: 'R47 a delivery that was moved to another organisation',
    async make(world) {
      const { id } = await deliver(world, 'Förra AB');
      const other = await customer(world, { OrganisationName: 'Nya Ägaren AB' });
      world.webcrm.person.moveDelivery(id, other.organisation);
      await world.hint('delivery', 'webcrm', id);
      await world.quiet();
      return ref('delivery', 'webcrm', id);
    },
    rule: 'same-customer',
    code: 'customer-cannot-change',
    next: 'move-back',
  },
  {
    name: 'R47 a delivery whose customer was deleted in Fortnox',
    async make(world) {
      const { id } = await deliver(world, 'Utan Kund AB');
      const pair = (await world.pairs('customer')).find(({ base }) => base?.webcrm.name === 'Utan Kund AB');
      world.fortnox.person.deleteCustomer(String(pair?.fortnoxId));
      await world.quiet();
      world.webcrm.person.editDelivery(id, { [FIELDS.yourReference]: 'Bo' });
      await world.quiet();
      return ref('delivery', 'webcrm', id);
    },
    rule: 'customer-linked',
    code: 'customer-not-linked',
    next: 'link-customer',
  },
  {
    name: 'R71 a delivery that is gone',
    async make(world) {
      const { id, document } = await deliver(world, 'Borttagen AB');
      world.webcrm.person.deleteDelivery(id);
      await world.hint('delivery', 'webcrm', id);
      await world.quiet();
      return ref('order', 'fortnox', document);
    },
    rule: 'exists-in-webcrm',
    code: 'gone-in-webcrm',
    next: 'relink',
  },
];

t.test('B2 B6 pairs of orders that take no more changes', async (t) => {
  const { world, why } = await open(t);
  for (const situation of INVOICED) await check(t, world, why, situation);
});

const IN_INVOICE_MODE: readonly Situation[] = [
  {
    name: 'R50 an article that Fortnox lacks, where the settings refuse it',
    async make(world) {
      return ref('delivery', 'webcrm', (await deliver(world, 'Okänd Artikel AB', {}, ['X9'])).id);
    },
    rule: 'articles',
    code: 'article-refused',
    next: 'add-article',
  },
  {
    name: 'R41 an edit of a booked invoice',
    async make(world) {
      const { id, document } = await deliver(world, 'Bokförd AB');
      world.fortnox.person.bookInvoice(document);
      await world.quiet();
      world.webcrm.person.editDelivery(id, { [FIELDS.yourReference]: 'Pelle' });
      await world.quiet();
      return ref('delivery', 'webcrm', id);
    },
    rule: 'head-open',
    code: 'invoice-booked',
    next: 'credit-in-fortnox',
    more(test, told) {
      test.match(told.frozen, { head: { code: 'invoice-booked' }, rows: { code: 'invoice-booked' } });
      const field = told.fields.find((one) => one.field === 'yourReference');
      test.match(field, { webcrm: { image: null, now: 'Pelle' }, fortnox: { now: null } });
    },
  },
  {
    name: 'R41 an edit of an invoice of the cash method that was paid',
    async make(world) {
      world.fortnox.accountingMethod = 'CASH';
      const { id, document } = await deliver(world, 'Kontant AB');
      world.fortnox.accountingMethod = 'ACCRUAL';
      world.fortnox.person.payInvoice(document);
      await world.quiet();
      world.webcrm.person.editDelivery(id, { [FIELDS.yourReference]: 'Pelle' });
      await world.quiet();
      return ref('delivery', 'webcrm', id);
    },
    rule: 'head-open',
    code: 'invoice-sent-or-paid',
    next: 'change-in-fortnox',
  },
  {
    name: 'R45 an invoice whose prices include VAT',
    async make(world) {
      const { number } = await customer(world, { OrganisationName: 'Moms AB' });
      const invoice = world.fortnox.person.createInvoice({
        CustomerNumber: number,
        VATIncluded: true,
        InvoiceRows: ROWS,
      });
      await world.quiet();
      return ref('invoice', 'fortnox', invoice);
    },
    rule: 'vat',
    code: 'vat-included',
    next: 'change-settings',
  },
  {
    name: 'R40 an order in invoice mode',
    async make(world) {
      const { number } = await customer(world, { OrganisationName: 'Bara Order AB' });
      const order = world.fortnox.person.createOrder({
        CustomerNumber: number,
        OrderRows: [{ ArticleNumber: 'A1', OrderedQuantity: '1', DeliveredQuantity: '1' }],
      });
      await world.quiet();
      return ref('order', 'fortnox', order);
    },
    rule: 'orders-kept',
    code: 'orders-not-kept',
    next: 'change-settings',
  },
];

t.test('B2 B6 deliveries and invoices', async (t) => {
  const { world, why } = await open(t, {
    settings: { documentMode: 'invoice' },
    documents: { unknownArticle: 'refuse', vatIncluded: 'refuse' },
  });
  for (const situation of IN_INVOICE_MODE) await check(t, world, why, situation);
});
