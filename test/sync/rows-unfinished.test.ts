import t from 'tap';
import type { Row } from '../../schemas/delivery.ts';
import { matchLines } from '../../src/sync/rows/lines.ts';
import {
  A,
  apply,
  B,
  C,
  inStep,
  isQuiet,
  keyOf,
  line,
  lineSteps,
  merge,
  NEW,
  one,
  row,
  rowsOf,
  three,
  two,
  type World,
  world,
} from './rows-model.ts';

const LOCKED = { fortnoxLocked: true };
const PUT_BACK = { fortnoxLocked: true, putBack: true };

t.test('R41 locked: an edit in webCRM waits; put back, it is in the log', async (t) => {
  const start = world({
    lines: [{ ...one, row: { ...A, price: '11' } }, two, three],
    rows: [A, { ...B, price: '22' }, C],
  });
  const locked = merge(start, LOCKED);
  t.notOk(locked.sendFortnoxRows);
  t.equal(locked.rows[0]?.webcrmWrite, null);
  t.equal(locked.rows[0]?.next.webcrm.price, '10', 'the old image: it is seen again');
  t.same(locked.rows[1]?.webcrmWrite, { price: '22' }, 'Fortnox to webCRM goes on');
  t.same(merge(apply(start, locked)).rows[0]?.fortnoxWrite, { price: '11' }, 'unlocked, it is sent');
  const back = merge(start, PUT_BACK);
  t.same(back.rows[0]?.webcrmWrite, { price: '10' });
  t.same(back.lost, [{ side: 'webcrm', field: 'rows.1.price', before: '11', after: '10' }]);
  t.same(back.reasons, [], 'why it is locked is for the caller to say');
});

t.test('R41 locked: a line added in webCRM stays without a row; put back, it is deleted', async (t) => {
  const start = world({ lines: [one, line('9', 15, NEW), two, three] });
  const locked = merge(start, LOCKED);
  t.ok(isQuiet(locked));
  t.same(
    locked.rows.map(({ lineId }) => lineId),
    ['1', '2', '3'],
  );
  t.same(locked.pendingBase.length, 3);
  t.match(merge(apply(start, locked)).rows[1], { lineId: '9', index: null });
  const back = merge(start, PUT_BACK);
  t.same(back.deleteLines, ['9']);
  t.match(back.lost, [{ side: 'webcrm', before: 'N new x 9 h a 5 VAT 25 %', after: null }]);
});

t.test('R41 locked: a line deleted in webCRM stays in the base; put back, it is posted again', async (t) => {
  const start = world({ lines: [one, three] });
  const locked = merge(start, LOCKED);
  t.ok(isQuiet(locked));
  t.match(locked.rows[1], { lineId: '2', index: 1, next: { lineId: '2' } });
  t.same(
    merge(apply(start, locked)).rows.map(({ index }) => index),
    [0, 2],
    'unlocked, its row is removed',
  );
  const back = merge(start, PUT_BACK);
  t.match(back.rows[1], { lineId: null, index: 1, webcrmWrite: B });
  t.match(back.lost, [{ side: 'webcrm', field: 'rows.2', before: null, after: 'B beta x 2 st a 20 VAT 25 %' }]);
});

t.test('R41 locked: the order of the lines waits, or is put back', async (t) => {
  const start = world({ lines: [line('2', 10, B), line('1', 20, A), line('3', 30, C)] });
  const locked = merge(start, LOCKED);
  t.ok(isQuiet(locked));
  t.same(
    merge(apply(start, locked)).rows.map(({ index }) => index),
    [1, 0, 2],
  );
  const back = merge(start, PUT_BACK);
  t.same(
    back.rows.map(({ lineId }) => lineId),
    ['1', '2', '3'],
  );
  t.match(back.lost, [{ side: 'webcrm', field: 'rows.order' }]);
});

t.test(
  'R41 locked: a line without a row stays where it is when Fortnox reorders, and its sort order is not given out',
  async (t) => {
    const start = world({ lines: [one, two, line('9', 25, NEW), three], rows: [C, A, B, row({ text: 'last' })] });
    const locked = merge({ ...start, lines: [...start.lines, line('8', 31, NEW)] }, LOCKED);
    t.same(
      locked.rows.map(({ lineId, sort }) => [lineId, sort]),
      [
        ['3', 5],
        ['1', 10],
        ['2', 20],
        [null, 30],
      ],
    );
    const taken = merge({ ...start, lines: [...start.lines, line('8', 5, NEW)] }, LOCKED);
    t.equal(taken.rows[0]?.sort, 6);
  },
);

t.test('R22 sort orders are raised from the last row on, so that no order is lost half-way', async (t) => {
  const start = {
    ...inStep([A, B, C]),
    lines: [line('1', 1, A), line('2', 2, B), line('3', 3, C)],
    rows: [A, NEW, B, C],
  };
  const decision = merge(start);
  let now: World = { ...start, base: decision.pendingBase };
  for (const step of lineSteps(decision)) {
    now = step(now);
    const recovered = merge(now);
    t.notOk(recovered.sendFortnoxRows);
    t.same(rowsOf(apply(now, recovered)).map(keyOf), [A, NEW, B, C].map(keyOf));
  }
});

t.test(
  'R22 intended posts are matched by sort order and article, then by content; the others are still posted',
  async (t) => {
    const intended = (sort: number, fields: Row) => ({ lineId: null, sort, webcrm: fields, fortnox: fields });
    const start: World = {
      base: [intended(10, A), intended(20, B), intended(30, C)],
      lines: [line('7', 10, { ...A, text: 'typed over' }), line('8', 99, B)],
      rows: [A, B, C],
      nextId: 9,
    };
    const decision = merge(start);
    t.same(
      decision.rows.map(({ lineId }) => lineId),
      ['7', '8', null],
    );
    t.same(decision.rows[0]?.fortnoxWrite, { text: 'typed over' });
    t.same(decision.deleteLines, []);
    const deleted = merge({ ...start, rows: [A, B] });
    t.same(
      deleted.rows.map(({ lineId }) => lineId),
      ['7', '8'],
      'what Fortnox has deleted since is not posted',
    );
  },
);

t.test('R22 a line that is deleted while its row is on the way takes the row with it', async (t) => {
  const start = world({ lines: [one, two, three, line('9', 40, NEW)] });
  const sent = merge(start);
  const arrived = { ...start, base: sent.pendingBase, rows: [A, B, C, NEW] };
  t.ok(isQuiet(merge(arrived)));
  const deleted = merge({ ...arrived, lines: [one, two, three] });
  t.same(
    deleted.rows.map(({ index }) => index),
    [0, 1, 2],
  );
  t.ok(deleted.sendFortnoxRows);
});

t.test('R22 a line that shares only place and article with one that was to be posted is a person’s own', async (t) => {
  const intended = { lineId: null, sort: 10, webcrm: A, fortnox: A };
  const typed = { ...A, text: 'another', quantity: '77', price: '7.5' };
  t.strictSame(
    matchLines([intended], [{ id: '9', sort: 10, row: typed }]),
    [null],
    'taken for ours it would overwrite the row',
  );
  const edited = { id: '9', sort: 10, row: { ...A, text: 'another' } };
  t.strictSame(matchLines([intended], [edited]), [edited], 'ours, with another text since');
});
