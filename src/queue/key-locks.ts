export interface KeyLocks {
  /** Takes all the keys or none: the release (harmless when called twice), or null when one of them is held or shared. */
  tryLock(keys: readonly string[]): (() => void) | null;
  /** Takes the key beside others who share it: the release, or null when somebody holds it alone. */
  tryShare(key: string): (() => void) | null;
}

/** Locks of one process. Nobody waits for a lock, so there is no deadlock: who gets null comes back later. */
export function createKeyLocks(): KeyLocks {
  const held = new Set<string>();
  const shared = new Map<string, number>();
  return {
    tryLock(keys) {
      if (keys.some((key) => held.has(key) || shared.has(key))) return null;
      let mine = [...new Set(keys)];
      for (const key of mine) held.add(key);
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
  };
}
