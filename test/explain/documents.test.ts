import t from 'tap';
import { customer, line } from '../support/world.ts';
import { deliver, deliverTo, firstLine, ROWS } from './deliveries.ts';
import { check, ref, type Situation } from './situations.ts';
import { open } from './world.ts';

t.setTimeout(240_000);

/** First those of which nobody tells: the poll would find them after six minutes. */
const IN_ORDER_MODE: readonly Situation[] = [
  {
    name: 'R44 a line that was edited and of which nobody told',
    async make(world) {
      const { id } = await deliver(world, 'Ohörd AB');
      world.listen(false);
      world.webcrm.person.editLine(firstLine(world, id), { QuotationLineQuantity: 7 });
      world.listen(true);
      return ref('delivery', 'webcrm', id);
    },
    rule: null,
    next: 'sync-now',
    action: 'write',
    more(test, told) {
      test.match(told.would.writes, [{ side: 'fortnox', action: 'update', kind: 'order', rows: [{}] }]);
      test.match(told.would.changes, [{ target: 'fortnox', field: 'rows.1.quantity', before: '2', after: '7' }]);
    },
  },
  {
    name: 'R22 a delivery that nobody told of would become an order',
    async make(world) {
      const { organisation } = await customer(world, { OrganisationName: 'Blir Order AB' });
      world.listen(false);
      const { id } = await deliverTo(world, organisation, {});
      await world.wait(12_000);
      world.listen(true);
      return ref('delivery', 'webcrm', id);
    },
    rule: null,
    next: 'sync-now',
    action: 'create',
    more(test, told) {
      test.match(told.would.writes, [{ side: 'fortnox', action: 'create', kind: 'order', rows: [{}] }]);
    },
  },
  {
    name: 'R42 an invoice that nobody told of would become a delivery',
    async make(world) {
      const { number } = await customer(world, { OrganisationName: 'Född I Fortnox AB' });
      world.listen(false);
      const invoice = world.fortnox.person.createInvoice({ CustomerNumber: number, InvoiceRows: ROWS });
      await world.wait(1);
      world.listen(true);
      return ref('invoice', 'fortnox', invoice);
    },
    rule: null,
    next: 'sync-now',
    action: 'create',
    more(test, told) {
      test.match(told.would.writes, [{ side: 'webcrm', action: 'create', kind: 'delivery' }]);
    },
  },
  {
    name: 'R48 an invoice that was cancelled before anybody told of it',
    async make(world) {
      const { number } = await customer(world, { OrganisationName: 'Ångrad AB' });
      world.listen(false);
      const invoice = world.fortnox.person.createInvoice({ CustomerNumber: number, InvoiceRows: ROWS });
      world.fortnox.person.cancelInvoice(invoice);
      await world.wait(1);
      world.listen(true);
      return ref('invoice', 'fortnox', invoice);
    },
    rule: 'not-cancelled',
    code: 'document-cancelled',
    next: 'take-back-edit',
  },
  {
    name: 'R1 a delivery in step with its order',
    async make(world) {
      return ref('delivery', 'webcrm', (await deliver(world, 'I Fas AB', {}, ['A1', 'A2'])).id);
    },
    rule: null,
    next: 'nothing',
    action: 'nothing',
    more(test, told) {
      test.match(told.frozen, { head: null, rows: null });
      test.equal(told.rows?.length, 2);
      for (const row of told.rows ?? []) test.ok(row.webcrm.now && row.fortnox.now && row.webcrm.image);
    },
  },
  {
    name: 'R25 a status that is not selected',
    async make(world) {
      return ref('delivery', 'webcrm', (await deliver(world, 'Nytt AB', { DeliveryStatus: 'New' })).id);
    },
    rule: 'status',
    code: 'status-not-selected',
    next: 'change-status',
  },
  {
    name: 'R25 a status that was taken back after the create had failed',
    async make(world) {
      const { organisation } = await customer(world, { OrganisationName: 'Ångrat Sig AB' });
      world.fortnox.failNext({ method: 'POST', path: '/3/orders', status: 400, times: 1 });
      const { id } = await deliverTo(world, organisation, {});
      world.webcrm.person.editDelivery(id, { DeliveryStatus: 'New' });
      await world.quiet();
      return ref('delivery', 'webcrm', id);
    },
    rule: 'status',
    code: 'status-not-selected',
    next: 'change-status',
  },
  {
    name: 'R25 a delivery without lines',
    async make(world) {
      return ref('delivery', 'webcrm', (await deliver(world, 'Tomt AB', {}, [])).id);
    },
    rule: 'rows',
    code: 'no-rows',
    next: 'add-lines',
  },
  {
    name: 'R45 a discount on the whole',
    async make(world) {
      return ref('delivery', 'webcrm', (await deliver(world, 'Rabatt AB', { DeliveryDiscount: 5 })).id);
    },
    rule: 'header-discount',
    code: 'header-discount',
    next: 'move-discount',
  },
  {
    name: 'R25 a delivery that was changed a moment ago',
    async make(world) {
      const { organisation } = await customer(world, { OrganisationName: 'Nyss AB' });
      await world.wait(6_000);
      const id = world.webcrm.person.createDelivery({
        DeliveryOrganisationId: organisation,
        DeliveryStatus: 'OnGoing',
      });
      world.webcrm.person.createLine(id, line('A1', 'Sak', 1, 100));
      await world.wait(1_000);
      return ref('delivery', 'webcrm', id);
    },
    hurried: true,
    rule: 'quiet',
    code: 'not-quiet',
    next: 'wait',
    action: 'wait',
    more(test, told) {
      const seconds = told.waitsFor?.seconds ?? 0;
      test.ok(seconds > 5 && seconds <= 10, `${seconds} s`);
      test.match(told.jobs, [{ state: 'waiting' }]);
    },
  },
  {
    name: 'D8 a delivery whose organisation was deleted',
    async make(world) {
      const organisation = world.webcrm.person.createOrganisation({
        OrganisationName: 'Raderad AB',
        OrganisationType: 'Prospect',
      });
      const { id } = await deliverTo(world, organisation, {});
      world.webcrm.person.deleteOrganisation(organisation);
      await world.hint('delivery', 'webcrm', id);
      await world.quiet();
      return ref('delivery', 'webcrm', id);
    },
    rule: 'organisation',
    code: 'no-organisation',
    next: 'choose-organisation',
  },
  {
    name: 'R10 a delivery of an organisation of another Type',
    async make(world) {
      const organisation = world.webcrm.person.createOrganisation({
        OrganisationName: 'Prospekt AB',
        OrganisationType: 'Prospect',
      });
      return ref('delivery', 'webcrm', (await deliverTo(world, organisation, {})).id);
    },
    rule: 'type',
    code: 'type-not-selected',
    next: 'choose-type',
  },
  {
    name: 'R12 a delivery whose customer waits for a person',
    async make(world) {
      world.listen(false);
      world.fortnox.person.createCustomer({ Name: 'Lika AB' });
      world.listen(true);
      const organisation = world.webcrm.person.createOrganisation({
        OrganisationName: 'Lika AB',
        OrganisationType: 'Customer',
      });
      return ref('delivery', 'webcrm', (await deliverTo(world, organisation, {})).id);
    },
    rule: 'customer',
    code: 'waiting-for-customer',
    next: 'see-record',
    more(test, told) {
      test.match(told.waitsFor?.record, { entity: 'customer', side: 'webcrm' });
    },
  },
  {
    name: 'R40 the invoice of an order is looked at through the order',
    async make(world) {
      const { document } = await deliver(world, 'Genom Order AB');
      const invoice = world.fortnox.person.invoiceOrders([document]);
      await world.quiet();
      return ref('invoice', 'fortnox', invoice);
    },
    rule: 'own-orders',
    code: 'passed-on',
    next: 'see-record',
    more(test, told) {
      test.match(told.waitsFor?.record, { entity: 'order', side: 'fortnox' });
    },
  },
  {
    name: 'R13 an invoice from before the start',
    async make(world) {
      const { number } = await customer(world, { OrganisationName: 'I Vintras AB' });
      const invoice = world.fortnox.person.createInvoice({
        CustomerNumber: number,
        InvoiceDate: '2026-01-15',
        InvoiceRows: ROWS,
      });
      await world.quiet();
      return ref('invoice', 'fortnox', invoice);
    },
    rule: 'start-date',
    code: 'before-start-date',
    next: 'import-record',
  },
  {
    name: 'R48 a credit invoice shows on its original',
    async make(world) {
      const { number } = await customer(world, { OrganisationName: 'Krediterad AB' });
      const invoice = world.fortnox.person.createInvoice({ CustomerNumber: number, InvoiceRows: ROWS });
      await world.quiet();
      world.fortnox.person.bookInvoice(invoice);
      const credit = world.fortnox.person.creditInvoice(invoice);
      await world.quiet();
      return ref('invoice', 'fortnox', credit);
    },
    rule: 'no-credit',
    code: 'credit-on-original',
    next: 'see-record',
    more(test, told) {
      test.match(told.waitsFor?.record, { entity: 'invoice', side: 'fortnox' });
    },
  },
];

t.test('B2 B6 deliveries and orders', async (t) => {
  const { world, why } = await open(t);
  for (const situation of IN_ORDER_MODE) await check(t, world, why, situation);
});
