import { ofTenant, type Tour } from './tour.ts';
import { until } from './wait.ts';

export interface ActivityLine {
  readonly action: string;
  readonly reasons: readonly string[];
  readonly message: string;
  readonly lost: readonly { side: string; field: string; before: string | null; after: string | null }[];
}

/** A live change waits for one free slot of a budget that the import has just used to the full. */
const CHANGE_LIMIT_MS = 30_000;

/** Waits until `probe` gives something, which it answers with the milliseconds that it took. */
export const appears = <T>(
  tour: Tour,
  what: string,
  probe: () => Promise<T | null>,
  limitMs: number = CHANGE_LIMIT_MS,
): Promise<{ value: T; tookMs: number }> => until(tour.runtime, what, limitMs, probe, { signal: tour.signal });

/** Waits until `probe` holds. */
export const seen = (
  tour: Tour,
  what: string,
  probe: () => Promise<boolean>,
  limitMs?: number,
): Promise<{ tookMs: number }> => appears(tour, what, async () => ((await probe()) ? true : null), limitMs);

/** The newest line about a record that `matches`. */
export const logged = (
  tour: Tour,
  query: string,
  what: string,
  matches: (line: ActivityLine) => boolean,
): Promise<{ value: ActivityLine; tookMs: number }> =>
  appears(tour, what, async () => {
    const { items } = await tour.api.get<{ items: ActivityLine[] }>(ofTenant(tour, `/activity?${query}`));
    return items.find(matches) ?? null;
  });
