import { type Runtime, sleep } from '../runtime.ts';
import type { Fenced, Store } from '../store/port.ts';
import { createMutex } from '../vendors/mutex.ts';

/** So many slots of a budget are free again at this time, by what has elapsed (ms). */
export type Slots = readonly [freeAt: number, count: number];

/**
 * What one instance had taken when it wrote it last, with the block that it may have started since. Its times are those of the clock,
 * the only one that instances have in common.
 */
type Holders = Readonly<Record<string, readonly Slots[]>>;

export interface SlotRecordOptions {
  readonly runtime: Pick<Runtime, 'now' | 'elapsed' | 'setTimer'>;
  readonly store: Pick<Store, 'fenced'>;
  /** Company or token; no secret. */
  readonly key: string;
  /** Who writes: unlike any other instance, and any other life of this one. */
  readonly owner: () => string;
  readonly limit: number;
  readonly windowMs: number;
  /** The longest time that a call may take. */
  readonly callMs: number;
}

/**
 * Slots are taken in small blocks that are stored before the first of them is used, so that whoever comes after knows what may
 * have been spent. Several may share one budget: what all have recorded never exceeds the limit.
 */
export interface SlotRecord {
  /** Calls that may start now under what is recorded. */
  left(now: number): number;
  spend(): void;
  /**
   * Records a block. `own` is what this instance has in use, exactly; `free` how many of the limit's slots are free as far as it knows.
   * Resolves when it is recorded or when others turn out to have taken all, which `foreign` then shows; when the store fails, after a
   * second. Calls while one is under way share it.
   */
  take(own: () => readonly Slots[], free: () => number): Promise<void>;
  /** What others have taken, as of the last block. */
  foreign(): readonly Slots[];
  /** The vendor asked for no calls before this time, by what has elapsed: told to whoever comes after. Never rejects. */
  stop(until: number): Promise<void>;
  /** Until when the vendor asked for no calls, by what has elapsed: of whoever, as of the last block. */
  stoppedUntil(): number;
}

export const BUDGET_KIND = 'budget';
/** A vendor's wait stands among the holders as one that holds no slot, so that releases which do not know it leave it alone. */
const STOP = 'stopped';
/** No vendor's wait is obeyed for longer, whatever clock it was written by. */
const LONGEST_STOP_MS = 3_600_000;
/** A block is so small a part of the limit that a successor, which must count it as spent, has the rest; and no smaller than is worth a write. */
const PARTS = 10;
const LEAST = 5;
/** A block that is used up at half the pace of the limit is used up in time; what is left of it then is taken anew. */
const PACE = 2;
/** Times are kept this exactly, rounded up: part of the window. */
const STEPS_A_WINDOW = 50;
const STORE_RETRY_MS = 1_000;
/** Others write the same budget at the same moment seldom: R26. */
const TRIES = 5;

export const blockOf = (limit: number): number => Math.min(limit, Math.max(LEAST, Math.floor(limit / PARTS)));

export function createSlotRecord(options: SlotRecordOptions): SlotRecord {
  const { runtime, store, key, owner, limit, windowMs, callMs } = options;
  const block = blockOf(limit);
  const goodForMs = Math.ceil((PACE * block * windowMs) / limit);
  /** No slot is taken for longer, whatever clock it was written by. */
  const longestMs = goodForMs + callMs + windowMs + 1;
  let known: Pick<Fenced, 'version' | 'value'> | null = null;
  let others: readonly Slots[] = [];
  let granted = 0;
  let until = Number.NEGATIVE_INFINITY;
  let stopAt = Number.NEGATIVE_INFINITY;
  let taking: Promise<void> | null = null;
  const inTurn = createMutex();

  const holdersOf = (row: Pick<Fenced, 'value'> | null): Holders => (row?.value ?? {}) as Holders;

  async function read(): Promise<Pick<Fenced, 'version' | 'value'>> {
    known ??= (await store.fenced.get(BUDGET_KIND, key)) ?? { version: 0, value: {} };
    return known;
  }

  /** True when the store has it; what is known of the record is right afterwards. */
  async function write(version: number, value: Holders): Promise<boolean> {
    known = null;
    if (!(await store.fenced.put(BUDGET_KIND, key, version, value, runtime.now()))) return false;
    known = { version: version + 1, value };
    return true;
  }

  /** When the recorded stop ends, by the clock. */
  function recordedStop(row: Pick<Fenced, 'value'>, now: number): number {
    const until = holdersOf(row)[STOP]?.[0]?.[0] ?? Number.NEGATIVE_INFINITY;
    return Math.min(until, now + LONGEST_STOP_MS);
  }

  const stopEntry = (now: number, elapsed: number): Holders =>
    stopAt > elapsed ? { [STOP]: [[Math.ceil(stopAt + now - elapsed), 0]] } : {};

  /** One try: true when the record tells of our stop, or of a longer one. */
  async function tryStop(): Promise<boolean> {
    const row = await read();
    const [now, elapsed] = [runtime.now(), runtime.elapsed()];
    if (recordedStop(row, now) >= Math.ceil(stopAt + now - elapsed)) return true;
    return write(row.version, { ...holdersOf(row), ...stopEntry(now, elapsed) });
  }

  async function tellStop(): Promise<void> {
    for (let tries = 0; tries < TRIES && stopAt > runtime.elapsed(); tries += 1) {
      try {
        if (await inTurn(tryStop)) return;
      } catch {
        known = null;
        await sleep(runtime, STORE_RETRY_MS);
      }
    }
  }

  /** One try: true when a block is ours, or others have all. */
  async function tryTake(own: readonly Slots[], free: number): Promise<boolean> {
    const row = await read();
    const [now, elapsed] = [runtime.now(), runtime.elapsed()];
    const me = owner();
    const holders = Object.fromEntries(
      Object.entries(holdersOf(row))
        .filter(([name]) => name !== me && name !== STOP)
        .map(([name, slots]) => [name, within(slots, now, now + longestMs)] as const)
        .filter(([, slots]) => slots.length > 0),
    );
    stopAt = Math.max(stopAt, recordedStop(row, now) + elapsed - now);
    others = moved(Object.values(holders).flat(), elapsed - now);
    const count = Math.min(block, free, limit - sum(own) - sum(others));
    if (count <= 0) return true;
    const used = rounded(moved(own, now - elapsed), windowMs / STEPS_A_WINDOW);
    const value = { ...holders, [me]: [...used, [now + longestMs, count] as const], ...stopEntry(now, elapsed) };
    if (!(await write(row.version, value))) return false;
    granted = count;
    until = elapsed + goodForMs;
    return true;
  }

  async function takeNow(own: () => readonly Slots[], free: () => number): Promise<void> {
    try {
      for (let tries = 0; tries < TRIES; tries += 1) if (await tryTake(own(), free())) return;
    } catch {
      // What was asked of the store last may be there or not: it is read again. The store's own users say what is wrong with it.
      known = null;
      await sleep(runtime, STORE_RETRY_MS);
    }
  }

  return {
    left: (now) => (now < until ? granted : 0),
    spend() {
      granted -= 1;
    },
    take(own, free) {
      taking ??= inTurn(() => takeNow(own, free)).finally(() => {
        taking = null;
      });
      return taking;
    },
    foreign: () => others,
    stop(until) {
      if (until <= stopAt) return Promise.resolve();
      stopAt = until;
      return tellStop();
    },
    stoppedUntil: () => stopAt,
  };
}

/** Nobody calls under this budget any more. */
export async function forgetSlots(store: Pick<Store, 'fenced'>, key: string): Promise<void> {
  const row = await store.fenced.get(BUDGET_KIND, key);
  if (row !== null) await store.fenced.delete(BUDGET_KIND, key, row.version);
}

/** Those that are still taken. One from before the clock was set back is free again as if it had been taken just now. */
const within = (slots: readonly Slots[], after: number, latest: number): Slots[] =>
  slots.flatMap(([freeAt, count]) => (freeAt > after ? [[Math.min(freeAt, latest), count] as const] : []));

/** The same by a clock that is `by` ahead. */
const moved = (slots: readonly Slots[], by: number): Slots[] => slots.map(([freeAt, count]) => [freeAt + by, count]);

const sum = (slots: readonly Slots[]): number => slots.reduce((total, [, count]) => total + count, 0);

/** The same in fewer entries: times in steps, rounded up. */
function rounded(slots: readonly Slots[], step: number): Slots[] {
  const counts = new Map<number, number>();
  for (const [freeAt, count] of slots) {
    const at = Math.ceil(Math.ceil(freeAt / step) * step);
    counts.set(at, (counts.get(at) ?? 0) + count);
  }
  return [...counts].map(([at, count]) => [at, count]);
}
