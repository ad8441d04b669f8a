import type { Runtime } from '../runtime.ts';
import type { Fenced, Store } from '../store/port.ts';
import { DEAD_AFTER_MS, LEASE_MS } from './timing.ts';

const KIND = 'instance';
const ENDED = { clock: Number.NEGATIVE_INFINITY, elapsed: Number.NEGATIVE_INFINITY };

/** An instance in one of its lives, as others name it. */
export const wordOf = (id: string, epoch: number): string => `${id}.${epoch}`;

interface Beat {
  readonly epoch: number;
  /** For people: when it began this life. */
  readonly since: number;
}

export interface Heartbeat {
  /** The word of the present life. */
  word(): string;
  /** How long others hold us alive yet, ms; not above 0: they may have buried us. */
  leaseLeftMs(): number;
  /** Renews it, or begins the first life. False: we were buried, and `reborn` is to be called. Raises what the store raises. */
  beat(): Promise<boolean>;
  /** A life after the one that ended: with a greater epoch. */
  reborn(): void;
  /** The words of the living; whoever stood still for too long is buried first, and told of. Raises what the store raises. */
  living(onBuried: (word: string) => Promise<void>): Promise<readonly string[]>;
  /** Ends this life in order. */
  leave(): Promise<void>;
}

/**
 * One document for each instance. Its version is its pulse: each beat is a write that names the version before, so that whoever was
 * buried (deleted, naming the version that was seen last) beats no more. Others see, by what elapses for them, that a version stands still.
 */
export function createHeartbeat(deps: {
  readonly runtime: Pick<Runtime, 'now' | 'elapsed'>;
  readonly store: Pick<Store, 'fenced'>;
  /** Unlike any other instance. */
  readonly id: string;
}): Heartbeat {
  const { runtime, id } = deps;
  const { fenced } = deps.store;
  let epoch = 1;
  let since = runtime.now();
  let version = 0;
  /**
   * When it ends, by the clock and by what has elapsed: whichever comes first. A clock that is set back does not lengthen it, and a
   * machine that slept, during which nothing elapses, is told by the clock.
   */
  let ends = ENDED;
  /** This life has no beat yet, or the last one may have been stored, or not. */
  let isUnsure = true;
  const seen = new Map<string, { readonly version: number; readonly at: number }>();

  const epochOf = (row: Fenced): number => (row.value as Beat).epoch;

  /** How long this version of it has been seen. */
  function stillFor(word: string, row: Fenced): number {
    const now = runtime.elapsed();
    const before = seen.get(word);
    if (before?.version === row.version) return now - before.at;
    seen.set(word, { version: row.version, at: now });
    return 0;
  }

  /** Before the first beat of a life, or when the last one may have been stored or not. False: this life is over. */
  async function isFound(): Promise<boolean> {
    const row = await fenced.get(KIND, id);
    if (row !== null && epochOf(row) === epoch) {
      version = row.version;
      return true;
    }
    if (version > 0) return false;
    // Of a life before this one.
    if (row !== null) await fenced.delete(KIND, id, row.version);
    return true;
  }

  return {
    word: () => wordOf(id, epoch),
    leaseLeftMs: () => Math.min(ends.clock - runtime.now(), ends.elapsed - runtime.elapsed()),
    async beat() {
      const asked = { clock: runtime.now(), elapsed: runtime.elapsed() };
      if (isUnsure && !(await isFound())) return false;
      isUnsure = true;
      const isStored = await fenced.put(KIND, id, version, { epoch, since } satisfies Beat, asked.clock);
      isUnsure = false;
      if (!isStored) return false;
      version += 1;
      ends = { clock: asked.clock + LEASE_MS, elapsed: asked.elapsed + LEASE_MS };
      return true;
    },
    reborn() {
      epoch += 1;
      since = runtime.now();
      version = 0;
      isUnsure = true;
      ends = ENDED;
    },
    async living(onBuried) {
      const rows = await fenced.list(KIND);
      const words: string[] = [];
      for (const row of rows) {
        const word = wordOf(row.id, epochOf(row));
        if (row.id !== id && stillFor(word, row) >= DEAD_AFTER_MS && (await fenced.delete(KIND, row.id, row.version)))
          await onBuried(word);
        else words.push(word);
      }
      for (const known of [...seen.keys()]) if (!words.includes(known)) seen.delete(known);
      return words;
    },
    async leave() {
      ends = ENDED;
      const row = await fenced.get(KIND, id);
      if (row !== null && epochOf(row) === epoch) await fenced.delete(KIND, id, row.version);
    },
  };
}
