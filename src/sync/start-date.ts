/** The calendar date in Stockholm of a vendor's time stamp; null for none (webCRM writes year 0001, webcrm.md 3). */
export function stockholmDate(stamp: unknown): string | null {
  if (typeof stamp !== 'string' || stamp.startsWith('0001-')) return null;
  const at = Date.parse(stamp);
  if (Number.isNaN(at)) return null;
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm', dateStyle: 'short' }).format(at);
}

/** R13: last changed before the tenant's start date. Without a start date, or a stamp, nothing is before it. */
export function isBeforeStart(startDate: string | null, stamp: unknown): boolean {
  const date = stockholmDate(stamp);
  return startDate !== null && date !== null && date < startDate;
}
