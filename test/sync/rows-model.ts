import fc from 'fast-check';
import { ROW_FIELDS, type Row, type RowField, type RowPair } from '../../schemas/delivery.ts';
import {
  type LineNow,
  type MergeInput,
  mergeRows,
  type RowSide,
  type RowsDecision,
} from '../../src/sync/rows/merge.ts';

export const EMPTY: Row = {
  article: null,
  text: null,
  quantity: null,
  unit: null,
  price: null,
  discount: null,
  vat: null,
};
export const row = (fields: Partial<Row>): Row => ({ ...EMPTY, discount: '0', vat: '25', ...fields });

/** Both sides hold every value as it is. */
export const plain: RowSide = { express: (_field, value) => value };
/** A side that cuts texts after three characters. */
export const cutting: RowSide = {
  express: (field, value) => (field === 'text' ? (value?.slice(0, 3) ?? null) : value),
};
/** A side that cannot hold the field. */
export const without = (lacking: RowField): RowSide => ({
  express: (field, value) => (field === lacking ? undefined : value),
});

/** Both sides and what is stored of them. */
export interface World {
  base: readonly RowPair[];
  lines: readonly LineNow[];
  rows: readonly Row[];
  nextId: number;
}
export type Rules = Pick<MergeInput, 'policy' | 'sides' | 'fortnoxLocked' | 'putBack'>;
export const RULES: Rules = {
  policy: 'fortnox',
  sides: { webcrm: plain, fortnox: plain },
  fortnoxLocked: false,
  putBack: false,
};

export const inStep = (rows: readonly Row[]): World => ({
  base: rows.map((one, at) => ({ lineId: `${at + 1}`, sort: (at + 1) * 10, webcrm: one, fortnox: one })),
  lines: rows.map((one, at) => ({ id: `${at + 1}`, sort: (at + 1) * 10, row: one })),
  rows,
  nextId: rows.length + 1,
});

export const inputOf = (world: World, rules: Rules): MergeInput => ({
  ...rules,
  base: world.base,
  webcrm: world.lines,
  fortnox: world.rows,
});

export const fortnoxAfter = (world: World, decision: RowsDecision): readonly Row[] =>
  decision.sendFortnoxRows
    ? decision.rows.map((one) => ({
        ...(one.index === null ? EMPTY : (world.rows[one.index] as Row)),
        ...one.fortnoxWrite,
      }))
    : world.rows;

export const A = row({ article: 'A', text: 'alpha', quantity: '1', unit: 'st', price: '10' });
export const B = row({ article: 'B', text: 'beta', quantity: '2', unit: 'st', price: '20' });
export const C = row({ article: 'C', text: 'gamma', quantity: '3', unit: 'st', price: '30' });
export const NEW = row({ article: 'N', text: 'new', quantity: '9', unit: 'h', price: '5' });

export const line = (id: string, sort: number, one: Row): LineNow => ({ id, sort, row: one });
export const merge = (world: World, rules: Partial<Rules> = {}) => mergeRows(inputOf(world, { ...RULES, ...rules }));
export const world = (change: Partial<World> = {}): World => ({ ...inStep([A, B, C]), ...change });
export const [one, two, three] = inStep([A, B, C]).lines as [LineNow, LineNow, LineNow];

type Step = (world: World) => World;
const bySort = (lines: readonly LineNow[]) => lines.toSorted((a, b) => a.sort - b.sort);

/** The writes to webCRM one by one: sort orders and fields from the last row to the first, deletions, posts. */
export function lineSteps(decision: RowsDecision): Step[] {
  const steps: Step[] = [];
  for (const one of decision.rows.toReversed()) {
    if (one.lineId === null || (one.webcrmWrite === null && one.sortWrite === null)) continue;
    steps.push((world) => ({
      ...world,
      lines: bySort(
        world.lines.map((line) =>
          line.id === one.lineId
            ? { id: line.id, sort: one.sortWrite ?? line.sort, row: { ...line.row, ...one.webcrmWrite } }
            : line,
        ),
      ),
    }));
  }
  for (const id of decision.deleteLines) {
    steps.push((world) => ({ ...world, lines: world.lines.filter((line) => line.id !== id) }));
  }
  for (const one of decision.rows) {
    if (one.lineId !== null) continue;
    steps.push((world) => ({
      ...world,
      nextId: world.nextId + 1,
      lines: bySort([
        ...world.lines,
        { id: `${world.nextId}`, sort: one.sort, row: { ...EMPTY, ...(one.webcrmWrite ?? {}) } },
      ]),
    }));
  }
  return steps;
}

/** Carries out a whole decision, and stores what it says. */
export function apply(world: World, decision: RowsDecision): World {
  let next: World = { ...world, rows: fortnoxAfter(world, decision) };
  for (const step of lineSteps(decision)) next = step(next);
  let id = world.nextId;
  return { ...next, base: decision.rows.map((one) => ({ ...one.next, lineId: one.lineId ?? `${id++}` })) };
}

export type Edit =
  | { kind: 'set'; at: number; field: RowField; value: string }
  | { kind: 'add'; at: number; row: Row }
  | { kind: 'delete'; at: number }
  | { kind: 'move'; from: number; to: number };

const place = (at: number, length: number) => (length === 0 ? 0 : at % length);

function edited<T>(list: readonly T[], edit: Edit, set: (one: T, row: Partial<Row>) => T, make: (row: Row) => T): T[] {
  const next = [...list];
  if (edit.kind === 'add') next.splice(edit.at % (next.length + 1), 0, make(edit.row));
  else if (next.length === 0) return next;
  else if (edit.kind === 'delete') next.splice(place(edit.at, next.length), 1);
  else if (edit.kind === 'set') {
    const at = place(edit.at, next.length);
    next[at] = set(next[at] as T, { [edit.field]: edit.value });
  } else {
    const [one] = next.splice(place(edit.from, next.length), 1);
    next.splice(edit.to % (next.length + 1), 0, one as T);
  }
  return next;
}

/** A person edits Fortnox's rows. */
export const editFortnox = (world: World, edits: readonly Edit[]): World => ({
  ...world,
  rows: edits.reduce<readonly Row[]>(
    (rows, edit) =>
      edited(
        rows,
        edit,
        (one, fields) => ({ ...one, ...fields }),
        (one) => one,
      ),
    world.rows,
  ),
});

/** A person edits the lines; they are numbered in tens where the order changed. */
export function editWebcrm(world: World, edits: readonly Edit[]): World {
  let now = world;
  for (const edit of edits) {
    const lines = edited(
      now.lines,
      edit,
      (line, fields) => ({ ...line, row: { ...line.row, ...fields } }),
      (one): LineNow => ({ id: `${now.nextId}`, sort: 0, row: one }),
    );
    const keeps = edit.kind === 'set' || edit.kind === 'delete';
    const sorted = keeps ? lines : lines.map((line, at) => ({ ...line, sort: (at + 1) * 10 }));
    now = { ...now, lines: sorted, nextId: edit.kind === 'add' ? now.nextId + 1 : now.nextId };
  }
  return now;
}

const VALUES: Readonly<Record<RowField, readonly string[]>> = {
  article: ['A', 'B', 'C'],
  text: ['alpha', 'beta', 'gamma', 'alps'],
  quantity: ['1', '2', '3'],
  unit: ['st', 'h'],
  price: ['10', '12.5'],
  discount: ['0', '5'],
  vat: ['25', '12'],
};

const someOf = (field: RowField) => fc.constantFrom(...VALUES[field]);
export const anyRow: fc.Arbitrary<Row> = fc.oneof(
  { weight: 1, arbitrary: someOf('text').map((text) => row({ text })) },
  {
    weight: 4,
    arbitrary: fc.record({
      article: someOf('article'),
      text: someOf('text'),
      quantity: someOf('quantity'),
      unit: someOf('unit'),
      price: someOf('price'),
      discount: fc.constant('0'),
      vat: fc.constant('25'),
    }),
  },
);
const position = fc.nat(9);
const anySet = fc
  .constantFrom(...ROW_FIELDS)
  .chain((field) =>
    fc.record({ kind: fc.constant('set' as const), at: position, field: fc.constant(field), value: someOf(field) }),
  );
export const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 4, arbitrary: anySet },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('add' as const), at: position, row: anyRow }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), at: position }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('move' as const), from: position, to: position }) },
);
export const anyEdits = fc.array(anyEdit, { maxLength: 4 });
export const anyRows = fc.array(anyRow, { maxLength: 6 });
export const anyPolicy = fc.constantFrom('webcrm' as const, 'fortnox' as const);

export const keyOf = (one: Row): string => ROW_FIELDS.map((field) => one[field] ?? '-').join('|');
export const bag = (rows: readonly Row[]): string[] => rows.map(keyOf).sort();
export const rowsOf = (world: World): Row[] => world.lines.map((line) => line.row);
/** No call is needed. */
export const isQuiet = (decision: RowsDecision): boolean =>
  !decision.sendFortnoxRows &&
  decision.deleteLines.length === 0 &&
  decision.rows.every((one) => one.lineId !== null && one.webcrmWrite === null && one.sortWrite === null);
