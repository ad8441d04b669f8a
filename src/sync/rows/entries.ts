import type { Row, RowPair } from '../../../schemas/delivery.ts';
import { knownOf } from '../intended.ts';
import { alignRows } from './align.ts';
import { NOWHERE, remembering, sameRow } from './fields.ts';
import { matchLines } from './lines.ts';
import { insertMissing, type Placed } from './order.ts';
import type { LineNow, MergeInput, RowSide } from './types.ts';

/** One row as far as it is known: what was stored of it, and what each side shows now. At least one is there. */
export interface Entry extends Placed {
  readonly base: RowPair | null;
  readonly line: LineNow | null;
  readonly fortnox: { readonly row: Row; readonly index: number } | null;
}

export interface Entries {
  readonly base: readonly Entry[];
  /** In the order of the lines. */
  readonly webcrm: readonly Entry[];
  /** In the order of Fortnox's rows. */
  readonly fortnox: readonly Entry[];
}

/** The row with the images that what was to be written of it makes known (R1). */
function withKnown(
  pair: RowPair,
  { webcrm, fortnox }: { webcrm: Row | null; fortnox: Row | null },
  { arrived = (image) => image }: RowSide,
): RowPair {
  // A row that was to be sent holds no image of its line yet, and no fields that were to be written.
  if (fortnox !== null && sameRow(pair.webcrm, NOWHERE)) return { ...pair, fortnox: arrived(pair.fortnox, fortnox) };
  const known = knownOf(pair.intended ?? [], { webcrm: webcrm ?? {}, fortnox: fortnox ?? {} });
  if (known === null) return pair;
  return {
    ...pair,
    webcrm: { ...pair.webcrm, ...known.webcrm },
    fortnox: { ...pair.fortnox, ...known.fortnox },
  };
}

/** Finds out which present lines and rows are the ones of the base, and which new ones are one row on both sides. */
export function identify(input: MergeInput, lines: readonly LineNow[]): Entries {
  const { base, fortnox: rows, sides } = input;
  const lineOf = matchLines(base, lines);
  const places = new Map(lineOf.map((line, at) => [line, at]));
  const known = base.map((_, at) => at);
  // New lines are sought where they stand, numbered from the end of the base on.
  const inLines = lines.map((line, rank) => places.get(line) ?? base.length + rank);
  const order = insertMissing(known, inLines);

  const found = alignRows(
    order.map((at) => {
      const pair = base[at] ?? null;
      const line = (pair ? lineOf[at] : lines[at - base.length]) ?? null;
      const untouched = pair !== null && line !== null && sameRow(pair.webcrm, line.row);
      const intended = pair !== null && sameRow(pair.webcrm, NOWHERE);
      const deleted = line === null && pair !== null && pair.lineId !== null;
      const images = { image: pair?.fortnox ?? null, seen: pair?.seen ?? null };
      return { ...images, line: line?.row ?? null, deleted, intended, untouched };
    }),
    rows,
    remembering(sides),
  );
  const entries = new Map<number, Entry>();
  const byIndex: Entry[] = [];
  order.forEach((at, nth) => {
    const index = found[nth] ?? null;
    const row = index === null ? undefined : rows[index];
    const pair = base[at] ?? null;
    const line = (pair ? lineOf[at] : lines[at - base.length]) ?? null;
    const entry: Entry = {
      base: pair && withKnown(pair, { webcrm: line?.row ?? null, fortnox: row ?? null }, sides.fortnox),
      line,
      fortnox: index === null || !row ? null : { row, index },
      inBase: pair !== null,
      lineSeen: pair !== null && pair.lineId !== null,
    };
    entries.set(at, entry);
    if (entry.fortnox) byIndex[entry.fortnox.index] = entry;
  });
  const pick = (at: number): Entry[] => {
    const entry = entries.get(at);
    return entry ? [entry] : [];
  };
  return {
    base: known.flatMap(pick),
    webcrm: inLines.flatMap(pick),
    fortnox: rows.map(
      (row, index) =>
        byIndex[index] ?? { base: null, line: null, fortnox: { row, index }, inBase: false, lineSeen: false },
    ),
  };
}
