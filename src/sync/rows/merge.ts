import type { Row } from '../../../schemas/delivery.ts';
import { type Entry, identify } from './entries.ts';
import { NOWHERE } from './fields.ts';
import { mergeOrders } from './order.ts';
import { decide, type Outcome } from './outcome.ts';
import { pendingOf } from './pending.ts';
import { createReport } from './report.ts';
import { assignSorts } from './sort-orders.ts';
import type { LineNow, MergedRow, MergeInput, RowsDecision } from './types.ts';

export type { LineNow, LostRow, MergedRow, MergeInput, RowSide, RowsDecision, RowsReason } from './types.ts';

/** Whether the row's line is there once everything is written, and ours to sort: one that waits without a base is let be. */
const isSorted = (entry: Entry, outcome: Outcome | undefined): boolean => {
  if (entry.line === null) return outcome?.kind === 'post';
  return outcome?.kind !== 'drop-line' && (outcome?.kind !== 'wait' || entry.base !== null);
};

/**
 * Merges the rows of a document three-way as lists (R44): decides what is written to the lines of webCRM and to the rows of
 * Fortnox. As a multiset the result is always right; which row is which is right when article or text tells them apart and at
 * most one side reorders. Total, pure and deterministic; merging again what it decided decides nothing.
 */
export function mergeRows(input: MergeInput): RowsDecision {
  const lines = input.webcrm.toSorted((a, b) => a.sort - b.sort);
  const entries = identify(input, lines);
  const orders = mergeOrders(entries.base, entries.webcrm, entries.fortnox);
  const outcomes = new Map<Entry, Outcome>(
    [...entries.base, ...entries.webcrm, ...entries.fortnox].map((entry) => [entry, decide(entry, input)]),
  );
  const order = input.fortnoxLocked && input.putBack ? orders.fortnox : orders.merged;
  const shown = order.filter((entry) => isSorted(entry, outcomes.get(entry)));
  const sorts = sortsOf(shown, outcomes, lines);

  const rows = new Map<Entry, MergedRow>();
  for (const entry of input.fortnoxLocked ? orders.fortnox : orders.merged) {
    const row = mergedRow(entry, outcomes.get(entry), sorts.get(entry));
    if (row) rows.set(entry, row);
  }
  const report = createReport(rows, outcomes, lines);
  report.rows();
  report.orders(shown, orders, input);
  const merged = [...rows.values()];
  return {
    rows: merged,
    deleteLines: [...outcomes].flatMap(([{ line }, { kind }]) => (kind === 'drop-line' && line ? [line.id] : [])),
    sendFortnoxRows: !input.fortnoxLocked && differs(merged, input.fortnox),
    changes: report.changes,
    lost: report.lost,
    reasons: report.reasons(),
    pendingBase: pendingOf(entries, outcomes, sorts, input.sides),
  };
}

function sortsOf(shown: readonly Entry[], outcomes: ReadonlyMap<Entry, Outcome>, lines: readonly LineNow[]) {
  const ranks = new Map<LineNow | null, number>(lines.map((line, rank) => [line, rank]));
  const sorted = shown.map(({ line }) => ({ sort: line?.sort ?? null, rank: ranks.get(line) ?? 0 }));
  const letBe = [...outcomes].flatMap(([{ line, base }, { kind }]) =>
    kind === 'wait' && line && !base ? [line.sort] : [],
  );
  const sorts = assignSorts(sorted, new Set(letBe));
  return new Map(shown.map((entry, at) => [entry, sorts[at] ?? 0]));
}

const orNull = (write: Partial<Row>): Partial<Row> | null => (Object.keys(write).length > 0 ? write : null);

/** The row as it is written; undefined: it is on neither side afterwards, or waits without a base. */
function mergedRow(entry: Entry, outcome: Outcome | undefined, sorted: number | undefined): MergedRow | undefined {
  const { base, line } = entry;
  const index = entry.fortnox?.index ?? null;
  const sort = sorted ?? base?.sort ?? 0;
  const sortWrite = line && line.sort !== sort ? sort : null;
  const next = { lineId: line?.id ?? null, sort };
  const common = { lineId: next.lineId, index, sort, sortWrite, webcrmWrite: null, fortnoxWrite: {} };
  switch (outcome?.kind) {
    case 'keep':
      return {
        ...common,
        webcrmWrite: orNull(outcome.webcrm),
        fortnoxWrite: outcome.fortnox,
        next: { ...next, ...outcome.next },
      };
    case 'post':
      return { ...common, webcrmWrite: outcome.write, next: { ...next, ...outcome.next } };
    case 'send':
      return { ...common, fortnoxWrite: outcome.write, next: { ...next, ...outcome.next } };
    case 'wait': {
      if (!base) return undefined;
      const lineId = line?.id ?? base.lineId;
      const images = { webcrm: base.webcrm, fortnox: line ? NOWHERE : base.fortnox };
      const first = base.firstLink ? { firstLink: base.firstLink } : {};
      return { ...common, lineId, next: { lineId, sort, ...images, ...first } };
    }
    default:
      return undefined;
  }
}

/** Whether Fortnox's rows change: one is edited, new, removed or moved. */
function differs(rows: readonly MergedRow[], fortnox: readonly Row[]): boolean {
  return (
    rows.length !== fortnox.length ||
    rows.some((row, at) => row.index !== at || Object.keys(row.fortnoxWrite).length > 0)
  );
}
