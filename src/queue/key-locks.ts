export interface KeyLocks {
  /** Takes all the keys or none: the release (harmless when called twice), or null when one of them is held or shared. */
  tryLock(keys: readonly string[]): (() => void) | null;
  /** Takes the key beside others who share it: the release, or null when somebody holds it alone. */
  tryShare(key: string): (() => void) | null;
  /** Remembers which keys are held from now on, at any time until its end. */
  watch(): LockWatch;
}

export interface LockWatch {
  /** Whether somebody held the key alone, however short, since the watch began. */
  wasHeld(key: string): boolean;
  end(): void;
}

/** Locks of one process. Nobody waits for a lock, so there is no deadlock: who gets null comes back later. */
export function createKeyLocks(): KeyLocks {
  const held = new Set<string>();
  const shared = new Map<string, number>();
  const watches = new Set<Set<string>>();
  return {
    tryLock(keys) {
      if (keys.some((key) => held.has(key) || shared.has(key))) return null;
      let mine = [...new Set(keys)];
      for (const key of mine) {
        held.add(key);
        for (const seen of watches) seen.add(key);
      }
      return () => {
        for (const key of mine) held.delete(key);
        mine = [];
      };
    },
    tryShare(key) {
      if (held.has(key)) return null;
      shared.set(key, (shared.get(key) ?? 0) + 1);
      let isMine = true;
      return () => {
        if (!isMine) return;
        isMine = false;
        const others = (shared.get(key) ?? 1) - 1;
        if (others === 0) shared.delete(key);
        else shared.set(key, others);
      };
    },
    watch() {
      const seen = new Set(held);
      watches.add(seen);
      return { wasHeld: (key) => seen.has(key), end: () => void watches.delete(seen) };
    },
  };
}
