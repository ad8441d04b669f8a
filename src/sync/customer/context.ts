import type { JobContext } from '../context.ts';
import type { FieldLine } from '../fields.ts';
import type { Importing } from '../listed.ts';

/** The surroundings of a customer's job. */
export interface CustomerContext extends JobContext {
  readonly map: readonly FieldLine[];
  /** Of a job of an import: what was listed (R24). */
  readonly importing?: Importing | null;
}
