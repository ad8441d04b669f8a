import t from 'tap';
import { customer, FIELDS, line, openWorld, type World } from '../support/world.ts';

t.setTimeout(240_000);

type Values = Readonly<Record<string, unknown>>;

/** One field: what is typed on a side, and what the other shows then. */
interface Line {
  readonly field: string;
  /** Typed in webCRM, shown in Fortnox; absent: it comes from Fortnox alone. */
  readonly toFortnox?: readonly [Values, Values];
  /** Typed in Fortnox, shown in webCRM. */
  readonly toWebcrm?: readonly [Values, Values];
  /** Emptied in webCRM: what Fortnox shows. `kept`: Fortnox keeps a value at all times, and it is put back. */
  readonly emptied?: 'empty' | 'kept';
  /** The columns that hold it, to empty it and to look. */
  readonly webcrm: string;
  readonly fortnox: string;
  /** Typed in Fortnox, longer than webCRM takes: what webCRM shows. */
  readonly long?: readonly [Values, Values];
}

const C = {
  organisationNumber: 'OrganisationCustom2',
  email: 'OrganisationCustom3',
  otherStreet: 'OrganisationXText1',
  otherPostCode: 'OrganisationCustom5',
  otherCity: 'OrganisationCustom6',
  otherCountry: 'OrganisationCustom7',
  termsOfPayment: 'OrganisationCustom8',
  currency: 'OrganisationCustom9',
} as const;

const plain = (
  field: string,
  webcrm: string,
  fortnox: string,
  a: string,
  b: string,
  more: Partial<Line> = {},
): Line => ({
  field,
  webcrm,
  fortnox,
  toFortnox: [{ [webcrm]: a }, { [fortnox]: a }],
  toWebcrm: [{ [fortnox]: b }, { [webcrm]: b }],
  emptied: 'empty',
  ...more,
});
const longer = (fortnox: string, webcrm: string, length: number): Partial<Line> => ({
  long: [{ [fortnox]: 'x'.repeat(length + 20) }, { [webcrm]: 'x'.repeat(length) }],
});

const CUSTOMER: readonly Line[] = [
  plain('name', 'OrganisationName', 'Name', 'Lyktan Nord AB', 'Lyktan Syd AB', {
    emptied: 'kept',
    ...longer('Name', 'OrganisationName', 200),
  }),
  plain('organisationNumber', C.organisationNumber, 'OrganisationNumber', '556000-1111', '556000-2222'),
  plain('vatNumber', 'OrganisationVatNumber', 'VATNumber', 'SE556000111101', 'SE556000222201'),
  plain('phone', 'OrganisationTelephone', 'Phone1', '08-1', '08-2', longer('Phone1', 'OrganisationTelephone', 50)),
  plain('email', C.email, 'Email', 'a@lyktan.example', 'b@lyktan.example', longer('Email', C.email, 250)),
  plain('website', 'OrganisationWww', 'WWW', 'www.a.example', 'www.b.example', longer('WWW', 'OrganisationWww', 50)),
  {
    field: 'invoiceStreet',
    webcrm: 'OrganisationAddress',
    fortnox: 'Address1',
    toFortnox: [{ OrganisationAddress: 'Ekonomi\r\nBox 1' }, { Address1: 'Ekonomi', Address2: 'Box 1' }],
    toWebcrm: [{ Address1: 'Storgatan 2', Address2: 'Port B' }, { OrganisationAddress: 'Storgatan 2\r\nPort B' }],
    emptied: 'empty',
    ...longer('Address1', 'OrganisationAddress', 250),
  },
  plain('invoicePostCode', 'OrganisationPostCode', 'ZipCode', '111 11', '222 22'),
  plain('invoiceCity', 'OrganisationCity', 'City', 'Umeå', 'Ystad', longer('City', 'OrganisationCity', 50)),
  {
    ...plain('invoiceCountry', 'OrganisationCountry', 'CountryCode', '', ''),
    toFortnox: [{ OrganisationCountry: 'Norge' }, { CountryCode: 'NO' }],
    toWebcrm: [{ CountryCode: 'DK' }, { OrganisationCountry: 'Danmark' }],
    emptied: 'kept',
  },
  plain(
    'visitingStreet',
    C.otherStreet,
    'VisitingAddress',
    'Hamngatan 1',
    'Hamngatan 2',
    longer('VisitingAddress', C.otherStreet, 50),
  ),
  plain('visitingPostCode', C.otherPostCode, 'VisitingZipCode', '333 33', '444 44'),
  plain('visitingCity', C.otherCity, 'VisitingCity', 'Lund', 'Kiruna'),
  {
    ...plain('visitingCountry', C.otherCountry, 'VisitingCountryCode', '', ''),
    toFortnox: [{ [C.otherCountry]: 'Finland' }, { VisitingCountryCode: 'FI' }],
    toWebcrm: [{ VisitingCountryCode: 'SE' }, { [C.otherCountry]: 'Sverige' }],
    emptied: 'kept',
  },
  plain('termsOfPayment', C.termsOfPayment, 'TermsOfPayment', '10', '20', { emptied: 'kept' }),
  plain('currency', C.currency, 'Currency', 'EUR', 'USD', { emptied: 'kept' }),
  {
    field: 'kind',
    webcrm: 'OrganisationType',
    fortnox: 'Type',
    toFortnox: [{ OrganisationType: 'Private Customer' }, { Type: 'PRIVATE' }],
    toWebcrm: [{ Type: 'COMPANY' }, { OrganisationType: 'Customer' }],
  },
];

const DELIVERY: readonly Line[] = [
  {
    field: 'orderDate',
    webcrm: 'DeliveryOrderDate',
    fortnox: 'OrderDate',
    toFortnox: [{ DeliveryOrderDate: '2026-03-29T23:30:00+02:00' }, { OrderDate: '2026-03-29' }],
    toWebcrm: [{ OrderDate: '2026-06-01' }, { DeliveryOrderDate: '2026-06-01T10:00:00.000+00:00' }],
    emptied: 'kept',
  },
  plain('deliveryDate', FIELDS.deliveryDate, 'DeliveryDate', '2026-04-01', '2026-05-01'),
  {
    ...plain('currency', 'DeliveryCurrencyName', 'Currency', '', ''),
    toFortnox: [{ DeliveryCurrencyName: '01' }, { Currency: 'EUR' }],
    toWebcrm: [{ Currency: 'SEK' }, { DeliveryCurrencyName: '00' }],
    emptied: 'kept',
  },
  plain('ourReference', FIELDS.ourReference, 'OurReference', 'Ia', 'Bo'),
  plain('yourReference', FIELDS.yourReference, 'YourReference', 'Eva', 'Olle'),
  plain('yourOrderNumber', FIELDS.yourOrderNumber, 'YourOrderNumber', 'PO-1', 'PO-2'),
  {
    ...plain('remarks', FIELDS.remarks, 'Remarks', '', ''),
    toFortnox: [{ [FIELDS.remarks]: 'Ring först.\r\nTack' }, { Remarks: 'Ring först.\nTack' }],
    toWebcrm: [{ Remarks: 'Port 3' }, { [FIELDS.remarks]: 'Port 3' }],
  },
];

const CURRENCIES = [
  { webcrm: '00', fortnox: 'SEK' },
  { webcrm: '01', fortnox: 'EUR' },
];

const merged = (lines: readonly Line[], pick: (line: Line) => Values | undefined): Values =>
  Object.assign({}, ...lines.map(pick));
const shown = (record: object | null): Values => (record ?? {}) as Values;
const blank = (value: unknown): boolean => value === '' || value === null || value === undefined;

/** Runs a table through both directions, empty and too long, all its fields in one edit each. */
async function play(
  t: { match: (a: unknown, b: unknown, why: string) => unknown; ok: (a: unknown, why: string) => unknown },
  world: World,
  table: readonly Line[],
  at: {
    requirement: string;
    editWebcrm: (fields: Values) => void;
    editFortnox: (fields: Values) => void;
    webcrm: () => Values;
    fortnox: () => Values;
  },
): Promise<void> {
  const told = ({ field }: Line, what: string) => `${at.requirement} ${field}: ${what}`;
  const newline = (value: unknown) => (typeof value === 'string' ? value.replaceAll('\r\n', '\n') : value);
  const see = (line: Line, record: Values, expected: Values | undefined, what: string) => {
    for (const [column, value] of Object.entries(expected ?? {}))
      t.match(newline(record[column]), newline(value), told(line, what));
  };
  at.editWebcrm(merged(table, (line) => line.toFortnox?.[0]));
  await world.quiet();
  for (const line of table) see(line, at.fortnox(), line.toFortnox?.[1], 'webCRM to Fortnox');
  at.editFortnox(merged(table, (line) => line.toWebcrm?.[0]));
  await world.quiet();
  for (const line of table) see(line, at.webcrm(), line.toWebcrm?.[1], 'Fortnox to webCRM');
  at.editFortnox(merged(table, (line) => line.long?.[0]));
  await world.quiet();
  for (const line of table) {
    see(line, at.webcrm(), line.long?.[1], 'too long is cut in webCRM');
    see(line, at.fortnox(), line.long?.[0], 'and stays whole in Fortnox');
  }
  const before = { webcrm: at.webcrm(), fortnox: at.fortnox() };
  at.editWebcrm(merged(table, (line) => (line.emptied ? { [line.webcrm]: '' } : undefined)));
  await world.quiet();
  for (const line of table.filter((one) => one.emptied)) {
    const now = at.fortnox()[line.fortnox];
    if (line.emptied === 'empty') t.ok(blank(now), told(line, 'empty'));
    else {
      t.match(now, before.fortnox[line.fortnox], told(line, 'cannot be empty in Fortnox'));
      t.match(at.webcrm()[line.webcrm], before.webcrm[line.webcrm], told(line, 'and is put back'));
    }
  }
}

t.test('C3 C4 each field of a customer: both directions, empty, too long', async (t) => {
  const world = await openWorld({
    settings: { customFields: { customerNumber: 'OrganisationCustom1', ...C } },
  });
  t.teardown(() => world.close());
  const { organisation, number } = await customer(world);
  await play(t, world, CUSTOMER, {
    requirement: 'C4',
    editWebcrm: (fields) => world.webcrm.person.editOrganisation(organisation, fields),
    editFortnox: (fields) => world.fortnox.person.editCustomer(number, fields),
    webcrm: () => shown(world.webcrm.organisation(organisation)),
    fortnox: () => shown(world.fortnox.customer(number)),
  });
  t.equal(world.webcrm.organisation(organisation)?.OrganisationCustom1, number, 'C6 customerNumber');
  t.strictSame(world.violations(), []);
});

t.test('D6 each field of a delivery and its order: both directions, empty', async (t) => {
  const world = await openWorld({ documents: { currencies: CURRENCIES } });
  t.teardown(() => world.close());
  const { organisation } = await customer(world);
  const id = world.webcrm.person.createDelivery({
    DeliveryOrganisationId: organisation,
    DeliveryStatus: 'OnGoing',
    DeliveryOrderDate: '2026-03-02T09:00:00+01:00',
  });
  world.webcrm.person.createLine(id, line('', 'Arbete', 1, 500));
  await world.quiet();
  const number = String(world.fortnox.orders()[0]?.DocumentNumber);
  await play(t, world, DELIVERY, {
    requirement: 'D6',
    editWebcrm: (fields) => world.webcrm.person.editDelivery(id, fields),
    editFortnox: (fields) => world.fortnox.person.editOrder(number, fields),
    webcrm: () => shown(world.webcrm.delivery(id)),
    fortnox: () => shown(world.fortnox.order(number)),
  });
  t.equal(world.webcrm.delivery(id)?.DeliveryNumber, number, 'D6 number: from Fortnox alone');
  const invoice = world.fortnox.person.invoiceOrders([number]);
  world.fortnox.person.bookInvoice(invoice);
  await world.quiet();
  t.match(
    world.webcrm.delivery(id),
    {
      [FIELDS.invoiceNumber]: invoice,
      [FIELDS.invoiceDate]: /^2026-\d\d-\d\d$/,
      [FIELDS.invoiceBooked]: 'Yes',
    },
    'D6 invoiceNumber, invoiceDate, invoiceBooked: from Fortnox alone',
  );
  t.strictSame(world.violations(), []);
});

t.test('D5 each field of a row: both directions, empty, too long', async (t) => {
  const world = await openWorld();
  t.teardown(() => world.close());
  for (const number of ['A1', 'A2', 'A3'])
    world.fortnox.person.createArticle({ ArticleNumber: number, Description: number, Unit: 'st', VAT: 25 });
  const { organisation } = await customer(world);
  const id = world.webcrm.person.createDelivery({ DeliveryOrganisationId: organisation, DeliveryStatus: 'OnGoing' });
  const lineId = world.webcrm.person.createLine(id, line('A1', 'Lampa', 2, 100, { QuotationLineData3: 'st' }));
  await world.quiet();
  const number = String(world.fortnox.orders()[0]?.DocumentNumber);
  const row = () => shown(((world.fortnox.order(number)?.OrderRows ?? []) as object[])[0] ?? null);
  const present = () => shown(world.webcrm.line(lineId));
  world.webcrm.person.editLine(lineId, {
    QuotationLineData1: 'A2',
    QuotationLineData2: 'Kabel',
    QuotationLineData3: 'm',
    QuotationLineQuantity: 2.5,
    QuotationLineListPrice: 19.9,
    QuotationLineDiscount: 12.5,
    QuotationLineVatPercentage: 12,
  });
  await world.quiet();
  t.match(row(), {
    ArticleNumber: 'A2',
    Description: 'Kabel',
    Unit: 'm',
    OrderedQuantity: '2.5',
    DeliveredQuantity: '2.5',
    Price: 19.9,
    Discount: 12.5,
    DiscountType: 'PERCENT',
    VAT: 12,
  });
  const { RowId } = row();
  world.fortnox.person.editOrder(number, {
    OrderRows: [
      {
        RowId,
        ArticleNumber: 'A3',
        Description: 'Montering',
        Unit: 'tim',
        OrderedQuantity: '7',
        DeliveredQuantity: '7',
        Price: 650,
        Discount: 5,
        VAT: 25,
      },
    ],
  });
  await world.quiet();
  t.match(present(), {
    QuotationLineData1: 'A3',
    QuotationLineData2: 'Montering',
    QuotationLineData3: 'tim',
    QuotationLineQuantity: 7,
    QuotationLineListPrice: 650,
    QuotationLineDiscount: 5,
    QuotationLineVatPercentage: 25,
  });
  world.webcrm.person.editLine(lineId, { QuotationLineData2: 'x'.repeat(300), QuotationLineData3: '' });
  await world.quiet();
  t.equal(row().Description, 'x'.repeat(255), 'too long is cut in Fortnox (R76)');
  t.equal(present().QuotationLineData2, 'x'.repeat(300), 'and stays whole in webCRM (R1)');
  t.ok(blank(row().Unit), 'an emptied unit is empty in Fortnox');
  t.strictSame(world.violations(), []);
});

t.test('A2 each field of an article: from Fortnox, empty', async (t) => {
  const world = await openWorld();
  t.teardown(() => world.close());
  world.fortnox.person.createArticle({ ArticleNumber: 'A1', Description: 'Lampa', Unit: 'st', PurchasePrice: 40 });
  world.fortnox.person.setPrice('A1', 99.5);
  world.fortnox.person.createArticle({ ArticleNumber: 'A2', Description: 'Kabel' });
  await world.quiet();
  const item = (number: string) =>
    world.webcrm.items().find((one) => shown(one).QuotationLineLinkedDataItemData1 === number);
  t.match(item('A1'), {
    QuotationLineLinkedDataItemData1: 'A1',
    QuotationLineLinkedDataItemData2: 'Lampa',
    QuotationLineLinkedDataItemData3: 'st',
    QuotationLineLinkedDataItemCostPrice: 40,
    QuotationLineLinkedDataItemPrice: 99.5,
  });
  t.match(item('A2'), { QuotationLineLinkedDataItemData3: '-' }, 'an empty Data field is written as -');
  t.strictSame(world.violations(), []);
});
