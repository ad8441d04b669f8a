import { ROW_FIELDS, type Row, type RowPair } from '../../../schemas/delivery.ts';
import type { Side } from '../../../schemas/records.ts';
import { intendedWrites } from '../intended.ts';
import type { Entries, Entry } from './entries.ts';
import { imagesOfNewPair, NOWHERE, sameRow } from './fields.ts';
import { insertMissing } from './order.ts';
import type { Outcome } from './outcome.ts';
import type { MergeInput } from './types.ts';

/**
 * What is stored before anything is written (R22): in the old order with the old images, so that what a crash cut off is decided
 * again; with every line that is to be posted, so that it is known again when it was; with every line whose row is to be sent,
 * so that it is neither taken for a posted one nor sent twice; with what is gone, so that no equal row is taken for it; with what
 * Fortnox shows of an edited row, so that one which is to be removed, and was like it, does not take its place; and with the fields that are to
 * be written, so that they are nobody's edit once they have arrived (R1).
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
    const intended = intendedOf(outcome);
    const known = { lineId: line.id, sort: line.sort, ...intended };
    if (outcome?.kind === 'send') return [{ ...known, webcrm: NOWHERE, fortnox: outcome.next.fortnox }];
    if (base) {
      const images = { ...base, fortnox: fortnox ? base.fortnox : NOWHERE };
      return [seeing({ ...images, lineId: line.id, ...intended }, fortnox?.row)];
    }
    return fortnox ? [{ ...known, ...imagesOfNewPair(line.row, fortnox.row, sides) }] : [];
  });
}

/** The fields of a row on both sides that are to be written. */
function intendedOf(outcome: Outcome | undefined): Pick<RowPair, 'intended'> {
  if (outcome?.kind !== 'keep') return {};
  const fieldsOf = (side: Side) => ROW_FIELDS.filter((field) => field in outcome[side]);
  const intended = intendedWrites({ webcrm: fieldsOf('webcrm'), fortnox: fieldsOf('fortnox') }, outcome.next);
  return intended.length > 0 ? { intended } : {};
}

function seeing({ seen: _, ...pair }: RowPair, row: Row | undefined): RowPair {
  return row === undefined || sameRow(row, pair.fortnox) ? pair : { ...pair, seen: row };
}
