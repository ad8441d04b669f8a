import type { JobContext } from '../context.ts';
import type { FieldLine } from '../fields.ts';

/** The surroundings of a customer's job. */
export interface CustomerContext extends JobContext {
  readonly map: readonly FieldLine[];
}
