const HOUR_MS = 3_600_000;

const FORMAT = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Stockholm',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/**
 * An instant (ms) as Swedish local time to the second, `yyyy-MM-dd HH:mm:ss`, rounded down: what Fortnox's
 * `lastmodified` takes (fortnox.md 5.3).
 */
export function stockholmTime(at: number): string {
  const part: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
  for (const { type, value } of FORMAT.formatToParts(at)) part[type] = value;
  return `${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute}:${part.second}`;
}

/** The query that limits a list to what changed since an instant (ms); nothing for null. */
export const changedSince = (since: number | null): Record<string, string> =>
  since === null ? {} : { lastmodified: stockholmTime(since) };

/** True in both passes of the hour that the clocks repeat in autumn, when local time names two instants (R74). */
export function inRepeatedHour(at: number): boolean {
  const local = stockholmTime(at);
  return local === stockholmTime(at + HOUR_MS) || local === stockholmTime(at - HOUR_MS);
}
