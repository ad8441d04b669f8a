import { within } from '../runtime.ts';
import { createMutex } from '../vendors/mutex.ts';
import { type DeliverDeps, deliverDue } from './deliver.ts';
import { SERVICE } from './policy.ts';
import { type AlertTargets, createAlertTargets } from './targets.ts';
import { type WatchDeps, watchOnce } from './watch.ts';

export interface AlertDeps extends WatchDeps, Omit<DeliverDeps, 'store'> {
  readonly store: WatchDeps['store'];
}

export interface Alerts {
  readonly targets: AlertTargets;
  /** Begins to watch after one period of the poll, so that what a stop left is not taken for lateness. */
  start(): void;
  /** No new round and no new message; waits 5 s at most for those under way. Never rejects. */
  stop(): Promise<void>;
  /** Looks at every tenant now, unless another instance has done so in this minute. */
  watch(): Promise<void>;
  /** Sends what is due now. */
  deliver(): Promise<void>;
}

const LOOK_EVERY_MS = 60_000;
const STOP_WAIT_MS = 5_000;

/** Alerts: watched from the store, raised and recovered once, told by signed webhooks (README.md of this folder). */
export function createAlerts(deps: AlertDeps): Alerts {
  const { runtime, store, logger } = deps;
  const oneRound = createMutex();
  // Of its own: a receiver that does not answer must not keep anything from being noticed.
  const oneDelivery = createMutex();
  const workingSince = runtime.now();
  let stopped = false;
  let cancelTimer = () => {};
  let underWay: Promise<unknown> = Promise.resolve();
  let delivering: Promise<void> | null = null;

  const watch = () =>
    oneRound(async () => {
      const now = runtime.now();
      const round = `alerts:${Math.floor(now / LOOK_EVERY_MS)}`;
      // Each round is one instance's: what it finds stands in the store, and the others would find the same.
      if (await store.seen.add(SERVICE, round, now, now + 2 * LOOK_EVERY_MS)) await watchOnce(deps, workingSince);
    });

  const deliver = () => oneDelivery(() => deliverDue(deps, () => stopped));

  const orTell = (work: Promise<void>): Promise<void> =>
    work.catch((error: unknown) =>
      logger.error({ err: error, event: 'alerts-failed' }, 'alerts could not be watched or sent; it is tried again'),
    );

  async function look(): Promise<void> {
    await orTell(watch());
    // One that is still under way goes on; the next look sends what has become due meanwhile.
    delivering ??= orTell(deliver()).finally(() => {
      delivering = null;
    });
    plan(LOOK_EVERY_MS);
  }

  function plan(ms: number): void {
    if (stopped) return;
    cancelTimer = runtime.setTimer(ms, () => {
      underWay = look();
    });
  }

  return {
    targets: createAlertTargets(deps),
    watch,
    deliver,
    start: () => plan(deps.pollPeriodMs),
    async stop() {
      stopped = true;
      cancelTimer();
      await within(runtime, STOP_WAIT_MS, Promise.all([underWay, delivering]));
    },
  };
}
