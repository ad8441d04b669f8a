import type { Runtime } from '../../runtime.ts';

/** Values that are read from a vendor as a whole and shared by all jobs of a tenant. */
export interface TenantCache<T> {
  /**
   * The value under the key: a kept one of less than 10 minutes, or that of a read on its way, or else read now. `fresh`: of
   * a read that begins after this call; those who ask for it while another is on its way share one. Raises what `read` raises.
   */
  get(key: string, read: () => Promise<T>, fresh?: boolean): Promise<T>;
  /** Changes the kept value, and the one that a read on its way will give. Must do no harm when done twice. */
  change(key: string, change: (value: T) => void): void;
}

const KEPT_MS = 10 * 60_000;
const FORGOTTEN_MS = 60 * 60_000;

interface Entry<T> {
  kept: { readonly value: T; readonly at: number } | null;
  running: Promise<T> | null;
  next: Promise<T> | null;
  changes: ((value: T) => void)[];
  askedAt: number;
}

/** Keys that nobody asked for within an hour are forgotten. */
export function createTenantCache<T>({ runtime }: { runtime: Pick<Runtime, 'now'> }): TenantCache<T> {
  const entries = new Map<string, Entry<T>>();

  function entryOf(key: string): Entry<T> {
    const now = runtime.now();
    for (const [other, { askedAt, running }] of entries)
      if (running === null && now - askedAt > FORGOTTEN_MS) entries.delete(other);
    const entry = entries.get(key) ?? { kept: null, running: null, next: null, changes: [], askedAt: now };
    entry.askedAt = now;
    entries.set(key, entry);
    return entry;
  }

  function start(entry: Entry<T>, read: () => Promise<T>): Promise<T> {
    const at = runtime.now();
    entry.changes = [];
    const keep = (value: T): T => {
      for (const change of entry.changes) change(value);
      entry.kept = { value, at };
      return value;
    };
    const end = () => {
      entry.running = null;
    };
    entry.running = Promise.resolve().then(read).then(keep).finally(end);
    return entry.running;
  }

  function startAfter(entry: Entry<T>, running: Promise<T>, read: () => Promise<T>): Promise<T> {
    const begin = () => {
      entry.next = null;
      return start(entry, read);
    };
    // How the read before ended is told to those who asked for it.
    return running.then(begin, begin);
  }

  return {
    get(key, read, fresh = false) {
      const entry = entryOf(key);
      if (!fresh) {
        if (entry.kept !== null && runtime.now() - entry.kept.at < KEPT_MS) return Promise.resolve(entry.kept.value);
        return entry.next ?? entry.running ?? start(entry, read);
      }
      if (entry.running === null) return start(entry, read);
      entry.next ??= startAfter(entry, entry.running, read);
      return entry.next;
    },
    change(key, change) {
      const entry = entries.get(key);
      if (entry === undefined) return;
      if (entry.kept !== null) change(entry.kept.value);
      if (entry.running !== null) entry.changes.push(change);
    },
  };
}
