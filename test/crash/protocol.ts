import type { Hint } from '../../schemas/records.ts';

/** Longer than a block of slots is good for (src/queue/slot-record.ts), shorter than an instance's lease. The clocks of service and vendors leap by it when a story begins. */
export const BLOCKS_END_MS = 13_000;

/** A hint as the parent gives it: the child knows its tenant. */
export type Told = Pick<Hint, 'entity' | 'side' | 'id'>;

/** What the child is told at its start, in one variable of its environment. */
export interface Orders {
  readonly webcrmToken: string;
  readonly fortnoxRefreshToken: string;
  /** Changes of the settings, made when the tenant is. */
  readonly settings: object;
  /** Records to be brought in step one after the other before anything is killed. */
  readonly prepare: readonly Told[];
  /** The step at which it kills itself, such as "pairs.replace#2"; null: it works until nothing is left to do. */
  readonly kill: { readonly step: string; readonly moment: 'before' | 'after' } | null;
}

/** What the child says. After `prepared` it waits for the hints (`Told[]`) that the steps begin with. */
export type Said = { readonly kind: 'prepared' } | { readonly kind: 'step'; readonly step: string };
