import type { BaseLogger } from 'pino';
import type { Runtime } from '../runtime.ts';
import type { Store } from '../store/port.ts';
import { isTopic, TOPICS, type Topic } from './commands.ts';

/** The store's name of what belongs to no tenant. */
const SERVICE = '_service';
const NAME = 'fortnox-stream';
const WRITE_AFTER_MS = 1_000;
const RETRY_AFTER_MS = 5_000;

interface Stored {
  readonly offsets: Partial<Record<Topic, string>>;
  /** When the stream was last known to stand, ms. */
  readonly at: number;
}

export interface Offsets {
  /** Reads what is stored, once. Raises the store's error. */
  load(): Promise<void>;
  /** Up to where the topic's events are taken in; undefined before the first. */
  of(topic: Topic): string | undefined;
  /** When the stream was last known to stand, ms; null: never. */
  aliveAt(): number | null;
  /** Everything up to these is durable. Stored within a second, with what else moves meanwhile. */
  moved(offsets: ReadonlyMap<Topic, string>): void;
  /** Nothing was missed up to now. */
  alive(): void;
  /** The stored ones lead nowhere. */
  forget(): void;
  /** Whether the store takes what is to be kept: stores them as they are. Never rejects. */
  storable(): Promise<boolean>;
  /** Stores at once what is not stored yet. Never rejects: a failure is logged. */
  save(): Promise<void>;
}

function read(value: unknown): Stored | null {
  if (typeof value !== 'object' || value === null) return null;
  const { offsets, at } = value as { offsets?: unknown; at?: unknown };
  if (typeof offsets !== 'object' || offsets === null || typeof at !== 'number') return null;
  const known = Object.entries(offsets).filter(([topic, offset]) => isTopic(topic) && typeof offset === 'string');
  return { offsets: Object.fromEntries(known), at };
}

/** Where the stream goes on after a break, by topic. */
export function createOffsets(deps: {
  runtime: Pick<Runtime, 'now' | 'setTimer'>;
  store: Pick<Store, 'states'>;
  logger: Pick<BaseLogger, 'warn'>;
}): Offsets {
  const { runtime, store, logger } = deps;
  const offsets = new Map<Topic, string>();
  let aliveAt: number | null = null;
  let loaded = false;
  let dirty = false;
  let writing: Promise<void> | null = null;
  let cancelTimer: (() => void) | null = null;

  function plan(ms: number): void {
    dirty = true;
    cancelTimer ??= runtime.setTimer(ms, () => {
      cancelTimer = null;
      void save();
    });
  }

  function cancel(): void {
    cancelTimer?.();
    cancelTimer = null;
  }

  async function write(): Promise<void> {
    dirty = false;
    const now = runtime.now();
    const value: Stored = { offsets: Object.fromEntries(offsets), at: aliveAt ?? now };
    try {
      await store.states.put(SERVICE, NAME, value, now);
    } catch (error) {
      logger.warn({ err: error }, "the place in Fortnox's notifications could not be stored; it is tried again");
      plan(RETRY_AFTER_MS);
    }
  }

  async function save(): Promise<void> {
    if (writing !== null) await writing;
    if (!dirty) return;
    writing = write().finally(() => {
      writing = null;
    });
    await writing;
  }

  return {
    async load() {
      if (loaded) return;
      const stored = read(await store.states.get(SERVICE, NAME));
      loaded = true;
      if (stored === null) return;
      aliveAt = stored.at;
      for (const topic of TOPICS) {
        const offset = stored.offsets[topic];
        if (offset !== undefined) offsets.set(topic, offset);
      }
    },
    of: (topic) => offsets.get(topic),
    aliveAt: () => aliveAt,
    moved(more) {
      if (more.size === 0) return;
      for (const [topic, offset] of more) offsets.set(topic, offset);
      aliveAt = runtime.now();
      plan(WRITE_AFTER_MS);
    },
    alive() {
      aliveAt = runtime.now();
      plan(WRITE_AFTER_MS);
    },
    forget: () => offsets.clear(),
    async storable() {
      if (writing !== null) await writing;
      dirty = true;
      await save();
      return !dirty;
    },
    async save() {
      cancel();
      await save();
      // A failure has planned another try: nobody is there to make it after a stop.
      cancel();
    },
  };
}
