import { ROW_FIELDS, type Row, type RowPair } from '../../../schemas/delivery.ts';
import type { Entries, Entry } from './entries.ts';
import { imagesOfNewPair, NOWHERE, sameRow } from './fields.ts';
import { insertMissing } from './order.ts';
import type { Outcome } from './outcome.ts';
import type { MergeInput } from './types.ts';

/**
 * What is stored before anything is written (R22): in the old order with the old images, so that what a crash cut off is decided
 * again; with every line that is to be posted, so that it is known again when it was; with every line whose row is to be sent,
 * so that it is neither taken for a posted one nor sent twice; with what is gone, so that no equal row is taken for it; and with what
 * Fortnox shows of an edited row, so that one which is to be removed, and was like it, does not take its place.
 */
export function pendingOf(
  entries: Entries,
  outcomes: ReadonlyMap<Entry, Outcome>,
  sorts: ReadonlyMap<Entry, number>,
  sides: MergeInput['sides'],
): RowPair[] {
  const order = insertMissing(insertMissing(entries.base, entries.fortnox), entries.webcrm);
  return order.flatMap((entry): RowPair[] => {
    const { base, line, fortnox } = entry;
    const outcome = outcomes.get(entry);
    if (outcome?.kind === 'post') return [{ lineId: null, sort: sorts.get(entry) ?? 0, ...outcome.next }];
    if (!line) return base ? [seeing(base, fortnox?.row)] : [];
    const known = { lineId: line.id, sort: line.sort, ...intendedOf(outcome) };
    if (outcome?.kind === 'send') return [{ ...known, webcrm: NOWHERE, fortnox: outcome.next.fortnox }];
    if (base) {
      const { sort } = base;
      return [seeing({ ...base, ...known, sort, fortnox: fortnox ? base.fortnox : NOWHERE }, fortnox?.row)];
    }
    return fortnox ? [{ ...known, ...imagesOfNewPair(line.row, fortnox.row, sides) }] : [];
  });
}

/** The fields of a row on both sides that are to be written. */
function intendedOf(outcome: Outcome | undefined): Pick<RowPair, 'intended'> {
  if (outcome?.kind !== 'keep') return {};
  const { next } = outcome;
  const intended = (['fortnox', 'webcrm'] as const).flatMap((side) =>
    ROW_FIELDS.filter((field) => field in outcome[side]).map((field) => ({
      side,
      field,
      images: { webcrm: next.webcrm[field], fortnox: next.fortnox[field] },
    })),
  );
  return intended.length > 0 ? { intended } : {};
}

function seeing({ seen: _, ...pair }: RowPair, row: Row | undefined): RowPair {
  return row === undefined || sameRow(row, pair.fortnox) ? pair : { ...pair, seen: row };
}
