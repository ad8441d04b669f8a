import type { Side } from '../../schemas/records.ts';
import { inRepeatedHour } from '../vendors/fortnox/stockholm-time.ts';

const HOUR_MS = 3_600_000;
/** A change that a vendor shows a little after it stamps it, and the seconds that a stamp leaves out (R74). */
export const OVERLAP_MS = 120_000;

/**
 * Where a poll begins to read, for a cursor in ms (R74): two minutes before it; for Fortnox, whose `lastmodified` is
 * Stockholm's clock without an offset (fortnox.md 5.3), one hour more when the cursor lies in the repeated hour.
 */
export function pollStart(side: Side, cursor: number): number {
  const extra = side === 'fortnox' && inRepeatedHour(cursor) ? HOUR_MS : 0;
  return cursor - OVERLAP_MS - extra;
}
