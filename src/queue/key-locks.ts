export interface KeyLocks {
  /** Takes all the keys or none: the release (harmless when called twice), or null when one of them is held. */
  tryLock(keys: readonly string[]): (() => void) | null;
}

/** Locks of one process. Nobody waits for a lock, so there is no deadlock: who gets null comes back later. */
export function createKeyLocks(): KeyLocks {
  const held = new Set<string>();
  return {
    tryLock(keys) {
      if (keys.some((key) => held.has(key))) return null;
      let mine = [...new Set(keys)];
      for (const key of mine) held.add(key);
      return () => {
        for (const key of mine) held.delete(key);
        mine = [];
      };
    },
  };
}
