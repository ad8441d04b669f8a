import type { Row, RowField, RowPair } from '../../../schemas/delivery.ts';
import type { FieldChange, Side } from '../../../schemas/records.ts';

/** A quotation line as it is now. */
export interface LineNow {
  readonly id: string;
  readonly sort: number;
  readonly row: Row;
}

export interface RowSide {
  /**
   * `value` as this side would show it after it was written; `row` is the row that the value comes from. undefined: this side
   * cannot hold it, the field is left alone.
   */
  express(field: RowField, value: string | null, row: Row): string | null | undefined;
  /** Whether a new row leaves the field out although its source holds a value, so that the side fills it. Absent: never. */
  fills?(field: RowField, row: Row): boolean;
  /**
   * The image of a new row whose write may have arrived, as the side shows it now when nobody edited it since: what was meant may stand there
   * otherwise. Absent: as it was meant.
   */
  arrived?(image: Row, now: Row): Row;
  /** Whether one of `MergeInput.fortnox`, a row of text, holds a discount that comes to light when the row gets a price. Absent: none does. */
  withholds?(row: Row): boolean;
}

export interface MergeInput {
  /** The rows of the pair in their stored order; empty at the first link. */
  readonly base: readonly RowPair[];
  /** The present lines in their order. */
  readonly webcrm: readonly LineNow[];
  readonly fortnox: readonly Row[];
  /** Who wins when both changed one field (R70). */
  readonly policy: Side;
  readonly sides: Readonly<Record<Side, RowSide>>;
  /**
   * Fortnox's rows may not be written now: edits in webCRM stay pending (their old image stays in the base), or are put back when
   * `putBack`. Fortnox -> webCRM goes on.
   */
  readonly fortnoxLocked: boolean;
  readonly putBack: boolean;
}

export interface MergedRow {
  /** null: the line is to be posted. */
  readonly lineId: string | null;
  /** Position in `input.fortnox`; null: a new row, or (only while Fortnox is locked) a row that is not there. */
  readonly index: number | null;
  /** QuotationLineSortOrder after the write. */
  readonly sort: number;
  /** Fields to write to the line, all that are not empty when it is posted; null: none. */
  readonly webcrmWrite: Partial<Row> | null;
  /** The sort order to write; null: it stands. A posted line takes `sort`. */
  readonly sortWrite: number | null;
  /** Fields to write to Fortnox's row, all that are not empty when it is new; empty: the row is sent as it is. */
  readonly fortnoxWrite: Partial<Row>;
  /** Base of the row once everything is written. */
  readonly next: RowPair;
}

export type RowsReason = 'conflict-resolved' | 'rows-conflict' | 'line-held-more' | 'first-link-overwrote';
export type LostRow = FieldChange & { readonly side: Side };

export interface RowsDecision {
  /**
   * The rows in the order in which Fortnox gets them and the next base is stored. Sort orders are written from the last row to
   * the first: new ones are never below the old, so that a crash half-way leaves the lines in their order.
   */
  readonly rows: readonly MergedRow[];
  readonly deleteLines: readonly string[];
  /** Fortnox's rows of `input.fortnox` that `rows` does not name are removed by the same update. */
  readonly sendFortnoxRows: boolean;
  /** By the side that is written. `rows.2.price`, `rows.3` for a whole row, `rows.order`; counted from 1. */
  readonly changes: Readonly<Record<Side, readonly FieldChange[]>>;
  /** Values that lost; `side` is the one that showed `before`. */
  readonly lost: readonly LostRow[];
  readonly reasons: readonly RowsReason[];
  /** To be stored before anything is written (R22): from it a second merge finishes what a crash cut off. */
  readonly pendingBase: readonly RowPair[];
}
