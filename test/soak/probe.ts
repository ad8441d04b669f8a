/** Loaded into the service's process beside it: answers each question with what the process holds, after a collection. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface Sample {
  /** Bytes. */
  readonly rss: number;
  readonly heap: number;
  readonly external: number;
  /** Sockets, timers and files that are open. */
  readonly handles: number;
  /** The event loop's delay since the last sample, ms. */
  readonly delayP99: number;
  readonly delayMax: number;
}

const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();

process.on('message', () => {
  const [delayP99, delayMax] = [delay.percentile(99) / 1e6, delay.max / 1e6];
  // Twice: what a first collection finalises, a second one frees.
  globalThis.gc?.();
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const handles = process.getActiveResourcesInfo().length;
  process.send?.({ rss, heap: heapUsed, external, handles, delayP99, delayMax } satisfies Sample);
  delay.reset();
});
