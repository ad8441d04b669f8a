import t from 'tap';
import type { Activity } from '../../schemas/records.ts';
import { activityCsv } from '../../src/admin/activity-csv.ts';
import { SyncError } from '../../src/errors/sync-error.ts';
import { createInlineStore } from '../../src/store/embedded/embedded-store.ts';

const TENANT = 'one';
let made = 0;
const line = (more: Partial<Activity>): Activity => {
  made += 1;
  return {
    schema: 1,
    id: String(made).padStart(32, '0'),
    tenant: TENANT,
    at: made,
    entity: 'customer',
    webcrmId: null,
    fortnoxId: null,
    pairId: null,
    action: 'updated',
    target: null,
    changes: [],
    lost: [],
    reasons: [],
    message: '',
    job: null,
    expiresAt: 1e15,
    ...more,
  };
};

async function text(...given: Parameters<typeof activityCsv>): Promise<string> {
  let whole = '';
  for await (const chunk of activityCsv(...given)) whole += chunk;
  return whole;
}

/** A reader of RFC 4180 of its own. */
function parse(csv: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < csv.length; at++) {
    const sign = csv[at] ?? '';
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (csv[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (sign === '"') quoted = true;
    else if (sign === ',') {
      rows.at(-1)?.push(cell);
      cell = '';
    } else if (sign === '\r' && csv[at + 1] === '\n') {
      rows.at(-1)?.push(cell);
      cell = '';
      rows.push([]);
      at += 1;
    } else cell += sign;
  }
  rows.pop();
  return rows;
}

t.test('B2 one row per change, with what was lost; a line without any has one row', async (t) => {
  const store = createInlineStore();
  t.teardown(() => store.close());
  const change = { field: 'phone', before: '08-1', after: null };
  await store.activity.insert([
    line({ at: Date.UTC(2026, 2, 1), action: 'not-written', reasons: ['no-rows', 'in-step'], message: 'Nothing.' }),
    line({
      at: Date.UTC(2026, 2, 2),
      webcrmId: '7',
      fortnoxId: '9',
      target: 'fortnox',
      changes: [change, { field: 'name', before: 'A', after: 'B' }],
      lost: [
        { ...change, side: 'fortnox' },
        { field: 'email', before: 'a@b', after: 'c@d', side: 'webcrm' },
      ],
      job: 'customer:webcrm:7',
    }),
  ]);
  const csv = await text(store, TENANT, {});
  t.equal(csv.charCodeAt(0), 0xfeff);
  t.ok(csv.endsWith('\r\n'));
  const [head, ...rows] = parse(csv.slice(1));
  t.same(
    head?.join(),
    'time,entity,webcrm id,fortnox id,action,side written,field,before,after,lost,reasons,message,job',
  );
  const second = ['2026-03-02T00:00:00.000Z', 'customer', '7', '9', 'updated'];
  const job = ['', '', 'customer:webcrm:7'];
  t.same(rows, [
    [...second, 'fortnox', 'phone', '08-1', '', 'yes', ...job],
    [...second, 'fortnox', 'name', 'A', 'B', 'no', ...job],
    [...second, 'webcrm', 'email', 'a@b', 'c@d', 'yes', ...job],
    [
      '2026-03-01T00:00:00.000Z',
      'customer',
      '',
      '',
      'not-written',
      '',
      '',
      '',
      '',
      'no',
      'no-rows in-step',
      'Nothing.',
      '',
    ],
  ]);
});

t.test('B2 every text comes back as it was; what a spreadsheet would run is defused', async (t) => {
  const store = createInlineStore();
  t.teardown(() => store.close());
  const harmless = ['a,b', 'say "hi"', 'two\nlines', 'two\r\nlines', ' =1', 'åäö €', "'", '"', ',', 'x=1'];
  const formulas = ['=1+1', '+46 8', '-5', '@cmd', '\tx', '\rx', '="a",b'];
  // Where the decimal sign is a comma a spreadsheet splits at semicolons, and at line ends within such a cell.
  const split: [string, string][] = [
    ["x;=cmd|'/C calc'!A1", "x;'=cmd|'/C calc'!A1"],
    ['a;"=1"', `a;"'=1"`],
    ['a\n=1;\t+2', "a\n'=1;'\t'+2"],
    ['a; b; c', 'a; b; c'],
  ];
  const values = [...harmless, ...formulas, ...split.map(([value]) => value)];
  await store.activity.insert([
    line({ target: 'webcrm', changes: values.map((before) => ({ field: 'f', before, after: 'x' })) }),
  ]);
  const rows = parse((await text(store, TENANT, {})).slice(1)).slice(1);
  t.same(
    rows.map((row) => row[7]),
    [...harmless, ...formulas.map((formula) => `'${formula}`), ...split.map(([, safe]) => safe)],
  );
  t.ok(rows.every((row) => row.length === 13));
});

t.test('B2 filters hold; a file that is cut says where to go on, and the next one begins there', async (t) => {
  const store = createInlineStore();
  t.teardown(() => store.close());
  const lines = Array.from({ length: 450 }, (_, at) => line({ at: 1_000 + Math.floor(at / 7), message: `m${at}` }));
  await store.activity.insert(lines);
  await store.activity.insert([line({ at: 1_000, action: 'failed', message: 'other' })]);
  const found: string[] = [];
  let cursor: string | undefined;
  let files = 0;
  do {
    const rows = parse((await text(store, TENANT, { action: 'updated', cursor }, 250)).slice(1)).slice(1);
    files += 1;
    cursor = /cursor=(\S+)$/.exec(rows.at(-1)?.[11] ?? '')?.[1];
    if (cursor !== undefined) {
      t.match(rows.pop()?.[11], /There is more: this file ends after 200 rows/);
    }
    found.push(...rows.map((row) => row[11] ?? ''));
  } while (cursor !== undefined);
  t.equal(files, 2);
  t.same(found, lines.map((one) => one.message).reverse());
  t.equal(parse((await text(store, TENANT, { reason: 'none' })).slice(1)).length, 1, 'an empty file has its header');
});

t.test('B2 memory is flat: no page is read before the one before was taken; the store may fail', async (t) => {
  const items = Array.from({ length: 100 }, () => line({ message: 'x'.repeat(2_000) }));
  let pages = 0;
  const endless = { activity: { list: async () => ({ items, next: String(++pages) }) } };
  const store = endless as unknown as Parameters<typeof activityCsv>[0];
  const stream = activityCsv(store, TENANT, {});
  const reader = stream[Symbol.asyncIterator]();
  await reader.next();
  await new Promise((resolve) => setImmediate(resolve));
  t.ok(pages <= 4, `${pages} pages were read for one that was taken`);
  stream.destroy();
  pages = 0;
  let rows = 0;
  for await (const chunk of activityCsv(store, TENANT, {})) rows += String(chunk).split('\r\n').length - 1;
  t.equal(rows, 100_002, 'header, rows, and the row that says that there is more');

  const failing = { activity: { list: async () => Promise.reject(new SyncError('store-failed', 'Broken.')) } };
  await t.rejects(text(failing as unknown as typeof store, TENANT, {}), { code: 'store-failed' });
});
