/** Ends things in the opposite order of their start. */
export interface Closers {
  add(close: () => unknown): void;
  /** Ends all, once; a later call waits for the same end. Raises an AggregateError after trying every one. */
  close(): Promise<void>;
}

export function createClosers(): Closers {
  const open: (() => unknown)[] = [];
  let closing: Promise<void> | null = null;
  async function closeAll(): Promise<void> {
    const faults: unknown[] = [];
    for (let close = open.pop(); close; close = open.pop()) {
      try {
        await close();
      } catch (error) {
        faults.push(error);
      }
    }
    if (faults.length > 0) throw new AggregateError(faults, 'Not everything could be closed.');
  }
  return {
    add: (close) => void open.push(close),
    close: () => {
      closing ??= closeAll();
      return closing;
    },
  };
}
