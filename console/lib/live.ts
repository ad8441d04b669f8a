import { useEffect, useState } from 'preact/hooks';
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
/** Lines that are known again when they come twice. */
const KEPT = 200;
const POLL_MS = 3_000;
/** A proxy that holds answers back shows by this silence. */
const READY_MS = 5_000;
/** After the service refused the stream: other pages may have been closed, or it is another release. */
const AGAIN_MS = 60_000;

/**
 * The newest lines of a tenant, kept up to date while they are looked at: by the service's stream, and by asking again and again where that
 * does not come through.
 */
export function useLiveActivity(tenant: string): Live {
  const [live, setLive] = useState<Live>({ lines: undefined, fresh: new Set(), problem: null });

  useEffect(() => {
    const seen = new Map<string, ActivityLine>();
    let hasRead = false;
    let stream: EventSource | null = null;
    let reading: AbortController | null = null;
    let pollTimer: ReturnType<typeof setTimeout> | undefined;
    let streamTimer: ReturnType<typeof setTimeout> | undefined;

    function take(came: readonly ActivityLine[], isFirst: boolean): void {
      const fresh = came.filter(({ id }) => !seen.has(id));
      for (const line of came) seen.set(line.id, line);
      const newest = [...seen.values()].sort((a, b) => b.at - a.at);
      for (const { id } of newest.slice(KEPT)) seen.delete(id);
      const lines = newest.slice(0, SHOWN);
      setLive((before) => ({
        lines,
        fresh: new Set([...before.fresh, ...(isFirst ? [] : fresh.map(({ id }) => id))]),
        problem: null,
      }));
    }

    async function read(): Promise<void> {
      reading?.abort();
      const mine = new AbortController();
      reading = mine;
      try {
        const path = ofTenant(tenant, `/activity${query({ limit: SHOWN })}`);
        const { items } = await get<Page<ActivityLine>>(path, mine.signal);
        take(items.toReversed(), !hasRead);
        hasRead = true;
      } catch (error) {
        if (mine.signal.aborted) return;
        setLive((before) => ({ ...before, problem: asProblem(error) }));
      }
    }
    function poll(): void {
      clearTimeout(pollTimer);
      pollTimer = setTimeout(() => void read().then(poll), POLL_MS);
    }
    function pollNow(): void {
      clearTimeout(pollTimer);
      void read().then(poll);
    }
    function stopPolling(): void {
      clearTimeout(pollTimer);
      reading?.abort();
    }

    function follow(): void {
      clearTimeout(streamTimer);
      stream?.close();
      const mine = new EventSource(ofTenant(tenant, '/activity/stream'));
      stream = mine;
      streamTimer = setTimeout(pollNow, READY_MS);
      // The list is read once the stream is open: what is written in between comes by both, and is one line.
      mine.addEventListener('ready', () => {
        clearTimeout(streamTimer);
        stopPolling();
        void read();
      });
      mine.addEventListener('line', ({ data }) => take([JSON.parse(data) as ActivityLine], !hasRead));
      mine.addEventListener('gap', () => void read());
      mine.addEventListener('end', () => giveUp(mine));
      mine.addEventListener('error', () => {
        if (stream !== mine) return;
        // A broken line is made anew by the browser itself; an answer that is no stream is not.
        if (mine.readyState === EventSource.CLOSED) giveUp(mine);
        else pollNow();
      });
    }
    function giveUp(which: EventSource): void {
      which.close();
      pollNow();
      clearTimeout(streamTimer);
      streamTimer = setTimeout(follow, AGAIN_MS);
    }
    function rest(): void {
      stream?.close();
      stream = null;
      clearTimeout(streamTimer);
      stopPolling();
    }

    const shown = () => (document.visibilityState === 'visible' ? follow() : rest());
    shown();
    document.addEventListener('visibilitychange', shown);
    return () => {
      document.removeEventListener('visibilitychange', shown);
      rest();
    };
  }, [tenant]);
  return live;
}
