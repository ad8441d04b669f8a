import { longestIncreasing } from './chains.ts';

/** A line in the order that webCRM shall show. */
export interface Sorted {
  /** The present sort order; null: the line is to be posted. */
  readonly sort: number | null;
  /** The place among the present lines: it orders lines of one sort order. */
  readonly rank: number;
}

const STEP = 10;
/** The greatest sort order that we give out: an int32, since QuotationLineSortOrder is a number without a stated limit (webcrm.md). */
const MOST = 2 ** 31 - 1;

/**
 * Sort orders for lines in the wished order: a line keeps its own where it can (fewest are rewritten), others go into the gaps.
 * Without a gap all are renumbered in tens, none below its present one, so that a renumbering half done keeps the order. Those
 * that are `taken` are not given out.
 */
export function assignSorts(lines: readonly Sorted[], taken: ReadonlySet<number>): number[] {
  const present = lines.flatMap((line, at) => (line.sort === null ? [] : [{ at, rank: line.rank }]));
  const chain = longestIncreasing(present.map(({ rank }) => rank)).map((nth) => present[nth]?.at ?? 0);
  return fillGaps(lines, chain, taken) ?? renumber(lines, taken);
}

const freeFrom = (least: number, taken: ReadonlySet<number>): number => {
  let sort = least;
  while (taken.has(sort)) sort++;
  return sort;
};

function fillGaps(lines: readonly Sorted[], chain: readonly number[], taken: ReadonlySet<number>): number[] | null {
  const sorts: number[] = [];
  let start = { at: -1, sort: 0 };
  for (const at of [...chain, lines.length]) {
    const count = at - start.at - 1;
    const end = at < lines.length ? { at, sort: lines[at]?.sort ?? 0 } : null;
    const low = Math.floor(start.sort);
    const width = end === null ? STEP * (count + 1) : Math.ceil(end.sort) - low;
    let last = low;
    for (let nth = 1; nth <= count; nth++) {
      last = freeFrom(Math.max(last + 1, low + Math.floor((width * nth) / (count + 1))), taken);
      sorts.push(last);
    }
    if (count > 0 && last >= (end?.sort ?? MOST)) return null;
    if (end === null) break;
    sorts.push(end.sort);
    start = end;
  }
  return sorts;
}

function renumber(lines: readonly Sorted[], taken: ReadonlySet<number>): number[] {
  const above = Math.max(0, ...lines.map((line, at) => (line.sort ?? 0) - STEP * (at + 1)));
  const start = Math.ceil(above / STEP) * STEP;
  let last = start + STEP * lines.length > MOST ? 0 : start;
  return lines.map(() => {
    last = freeFrom(last + STEP, taken);
    return last;
  });
}
