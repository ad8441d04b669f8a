import { ROW_FIELDS, type Row, type RowField } from '../../../schemas/delivery.ts';
import { heaviestChain, longestIncreasing } from './chains.ts';
import { agrees, isOneNewRow, isPartlyWritten, NOWHERE, sameRow } from './fields.ts';
import type { MergeInput } from './types.ts';

/** What Fortnox's rows are sought for: a row of the base, or a line that is new in webCRM. */
export interface Sought {
  /** Fortnox's image; null: the line is new. NOWHERE fits no row. */
  readonly image: Row | null;
  /** What Fortnox showed in the image's place when writes were begun that may not have ended; null: the same. */
  readonly seen: Row | null;
  /** The present line; null: there is none. */
  readonly line: Row | null;
  /** The line was deleted. */
  readonly deleted: boolean;
  /** The row was to be sent, and may or may not have arrived. */
  readonly intended: boolean;
  /** The line is as its own image shows it. */
  readonly untouched: boolean;
}

type Weigh = (sought: Sought, row: Row) => number;

/** Any exact row outweighs all that is merely alike; among equal numbers of exact ones, the alike ones tell. */
const EXACT = 1e12;
/** A new line takes a row only from what is alike, never from an image: then both rows are there. */
const NEW = EXACT - 1e7;
const NAMED = 1_000;
const ARTICLE = 100;
const TEXT = 50;

/**
 * Exact is also a row that shows what we may have written when the answer was lost (R22); an image as it is goes before it. Of
 * equal rows the one whose line was deleted comes last: its row may be removed already, and the other's must not be.
 */
const exact =
  (sides: MergeInput['sides']): Weigh =>
  ({ image, seen, line, intended, deleted, untouched }, row) => {
    if ([image, seen].some((known) => known !== null && sameRow(known, row)))
      return deleted ? EXACT - 3 : intended ? EXACT - 2 : EXACT;
    if (line === null || intended || untouched) return 0;
    if (image === null) return isOneNewRow(line, row, sides) ? NEW : 0;
    return !sameRow(image, NOWHERE) && isPartlyWritten(image, line, row, sides) ? EXACT - 1 : 0;
  };

/** The same in these fields, in which what we may have written to Fortnox counts as well. */
const alike =
  (weight: number, sides: MergeInput['sides'], ...fields: readonly RowField[]): Weigh =>
  ({ image, line, untouched }, row) => {
    if (image === null || sameRow(image, NOWHERE) || fields.every((field) => row[field] === null)) return 0;
    const fits = (field: RowField) =>
      image[field] === row[field] || (!untouched && line !== null && agrees(field, line, row, sides));
    return fields.every(fits) ? weight + ROW_FIELDS.filter(fits).length : 0;
  };

const ofBase =
  (weigh: Weigh): Weigh =>
  (one, row) =>
    one.intended ? 0 : weigh(one, row);

/**
 * Finds Fortnox's present row for each sought one (its RowIds are renewed at every update): exact equality first, then article
 * and text, article, text, and last the position inside a gap of equal length.
 */
export function alignRows(
  sought: readonly Sought[],
  rows: readonly Row[],
  sides: MergeInput['sides'],
): (number | null)[] {
  const found: (number | null)[] = sought.map(() => null);
  const free = new Set(rows.keys());
  const pair = (at: number, index: number) => {
    found[at] = index;
    free.delete(index);
  };
  const same = exact(sides);
  const named = alike(NAMED, sides, 'article', 'text');
  const tiers = [named, alike(ARTICLE, sides, 'article'), alike(TEXT, sides, 'text')];
  const steps = [same, ...tiers.map(ofBase)];
  const best: Weigh = (one, row) => {
    for (const weigh of steps) {
      const weight = weigh(one, row);
      if (weight > 0) return weight;
    }
    return 0;
  };

  pairEnds(sought, rows, pair, (one, row) => (same(one, row) === EXACT ? EXACT : 0));
  inOrder(sought, rows, found, pair, best, (weight) => weight > EXACT / 2);
  for (const least of [EXACT, EXACT / 2]) {
    anywhere(sought, rows, found, free, pair, (one, row) => {
      const weight = same(one, row);
      return weight >= least ? weight : 0;
    });
  }
  for (const weigh of [...tiers.map(ofBase), named]) {
    inOrder(sought, rows, found, pair, weigh);
    anywhere(sought, rows, found, free, pair, weigh);
  }
  yieldToEdited(sought, rows, found, named);
  for (const gap of gapsOf(found, rows.length)) {
    const open = gap.sought.filter((at) => mayMove(sought[at]));
    if (open.length !== gap.rows.length) continue;
    for (const [nth, at] of open.entries()) pair(at, gap.rows[nth] as number);
  }
  return found;
}

/** Position tells only of a row that was in Fortnox when it was last seen. */
const mayMove = (one: Sought | undefined): boolean =>
  one !== undefined && one.image !== null && !one.intended && !sameRow(one.image, NOWHERE);

type Pair = (at: number, index: number) => void;

/** The stretches between rows that were found in order: what is still open in each, on both sides. */
function gapsOf(found: readonly (number | null)[], rows: number): { sought: number[]; rows: number[] }[] {
  const taken = new Set(found);
  const places = found.flatMap((index, at) => (index === null ? [] : [{ at, index }]));
  const anchors = longestIncreasing(places.map(({ index }) => index)).flatMap((nth) => places[nth] ?? []);
  const open = (from: number, to: number, isOpen: (position: number) => boolean) =>
    Array.from({ length: Math.max(0, to - from - 1) }, (_, nth) => from + 1 + nth).filter(isOpen);
  const ends = [{ at: -1, index: -1 }, ...anchors, { at: found.length, index: rows }];
  return ends.slice(1).map((end, nth) => {
    const start = ends[nth] ?? { at: -1, index: -1 };
    return {
      sought: open(start.at, end.at, (at) => found[at] === null),
      rows: open(start.index, end.index, (index) => !taken.has(index)),
    };
  });
}

/** Pairs what is equal at both ends: most lists hardly change, and `inOrder` costs the product of the lengths. */
function pairEnds(sought: readonly Sought[], rows: readonly Row[], pair: Pair, weigh: Weigh): void {
  const fits = (at: number, index: number) => weigh(sought[at] as Sought, rows[index] as Row) > 0;
  const shorter = Math.min(sought.length, rows.length);
  let head = 0;
  while (head < shorter && fits(head, head)) {
    pair(head, head);
    head++;
  }
  for (let tail = 1; head + tail <= shorter && fits(sought.length - tail, rows.length - tail); tail++) {
    pair(sought.length - tail, rows.length - tail);
  }
}

function inOrder(
  sought: readonly Sought[],
  rows: readonly Row[],
  found: readonly (number | null)[],
  pair: Pair,
  weigh: Weigh,
  counts: (weight: number) => boolean = () => true,
): void {
  for (const gap of gapsOf(found, rows.length)) {
    const weight = (i: number, j: number) =>
      weigh(sought[gap.sought[i] as number] as Sought, rows[gap.rows[j] as number] as Row);
    for (const [i, j] of heaviestChain(gap.sought.length, gap.rows.length, weight)) {
      if (counts(weight(i, j))) pair(gap.sought[i] as number, gap.rows[j] as number);
    }
  }
}

function anywhere(
  sought: readonly Sought[],
  rows: readonly Row[],
  found: readonly (number | null)[],
  free: ReadonlySet<number>,
  pair: Pair,
  weigh: Weigh,
): void {
  sought.forEach((one, at) => {
    if (found[at] !== null) return;
    let best = -1;
    let most = 0;
    for (const index of free) {
      const weight = weigh(one, rows[index] as Row);
      if (weight <= most) continue;
      most = weight;
      best = index;
    }
    if (best >= 0) pair(at, best);
  });
}

/**
 * A new line leaves its row to a row of the base of the same article and text whose line nobody touched and that has none: it is that
 * one, edited in Fortnox, and not the trace of our own write, which would have kept both.
 */
function yieldToEdited(sought: readonly Sought[], rows: readonly Row[], found: (number | null)[], named: Weigh): void {
  sought.forEach((one, at) => {
    const index = found[at];
    if ((one.image !== null && !one.intended) || index === null || index === undefined) return;
    const owner = sought.findIndex(
      (other, nth) => found[nth] === null && other.untouched && !other.intended && named(other, rows[index] as Row),
    );
    if (owner < 0) return;
    found[owner] = index;
    found[at] = null;
  });
}
