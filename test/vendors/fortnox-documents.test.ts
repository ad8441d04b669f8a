import fc from 'fast-check';
import t from 'tap';
import { decimalText, jsonNumber } from '../../src/vendors/decimal.ts';
import type { DocumentKind, FortnoxArticleRow, FortnoxDocumentRow } from '../../src/vendors/fortnox/types.ts';
import { company, type FakeAnswer, failure, type Seen } from './support.ts';

const KINDS = [
  ['order', 'Order', 'Orders', 'OrderRows', 2000439],
  ['invoice', 'Invoice', 'Invoices', 'InvoiceRows', 2000434],
] as const;
const fault = (status: number, code: number, message = 'Nej tack.'): FakeAnswer => ({
  status,
  json: { ErrorInformation: { error: 1, message, code } },
});
const sent = (seen: Seen | undefined) => `${seen?.method} ${seen?.url.pathname}${seen?.url.search} ${seen?.body}`;
const documentOf = (kind: DocumentKind) => ({
  json: { [kind === 'order' ? 'Order' : 'Invoice']: { DocumentNumber: '21', CustomerNumber: '7' } },
});

t.test('R43 a document is made with what is filled: quantities as texts, prices as JSON numbers', async (t) => {
  for (const [kind, one, , rowsName] of KINDS) {
    const c = company(() => ({ ...documentOf(kind), status: 201 }));
    const write = {
      fields: { CustomerNumber: '7', Remarks: '', CurrencyRate: 1 },
      rows: [
        {
          rowId: null,
          fields: {
            ArticleNumber: 'A-1',
            OrderedQuantity: '2.5',
            DeliveredQuantity: '2.5',
            Price: '-1234567890123.45',
            Discount: '12.50',
            DiscountType: 'PERCENT',
            VAT: '25',
            Unit: '',
          },
        },
        { rowId: null, fields: { Description: 'En text' } },
      ],
    };
    t.match(await c.runtime.settle(c.fortnox.createDocument(kind, write, 0)), { DocumentNumber: '21' });
    t.equal(
      sent(c.seen[0]),
      `POST /3/${kind}s {"${one}":{"CustomerNumber":"7","CurrencyRate":1,"${rowsName}":[{"ArticleNumber":"A-1",` +
        '"OrderedQuantity":"2.5","DeliveredQuantity":"2.5","Price":-1234567890123.45,"Discount":12.5,' +
        '"DiscountType":"PERCENT","VAT":25},{"Description":"En text"}]}}',
    );
  }
});

t.test('R44 an update names its rows by RowId and clears with API_BLANK; absent rows are not sent', async (t) => {
  for (const [kind, one, , rowsName] of KINDS) {
    const c = company(() => documentOf(kind));
    const rows = [
      { rowId: 31, fields: {} },
      { rowId: 32, fields: { Unit: '', Discount: '', Price: '0.1' } },
      { rowId: null, fields: { ArticleNumber: 'B', Unit: '', Price: '' } },
    ];
    await c.runtime.settle(
      c.fortnox.updateDocument(kind, 'å/21', { fields: { Remarks: '' } }, 0).catch(() => undefined),
    );
    await c.runtime.settle(c.fortnox.updateDocument(kind, '21', { fields: {}, rows }, 0));
    await c.runtime.settle(c.fortnox.updateDocument(kind, '21', { fields: {}, rows: [] }, 0));
    t.same(c.seen.map(sent), [
      `PUT /3/${kind}s/%C3%A5%2F21 {"${one}":{"Remarks":"API_BLANK"}}`,
      `PUT /3/${kind}s/21 {"${one}":{"${rowsName}":[{"RowId":31},{"RowId":32,"Unit":"API_BLANK",` +
        '"Discount":"API_BLANK","Price":0.1},{"ArticleNumber":"B"}]}}',
      `PUT /3/${kind}s/21 {"${one}":{"${rowsName}":[]}}`,
    ]);
  }
});

t.test('R44 a number that JSON cannot hold exactly, or that is none, is refused before anything is sent', async (t) => {
  const c = company(() => documentOf('order'));
  for (const Price of ['1234567890123456', '0.1234567890123456', '1e3', '1,5', ' 1', 'NaN', '+1', '.5', '-']) {
    const write = { fields: {}, rows: [{ rowId: 1, fields: { Price } }] };
    t.match(await failure(c.fortnox.updateDocument('order', '21', write, 0)), { code: 'vendor-refused' }, Price);
    t.match(await failure(c.fortnox.createDocument('order', write, 0)), { code: 'vendor-refused' }, Price);
  }
  for (const number of ['', '.', '..']) {
    t.match(await failure(c.fortnox.getDocument('order', number, 0)), { code: 'vendor-refused' });
    t.match(await failure(c.fortnox.getArticle(number, 0)), { code: 'vendor-refused' });
    t.match(await failure(c.fortnox.getPrice('A', number, 0)), { code: 'vendor-refused' });
  }
  t.equal(c.seen.length, 0);
});

t.test('Decimals of up to 15 significant digits go to JSON and come back as they were', async (t) => {
  const digits = fc.stringMatching(/^[1-9]\d{0,14}$/);
  fc.assert(
    fc.property(digits, fc.nat(20), fc.boolean(), (whole, scale, negative) => {
      const padded = whole.padStart(scale + 1, '0');
      const at = padded.length - scale;
      const text = `${negative ? '-' : ''}${padded.slice(0, at)}${scale > 0 ? `.${padded.slice(at)}` : ''}`;
      const plain = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
      return decimalText(JSON.parse(JSON.stringify(jsonNumber(text, 'Price')))) === plain;
    }),
  );
  for (const [value, text] of [
    [-0, '0'],
    ['-0.00', '0'],
    ['0012.500', '12.5'],
    [1e21, '1000000000000000000000'],
    ['1e999999999', null],
    [1.5e-7, '0.00000015'],
    ['1.13', '1.13'],
    [' 7 ', '7'],
    ['', null],
    ['ett', null],
    [null, null],
    [Number.NaN, null],
    [true, null],
  ] as const) {
    t.equal(decimalText(value), text);
  }
});

t.test('R4 a missing document is null by its own code only; refusals of a locked one keep their words', async (t) => {
  for (const [kind, one, , , code] of KINDS) {
    const found = company(() => documentOf(kind));
    t.match(await found.runtime.settle(found.fortnox.getDocument(kind, '21', 0)), { DocumentNumber: '21' });
    t.equal(sent(found.seen[0]), `GET /3/${kind}s/21 `);
    const missing = company(() => fault(404, code));
    t.equal(await missing.runtime.settle(missing.fortnox.getDocument(kind, '21', 0)), null);
    const write = { fields: { Remarks: 'x' } };
    t.match(await missing.runtime.settle(failure(missing.fortnox.updateDocument(kind, '21', write, 0))), {
      code: 'vendor-refused',
    });
    const other = company(() => fault(404, 2000433));
    t.match(await other.runtime.settle(failure(other.fortnox.getDocument(kind, '21', 0))), { code: 'vendor-refused' });
    const locked = company(() => fault(400, 2000001, 'En eller flera rader har koppling till en order'));
    t.match(await locked.runtime.settle(failure(locked.fortnox.updateDocument(kind, '21', write, 0))), {
      code: 'vendor-refused',
      message: /koppling till en order/,
    });
    const odd = company(() => ({ json: { [one]: {} } }));
    t.match(await odd.runtime.settle(failure(odd.fortnox.createDocument(kind, write, 0))), {
      code: 'vendor-answer-unreadable',
    });
    t.match(await odd.runtime.settle(failure(odd.fortnox.listDocuments(kind, null, 0, async () => {}))), {
      code: 'vendor-answer-unreadable',
    });
  }
});

t.test(
  'R22 a document is found by its exact key or customer through all pages; lists follow lastmodified',
  async (t) => {
    const date = 'Thu, 15 Jan 2026 11:59:58 GMT';
    for (const [kind, , many] of KINDS) {
      const c = company(({ url }) => {
        const page = Number(url.searchParams.get('page'));
        const rows: FortnoxDocumentRow[] = [
          { DocumentNumber: `${page}`, CustomerNumber: '17', ExternalInvoiceReference1: `w-${page}1` },
          { DocumentNumber: `${page}0`, CustomerNumber: page === 2 ? '1' : '10', ExternalInvoiceReference1: 'W-1' },
          { DocumentNumber: `${page}00`, CustomerNumber: '21', ExternalInvoiceReference1: page === 2 ? 'w-1' : null },
        ];
        return {
          headers: { date },
          json: { MetaInformation: { '@TotalPages': 2, '@CurrentPage': page }, [many]: rows },
        };
      });
      const numbers = (rows: FortnoxDocumentRow[]) => rows.map((row) => row.DocumentNumber);
      t.same(numbers(await c.runtime.settle(c.fortnox.findDocuments(kind, 'externalinvoicereference1', 'w-1', 0))), [
        '200',
      ]);
      t.same(numbers(await c.runtime.settle(c.fortnox.findDocuments(kind, 'customernumber', '1', 0))), ['20']);
      t.same(await c.fortnox.findDocuments(kind, 'externalinvoicereference1', ' ', 0), []);
      const read: string[] = [];
      const listed = await c.runtime.settle(
        c.fortnox.listDocuments(kind, Date.UTC(2026, 0, 15, 10), 1, async (rows) => {
          read.push(...numbers(rows));
        }),
      );
      t.same(read, ['1', '10', '100', '2', '20', '200']);
      t.equal(listed.serverDate, Date.parse(date));
      await c.runtime.settle(c.fortnox.listDocuments(kind, null, 1, async () => {}));
      t.same(
        c.seen.filter((_, index) => index % 2 === 0).map(sent),
        [
          '?externalinvoicereference1=w-1&limit=500&page=1',
          '?customernumber=1&limit=500&page=1',
          '?lastmodified=2026-01-15+11%3A00%3A00&limit=500&page=1',
          '?limit=500&page=1',
        ].map((search) => `GET /3/${kind}s${search} `),
      );
      t.equal(c.seen.length, 8);
    }
  },
);

t.test('R60 articles are listed until the reader has enough; one is read by its number', async (t) => {
  const c = company(({ url }) => {
    if (url.pathname === '/3/articles/A%2F1') return { json: { Article: { ArticleNumber: 'A/1', PurchasePrice: 2 } } };
    if (url.pathname !== '/3/articles') return fault(404, url.pathname.endsWith('gone') ? 2000428 : 2000433);
    const page = Number(url.searchParams.get('page'));
    const rows = [{ ArticleNumber: `${page}`, SalesPrice: '0' }];
    return { json: { MetaInformation: { '@TotalPages': 3 }, Articles: rows } };
  });
  const read = async (upTo: number, since: number | null) => {
    const pages: unknown[] = [];
    await c.runtime.settle(
      c.fortnox.listArticles(since, 1, async (rows: FortnoxArticleRow[], page) => {
        pages.push([...rows.map((row) => row.ArticleNumber), page.number, page.of]);
        return page.number < upTo;
      }),
    );
    return pages;
  };
  t.same(await read(2, null), [
    ['1', 1, 3],
    ['2', 2, 3],
  ]);
  t.equal((await read(9, Date.UTC(2026, 0, 15, 10))).length, 3);
  t.equal(c.seen[2]?.url.search, '?lastmodified=2026-01-15+11%3A00%3A00&limit=500&page=1');
  t.equal(c.seen.length, 5);
  t.match(await c.runtime.settle(c.fortnox.getArticle('A/1', 0)), { ArticleNumber: 'A/1' });
  t.equal(await c.runtime.settle(c.fortnox.getArticle('gone', 0)), null);
  t.match(await c.runtime.settle(failure(c.fortnox.getArticle('odd', 0))), { code: 'vendor-refused' });

  const untold = company(({ url }) => ({
    json: {
      Articles: Array.from({ length: url.searchParams.get('page') === '1' ? 500 : 1 }, () => ({ ArticleNumber: 'A' })),
    },
  }));
  const seen: unknown[] = [];
  await untold.runtime.settle(
    untold.fortnox.listArticles(null, 1, async (_, page) => {
      seen.push(page);
      return true;
    }),
  );
  t.same(
    seen,
    [
      { number: 1, of: 2 },
      { number: 2, of: 2 },
    ],
    'a list that does not tell its length is read to the short page',
  );
});

t.test('R60 the price of an article in a list, and the lists', async (t) => {
  const c = company(({ url }) => {
    if (url.pathname === '/3/pricelists') {
      const page = Number(url.searchParams.get('page'));
      return {
        json: {
          MetaInformation: { '@TotalPages': 2 },
          PriceLists: [{ Code: page === 1 ? 'A' : 'B', PreSelected: page === 1 }],
        },
      };
    }
    const answers: Record<string, FakeAnswer> = {
      '/3/prices/A/x%2F1': {
        json: { Price: { ArticleNumber: 'x/1', PriceList: 'A', Price: 1499.5, FromQuantity: 0 } },
      },
      '/3/prices/A/empty': { json: { Price: { Price: null } } },
      '/3/prices/A/odd': { json: { Price: {} } },
      '/3/prices/A/refused': fault(400, 2000588),
    };
    return answers[url.pathname] ?? { status: 404, text: '' };
  });
  const price = (article: string) => c.runtime.settle(c.fortnox.getPrice('A', article, 0));
  t.equal(await price('x/1'), '1499.5');
  t.equal(sent(c.seen[0]), 'GET /3/prices/A/x%2F1 ');
  t.equal(await price('empty'), null);
  t.equal(await price('missing'), null);
  t.match(await failure(price('odd')), { code: 'vendor-answer-unreadable' });
  t.match(await failure(price('refused')), { code: 'vendor-refused' });
  t.same(await c.runtime.settle(c.fortnox.priceLists(0)), [
    { code: 'A', preselected: true },
    { code: 'B', preselected: false },
  ]);
});

t.test('R60 the prices of one list from quantity 0 on, through all pages of all lists', async (t) => {
  const row = (ArticleNumber: string, PriceList: string, Price: unknown, FromQuantity: unknown = 0) => ({
    ArticleNumber,
    PriceList,
    Price,
    FromQuantity,
  });
  const pages = [
    [row('1', 'A', 1), row('1', 'B', 10.5), row('2', 'B', '20.00', '0'), row('2', 'B', 18, 10)],
    [row('3', 'B', null), row('4', 'b', 4), row('å/5', 'B', 0)],
  ];
  const c = company(({ url }) => ({
    json: {
      MetaInformation: { '@TotalPages': 2 },
      Prices: pages[Number(url.searchParams.get('page')) - 1],
    },
  }));
  t.same(Object.fromEntries(await c.runtime.settle(c.fortnox.listPrices('B', 1))), {
    1: '10.5',
    2: '20',
    'å/5': '0',
  });
  t.same(c.seen.map(sent), ['GET /3/prices?limit=500&page=1 ', 'GET /3/prices?limit=500&page=2 ']);
  const odd = company(() => ({ json: { Price: [] } }));
  t.match(await odd.runtime.settle(failure(odd.fortnox.listPrices('B', 1))), { code: 'vendor-answer-unreadable' });
});

t.test('R5 the client knows no action and no delete', async (t) => {
  const c = company(() => documentOf('order'));
  const names = Object.keys(c.fortnox);
  t.notOk(
    names.some((name) => /bookkeep|cancel|credit|createinvoice|mail|print|delete|remove/i.test(name)),
    `${names}`,
  );
});
