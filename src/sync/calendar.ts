/** Dates of documents are calendar dates; webCRM keeps date-times (R46). */

export interface Calendar {
  /** The calendar date of a vendor's stamp, YYYY-MM-DD; null for an empty or unreadable one (year 0001, webcrm.md 3). */
  dateOf(stamp: unknown): string | null;
  /** Noon of a calendar date, as UTC: the same date wherever it is looked at from. */
  noonOf(date: string): string;
}

/** Gives the calendar of a time zone (IANA name), each made once: a formatter is dear. Raises RangeError for an unknown zone. */
export function createCalendars(): (timeZone: string) => Calendar {
  const made = new Map<string, Calendar>();
  return (timeZone) => {
    const calendar = made.get(timeZone) ?? createCalendar(timeZone);
    made.set(timeZone, calendar);
    return calendar;
  };
}

function createCalendar(timeZone: string): Calendar {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  return {
    dateOf(stamp) {
      if (typeof stamp !== 'string' || stamp.startsWith('0001-')) return null;
      const at = Date.parse(stamp);
      return Number.isNaN(at) ? null : format.format(at).slice(0, 10);
    },
    noonOf(date) {
      const noonUtc = Date.parse(`${date}T12:00:00Z`);
      const offset = Date.parse(`${format.format(noonUtc).replace(' ', 'T')}Z`) - noonUtc;
      return new Date(noonUtc - offset).toISOString().replace('Z', '+00:00');
    },
  };
}

/** A date as people or vendors write it, to YYYY-MM-DD: null for empty, undefined for what is no date. */
export function writtenDate(value: unknown): string | null | undefined {
  if (value === null || value === undefined) return null;
  const text = String(value).trim();
  if (text === '' || text.startsWith('0001-')) return null;
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:T.*)?$/.exec(text);
  if (match === null) return undefined;
  const date = `${match[1]}-${match[2]}-${match[3]}`;
  const at = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date) ? date : undefined;
}
