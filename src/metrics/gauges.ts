import { ALERT_KINDS } from '../../schemas/alerts.ts';
import { PRIORITY, type Side } from '../../schemas/records.ts';
import type { Admission } from '../intake/admission.ts';
import type { Runtime } from '../runtime.ts';
import { every } from '../store/every.ts';
import type { Store } from '../store/port.ts';
import type { StreamState } from '../stream/state.ts';
import type { BudgetUse } from '../vendors/connections-types.ts';
import type { Instruments } from './instruments.ts';

export interface GaugeDeps {
  readonly runtime: Pick<Runtime, 'now'>;
  readonly store: Pick<Store, 'jobs' | 'tenants' | 'alerts'>;
  /** Hooks that are being stored. */
  readonly hooks: Admission['use'];
  /** Every budget that was used, by vendor. */
  readonly budgets: () => Readonly<Record<Side, readonly BudgetUse[]>>;
  /** null: another instance holds the stream, and tells. */
  readonly streamStateOf: (tenantId: string) => StreamState | null;
}

/** Several scrapers within this time get one reading: it goes through the whole queue. */
const FRESH_MS = 10_000;
const NAMES: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(PRIORITY).map(([name, value]) => [value, name]),
);

const nameOf = (priority: number): string => NAMES[priority] ?? String(priority);

/**
 * Brings the gauges up to date when it is called. A store that fails leaves the last reading, whose age is a figure itself, counts
 * the failure, and never fails the scrape.
 */
export function createGauges(figures: Instruments, deps: GaugeDeps): () => Promise<void> {
  const { runtime, store } = deps;
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;

  async function readAll(): Promise<void> {
    const now = runtime.now();
    const [depth, tenants, raised] = await Promise.all([
      store.jobs.depth(null),
      allOf(every((page) => store.tenants.list(page))),
      allOf(every((page) => store.alerts.list({ ...page, state: 'raised' }))),
    ]);
    // What a person has paused or holds is not late, and would hide what is.
    const still = tenants.filter(({ state, hold }) => state !== 'connected' || hold !== null).map(({ id }) => id);
    const due = still.length === 0 ? depth : await store.jobs.depth(null, still);
    figures.jobs.reset();
    figures.oldestJob.reset();
    for (const priority of Object.values(NAMES)) figures.oldestJob.set({ priority }, 0);
    for (const { state, priority, count } of depth) figures.jobs.set({ state, priority: nameOf(priority) }, count);
    for (const { state, priority: level, oldestRunAt } of due) {
      const priority = nameOf(level);
      if (state === 'waiting') figures.oldestJob.set({ priority }, Math.max(0, now - oldestRunAt) / 1000);
    }
    figures.tenants.reset();
    figures.pausedParts.reset();
    figures.stream.reset();
    for (const { id, state, hold, pausedParts } of tenants) {
      for (const { entity, to, resuming } of pausedParts)
        if (!resuming) figures.pausedParts.inc({ entity, target: to });
      figures.tenants.inc({ state: state === 'connected' && hold !== null ? 'held' : state });
      if (state !== 'connected') continue;
      const stream = deps.streamStateOf(id);
      if (stream) figures.stream.inc({ notifications: stream.notifications, reason: stream.reason ?? 'none' });
    }
    for (const kind of ALERT_KINDS)
      figures.alertsRaised.set({ kind }, raised.filter((one) => one.kind === kind).length);
    readAt = now;
  }

  function readBudgets(): void {
    for (const [vendor, budgets] of Object.entries(deps.budgets())) {
      const sum = (of: (use: BudgetUse) => number) => budgets.reduce((total, use) => total + of(use), 0);
      figures.slotsUsed.set(
        { vendor },
        sum((use) => use.inWindow),
      );
      figures.slotsLimit.set(
        { vendor },
        sum((use) => use.limit),
      );
      figures.slotsWaiting.set(
        { vendor },
        sum((use) => use.waiting),
      );
    }
  }

  function readHooks(): void {
    const { underWay, oldestMs } = deps.hooks();
    figures.hooksUnderWay.set(underWay);
    figures.hooksOldest.set(oldestMs / 1000);
  }

  return async () => {
    readBudgets();
    readHooks();
    if (runtime.now() - readAt >= FRESH_MS) {
      reading ??= readAll().finally(() => {
        reading = null;
      });
      await reading.catch(() => figures.failedReads.inc());
    }
    figures.age.set(Number.isFinite(readAt) ? (runtime.now() - readAt) / 1000 : Number.NaN);
  };
}

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
