import type { Row, RowPair } from '../../../schemas/delivery.ts';
import type { Entry } from './entries.ts';
import { expressRow, type FieldLoss, holdsUnseen, imagesOfNewPair, mergeFields, NOWHERE, sameRow } from './fields.ts';
import type { LineNow, MergeInput } from './types.ts';

/** What becomes of one row. The sort order is not decided here. */
export type Outcome =
  | {
      readonly kind: 'keep';
      readonly webcrm: Partial<Row>;
      readonly fortnox: Partial<Row>;
      readonly next: Omit<RowPair, 'lineId' | 'sort'>;
      readonly lost: readonly FieldLoss[];
    }
  /** The line is posted. `lost`: its deletion was put back. */
  | {
      readonly kind: 'post';
      readonly write: Partial<Row>;
      readonly next: Omit<RowPair, 'lineId' | 'sort'>;
      readonly conflict: boolean;
      readonly lost: boolean;
    }
  /** The row is added to Fortnox. */
  | {
      readonly kind: 'send';
      readonly write: Partial<Row>;
      readonly next: Omit<RowPair, 'lineId' | 'sort'>;
      readonly conflict: boolean;
    }
  /** The line is deleted. `lost`: an edit of it goes with it, or values that Fortnox never showed; null: nothing that is not known. */
  | { readonly kind: 'drop-line'; readonly lost: 'edit' | 'unseen' | null }
  /** Fortnox's row is removed. */
  | { readonly kind: 'drop-row' }
  /** It waits until Fortnox may be written; with a base it stays there as it is. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'gone' };

/** Decides about one row by where it is, was, and has changed; an edit wins over a deletion. */
export function decide(entry: Entry, input: MergeInput): Outcome {
  const { base, line, fortnox } = entry;
  if (line && fortnox) return keep(entry, line, fortnox.row, input);
  if (line) return withoutRow(base, line, input);
  if (fortnox) return withoutLine(base, fortnox.row, input);
  return { kind: 'gone' };
}

function keep(entry: Entry, line: LineNow, row: Row, input: MergeInput): Outcome {
  const images = entry.base ?? imagesOfNewPair(line.row, row, input.sides);
  const { writes, next, lost, waits } = mergeFields(images, { webcrm: line.row, fortnox: row }, input);
  const first = waits && entry.base?.firstLink ? { firstLink: entry.base.firstLink } : {};
  return { kind: 'keep', ...writes, next: { ...next, ...first }, lost };
}

function withoutRow(base: RowPair | null, line: LineNow, input: MergeInput): Outcome {
  if (base && sameRow(base.webcrm, line.row))
    return { kind: 'drop-line', lost: holdsUnseen(line.row, input.sides) ? 'unseen' : null };
  if (input.fortnoxLocked) return input.putBack ? { kind: 'drop-line', lost: 'edit' } : { kind: 'wait' };
  const { write, image } = expressRow(line.row, 'fortnox', input.sides);
  return {
    kind: 'send',
    write,
    next: { webcrm: line.row, fortnox: image },
    conflict: base !== null && !sameRow(base.webcrm, NOWHERE),
  };
}

function withoutLine(base: RowPair | null, row: Row, input: MergeInput): Outcome {
  const deleted = base !== null && base.lineId !== null;
  const conflict = deleted && !sameRow(base.fortnox, row);
  if (deleted && !conflict) {
    if (!input.fortnoxLocked) return { kind: 'drop-row' };
    if (!input.putBack) return { kind: 'wait' };
  }
  const { write, image } = expressRow(row, 'webcrm', input.sides);
  return { kind: 'post', write, next: { webcrm: image, fortnox: row }, conflict, lost: deleted && !conflict };
}
