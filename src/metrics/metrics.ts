import { Registry } from 'prom-client';
import type { AlertEvent, AlertKind } from '../../schemas/alerts.ts';
import { type Entity, type Hint, type Job, PRIORITY, type Side, type Tenant } from '../../schemas/records.ts';
import type { DeliveryOutcome } from '../alerts/deliver.ts';
import { isSyncError } from '../errors/sync-error.ts';
import type { Refusal } from '../intake/admission.ts';
import type { HandleJob, Intake, JobOutcome } from '../queue/types.ts';
import type { Runtime } from '../runtime.ts';
import type { Store } from '../store/port.ts';
import type { CallInfo } from '../vendors/http.ts';
import { createGauges, type GaugeDeps } from './gauges.ts';
import { createInstruments } from './instruments.ts';
import { measuredStore } from './measured-store.ts';

/** Where hints come from. `job`: one record's job found that another is to be looked at. */
export type HintSource = 'webhook' | 'stream' | 'poll' | 'import' | 'reconcile' | 'person' | 'job';

/** Figures of one service. Whoever does the work tells them; nothing here decides anything. */
export interface Metrics {
  readonly registry: Registry;
  /** The store, timed; it also sees the writes that notifications led to. */
  store(store: Store): Store;
  /** The same door for hints, with the name of who comes through it. */
  hintsFrom(source: HintSource, intake: Intake): Intake;
  /** Times each run of a job. */
  handle(handle: HandleJob): HandleJob;
  onOutcome(job: Job, result: JobOutcome | Error): void;
  onCall(info: CallInfo): void;
  onPoll(side: Side, entity: Entity, ok: boolean): void;
  onAlert(kind: AlertKind, event: AlertEvent): void;
  onDelivery(outcome: DeliveryOutcome): void;
  onHookRefused(why: Refusal): void;
  /** From now on `refresh` reads what is no event: depth of the queue, tenants, budgets, raised alerts. */
  watch(deps: GaugeDeps): void;
  /** Before a scrape. Never rejects. */
  refresh(): Promise<void>;
}

export function createMetrics(runtime: Pick<Runtime, 'now' | 'elapsed'>): Metrics {
  const { elapsed } = runtime;
  const registry = new Registry();
  const figures = createInstruments(registry);
  // A series that begins with its first event shows no increase: the rules would miss that one.
  for (const outcome of ['delivered', 'failed', 'given-up'] as const) figures.alertDeliveries.inc({ outcome }, 0);
  for (const reason of ['full', 'slow'] as const) figures.hooksRefused.inc({ reason }, 0);
  /** When the notifications came that running jobs work on, by tenant and job. */
  const notified = new Map<string, number>();
  let refresh = async () => {};
  const nameOf = (tenant: string, job: string) => `${tenant} ${job}`;

  return {
    registry,
    store: (store) =>
      measuredStore(store, {
        elapsed,
        onOperation: (operation, outcome, ms) => figures.storeSeconds.observe({ operation, outcome }, ms / 1000),
        onLine({ tenant, job, target, action }) {
          const at = job === null ? undefined : notified.get(nameOf(tenant, job));
          if (at === undefined || target === null || (action !== 'created' && action !== 'updated')) return;
          figures.notificationToWrite.observe({ target }, Math.max(0, runtime.now() - at) / 1000);
        },
        onImport: (state) => figures.imports.inc({ state }),
      }),
    hintsFrom: (source, intake) => ({
      async accept(hints: readonly Hint[]) {
        await intake.accept(hints);
        for (const { side } of hints) figures.hints.inc({ source, side });
      },
    }),
    handle: (handle) => async (tenant: Tenant, job: Job) => {
      const name = nameOf(tenant.id, job.key);
      if (job.priority === PRIORITY.notification) notified.set(name, job.runAt);
      const from = elapsed();
      try {
        return await handle(tenant, job);
      } finally {
        notified.delete(name);
        figures.jobSeconds.observe({ entity: job.entity }, (elapsed() - from) / 1000);
      }
    },
    onOutcome({ entity, side }, result) {
      const labels = { entity, side };
      if (!(result instanceof Error)) figures.jobRuns.inc({ ...labels, outcome: result.kind, reason: 'none' });
      else if (!isSyncError(result)) figures.jobRuns.inc({ ...labels, outcome: 'failed', reason: 'internal' });
      else figures.jobRuns.inc({ ...labels, outcome: result.retry, reason: result.code });
    },
    onCall({ side, method, route, status, ms }) {
      figures.vendorCalls.inc({ vendor: side, method, route, status });
      figures.vendorSeconds.observe({ vendor: side, status }, ms / 1000);
    },
    onPoll: (side, entity, ok) => figures.polls.inc({ side, entity, outcome: ok ? 'ok' : 'failed' }),
    onAlert: (kind, event) => figures.alertEvents.inc({ kind, event }),
    onDelivery: (outcome) => figures.alertDeliveries.inc({ outcome }),
    onHookRefused: (reason) => figures.hooksRefused.inc({ reason }),
    watch(deps) {
      refresh = createGauges(figures, deps);
    },
    refresh: () => refresh(),
  };
}
