import t from 'tap';
import type { Row } from '../../schemas/delivery.ts';
import { rowText } from '../../src/sync/rows/fields.ts';
import type { LineNow } from '../../src/sync/rows/merge.ts';
import {
  A,
  apply,
  B,
  bag,
  C,
  cutting,
  EMPTY,
  inStep,
  isQuiet,
  line,
  merge,
  NEW,
  one,
  RULES,
  row,
  rowsOf,
  three,
  two,
  type World,
  without,
  world,
} from './rows-model.ts';

t.test('R1 rows in step: no call, and the base stays', async (t) => {
  const start = world();
  const decision = merge(start);
  t.ok(isQuiet(decision));
  t.same(
    decision.rows.map(({ next }) => next),
    start.base,
  );
  t.same(decision.pendingBase, start.base);
});

t.test('R44 one field edited on one side: that field alone is written to the other', async (t) => {
  const inWebcrm = merge(world({ lines: [one, { ...two, row: { ...B, price: '21' } }, three] }));
  t.same(
    inWebcrm.rows.map(({ fortnoxWrite }) => fortnoxWrite),
    [{}, { price: '21' }, {}],
  );
  t.ok(inWebcrm.sendFortnoxRows);
  t.same(inWebcrm.changes, { webcrm: [], fortnox: [{ field: 'rows.2.price', before: '20', after: '21' }] });
  const inFortnox = merge(world({ rows: [A, { ...B, quantity: '5' }, C] }));
  t.same(
    inFortnox.rows.map(({ webcrmWrite }) => webcrmWrite),
    [null, { quantity: '5' }, null],
  );
  t.notOk(inFortnox.sendFortnoxRows);
  t.same(inFortnox.changes, { webcrm: [{ field: 'rows.2.quantity', before: '2', after: '5' }], fortnox: [] });
});

t.test('R70 one text edited on both sides: the policy wins, the loser is in the log', async (t) => {
  const start = world({
    lines: [{ ...one, row: { ...A, text: 'ours' } }, two, three],
    rows: [{ ...A, text: 'theirs' }, B, C],
  });
  const fortnox = merge(start);
  t.same(fortnox.rows[0]?.webcrmWrite, { text: 'theirs' });
  t.same(fortnox.lost, [{ side: 'webcrm', field: 'rows.1.text', before: 'ours', after: 'theirs' }]);
  t.same(fortnox.reasons, ['conflict-resolved']);
  const webcrm = merge(start, { policy: 'webcrm' });
  t.same(webcrm.rows[0]?.fortnoxWrite, { text: 'ours' });
  t.same(webcrm.lost, [{ side: 'fortnox', field: 'rows.1.text', before: 'theirs', after: 'ours' }]);
});

t.test('R1 both edited to values that agree as a side can express them: settled', async (t) => {
  const sides = { ...RULES.sides, fortnox: cutting };
  const cut = { ...A, text: 'alp' };
  const start: World = {
    ...world({ lines: [line('1', 10, { ...A, text: 'longer' })], rows: [{ ...cut, text: 'lon' }] }),
    base: [{ lineId: '1', sort: 10, webcrm: A, fortnox: cut }],
  };
  const decision = merge(start, { sides });
  t.ok(isQuiet(decision));
  t.equal(decision.rows[0]?.next.webcrm.text, 'longer');
  t.equal(decision.rows[0]?.next.fortnox.text, 'lon');
  t.same(decision.reasons, []);
});

t.test('R44 a value that the other side cannot hold is left alone, and stays to be seen', async (t) => {
  const sides = { ...RULES.sides, fortnox: without('unit') };
  const start = world({ lines: [{ ...one, row: { ...A, unit: 'kg' } }, two, three] });
  const decision = merge(start, { sides });
  t.ok(isQuiet(decision));
  t.equal(decision.rows[0]?.next.webcrm.unit, 'st');
  t.same(merge(start).rows[0]?.fortnoxWrite, { unit: 'kg' });
});

t.test("R44 a discount of an amount stays Fortnox's own, whatever webCRM shows", async (t) => {
  const amount = { ...A, discount: null };
  const start = world({ lines: [{ ...one, row: { ...A, discount: '5' } }, two, three], rows: [amount, B, C] });
  for (const policy of ['webcrm', 'fortnox'] as const) t.ok(isQuiet(merge(start, { policy })), policy);
  const priced = merge({ ...start, lines: [{ ...one, row: { ...A, price: '11' } }, two, three] });
  t.same(priced.rows[0]?.fortnoxWrite, { price: '11' });
  const gone = merge({ ...apply(start, merge(start)), lines: [two, three] });
  t.equal(gone.rows.length, 2, 'and is no edit of the row');
});

t.test('R44 deleted on one side, unchanged on the other: deleted there too; on both: gone', async (t) => {
  const inFortnox = merge(world({ rows: [A, C] }));
  t.same(inFortnox.deleteLines, ['2']);
  t.notOk(inFortnox.sendFortnoxRows);
  t.same(inFortnox.changes.webcrm, [{ field: 'rows.2', before: 'B beta x 2 st a 20 VAT 25 %', after: null }]);
  const inWebcrm = merge(world({ lines: [one, three] }));
  t.same(
    inWebcrm.rows.map(({ index }) => index),
    [0, 2],
  );
  t.ok(inWebcrm.sendFortnoxRows);
  const both = merge(world({ lines: [one, three], rows: [A, C] }));
  t.ok(isQuiet(both));
  t.equal(both.rows.length, 2);
});

t.test('R44 deleted on one side, edited on the other: the edit wins, and it is said', async (t) => {
  const edited = { ...B, price: '21' };
  const inWebcrm = merge(world({ lines: [one, { ...two, row: edited }, three], rows: [A, C] }));
  t.match(inWebcrm.rows[1], { lineId: '2', index: null, fortnoxWrite: edited });
  t.same(inWebcrm.reasons, ['rows-conflict']);
  const inFortnox = merge(world({ lines: [one, three], rows: [A, edited, C] }));
  t.match(inFortnox.rows[1], { lineId: null, index: 1, sort: 20, webcrmWrite: edited });
  t.same(inFortnox.reasons, ['rows-conflict']);
  t.notOk(inFortnox.sendFortnoxRows);
});

t.test('R44 a row added on one side comes after its predecessor there', async (t) => {
  const inFortnox = merge(world({ rows: [A, NEW, B, C] }));
  t.match(inFortnox.rows[1], {
    lineId: null,
    index: 1,
    sort: 15,
    webcrmWrite: NEW,
    next: { webcrm: NEW, fortnox: NEW },
  });
  t.same(inFortnox.changes.webcrm, [{ field: 'rows.2', before: null, after: 'N new x 9 h a 5 VAT 25 %' }]);
  const inWebcrm = merge(world({ lines: [one, line('9', 15, NEW), two, three] }));
  t.match(inWebcrm.rows[1], { lineId: '9', index: null, fortnoxWrite: NEW, sortWrite: null });
  t.ok(inWebcrm.sendFortnoxRows);
  t.same(merge({ ...inStep([]), rows: [row({ text: 'only text' })] }).rows[0]?.webcrmWrite, {
    text: 'only text',
    discount: '0',
    vat: '25',
  });
});

t.test('R22 rows added on both sides that agree are one; what is empty in webCRM alone is filled', async (t) => {
  const bare = { ...NEW, unit: null, vat: null };
  const start = world({ lines: [one, two, three, line('9', 40, bare)], rows: [A, B, C, NEW] });
  const decision = merge(start);
  t.equal(decision.rows.length, 4);
  t.match(decision.rows[3], { lineId: '9', index: 3, webcrmWrite: { unit: 'h', vat: '25' }, fortnoxWrite: {} });
  t.notOk(decision.sendFortnoxRows);
  const again = merge({ ...start, base: decision.pendingBase });
  t.same(again.rows[3]?.webcrmWrite, { unit: 'h', vat: '25' }, 'also after a crash before the write');
  const differs = merge({ ...start, rows: [A, B, C, { ...NEW, price: '6' }] });
  t.equal(differs.rows.length, 5, 'rows that do not agree are two');
});

t.test("R44 the side that reordered wins; when both did, Fortnox's, and it is said", async (t) => {
  const inFortnox = merge(world({ rows: [C, A, B] }));
  t.same(
    inFortnox.rows.map(({ lineId, sortWrite }) => [lineId, sortWrite]),
    [
      ['3', 5],
      ['1', null],
      ['2', null],
    ],
  );
  t.same(inFortnox.changes.webcrm, [{ field: 'rows.order', before: '2,3,1', after: '1,2,3' }]);
  t.notOk(inFortnox.sendFortnoxRows);
  const moved = [line('2', 10, B), line('1', 20, A), line('3', 30, C)];
  const inWebcrm = merge(world({ lines: moved }));
  t.same(
    inWebcrm.rows.map(({ index }) => index),
    [1, 0, 2],
  );
  t.ok(inWebcrm.sendFortnoxRows);
  t.same(inWebcrm.changes.fortnox, [{ field: 'rows.order', before: '2,1,3', after: '1,2,3' }]);
  const both = merge(world({ lines: moved, rows: [C, A, B] }));
  t.same(
    both.rows.map(({ lineId }) => lineId),
    ['3', '1', '2'],
  );
  t.same(both.reasons, ['rows-conflict']);
  t.match(both.lost, [{ side: 'webcrm', field: 'rows.order' }]);
  const alike = merge(world({ lines: moved, rows: [B, A, C] }));
  t.ok(isQuiet(alike));
  t.same(alike.reasons, []);
});

t.test('R44 sort orders: kept where they can be, in the gaps, in tens when there is none, ties stand', async (t) => {
  const sorts = (lines: LineNow[], rows: Row[]) =>
    merge({ ...inStep([A, B, C]), lines, rows }).rows.map(({ sort }) => sort);
  t.same(sorts([one, two, three], [NEW, A, B, C]), [5, 10, 20, 30]);
  t.same(sorts([one, two, three], [A, B, C, NEW]), [10, 20, 30, 40]);
  t.same(sorts([line('1', 1, A), line('2', 2, B), line('3', 3, C)], [A, NEW, B, C]), [10, 20, 30, 40]);
  t.same(sorts([line('1', 100, A), line('2', 101, B), line('3', 300, C)], [A, NEW, B, C]), [270, 280, 290, 300]);
  const tied = { ...inStep([A, B]), lines: [line('1', 0, A), line('2', 0, B)] };
  t.ok(isQuiet(merge(tied)), 'lines of one sort order are in the order given');
});

t.test('R44 alignment: exact, out of order, article and text, article, text, and the place in a gap', async (t) => {
  const found = (rows: Row[]) => merge(world({ rows })).rows.map(({ lineId, index }) => [lineId, index]);
  t.same(found([B, A, C]), [
    ['2', 0],
    ['1', 1],
    ['3', 2],
  ]);
  t.same(found([A, { ...B, price: '99', quantity: '98' }, C]), [
    ['1', 0],
    ['2', 1],
    ['3', 2],
  ]);
  t.same(
    found([{ ...B, text: 'other', price: '99' }, A, C]),
    [
      ['2', 0],
      ['1', 1],
      ['3', 2],
    ],
    'article',
  );
  t.same(
    found([{ ...B, article: 'other', price: '99' }, A, C]),
    [
      ['2', 0],
      ['1', 1],
      ['3', 2],
    ],
    'text',
  );
  t.same(
    found([A, NEW, C]),
    [
      ['1', 0],
      ['2', 1],
      ['3', 2],
    ],
    'place',
  );
  t.same(
    found([A, NEW, { ...NEW, price: '6' }, C]),
    [
      ['1', 0],
      [null, 1],
      [null, 2],
      ['3', 3],
    ],
    'gaps that differ',
  );
});

t.test('R44 equal rows: one is removed, one is edited, one is added, and the number is right', async (t) => {
  const start = inStep([A, A, A]);
  const removed = merge({ ...start, rows: [A, A] });
  t.equal(removed.deleteLines.length, 1);
  const edited = apply(start, merge({ ...start, rows: [A, A, { ...A, price: '11' }] }));
  t.same(bag(rowsOf(edited)), bag([A, A, { ...A, price: '11' }]));
  const blank = inStep([A, EMPTY, EMPTY, B]);
  t.ok(isQuiet(merge(blank)), 'blank rows are rows');
});

t.test('R44 three hundred rows, all edited in Fortnox, are each found again', async (t) => {
  const rows = Array.from({ length: 300 }, (_, at) => ({ ...A, text: `row ${at % 50}`, price: `${at}` }));
  const decision = merge({ ...inStep(rows), rows: rows.map((each) => ({ ...each, quantity: '7' })) });
  t.ok(decision.rows.every(({ webcrmWrite }) => webcrmWrite?.quantity === '7'));
  t.equal(decision.deleteLines.length, 0);
});

t.test('B2 a whole row in the log tells all that is needed to type it again', async (t) => {
  const all = { article: 'A1', text: 'Lampa', quantity: '1.5', unit: 'st', price: '100', discount: '2.56', vat: '12' };
  t.equal(rowText(all), 'A1 Lampa x 1.5 st a 100 -2.56 % VAT 12 %');
  t.equal(rowText({ ...all, unit: null, discount: '0', vat: null, price: null }), 'A1 Lampa x 1.5 a -');
  const ofText = { article: null, quantity: null, unit: null, price: null, discount: null, vat: '25' };
  t.equal(rowText({ ...ofText, text: 'Levereras i maj' }), 'Levereras i maj VAT 25 %');
  t.equal(rowText({ ...ofText, vat: null, text: 'Levereras i maj' }), 'Levereras i maj');
});
