import t from 'tap';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { PublishedArticle, PublishedArticleRow } from '../../schemas/vendors/fortnox-article.ts';
import { PublishedInvoice, PublishedInvoiceListRow } from '../../schemas/vendors/fortnox-invoice.ts';
import { PublishedOrder, PublishedOrderListRow } from '../../schemas/vendors/fortnox-order.ts';
import { PublishedPrice, PublishedPriceList, PublishedPriceRow } from '../../schemas/vendors/fortnox-price.ts';
import { type FortnoxSwitches, SWITCH_VALUES } from '../../src/sandbox/fortnox/index.ts';
import { documentMoney, negated, rounded } from '../../src/sandbox/fortnox/totals.ts';
import { type Json, lamp, lampOfInvoice, setup } from './fortnox-support.ts';

const faults = (schema: TSchema, value: unknown) =>
  Value.Errors(schema, value).map((one) => `${one.instancePath} ${one.message}`);

t.test(
  'fidelity: articles, prices, documents fit the published schemas in every position of the switches',
  async (t) => {
    for (const [name, values] of Object.entries(SWITCH_VALUES))
      for (const value of values) {
        const { sandbox, person, call } = setup({ [name]: value });
        const order = call('POST', 'orders', {
          Order: { CustomerNumber: '1', OrderRows: [lamp(), { Description: 'Text' }] },
        });
        t.equal(order.status, 201);
        person.bookInvoice(person.invoiceOrders([order.body.Order.DocumentNumber]));
        person.creditInvoice('1');
        person.payInvoice('1');
        const rows = (list: string, key: string): unknown[] => call('GET', list).body[key];
        const found = [
          ...faults(PublishedOrder, order.body.Order),
          ...sandbox.orders().flatMap((one) => faults(PublishedOrder, one)),
          ...sandbox.invoices().flatMap((one) => faults(PublishedInvoice, one)),
          ...rows('orders', 'Orders').flatMap((one) => faults(PublishedOrderListRow, one)),
          ...rows('invoices', 'Invoices').flatMap((one) => faults(PublishedInvoiceListRow, one)),
          ...faults(PublishedArticle, call('GET', 'articles/LAMPA').body.Article),
          ...rows('articles', 'Articles').flatMap((one) => faults(PublishedArticleRow, one)),
          ...faults(PublishedPrice, call('GET', 'prices/A/LAMPA').body.Price),
          ...rows('prices', 'Prices').flatMap((one) => faults(PublishedPriceRow, one)),
          ...rows('pricelists', 'PriceLists').flatMap((one) => faults(PublishedPriceList, one)),
        ];
        t.strictSame(found, [], `${name} ${value}`);
        t.equal(
          Object.keys(sandbox.order('1') ?? {}).length,
          Object.keys(PublishedOrder.properties).length,
          'every field',
        );
        t.equal(Object.keys(sandbox.invoice('1') ?? {}).length, Object.keys(PublishedInvoice.properties).length);
        t.strictSame(sandbox.violations, []);
      }
  },
);

t.test('fidelity: recorded facts of new documents, one by one', async (t) => {
  const { sandbox, call } = setup();
  const made = call('POST', 'invoices', {
    Invoice: { CustomerNumber: '1', InvoiceRows: [{ ArticleNumber: 'LAMPA' }] },
  });
  t.match(made.body.Invoice, {
    DocumentNumber: '1',
    CustomerName: 'Lyktan AB',
    City: 'Solna',
    Country: 'Sverige',
    InvoiceDate: '2026-03-02',
    DueDate: '2026-04-01',
    Currency: 'SEK',
    Language: 'SV',
    InvoiceType: 'INVOICE',
    PriceList: 'A',
    PrintTemplate: 'st',
    Credit: 'false',
    OrderReference: '0',
    CreditInvoiceReference: '0',
    ContractReference: 0,
    FinalPayDate: null,
    InvoicePeriodStart: '',
    Total: 0,
    InvoiceRows: [
      { Description: 'Lampa', Unit: 'st', VAT: 25, Price: 99.5, AccountNumber: 3001, DeliveredQuantity: '0' },
    ],
  });
  t.match(
    call('POST', 'orders', { Order: { CustomerNumber: '1', OrderRows: [{ ArticleNumber: 'LAMPA' }] } }).body.Order,
    {
      PrintTemplate: 'oc',
      DeliveryState: 'delivery',
      InvoiceReference: '0',
      Total: 0,
      OrderRows: [{ OrderedQuantity: '1', DeliveredQuantity: '0' }],
    },
  );
  const row = { Description: 'å'.repeat(255), DeliveredQuantity: '1.125', Price: -9999999999 };
  const odd = call('POST', 'invoices', { Invoice: { CustomerNumber: '1', InvoiceRows: [row] } });
  t.match(odd.body.Invoice.InvoiceRows, [{ DeliveredQuantity: '1.13', Price: -9999999999 }]);
  t.equal(call('POST', 'invoices', { Invoice: { CustomerNumber: '1', DocumentNumber: '4294967297' } }).status, 201);
  t.match(call('GET', 'orders/9').body, { ErrorInformation: { Error: 1, Code: 2000439 } });
  t.match(call('GET', 'invoices/9').body, { ErrorInformation: { Code: 2000434 } });
  t.match(call('GET', 'articles/X').body, { ErrorInformation: { Code: 2000428 } });
  t.equal(call('GET', 'prices/B/LAMPA').status, 404);
  t.equal(call('GET', 'prices/A/LAMPA/0').body.Price.Price, 99.5);
  t.equal(call('GET', 'articles/LAMPA').body.Article.SalesPrice, null, 'only the list shows the price');
  t.match(call('GET', 'articles').body.Articles, [{ SalesPrice: '99.5', PurchasePrice: '40', QuantityInStock: '0' }]);
  t.match(call('GET', 'pricelists').body.PriceLists, [{ Code: 'A', PreSelected: true }, { PreSelected: false }]);
  t.strictSame(sandbox.violations, []);
});

t.test('R77 lists of documents: subset, substrings, lastmodified, filters', async (t) => {
  const { sandbox, person, clock, call } = setup();
  for (const reference of ['webcrm-1', 'webcrm-11', 'other'])
    person.createOrder({ CustomerNumber: '1', ExternalInvoiceReference1: reference });
  const find = (query: string) => call('GET', `orders?${query}`);
  t.equal(find('externalinvoicereference1=WEBCRM-1').body.Orders.length, 2);
  t.equal(find('customernumber=1').body.Orders.length, 3);
  t.notOk('OrderRows' in find('page=1').body.Orders[0]);
  t.equal(find('filter=invoicenotcreated').body.Orders.length, 3);
  t.strictSame(
    find('sortby=documentnumber&sortorder=descending&limit=1').body.Orders.map((row: Json) => row.DocumentNumber),
    ['3'],
  );
  clock.now = Date.UTC(2026, 2, 2, 9, 30);
  person.editOrder('2', { Remarks: 'x' });
  t.match(find('lastmodified=2026-03-02+10:30:00').body.Orders, [{ DocumentNumber: '2' }], 'Swedish time');
  person.setPrice('LAMPA', 120);
  t.equal(call('GET', 'articles?lastmodified=2026-03-02+10:30:00').body.Articles.length, 0, 'R60 a price is no change');
  t.equal(call('GET', 'prices?lastmodified=2026-03-02+10:30:00').body.Prices.length, 1);
  t.equal(call('GET', 'prices/sublist/A/LAMPA').body.Prices.length, 1);
  t.strictSame(sandbox.violations, []);
  t.equal(find('customernumber=1&externalinvoicereference1=w').status, 400, 'one search at a time');
  t.match(find('filter=nonsense').body.ErrorInformation, { code: 2000587 });
  t.equal(call('GET', 'currencies?lastmodified=2026-01-01').status, 400);
});

t.test('R45 money: exact sums, VAT included, discounts; nothing below the cent gets lost', async (t) => {
  const { person, sandbox } = setup();
  person.editCustomer('1', { ShowPriceVATIncluded: true });
  const rows = [
    { Description: 'a', DeliveredQuantity: 3, Price: 125, VAT: 25, Discount: 10, DiscountType: 'PERCENT' },
    { Description: 'b', DeliveredQuantity: 1, Price: 112, VAT: 12, Discount: 12, DiscountType: 'AMOUNT' },
  ];
  const number = person.createInvoice({ CustomerNumber: '1', Currency: 'EUR', InvoiceRows: rows });
  t.match(sandbox.invoice(number), {
    VATIncluded: true,
    Net: 359.29,
    TotalVAT: 78.21,
    Total: 437.5,
    RoundOff: 0,
    InvoiceRows: [{ Total: 337.5, TotalExcludingVAT: 270, PriceExcludingVAT: 100 }, { Total: 100 }],
  });
  t.strictSame(
    [rounded('1.005', 2), rounded('2.50', 2), rounded(0.1, null), negated('0')],
    ['1.01', '2.5', '0.1', '0'],
  );
  const tenths = Array.from({ length: 3 }, () => ({ DeliveredQuantity: '1', Price: 0.1, Discount: 0, VAT: 0 }));
  const head = { vatIncluded: false, currency: 'EUR', freight: 0.2, administrationFee: 0 };
  t.match(documentMoney(tenths as never, head), { Net: 0.5, FreightVAT: 0.05, TotalVAT: 0.05, Total: 0.55 });
});

t.test('R77 every unproven fact has both positions', async (t) => {
  const rowOf = (switches: Partial<FortnoxSwitches>, row: Json) => {
    const { call, person } = setup(switches);
    person.createArticle({ ArticleNumber: 'ANNAN', Description: 'Annan', Unit: 'tim' });
    const { status } = call('POST', 'orders', { Order: { CustomerNumber: '1', OrderRows: [lamp()] } });
    t.equal(status, 201);
    const edited = call('PUT', 'orders/1', { Order: { OrderRows: [row] } });
    return edited.status === 200 ? edited.body.Order.OrderRows[0] : edited.status;
  };
  const exact = { DeliveredQuantity: '1.0005', Price: 0.125 };
  t.match(rowOf({}, exact), { DeliveredQuantity: '1', Price: 0.13 });
  t.match(rowOf({ quantityDecimals: 'all', priceDecimals: 'all' }, exact), exact);
  t.match(rowOf({}, { ArticleNumber: 'ANNAN' }), { Description: 'Lampa', Price: 99.5 });
  t.match(rowOf({ rowArticleChange: 'refills' }, { ArticleNumber: 'ANNAN' }), { Description: 'Annan', Price: 0 });
  t.equal(rowOf({}, { ArticleNumber: 'X' }), 400);
  t.match(rowOf({ unknownArticleRow: 'accepted' }, { ArticleNumber: 'X' }), { ArticleNumber: 'X', Unit: 'st' });
  t.match(rowOf({}, { Description: null, Unit: '' }), { Description: 'Lampa', Unit: 'st' });
  t.match(rowOf({ jsonNull: 'clears', nullsForEmpty: true }, { Description: null }), { Description: null });
  t.match(rowOf({}, { Description: 'x'.repeat(256) }), { Description: 'x'.repeat(256) });
  t.equal(rowOf({ orderTextLimits: 'as-invoice' }, { Description: 'x'.repeat(256) }), 400);

  const zero = setup({ newArticlePrices: 'zero', articleSalesPrice: 'default-list', priceChangeBumpsArticle: true });
  t.strictSame([zero.sandbox.priceOf('LAMPA'), zero.sandbox.priceOf('LAMPA', 'B')], [99.5, 0]);
  t.equal(zero.call('GET', 'articles/LAMPA').body.Article.SalesPrice, 99.5);
  zero.clock.now += 60_000;
  zero.person.setPrice('LAMPA', 1);
  t.equal(zero.call('GET', 'articles?lastmodified=2026-03-02+10:01:00').body.Articles.length, 1);
  t.throws(() => zero.person.setPrice('LAMPA', 1, 'X'));
  t.throws(() => zero.person.setPrice('X', 1));
  t.throws(() => zero.person.setPrice('LAMPA', Number.NaN));

  const silent = setup({ echoEvents: false, searchParameters: 'many', creditCopiesReference: false });
  silent.call('POST', 'invoices', {
    Invoice: {
      CustomerNumber: '1',
      ExternalInvoiceReference1: 'w',
      InvoiceRows: [{ ...lampOfInvoice(), DeliveredQuantity: '2' }],
    },
  });
  t.notOk(
    silent.types().some((type) => type.startsWith('invoice')),
    'own writes raise nothing',
  );
  t.equal(silent.call('GET', 'invoices?customernumber=1&externalinvoicereference1=w').body.Invoices.length, 1);
  silent.person.bookInvoice('1');
  t.equal(silent.sandbox.invoice(silent.person.creditInvoice('1'))?.ExternalInvoiceReference1, '');
  silent.sandbox.reset();
  t.strictSame([silent.sandbox.invoices(), silent.sandbox.articles(), silent.sandbox.priceOf('LAMPA')], [[], [], null]);
});

t.test('R60 articles: people keep them, and each change but a price raises an event', async (t) => {
  const { sandbox, person, types, call } = setup();
  const number = person.createArticle({ Description: 'Skruv', PurchasePrice: '1.5' });
  t.match(sandbox.article(number), { ArticleNumber: '1', PurchasePrice: 1.5, Active: true, SalesAccount: 3001 });
  person.editArticle(number, { Unit: 'st', Active: false });
  person.editArticle(number, { Unit: '' });
  t.match(call('GET', 'articles?filter=inactive').body.Articles, [{ ArticleNumber: '1', Unit: '' }]);
  t.throws(() => person.editArticle(number, { ArticleNumber: '2' }));
  t.throws(() => person.editArticle(number, { SalesPrice: 1 }), 'prices are kept in lists');
  t.throws(() => person.editArticle(number, { Description: '' }));
  t.throws(() => person.createArticle({ Description: 'x', ArticleNumber: '1' }));
  t.throws(() => person.createArticle({ Unit: 'st' }));
  person.setPrice(number, 3, 'B');
  t.strictSame([sandbox.priceOf(number), sandbox.priceOf(number, 'B')], [null, 3]);
  person.deleteArticle(number);
  t.strictSame([sandbox.article(number), sandbox.priceOf(number, 'B')], [null, null]);
  const row = { ArticleNumber: number, DeliveredQuantity: '1' };
  t.equal(call('POST', 'orders', { Order: { CustomerNumber: '1', OrderRows: [row] } }).status, 400);
  t.strictSame(sandbox.violations, [], 'somebody deleted it meanwhile');
  t.strictSame(types().slice(-4), [
    'article-created-v1 1',
    'article-updated-v1 1',
    'article-updated-v1 1',
    'article-deleted-v1 1',
  ]);
});
