import { ROW_FIELDS, type Row } from '../../../schemas/delivery.ts';
import type { FieldChange, Side } from '../../../schemas/records.ts';
import type { Entry } from './entries.ts';
import { rowText } from './fields.ts';
import type { Orders } from './order.ts';
import type { Outcome } from './outcome.ts';
import type { LineNow, LostRow, MergedRow, MergeInput, RowsReason } from './types.ts';

/** Collects what the activity log tells of a merge. */
export function createReport(
  rows: ReadonlyMap<Entry, MergedRow>,
  outcomes: ReadonlyMap<Entry, Outcome>,
  lines: readonly LineNow[],
) {
  const changes: Record<Side, FieldChange[]> = { webcrm: [], fortnox: [] };
  const lost: LostRow[] = [];
  const reasons = new Set<RowsReason>();
  const numbers = new Map([...rows.keys()].map((entry, at) => [entry, at + 1]));
  const ranks = new Map<LineNow | null, number>(lines.map((line, at) => [line, at + 1]));

  /** R21: what a side showed when the two were linked. */
  const overwritten = (entry: Entry, side: Side, change: FieldChange) => {
    if (!entry.base?.firstLink || change.before === null || change.before === '0') return;
    lost.push({ ...change, side });
    reasons.add('first-link-overwrote');
  };

  const fieldChanges = (entry: Entry, side: Side, name: string, now: Row, write: Partial<Row>) => {
    for (const field of ROW_FIELDS) {
      const after = write[field];
      if (after === undefined) continue;
      const change = { field: `${name}.${field}`, before: now[field], after };
      changes[side].push(change);
      overwritten(entry, side, change);
    }
  };

  const tell = (entry: Entry, outcome: Outcome) => {
    const { line, fortnox } = entry;
    // A row that goes away is counted where it stood.
    const name = `rows.${numbers.get(entry) ?? (line ? ranks.get(line) : (fortnox?.index ?? 0) + 1)}`;
    if (outcome.kind === 'keep' && line && fortnox) {
      fieldChanges(entry, 'webcrm', name, line.row, outcome.webcrm);
      fieldChanges(entry, 'fortnox', name, fortnox.row, outcome.fortnox);
      for (const { reason, ...loss } of entry.base?.firstLink ? [] : outcome.lost) {
        lost.push({ ...loss, field: `${name}.${loss.field}` });
        if (reason !== null) reasons.add(reason);
      }
    }
    if (outcome.kind === 'post') {
      const change = { field: name, before: null, after: rowText(outcome.next.webcrm) };
      changes.webcrm.push(change);
      if (outcome.lost) lost.push({ ...change, side: 'webcrm' });
      if (outcome.conflict) reasons.add('rows-conflict');
    }
    if (outcome.kind === 'send') {
      changes.fortnox.push({ field: name, before: null, after: rowText(outcome.next.fortnox) });
      if (outcome.conflict) reasons.add('rows-conflict');
    }
    if (outcome.kind === 'drop-line' && line) {
      const change = { field: name, before: rowText(line.row), after: null };
      changes.webcrm.push(change);
      if (entry.base?.firstLink) overwritten(entry, 'webcrm', change);
      else if (outcome.lost !== null) lost.push({ ...change, side: 'webcrm' });
      if (outcome.lost === 'unseen') reasons.add('line-held-more');
    }
    if (outcome.kind === 'drop-row' && fortnox) {
      const change = { field: name, before: rowText(fortnox.row), after: null };
      changes.fortnox.push(change);
      overwritten(entry, 'fortnox', change);
    }
  };

  /** The order of a side before and after, as numbers of the rows afterwards; null: it stays. */
  const orderChange = (before: readonly Entry[], after: readonly Entry[]): FieldChange | null => {
    const places = new Map(after.map((entry, at) => [entry, at]));
    const kept = before.filter((entry) => places.has(entry));
    const sorted = kept.toSorted((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
    const text = (order: readonly Entry[]) => order.map((entry) => numbers.get(entry) ?? '-').join(',');
    if (kept.every((entry, at) => entry === sorted[at])) return null;
    return { field: 'rows.order', before: text(kept), after: text(sorted) };
  };

  return {
    changes,
    lost,
    reasons: (): RowsReason[] => [...reasons],
    rows(): void {
      for (const [entry, outcome] of outcomes) tell(entry, outcome);
    },
    /** `shown`: the lines that stay, in the order that they get. */
    orders(shown: readonly Entry[], orders: Orders<Entry>, input: MergeInput): void {
      const byRank = (a: Entry, b: Entry) => (ranks.get(a.line) ?? 0) - (ranks.get(b.line) ?? 0);
      const present = shown.filter(({ line }) => line !== null).toSorted(byRank);
      const webcrm = orderChange(present, shown);
      if (webcrm) {
        changes.webcrm.push(webcrm);
        const putBack = input.fortnoxLocked && input.putBack && orders.webcrmReordered;
        if (orders.conflict || putBack) lost.push({ ...webcrm, side: 'webcrm' });
      }
      if (orders.conflict) reasons.add('rows-conflict');
      if (input.fortnoxLocked) return;
      const indexOf = (entry: Entry) => entry.fortnox?.index ?? 0;
      const inFortnox = [...rows.keys()].filter(({ fortnox }) => fortnox !== null);
      const fortnox = orderChange(
        inFortnox.toSorted((a, b) => indexOf(a) - indexOf(b)),
        inFortnox,
      );
      if (fortnox) changes.fortnox.push(fortnox);
    },
  };
}
