/** A field that a job is about to write on a side, and what both show of it when that has arrived (R1). */
export interface IntendedWrite<F extends string = string> {
  readonly side: 'webcrm' | 'fortnox';
  readonly field: F;
  readonly images: Readonly<Record<'webcrm' | 'fortnox', string | null>>;
  /** Of an instance that was overtaken: what it saw on the other side is older than what the pair remembers. */
  readonly late?: true;
}
