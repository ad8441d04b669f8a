import t from 'tap';
import { ids, type Json, lamp, lampOfInvoice, setup } from './fortnox-support.ts';

t.test('R44 rows: untouched, by position, by RowId, in the order sent, with new RowIds each time', async (t) => {
  const { sandbox, call } = setup();
  const text = (Description: string, VAT = 25) => ({ Description, VAT, DeliveredQuantity: '1', Price: 1 });
  const rows = [text('a', 6), { ...text('b', 12), CostCenter: 'K1' }, text('c')];
  const first = call('POST', 'orders', { Order: { CustomerNumber: '1', OrderRows: rows } }).body.Order.OrderRows;
  const put = (fields: Json) => call('PUT', 'orders/1', { Order: fields });
  const header = put({ YourReference: 'Bo' }).body.Order.OrderRows;
  t.match(header, [{ Description: 'a' }, { Description: 'b' }, { Description: 'c' }]);
  t.notOk(
    ids(header).some((id) => ids(first).includes(id)),
    'every update renews them',
  );

  const [a, b, c] = ids(header);
  const sorted = [{ RowId: c, Description: 'C' }, text('new'), { RowId: b }, { RowId: a, Description: '' }];
  const after = put({ OrderRows: sorted }).body.Order.OrderRows;
  t.match(after, [{ Description: 'C' }, { Description: 'new' }, { CostCenter: 'K1', VAT: 12 }, { Description: 'a' }]);
  t.equal(put({ OrderRows: [{ RowId: ids(after)[2], Description: 'API_BLANK' }] }).body.Order.OrderRows.length, 1);
  t.strictSame(sandbox.order('1')?.OrderRows?.[0]?.Description, '');

  const mixed = put({ OrderRows: [{ Description: 'x' }, { Description: 'y' }] }).body.Order.OrderRows;
  t.match(mixed, [
    { Description: 'x', VAT: 12, CostCenter: 'K1' },
    { Description: 'y', VAT: 25, CostCenter: '' },
  ]);
  t.equal(put({ OrderRows: [] }).body.Order.OrderRows.length, 0);
  t.strictSame(sandbox.violations, []);
  t.equal(put({ OrderRows: [{ RowId: a }] }).status, 400, 'a RowId of long ago');
  t.equal(sandbox.violations.length, 1);
  t.equal(sandbox.lostRaces.length, 0);
  t.equal(sandbox.documentWrites.length, 6);
});

t.test('R44 rows: a person renews them between our read and our write', async (t) => {
  const { sandbox, person, call } = setup();
  person.createOrder({ CustomerNumber: '1', OrderRows: [lamp(), { Description: 'Text' }] });
  const [first, second] = ids(call('GET', 'orders/1').body.Order.OrderRows);
  const [kept] = ids(sandbox.order('1')?.OrderRows);
  person.editOrder('1', { OrderRows: [{ Description: 'Ny' }, { RowId: kept, DeliveredQuantity: 1 }] });
  t.match(sandbox.order('1')?.OrderRows, [{ Description: 'Ny' }, { ArticleNumber: 'LAMPA', DeliveredQuantity: '1' }]);
  const stale = { Order: { OrderRows: [{ RowId: first }, { RowId: second }] } };
  t.equal(call('PUT', 'orders/1', stale).status, 400);
  t.match(sandbox.lostRaces, [{ kind: 'order', number: '1' }]);
  t.strictSame(sandbox.violations, []);
  call('GET', 'orders/1');
  t.equal(call('PUT', 'orders/1', stale).status, 400);
  t.equal(sandbox.violations.length, 1, 'it has read the new ones by now');
});

t.test('R41 locks: a race when the API could not know, a violation when it had read', async (t) => {
  const { sandbox, person, call } = setup();
  const freezers: [string, 'order' | 'invoice', (number: string) => unknown][] = [
    ['cancelled order', 'order', person.cancelOrder],
    ['invoiced order', 'order', (number) => person.invoiceOrders([number])],
    ['cancelled invoice', 'invoice', person.cancelInvoice],
    ['booked invoice', 'invoice', person.bookInvoice],
    ['sent invoice, cash method', 'invoice', person.sendInvoice],
    ['paid invoice, cash method', 'invoice', person.payInvoice],
  ];
  for (const [what, kind, freeze] of freezers) {
    sandbox.accountingMethod = what.includes('cash') ? 'CASH' : 'ACCRUAL';
    const wrapper = kind === 'order' ? 'Order' : 'Invoice';
    const number = call('POST', `${kind}s`, { [wrapper]: { CustomerNumber: '1' } }).body[wrapper].DocumentNumber;
    const put = () => call('PUT', `${kind}s/${number}`, { [wrapper]: { Remarks: 'x' } }).status;
    t.equal(put(), 200, what);
    const [races, blames] = [sandbox.lostRaces.length, sandbox.violations.length];
    freeze(number);
    t.equal(put(), 400, what);
    t.strictSame([sandbox.lostRaces.length, sandbox.violations.length], [races + 1, blames], `${what} is a race`);
    call('GET', `${kind}s/${number}`);
    t.equal(put(), 400, what);
    t.strictSame([sandbox.lostRaces.length, sandbox.violations.length], [races + 1, blames + 1], `${what} was seen`);
    const edit = kind === 'order' ? person.editOrder : person.editInvoice;
    t.throws(() => edit(number, { Remarks: 'y' }), { name: 'Refusal' });
  }
  sandbox.switches.cashSentOrPaid = 'open';
  t.equal(
    call('PUT', `invoices/${sandbox.invoices().at(-1)?.DocumentNumber}`, { Invoice: { Remarks: 'z' } }).status,
    200,
  );
});

t.test('R40 createinvoice: one invoice of several orders, rows locked, header free', async (t) => {
  const { sandbox, person, types, call } = setup();
  const head = { CustomerNumber: '1', DeliveryDate: '2026-03-09', ExternalInvoiceReference1: 'webcrm-7' };
  const one = person.createOrder({ ...head, OrderRows: [lamp({ DeliveredQuantity: 1, CostCenter: 'K1' })] });
  const two = person.createOrder({ CustomerNumber: '1', OrderRows: [lamp()] });
  const other = person.createOrder({ CustomerNumber: person.createCustomer({ Name: 'Ek' }) });
  t.throws(() => person.invoiceOrders([one, other]));
  const made = person.invoiceOrders([one, two]);
  t.match(sandbox.invoice(made), {
    OrderReference: one,
    ExternalInvoiceReference1: 'webcrm-7',
    DeliveryDate: '2026-03-09',
    Net: 298.5,
    TotalVAT: 74.63,
    RoundOff: -0.13,
    Total: 373,
    Balance: 373,
    InvoiceRows: [{ DeliveredQuantity: '1', CostCenter: 'K1', PriceExcludingVAT: 99.5 }, { DeliveredQuantity: '2' }],
  });
  t.notOk('OrderedQuantity' in (sandbox.invoice(made)?.InvoiceRows?.[0] ?? {}));
  t.strictSame([sandbox.order(one)?.InvoiceReference, sandbox.order(two)?.InvoiceReference], [made, made]);
  t.strictSame(types().slice(-3), [`invoice-created-v1 ${made}`, `order-updated-v1 ${one}`, `order-updated-v1 ${two}`]);
  t.throws(() => person.invoiceOrders([one]));
  t.throws(() => person.cancelOrder(one));

  call('GET', `invoices/${made}`);
  t.equal(call('PUT', `invoices/${made}`, { Invoice: { YourReference: 'Bo' } }).status, 200);
  t.match(
    call('PUT', `invoices/${made}`, { Invoice: { InvoiceRows: [] } }).body.ErrorInformation.message,
    /koppling till en order/,
  );
  t.equal(sandbox.violations.length, 1);

  const plain = setup({
    createinvoiceCopiesReference: false,
    createinvoiceCopiesDeliveryDate: false,
    collectiveOrderReference: 'none',
  });
  const numbers = [1, 2].map(() => plain.person.createOrder({ ...head, OrderRows: [lamp()] }));
  const bare = plain.person.invoiceOrders(numbers);
  t.match(plain.sandbox.invoice(bare), { OrderReference: '0', ExternalInvoiceReference1: '', DeliveryDate: null });
  t.equal(plain.call('PUT', `invoices/${bare}`, { Invoice: { InvoiceRows: [] } }).status, 400, 'locked all the same');
});

t.test('R48 booking, payment and credit: what each shows and which event it raises', async (t) => {
  const { sandbox, person, types } = setup();
  const number = person.createInvoice({
    CustomerNumber: '1',
    ExternalInvoiceReference1: 'w',
    InvoiceRows: [lampOfInvoice()],
  });
  t.throws(() => person.creditInvoice(number), 'not booked yet');
  t.throws(() => person.payInvoice(number));
  person.bookInvoice(number);
  t.match(sandbox.invoice(number), { Booked: true, VoucherNumber: 1, VoucherSeries: 'B', VoucherYear: 2026 });
  const credit = person.creditInvoice(number);
  t.match(sandbox.invoice(credit), {
    Credit: 'true',
    CreditInvoiceReference: number,
    ExternalInvoiceReference1: 'w',
    Booked: false,
    Total: -249,
    InvoiceRows: [{ DeliveredQuantity: '-2' }],
  });
  t.match(sandbox.invoice(number), { Credit: 'false', CreditInvoiceReference: credit, Total: 249 });
  t.throws(() => person.creditInvoice(number));
  person.payInvoice(number);
  t.match(sandbox.invoice(number), { FinalPayDate: '2026-03-02', Balance: 0, TotalToPay: 249 });
  person.cancelInvoice(credit);
  t.strictSame(types().slice(-6), [
    `invoice-created-v1 ${number}`,
    `invoice-bookkeep-v1 ${number}`,
    `invoice-created-v1 ${credit}`,
    `invoice-updated-v1 ${number}`,
    'invoicepayment-bookkeep-v1 1',
    `invoice-cancelled-v1 ${credit}`,
  ]);
});

t.test('R77 writes of documents that Fortnox refuses are violations', async (t) => {
  const { sandbox, call } = setup();
  const order = (fields: Json, row?: Json) => ({
    CustomerNumber: '1',
    ...fields,
    ...(row ? { OrderRows: [row] } : {}),
  });
  const bad: Json[] = [
    {},
    { CustomerNumber: '9' },
    order({ Nonsense: 'x' }),
    order({ Total: 1 }),
    order({ Currency: 'ABC' }),
    order({ TermsOfPayment: '7' }),
    order({ PriceList: 'X' }),
    order({ OrderDate: '2026-02-30' }),
    order({ OrderDate: '2026-03-02T10:00:00' }),
    order({ Remarks: 'x'.repeat(1025) }),
    order({ YourOrderNumber: 'x'.repeat(76) }),
    order({ DeliveryState: 'gone' }),
    order({}, { Total: 1 }),
    order({}, { VAT: 23 }),
    order({}, { Price: '1' }),
    order({}, { DeliveredQuantity: 1 }),
    order({}, { DeliveredQuantity: '1,5' }),
    order({}, { ArticleNumber: 'X' }),
    order({}, { DiscountType: 'HALF' }),
    order({}, { HouseWorkType: 'HVAC' }),
    order({}, { RowId: 1 }),
  ];
  for (const Order of bad) t.equal(call('POST', 'orders', { Order }).status, 400, JSON.stringify(Order).slice(0, 80));
  const invoice = (fields: Json) => call('POST', 'invoices', { Invoice: { CustomerNumber: '1', ...fields } }).status;
  t.equal(invoice({ ExternalInvoiceReference1: 'x'.repeat(81) }), 400);
  t.equal(invoice({ InvoiceRows: [{ Description: 'x'.repeat(256) }] }), 400);
  t.equal(invoice({ InvoiceRows: [{ OrderedQuantity: '1' }] }), 400, 'invoices have delivered quantities only');
  t.equal(sandbox.violations.length, bad.length + 3);
  t.strictSame([sandbox.orders(), sandbox.invoices(), sandbox.documentWrites], [[], [], []]);

  sandbox.person.createOrder({ CustomerNumber: '1' });
  const before = sandbox.violations.length;
  const forbidden: [string, string, object?][] = [
    ['PUT', 'orders/1/createinvoice'],
    ['PUT', 'invoices/1/bookkeep'],
    ['GET', 'orders/1/email'],
    ['DELETE', 'orders/1'],
    ['PUT', 'articles/LAMPA', { Article: {} }],
    ['POST', 'prices', { Price: {} }],
    ['POST', 'invoicepayments', {}],
  ];
  for (const [method, path, body] of forbidden) call(method, path, body);
  t.equal(sandbox.violations.length, before + forbidden.length);
  t.match(sandbox.order('1'), { InvoiceReference: '0', Sent: false });
});
