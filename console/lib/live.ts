import { useEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from './api.ts';
import { get, ofTenant, query } from './api.ts';
import { asProblem } from './load.ts';
import type { ActivityLine, Page } from './types.ts';

export interface Live {
  readonly lines: readonly ActivityLine[] | undefined;
  /** Lines that came since the page was opened. */
  readonly fresh: ReadonlySet<string>;
  readonly problem: Problem | null;
}

const SHOWN = 12;
const POLL_MS = 3_000;

/** The newest lines of a tenant, kept up to date while they are looked at. */
export function useLiveActivity(tenant: string): Live {
  const [live, setLive] = useState<Live>({ lines: undefined, fresh: new Set(), problem: null });
  const seen = useRef<Set<string> | null>(null);

  useEffect(() => {
    seen.current = null;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout>;

    function take(lines: readonly ActivityLine[]): void {
      const known = seen.current;
      seen.current = new Set(lines.map(({ id }) => id));
      const isNew = (id: string) => known !== null && !known.has(id);
      setLive((before) => ({
        lines,
        fresh: new Set(lines.map(({ id }) => id).filter((id) => isNew(id) || before.fresh.has(id))),
        problem: null,
      }));
    }
    async function read(): Promise<void> {
      try {
        if (document.visibilityState === 'visible')
          take(
            (await get<Page<ActivityLine>>(ofTenant(tenant, `/activity${query({ limit: SHOWN })}`), stop.signal)).items,
          );
      } catch (error) {
        if (stop.signal.aborted) return;
        setLive((before) => ({ ...before, problem: asProblem(error) }));
      }
      if (!stop.signal.aborted) timer = setTimeout(() => void read(), POLL_MS);
    }
    void read();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [tenant]);
  return live;
}
