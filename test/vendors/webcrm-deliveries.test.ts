import t from 'tap';
import type { WebcrmClient } from '../../src/vendors/webcrm/types.ts';
import { type FakeAnswer, failure, type Seen, system } from './support.ts';

const DATE = 'Thu, 15 Jan 2026 11:59:58 GMT';
const FROM = Date.UTC(2026, 0, 15, 10);
const BAD_IDS = ['', ' ', '0', '-1', '1.5', '1e3', '..', '5/6', '5?x', 'LinkedData', '9007199254740993'];
const sent = (seen: Seen | undefined) => `${seen?.method} ${seen?.url.pathname}${seen?.url.search} ${seen?.body}`;
const script = (seen: Seen | undefined) => seen?.url.searchParams.get('script');
const page = (seen: Seen) => Number(seen.url.searchParams.get('Page'));
const size = (length: number, of: (index: number) => object) => Array.from({ length }, (_, index) => of(index));

t.test('R22 creates send the id 0 and read the three answers', async (t) => {
  const kinds: [string, string, (client: WebcrmClient) => Promise<string | null>, object][] = [
    [
      '/Deliveries',
      'DeliveryId',
      (client) => client.createDelivery({ DeliveryOrganisationId: 5, DeliveryErpId: 'k' }, 0),
      {
        DeliveryOrganisationId: 5,
        DeliveryErpId: 'k',
        DeliveryResponsible: 0,
        DeliveryAssignedTo: 0,
        DeliveryAssignedTo2: 0,
        DeliveryId: 0,
      },
    ],
    [
      '/QuotationLines',
      'QuotationLineId',
      (client) =>
        client.createLine(
          '12',
          {
            QuotationLineData1: '007',
            QuotationLineMemo: '12.50',
            QuotationLineQuantity: '2.50',
            QuotationLineListPrice: '0.1',
            QuotationLinePrice: '-3',
            QuotationLineCostPrice: '1',
            QuotationLineDiscount: '',
            QuotationLineVatPercentage: '25',
            QuotationLineSortOrder: '10',
            QuotationLineLinkedDataId: '77',
          },
          0,
        ),
      {
        QuotationLineData1: '007',
        QuotationLineMemo: '12.50',
        QuotationLineQuantity: 2.5,
        QuotationLineListPrice: 0.1,
        QuotationLinePrice: -3,
        QuotationLineCostPrice: 1,
        QuotationLineDiscount: 0,
        QuotationLineVatPercentage: 25,
        QuotationLineSortOrder: 10,
        QuotationLineLinkedDataId: 77,
        QuotationLineOpportunityId: 12,
        QuotationLineId: 0,
      },
    ],
    [
      '/QuotationLines/LinkedData',
      'QuotationLineLinkedDataItemId',
      (client) =>
        client.createItem(
          {
            QuotationLineLinkedDataItemData1: '007',
            QuotationLineLinkedDataItemData2: '-',
            QuotationLineLinkedDataItemPrice: '1499.5',
            QuotationLineLinkedDataItemCostPrice: '7',
            QuotationLineLinkedDataItemVatCode: '25',
          },
          0,
        ),
      {
        QuotationLineLinkedDataItemData1: '007',
        QuotationLineLinkedDataItemData2: '-',
        QuotationLineLinkedDataItemPrice: 1499.5,
        QuotationLineLinkedDataItemCostPrice: 7,
        QuotationLineLinkedDataItemVatCode: '25',
        QuotationLineLinkedDataItemEntityType: 'Product',
        QuotationLineLinkedDataItemId: 0,
      },
    ],
  ];
  for (const [path, idField, create, body] of kinds) {
    for (const [answer, id] of [
      [{ json: 41 }, '41'],
      [{ json: '41' }, '41'],
      [{ json: { [idField]: 41 } }, '41'],
      [{ status: 204 }, null],
      [{ text: '' }, null],
      [{ json: { Other: 41 } }, null],
    ] as [FakeAnswer, string | null][]) {
      const c = system(() => answer);
      t.equal(await c.runtime.settle(create(c.webcrm)), id);
      t.equal(`${c.calls()[0]?.method} ${c.calls()[0]?.url.pathname}`, `POST ${path}`);
      t.same(JSON.parse(c.calls()[0]?.body ?? ''), body);
      t.equal(c.calls().length, 1);
    }
  }
});

t.test('R2 updates send the id and what is given; numbers as JSON numbers', async (t) => {
  const c = system(() => ({ text: '' }));
  await c.runtime.settle(c.webcrm.updateDelivery('12', { DeliveryNumber: '', DeliveryStatus: 'Planned' }, 0));
  await c.runtime.settle(c.webcrm.updateLine('31', { QuotationLineSortOrder: '25', QuotationLineMemo: '' }, 0));
  await c.runtime.settle(c.webcrm.updateItem('9', { QuotationLineLinkedDataItemPrice: '100.10' }, 0));
  t.same(c.calls().map(sent), [
    'PUT /Deliveries/12 {"DeliveryNumber":"","DeliveryStatus":"Planned","DeliveryId":12}',
    'PUT /QuotationLines/31 {"QuotationLineSortOrder":25,"QuotationLineMemo":"","QuotationLineId":31}',
    'PUT /QuotationLines/LinkedData/9 {"QuotationLineLinkedDataItemPrice":100.1,"QuotationLineLinkedDataItemId":9}',
  ]);
  for (const QuotationLineQuantity of ['1,5', 'två', '1234567890.1234567']) {
    t.match(await failure(c.webcrm.updateLine('31', { QuotationLineQuantity }, 0)), { code: 'vendor-refused' });
    t.match(await failure(c.webcrm.createLine('12', { QuotationLineQuantity }, 0)), { code: 'vendor-refused' });
  }
  t.equal(c.calls().length, 3);
});

t.test('R5 nothing is called with an id that is none: a delete without one would wipe the register', async (t) => {
  const c = system(() => ({ text: '' }));
  const withId: ((id: string) => Promise<unknown>)[] = [
    (id) => c.webcrm.deleteItem(id, 0),
    (id) => c.webcrm.deleteLine(id, 0),
    (id) => c.webcrm.deleteHook('Deliveries', id, 0),
    (id) => c.webcrm.getItem(id, 0),
    (id) => c.webcrm.getLine(id, 0),
    (id) => c.webcrm.getDelivery(id, 0),
    (id) => c.webcrm.linesOf(id, 0),
    (id) => c.webcrm.deliveriesOf(id, 0),
    (id) => c.webcrm.createLine(id, {}, 0),
    (id) => c.webcrm.updateItem(id, {}, 0),
    (id) => c.webcrm.updateLine(id, {}, 0),
    (id) => c.webcrm.updateDelivery(id, {}, 0),
    (id) => c.webcrm.updateOrganisation(id, {}, 0),
  ];
  for (const id of BAD_IDS) {
    for (const call of withId) t.match(await failure(call(id)), { code: 'vendor-refused' }, `"${id}"`);
  }
  t.equal(c.seen.length, 0);
  for (const status of [200, 204, 404]) {
    const gone = system(() => ({ status }));
    await gone.runtime.settle(gone.webcrm.deleteItem('9', 0));
    await gone.runtime.settle(gone.webcrm.deleteLine('31', 0));
    t.same(gone.calls().map(sent), ['DELETE /QuotationLines/LinkedData/9 ', 'DELETE /QuotationLines/31 ']);
  }
  const refused = system(() => ({ status: 400, json: { Message: 'In use' } }));
  t.match(await refused.runtime.settle(failure(refused.webcrm.deleteLine('31', 0))), {
    code: 'vendor-refused',
    message: /In use/,
  });
});

t.test('R4 an update of what is gone is refused, whether webCRM says it with 404 or 204', async (t) => {
  const kinds: [string, string, (client: WebcrmClient) => Promise<unknown>][] = [
    ['/Organisations/12', 'OrganisationId', (client) => client.updateOrganisation('12', {}, 0)],
    ['/Deliveries/12', 'DeliveryId', (client) => client.updateDelivery('12', {}, 0)],
    ['/QuotationLines/12', 'QuotationLineId', (client) => client.updateLine('12', {}, 0)],
    ['/QuotationLines/LinkedData/12', 'QuotationLineLinkedDataItemId', (client) => client.updateItem('12', {}, 0)],
  ];
  const methods = (calls: Seen[]) => calls.map(({ method, url }) => `${method} ${url.pathname}`);
  for (const [path, idField, update] of kinds) {
    const answers: [FakeAnswer, FakeAnswer, string[], boolean][] = [
      [{ text: '' }, { status: 404 }, [`PUT ${path}`], true],
      [{ status: 204 }, { json: { [idField]: 12 } }, [`PUT ${path}`, `GET ${path}`], true],
      [{ status: 204 }, { status: 204 }, [`PUT ${path}`, `GET ${path}`], false],
      [{ status: 204 }, { status: 404 }, [`PUT ${path}`, `GET ${path}`], false],
      [{ status: 404 }, { status: 404 }, [`PUT ${path}`], false],
    ];
    for (const [put, get, calls, isTaken] of answers) {
      const c = system(({ method }) => (method === 'PUT' ? put : get));
      if (isTaken) await c.runtime.settle(update(c.webcrm));
      else t.match(await c.runtime.settle(failure(update(c.webcrm))), { code: 'vendor-refused' }, path);
      t.same(methods(c.calls()), calls);
    }
    const said = system(() => ({ status: 204 }));
    const { message } = (await said.runtime.settle(failure(update(said.webcrm)))) as Error;
    t.match(message, `webCRM refused it: it has no such record. The call was PUT ${path}.`);
  }
});

t.test('A record is read by its id, null when it is gone', async (t) => {
  const kinds: [string, string, (client: WebcrmClient) => Promise<unknown>][] = [
    ['/Deliveries/12', 'DeliveryId', (client) => client.getDelivery('12', 0)],
    ['/QuotationLines/12', 'QuotationLineId', (client) => client.getLine('12', 0)],
    ['/QuotationLines/LinkedData/12', 'QuotationLineLinkedDataItemId', (client) => client.getItem('12', 0)],
  ];
  for (const [path, idField, get] of kinds) {
    const found = system(() => ({ json: { [idField]: 12 } }));
    t.same(await found.runtime.settle(get(found.webcrm)), { [idField]: 12 });
    t.equal(sent(found.calls()[0]), `GET ${path} `);
    for (const answer of [{ status: 404 }, { status: 204 }, { text: 'null' }]) {
      const gone = system(() => answer);
      t.equal(await gone.runtime.settle(get(gone.webcrm)), null);
    }
    for (const answer of [{ json: [] }, { text: '' }, { json: { [idField]: 13 } }, { json: { [idField]: null } }]) {
      const odd = system(() => answer);
      t.match(await odd.runtime.settle(failure(get(odd.webcrm))), { code: 'vendor-answer-unreadable' });
    }
  }
});

t.test('Deliveries changed since an instant, all of them, and those of an organisation: every page', async (t) => {
  const c = system((seen) => ({
    headers: { date: DATE },
    json: size(page(seen) < 3 ? 1000 : 1, (index) => ({ DeliveryId: page(seen) * 10_000 + index })),
  }));
  let ids: string[] = [];
  const onPage = async (more: string[]) => {
    ids.push(...more);
  };
  t.same(await c.runtime.settle(c.webcrm.listDeliveries(FROM, 1, onPage)), { serverDate: Date.parse(DATE) });
  t.equal(ids.length, 2001);
  t.equal(ids[2000], '30000');
  t.equal(c.calls()[0]?.url.pathname, '/Queries');
  t.equal(
    script(c.calls()[2]),
    "SELECT DeliveryId FROM Delivery WHERE DeliveryUpdatedAt >= '2026-01-15T10:00:00.000Z'",
  );
  t.match(c.calls()[2]?.url.search, /&Page=3&Size=1000$/);
  ids = [];
  await c.runtime.settle(c.webcrm.listDeliveries(null, 1, onPage));
  t.equal(ids.length, 2001);
  t.equal(sent(c.calls()[3]), 'GET /Deliveries?Page=1&Size=1000 ');
  t.equal((await c.runtime.settle(c.webcrm.deliveriesOf('5', 0))).length, 2001);
  t.equal(sent(c.calls()[6]), 'GET /Deliveries/ByOrganisation/5?Page=1&Size=1000 ');

  for (const json of [[{ Other: 1 }], [{ DeliveryId: 0 }], { rows: [] }]) {
    const odd = system(() => ({ json }));
    const error = await odd.runtime.settle(failure(odd.webcrm.listDeliveries(FROM, 1, onPage)));
    t.match(error, { code: 'vendor-answer-unreadable' });
  }
});

t.test('R22 deliveries are found by exactly their ErpId, whatever it holds', async (t) => {
  for (const key of ['o-21', "x' OR '1'='1", "''", '\\', 'å&b=c?d#e%27+f']) {
    const c = system((seen) => ({
      json:
        page(seen) === 1
          ? size(1000, () => ({ DeliveryId: 1, DeliveryErpId: `${key}0` }))
          : [
              { DeliveryId: 2, DeliveryErpId: key },
              { DeliveryId: 3, DeliveryErpId: `${key.toUpperCase()} ` },
              { DeliveryId: 4 },
            ],
    }));
    t.match(await c.runtime.settle(c.webcrm.findDeliveriesByErpId(key, 0)), [{ DeliveryId: 2 }]);
    t.equal(script(c.calls()[1]), `SELECT * FROM Delivery WHERE DeliveryErpId = '${key.replaceAll("'", "''")}'`);
  }
  const empty = system(() => ({ json: [] }));
  t.same(await empty.webcrm.findDeliveriesByErpId(' ', 0), []);
  t.equal(empty.seen.length, 0);
});

t.test('R44 the lines of a delivery: every page, by SortOrder and id; null when there is no delivery', async (t) => {
  const c = system((seen) => ({
    json:
      page(seen) === 1
        ? size(1000, (index) => ({ QuotationLineId: 5000 - index, QuotationLineSortOrder: 20 }))
        : [{ QuotationLineId: 9, QuotationLineSortOrder: 10 }, { QuotationLineId: 8 }],
  }));
  const lines = await c.runtime.settle(c.webcrm.linesOf('12', 0));
  t.same(
    lines?.slice(0, 4).map((line) => line.QuotationLineId),
    [8, 9, 4001, 4002],
  );
  t.equal(lines?.length, 1002);
  t.equal(sent(c.calls()[1]), 'GET /Deliveries/12/QuotationLines?Page=2&Size=1000 ');
  const delivery = { json: { DeliveryId: 12 } };
  for (const [lines, owner, expected, count] of [
    [{ status: 404 }, { status: 404 }, null, 2],
    [{ status: 204 }, { status: 204 }, null, 2],
    [{ status: 204 }, delivery, [], 2],
    [{ json: [] }, delivery, [], 1],
  ] as [FakeAnswer, FakeAnswer, null | [], number][]) {
    const bare = system(({ url }) => (url.pathname.endsWith('/QuotationLines') ? lines : owner));
    t.same(await bare.runtime.settle(bare.webcrm.linesOf('12', 0)), expected);
    t.equal(bare.calls().length, count);
  }
  const refused = system(() => ({ status: 400 }));
  t.match(await refused.runtime.settle(failure(refused.webcrm.linesOf('12', 0))), { code: 'vendor-refused' });
});

t.test('R44 the query on lines is probed with one row; its rows name deliveries once a page', async (t) => {
  const query = (since: string) =>
    `SELECT QuotationLineOpportunityId FROM QuotationLine WHERE QuotationLineUpdatedAt >= '${since}'`;
  for (const [answer, works] of [
    [{ json: [{ QuotationLineOpportunityId: 12 }] }, true],
    [{ json: [] }, true],
    [{ status: 400 }, false],
    [{ status: 404 }, false],
  ] as [FakeAnswer, boolean][]) {
    const c = system(() => answer);
    t.equal(await c.runtime.settle(c.webcrm.probeLineQuery(0)), works);
    t.equal(script(c.calls()[0]), query('1970-01-01T00:00:00.000Z'));
    t.match(c.calls()[0]?.url.search, /&Page=1&Size=1$/);
    t.equal(c.calls().length, 1);
  }
  for (const [status, code] of [
    [401, 'vendor-auth'],
    [403, 'licence-missing'],
    [500, 'vendor-failed'],
  ] as const) {
    const c = system(() => ({ status }));
    t.match(await c.runtime.settle(failure(c.webcrm.probeLineQuery(0))), { code });
  }

  const c = system((seen) => ({
    headers: { date: DATE },
    json:
      page(seen) === 1
        ? size(1000, (index) => ({ QuotationLineOpportunityId: index % 2 }))
        : [{ QuotationLineOpportunityId: 7 }, { QuotationLineOpportunityId: 7 }, { QuotationLineOpportunityId: null }],
  }));
  const pages: string[][] = [];
  const listed = await c.runtime.settle(
    c.webcrm.listChangedLines(FROM, 1, async (ids) => {
      pages.push(ids);
    }),
  );
  t.same(pages, [['1'], ['7']]);
  t.same(listed, { serverDate: Date.parse(DATE) });
  t.equal(script(c.calls()[1]), query('2026-01-15T10:00:00.000Z'));
  const odd = system(() => ({ json: [{}] }));
  t.match(await odd.runtime.settle(failure(odd.webcrm.listChangedLines(FROM, 1, async () => {}))), {
    code: 'vendor-answer-unreadable',
  });
});
