/** One stretch of owning a tenant, as its clients meet it. */
export interface Tenure {
  /** Aborted when no call may start any more. */
  readonly signal: AbortSignal;
  /** A call has started. */
  callBegan(): void;
  /** A call has ended, however it ended. */
  callEnded(): void;
}

/** The same, as its owner sees it. */
export interface OwnTenure extends Tenure {
  /** `ended`: it is given up at the next look. */
  state: 'working' | 'ending' | 'ended';
  /** No call starts any more; those that wait for a slot are given up. */
  shut(): void;
  /** Resolves when no call is under way. */
  quiet(): Promise<void>;
}

/** Counts the calls that are under way, whoever began them: a tenant is another's when the last one has ended. */
export function createTenure(): OwnTenure {
  const aborted = new AbortController();
  let calls = 0;
  let tell: (() => void)[] = [];
  return {
    state: 'working',
    signal: aborted.signal,
    shut: () => aborted.abort(),
    callBegan() {
      calls += 1;
    },
    callEnded() {
      calls -= 1;
      if (calls > 0) return;
      for (const told of tell) told();
      tell = [];
    },
    quiet: () => (calls === 0 ? Promise.resolve() : new Promise((resolve) => tell.push(resolve))),
  };
}
