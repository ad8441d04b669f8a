import { spreadOf } from '../hash.ts';
import { stockholmTime } from '../vendors/fortnox/stockholm-time.ts';

/** Runs begin within this part of the hour, so that the last of them is not late for it. */
const SPREAD_MINUTES = 50;

/** The minute of the hour at which a tenant's nightly run begins: spread by a hash, 0 to 49. */
export const minuteOf = (tenantId: string): number => Math.floor(spreadOf(`reconcile/${tenantId}`) * SPREAD_MINUTES);

/**
 * The calendar date in Stockholm whose nightly run is due now; null when none is. A night that was missed is made up for later
 * on its date; a tenant that never had one waits for the hour itself. A date has one run, also where autumn repeats the hour.
 */
export function nightDue(now: number, hour: number | null, minute: number, last: string | null): string | null {
  if (hour === null) return null;
  const local = stockholmTime(now);
  const date = local.slice(0, 10);
  const minutes = Number(local.slice(11, 13)) * 60 + Number(local.slice(14, 16));
  const from = hour * 60 + minute;
  if (minutes < from) return null;
  if (last === null) return minutes < from + 60 ? date : null;
  return date > last ? date : null;
}
