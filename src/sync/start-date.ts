import type { Tenant } from '../../schemas/records.ts';

const STOCKHOLM = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm', dateStyle: 'short' });

/** The calendar date in Stockholm of a vendor's time stamp; null for none (webCRM writes year 0001, webcrm.md 3). */
export function stockholmDate(stamp: unknown): string | null {
  if (typeof stamp !== 'string' || stamp.startsWith('0001-')) return null;
  const at = Date.parse(stamp);
  return Number.isNaN(at) ? null : dateOf(at);
}

const dateOf = (at: number): string => STOCKHOLM.format(at);

/** R13: last changed before the tenant's start date. Without a start date, or a stamp, nothing is before it. */
export function isBeforeStart(startDate: string | null, stamp: unknown): boolean {
  const date = stockholmDate(stamp);
  return startDate !== null && date !== null && date < startDate;
}

/**
 * From which calendar date on deliveries, orders and invoices come by themselves (R12, R13). Without a start date: from the
 * day on which the tenant was made, or each customer would bring the history of years.
 */
export const documentStart = ({ settings, createdAt }: Tenant): string => settings.startDate ?? dateOf(createdAt);
