import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { Problem } from './api.ts';

export interface Loaded<T> {
  /** undefined until the first answer; kept while it is read again. */
  readonly data: T | undefined;
  /** Why the last reading failed; null when it did not. */
  readonly problem: Problem | null;
  readonly reload: () => Promise<void>;
  /** Puts in what another call answered. */
  readonly set: (data: T) => void;
}

const LONGEST_WAIT_MS = 60_000;

/**
 * Reads when `key` changes, and again each `everyMs` while the page is looked at. A failure keeps what was there and tries again, less and less
 * often. An answer to a former key is dropped.
 */
export function useLoad<T>(key: string, read: (signal: AbortSignal) => Promise<T>, everyMs?: number): Loaded<T> {
  const [state, setState] = useState<{ key: string; data: T | undefined; problem: Problem | null }>({
    key,
    data: undefined,
    problem: null,
  });
  const reader = useRef(read);
  reader.current = read;
  const current = useRef<AbortController | null>(null);

  const reload = useCallback(async (): Promise<void> => {
    current.current?.abort();
    const mine = new AbortController();
    current.current = mine;
    try {
      const data = await reader.current(mine.signal);
      if (!mine.signal.aborted) setState({ key, data, problem: null });
    } catch (error) {
      if (mine.signal.aborted) return;
      const problem = asProblem(error);
      setState((before) => ({ key, data: before.key === key ? before.data : undefined, problem }));
    }
  }, [key]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stopped = false;
    let wait = everyMs ?? 0;
    const round = async () => {
      if (document.visibilityState === 'visible') await reload();
      if (stopped || everyMs === undefined) return;
      wait = failed.current ? Math.min(wait * 2, LONGEST_WAIT_MS) : everyMs;
      timer = setTimeout(() => void round(), wait);
    };
    const shown = () => {
      if (document.visibilityState === 'visible' && everyMs !== undefined) void reload();
    };
    document.addEventListener('visibilitychange', shown);
    void round();
    return () => {
      stopped = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', shown);
      current.current?.abort();
    };
  }, [reload, everyMs]);

  const failed = useRef(false);
  failed.current = state.problem !== null;
  const isOurs = state.key === key;
  return {
    data: isOurs ? state.data : undefined,
    problem: isOurs ? state.problem : null,
    reload,
    set: (data) => setState({ key, data, problem: null }),
  };
}

export const asProblem = (error: unknown): Problem =>
  error instanceof Problem ? error : new Problem(0, { code: 'page', detail: String(error) });

export interface Action<A extends readonly unknown[]> {
  readonly run: (...args: A) => Promise<boolean>;
  readonly busy: boolean;
  readonly problem: Problem | null;
  readonly clear: () => void;
}

/** Something a button does: one at a time, its failure kept to be shown. `run` tells whether it went well. */
export function useAction<A extends readonly unknown[]>(work: (...args: A) => Promise<unknown>): Action<A> {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const isBusy = useRef(false);
  const latest = useRef(work);
  latest.current = work;
  const run = useCallback(async (...args: A): Promise<boolean> => {
    if (isBusy.current) return false;
    isBusy.current = true;
    setBusy(true);
    setProblem(null);
    try {
      await latest.current(...args);
      return true;
    } catch (error) {
      setProblem(asProblem(error));
      return false;
    } finally {
      isBusy.current = false;
      setBusy(false);
    }
  }, []);
  return { run, busy, problem, clear: () => setProblem(null) };
}
