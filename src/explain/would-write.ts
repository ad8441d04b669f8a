import type { Side } from '../../schemas/records.ts';

/** What a write is about, in the vendor's words. */
export type WrittenKind = 'customer' | 'article' | 'order' | 'invoice' | 'organisation' | 'delivery' | 'line' | 'item';

/** A write that a job would send. */
export interface PlannedWrite {
  readonly side: Side;
  readonly action: 'create' | 'update' | 'delete';
  readonly kind: WrittenKind;
  /** The record; of a new line its delivery. null: it is to be created. */
  readonly id: string | null;
  /** The vendor's fields as they would be sent; '' clears. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The rows of a document in their new order, with the fields that change of each; null: they stay. */
  readonly rows:
    | readonly { readonly rowId: number | null; readonly fields: Readonly<Record<string, unknown>> }[]
    | null;
}

/** Ends a rehearsal where a record would be created: what follows rests on the vendor's answer, which nobody knows. */
export class WouldWrite extends Error {
  readonly write: PlannedWrite;

  constructor(write: PlannedWrite) {
    super(`A rehearsal would ${write.action} ${write.kind} ${write.id ?? ''} in ${write.side}.`);
    this.name = 'WouldWrite';
    this.write = write;
  }
}
