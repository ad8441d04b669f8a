import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Seconds of what may wait for a vendor. */
const SLOW = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * Every figure of the service, once. No label names a tenant or a record: their number is not bounded. The names are used by
 * dashboards and alert rules (deploy/monitoring): one that was released is never renamed.
 */
export function createInstruments(registry: Registry) {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter<L>({ name, help, labelNames: [...labelNames], registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Gauge<L>({ name, help, labelNames: [...labelNames], registers });
  const histogram = <L extends string>(name: string, help: string, labelNames: readonly L[], buckets: number[]) =>
    new Histogram<L>({ name, help, labelNames: [...labelNames], buckets, registers });

  return {
    jobs: gauge('sync_jobs', 'Jobs in the queue, of all instances', ['state', 'priority']),
    oldestJob: gauge(
      'sync_jobs_oldest_due_seconds',
      'How long the oldest job that is due has waited, of tenants that are neither paused nor held',
      ['priority'],
    ),
    jobRuns: counter('sync_job_runs_total', 'Runs of jobs; reason is the code of the error', [
      'entity',
      'side',
      'outcome',
      'reason',
    ]),
    jobSeconds: histogram('sync_job_seconds', 'Time of one run of a job, waits for slots included', ['entity'], SLOW),
    vendorCalls: counter('sync_vendor_calls_total', 'Calls to vendors; status 0 is no answer', [
      'vendor',
      'method',
      'route',
      'status',
    ]),
    vendorSeconds: histogram(
      'sync_vendor_call_seconds',
      'Time from call to answer, without the wait for a slot',
      ['vendor', 'status'],
      SLOW,
    ),
    slotsUsed: gauge('sync_budget_slots_used', 'Slots taken of all rate budgets of a vendor', ['vendor']),
    slotsLimit: gauge('sync_budget_slots_limit', 'Slots of all rate budgets of a vendor', ['vendor']),
    slotsWaiting: gauge('sync_budget_waiting', 'Calls that wait for a slot', ['vendor']),
    hints: counter('sync_hints_total', 'Hints that a record may have changed, by where they came from', [
      'source',
      'side',
    ]),
    hooksUnderWay: gauge('sync_hooks_under_way', 'Hooks whose hints are not stored yet', []),
    hooksOldest: gauge('sync_hooks_oldest_seconds', 'How long the oldest of them has waited for the store', []),
    hooksRefused: counter('sync_hooks_refused_total', 'Hooks answered with 503 since too many wait, or too long', [
      'reason',
    ]),
    notificationToWrite: histogram(
      'sync_notification_to_write_seconds',
      'From a stored notification, or the end of the quiet time or wait after it, to the write on the other side',
      ['target'],
      [0.1, 0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 300],
    ),
    storeSeconds: histogram(
      'sync_store_seconds',
      'Time of an operation of the store; outcome is ok or the code of the error',
      ['operation', 'outcome'],
      [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 5],
    ),
    tenants: gauge('sync_tenants', 'Tenants by state; held ones count as held', ['state']),
    pausedParts: gauge('sync_paused_parts', 'Tenants that have writes of a kind of record to a side paused by hand', [
      'entity',
      'target',
    ]),
    stream: gauge('sync_stream_tenants', 'Connected tenants by how their Fortnox changes become known', [
      'notifications',
      'reason',
    ]),
    polls: counter('sync_polls_total', 'Polls of an entity of one side', ['side', 'entity', 'outcome']),
    alertsRaised: gauge('sync_alerts_raised', 'Alerts that are raised now', ['kind']),
    alertEvents: counter('sync_alert_events_total', 'Alerts that were raised or recovered', ['kind', 'event']),
    alertDeliveries: counter('sync_alert_deliveries_total', 'Tries to send an alert', ['outcome']),
    imports: counter('sync_imports_total', 'Imports that came to a state', ['state']),
    age: gauge('sync_metrics_age_seconds', 'Age of the figures that are read from the store', []),
    failedReads: counter('sync_metrics_failures_total', 'Reads of the store for figures that failed', []),
  };
}
export type Instruments = ReturnType<typeof createInstruments>;
