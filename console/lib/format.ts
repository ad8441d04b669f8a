import type { Texts } from './texts.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Times in the viewer's own zone and language. */
export function formats({ language }: Pick<Texts, 'language'>) {
  // British English has the 24-hour clock and day before month, as the other two languages do.
  const locale = language === 'en' ? 'en-GB' : language;
  const full = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
  const seconds = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const unit = (value: number, name: 'second' | 'minute' | 'hour' | 'day') =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: 0 }).format(
      value,
    );

  return {
    full: (at: number) => full.format(at),
    time: (at: number) => time.format(at),
    /** The hour for today, the day as well for another. */
    short(at: number, now: number): string {
      const isToday = new Date(at).toDateString() === new Date(now).toDateString();
      return isToday ? seconds.format(at) : `${day.format(at)} ${time.format(at)}`;
    },
    ago(at: number, now: number): string {
      const ms = at - now;
      if (Math.abs(ms) < MINUTE_MS) return relative.format(Math.round(ms / 1000), 'second');
      if (Math.abs(ms) < HOUR_MS) return relative.format(Math.round(ms / MINUTE_MS), 'minute');
      if (Math.abs(ms) < DAY_MS) return relative.format(Math.round(ms / HOUR_MS), 'hour');
      return relative.format(Math.round(ms / DAY_MS), 'day');
    },
    /** A length of time in its greatest whole unit. */
    duration(ms: number): string {
      if (ms < MINUTE_MS) return unit(Math.round(ms / 1000), 'second');
      if (ms < HOUR_MS) return unit(Math.round(ms / MINUTE_MS), 'minute');
      if (ms < DAY_MS) return unit(Math.round(ms / HOUR_MS), 'hour');
      return unit(Math.round(ms / DAY_MS), 'day');
    },
    percent: (part: number) =>
      new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(part),
  };
}
