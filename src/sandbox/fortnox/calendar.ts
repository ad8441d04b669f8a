const LOCAL = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Stockholm',
  dateStyle: 'short',
  timeStyle: 'medium',
});

/** `YYYY-MM-DD HH:MM:SS` in Sweden, the clock that Fortnox goes by (fortnox.md 5.3). */
export const localTime = (at: number): string => LOCAL.format(at);
export const localDate = (at: number): string => localTime(at).slice(0, 10);

/** A calendar date so many days later. */
export const daysAfter = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
