import type { Fate } from '../histories/network.ts';
import { createChances } from '../histories/prng.ts';
import { FATE_NAMES, FATES, type FateName } from './fates.ts';
import type { StoreFault } from './life.ts';

/** What the service suffers in a simulation, all of it drawn from the seed, until it `clears`. */
export interface Weather {
  readonly told: string;
  /** From then on nothing goes wrong any more. */
  clear(): void;
  isClear(): boolean;
  fateOf(): Fate | null;
  storeFault(): StoreFault;
  /** By how much the service's clock is wrong now, ms. */
  skew(): number;
  /** Somebody sets the service's clock. */
  turnClock(): void;
  /** One process dies at its next touch of the outside world. */
  dies(): boolean;
  /** Draws how long the process that begins now will live. */
  born(): void;
  /** How long until the next process begins, ms. */
  restartMs(): number;
  /** A dead process's leases end at once, as the embedded store's do; else each at its own time. */
  readonly leasesEndAtOnce: boolean;
  /** Something that happens outside all calls, with how long until the next one, ms; null: none will. */
  nextEvent(): { readonly afterMs: number; readonly event: WeatherEvent } | null;
  /** Fortnox's events come over its stream. */
  readonly streams: boolean;
  /** The longest that a read and the write that follows it may lie apart, ms. */
  readonly gapMs: number;
}
export type WeatherEvent = 'expire-tokens' | 'drop-stream' | 'stall-stream' | 'clock';
const EVENTS: readonly WeatherEvent[] = ['expire-tokens', 'drop-stream', 'stall-stream', 'clock'];

/** What a dead process had spent is recorded: the next one may begin within the window. */
const SHORTEST_RESTART_MS = 300;
/** How long until a process that died is followed by the next. */
export const LONGEST_RESTART_MS = 40_000;
/** The budgets go by the same clock: after a step back their calls wait that much longer, after one forward slots are free early. */
const LONGEST_STEP_MS = 4_000;
const FAIR_GAP_MS = 1_000;
/** A process that follows one which died finds the window used up: its write waits for a slot of Fortnox's. */
const SLOT_WAIT_MS = 5_000;

export function drawWeather(seed: number): Weather {
  const kinds = createChances(seed, 20);
  const calls = createChances(seed, 21);
  const storeChances = createChances(seed, 22);
  const ends = createChances(seed, 23);
  const events = createChances(seed, 24);

  const rate = kinds.one([0, 0.02, 0.05, 0.15, 0.4]);
  const fates: readonly FateName[] = Array.from({ length: 1 + kinds.below(4) }, () => kinds.one(FATE_NAMES));
  const storeRate = kinds.one([0, 0, 0.005, 0.03]);
  /** Touches that a process lives on average; null: none dies. */
  const life = kinds.one([null, null, 30, 120, 400]);
  const wanted: readonly WeatherEvent[] = kinds.chance(0.4)
    ? []
    : Array.from({ length: 1 + kinds.below(2) }, () => kinds.one(EVENTS));
  const streams = kinds.chance(0.4);
  const leasesEndAtOnce = kinds.chance(0.6);

  let isClear = false;
  let left = Number.POSITIVE_INFINITY;
  let skewMs = 0;

  return {
    told: JSON.stringify({ rate, fates, storeRate, life, wanted, streams, leasesEndAtOnce }),
    streams,
    leasesEndAtOnce,
    gapMs: gapOf(rate === 0 ? [] : fates) + (life === null ? 0 : SLOT_WAIT_MS),
    clear() {
      isClear = true;
      skewMs = 0;
      left = Number.POSITIVE_INFINITY;
    },
    isClear: () => isClear,
    fateOf: () => (isClear || rate === 0 || !calls.chance(rate) ? null : FATES[calls.one(fates)](calls)),
    storeFault: () =>
      isClear || storeRate === 0 || !storeChances.chance(storeRate) ? null : storeChances.one(['before', 'after']),
    skew: () => skewMs,
    turnClock() {
      skewMs = (events.chance(0.5) ? 1 : -1) * events.below(LONGEST_STEP_MS);
    },
    dies() {
      left -= 1;
      return left < 0;
    },
    born() {
      left = isClear || life === null ? Number.POSITIVE_INFINITY : Math.floor(-Math.log(1 - ends.next()) * life);
    },
    restartMs: () =>
      SHORTEST_RESTART_MS + ends.below(ends.chance(0.8) ? 5_000 : LONGEST_RESTART_MS - SHORTEST_RESTART_MS),
    nextEvent() {
      if (isClear || wanted.length === 0) return null;
      const event = events.one(wanted);
      return { afterMs: events.below(120_000), event };
    },
  };
}

/** Slow answers, and waiting as a vendor asked, lie between a read and its write. */
function gapOf(fates: readonly FateName[]): number {
  const isSlow = fates.some((one) => one === 'slowness' || one === 'silence');
  const isThrottled = fates.some((one) => one === 'throttled' || one === 'throttledWithWait');
  return FAIR_GAP_MS + (isSlow ? 65_000 : 0) + (isThrottled ? 35_000 : 0);
}
