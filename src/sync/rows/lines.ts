import type { Row, RowPair } from '../../../schemas/delivery.ts';
import type { LineNow } from './types.ts';

type Likeness = (intended: RowPair, line: LineNow) => boolean;
const same = (a: Row, b: Row, ...fields: (keyof Row)[]): boolean => fields.every((field) => a[field] === b[field]);

/**
 * How an intended line is known among those without a row, best first: a quotation line has no room for a key of ours (R22). One
 * that shares nothing but its place and article is a person's own: taken for ours, it would overwrite the row.
 */
const LIKENESS: readonly Likeness[] = [
  (intended, line) => intended.sort === line.sort && same(intended.webcrm, line.row, 'article', 'text'),
  (intended, line) =>
    intended.sort === line.sort &&
    same(intended.webcrm, line.row, 'article') &&
    (same(intended.webcrm, line.row, 'quantity') || same(intended.webcrm, line.row, 'price')),
  (intended, line) => same(intended.webcrm, line.row, 'article', 'text', 'quantity'),
];

/** The present line of each base row, by its id or, where it was to be posted, by likeness; each line at most once. */
export function matchLines(base: readonly RowPair[], lines: readonly LineNow[]): (LineNow | null)[] {
  const byId = new Map(lines.map((line) => [line.id, line]));
  const found = base.map((pair) => (pair.lineId === null ? null : (byId.get(pair.lineId) ?? null)));
  const known = new Set(base.map((pair) => pair.lineId));
  const free = new Set(lines.filter((line) => !known.has(line.id)));
  for (const alike of LIKENESS) {
    base.forEach((pair, at) => {
      if (pair.lineId !== null || found[at]) return;
      for (const line of free) {
        if (!alike(pair, line)) continue;
        found[at] = line;
        free.delete(line);
        return;
      }
    });
  }
  return found;
}
