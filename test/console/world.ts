import { createClosers } from '../../src/demo/closers.ts';
import type { Sizes } from '../../src/demo/sizes.ts';
import type { Step, Tour } from '../../src/demo/tour.ts';
import { openWorld as openDemo } from '../../src/demo/world.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { createPrinter } from '../../src/terminal/print.ts';

const SMALL: Sizes = { matched: 10, onlyWebcrm: 1, onlyFortnox: 1, otherType: 1, articles: 4, deliveries: 2 };
/** No poll comes by while a page is looked at: everything here is told by notifications. */
const POLL_SECONDS = 3_600;

/** The real service and both stand-ins over HTTP, as the demo has them, with nothing connected yet. */
export async function openWorld() {
  const closers = createClosers();
  const stop = new AbortController();
  const world = await openDemo({
    runtime: systemRuntime(),
    env: { LOG_LEVEL: process.env.TEST_LOG ?? 'silent' },
    printer: createPrinter({ write: () => true }, false),
    signal: stop.signal,
    closers,
    sizes: SMALL,
    pollSeconds: POLL_SECONDS,
  });
  const { tour } = world;
  return {
    ...world,
    /** Goes through steps of the demo's tour. */
    async walk(steps: readonly Step[]): Promise<void> {
      for (const step of steps) await step.run(tour);
    },
    /** An edit that a person makes at a vendor. */
    at: tour.control,
    async close(): Promise<void> {
      stop.abort();
      await closers.close();
    },
  };
}
export type World = Awaited<ReturnType<typeof openWorld>>;
export type { Tour };
