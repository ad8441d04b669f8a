import type { BaseLogger } from 'pino';
import { ALERT_KINDS, type Alert, type AlertEvent, type AlertKind, type AlertTarget } from '../../schemas/alerts.ts';
import type { Tenant } from '../../schemas/records.ts';
import { newId, type Runtime } from '../runtime.ts';
import { every } from '../store/every.ts';
import type { Store } from '../store/port.ts';
import { isVersionChanged } from '../store/retry-changed.ts';
import { type FactDeps, readFacts } from './facts.ts';
import { ALERTS, type Circumstances, type Finding } from './kinds.ts';
import { bodyOf, type TenantName } from './message.ts';
import { readPolicy } from './policy.ts';
import { allTargets } from './targets.ts';

export interface WatchDeps {
  readonly runtime: Runtime;
  readonly store: Store;
  readonly vault: FactDeps['vault'];
  readonly logger: Pick<BaseLogger, 'info' | 'warn' | 'error'>;
  readonly pollPeriodMs: number;
  /** Told of each alert that is raised or recovers, once among all instances. */
  readonly onEvent?: ((kind: AlertKind, event: AlertEvent) => void) | undefined;
}

/** Messages of one alert that wait for one target. More come only when it flickers while nobody answers. */
const MOST_WAITING = 20;

/**
 * Looks at every tenant once and stores what is raised and what recovered, with the messages to be sent of it, in one write each.
 * `workingSince` in ms. A tenant that cannot be judged is logged and left to the next round. Gives how many alerts changed.
 */
export async function watchOnce(deps: WatchDeps, workingSince: number): Promise<number> {
  const { store, logger } = deps;
  const [policy, targets] = await Promise.all([readPolicy(store), allTargets(store)]);
  const shared = { policy, pollPeriodMs: deps.pollPeriodMs, workingSince };
  let changed = 0;
  for await (const tenant of every((page) => store.tenants.list(page))) {
    if (tenant.state === 'removing') continue;
    try {
      changed += await watchTenant(deps, tenant, targets, shared);
    } catch (error) {
      logger.error({ err: error, tenant: tenant.id }, 'the alerts of a tenant could not be judged; tried again soon');
    }
  }
  return changed;
}

async function watchTenant(
  deps: WatchDeps,
  tenant: Tenant,
  targets: readonly AlertTarget[],
  shared: Omit<Circumstances, 'now' | 'raised'>,
): Promise<number> {
  const now = deps.runtime.now();
  const [facts, known] = await Promise.all([
    readFacts(deps, tenant, now),
    deps.store.alerts.list({ tenant: tenant.id, limit: ALERT_KINDS.length }),
  ]);
  let changed = 0;
  for (const kind of ALERT_KINDS) {
    const present = known.items.find((alert) => alert.kind === kind) ?? null;
    const raised = present?.state === 'raised';
    const finding = ALERTS[kind](facts, { ...shared, now, raised });
    const next = nextOf(present, { kind, finding, tenant, targets, runtime: deps.runtime });
    if (next === null || !(await stored(deps.store, next.alert))) continue;
    if (next.event === null) continue;
    changed += 1;
    tell(deps, next.alert, next.event);
  }
  return changed;
}

/** Stored once: another instance that came to the same at the same moment was told first, and then it is no news. */
async function stored(store: Store, alert: Alert): Promise<boolean> {
  try {
    await store.alerts.put(alert);
    return true;
  } catch (error) {
    if (isVersionChanged(error)) return false;
    throw error;
  }
}

interface Judged {
  readonly kind: AlertKind;
  readonly finding: Finding;
  readonly tenant: TenantName;
  readonly targets: readonly AlertTarget[];
  readonly runtime: Runtime;
}

/** The alert as it is to be stored, and the event to tell; null: everything is as it was. */
function nextOf(
  present: Alert | null,
  { kind, finding, tenant, targets, runtime }: Judged,
): { alert: Alert; event: AlertEvent | null } | null {
  const now = runtime.now();
  const raised = present?.state === 'raised';
  if (finding === null) return null;
  if (finding === 'well') {
    if (!raised) return null;
    const event = 'alert.recovered';
    const alert: Alert = { ...present, state: 'recovered', recoveredAt: now };
    const told = targets.filter(({ id }) => present.told.includes(id));
    return { event, alert: withSends(alert, event, tenant, told, runtime) };
  }
  if (raised) {
    // The number follows what is; nobody is told again.
    const { message, count } = finding;
    return present.count === count ? null : { event: null, alert: { ...present, message, count } };
  }
  const event = 'alert.raised';
  const told = targets.filter(
    (target) => (target.kinds?.includes(kind) ?? true) && (target.tenants?.includes(tenant.id) ?? true),
  );
  const alert: Alert = {
    schema: 1,
    tenant: tenant.id,
    kind,
    state: 'raised',
    ...finding,
    raisedAt: now,
    recoveredAt: null,
    told: told.map(({ id }) => id),
    sends: present?.sends ?? [],
    version: present?.version ?? 0,
  };
  return { event, alert: withSends(alert, event, tenant, told, runtime) };
}

function withSends(
  alert: Alert,
  event: AlertEvent,
  tenant: TenantName,
  targets: readonly AlertTarget[],
  runtime: Runtime,
): Alert {
  const now = runtime.now();
  const body = bodyOf(event, alert, tenant, now);
  const sends = targets.map(({ id }) => ({
    id: `msg_${newId(runtime)}`,
    target: id,
    event,
    body,
    attempts: 0,
    nextAt: now,
  }));
  const all = [...alert.sends, ...sends];
  return { ...alert, sends: all.slice(-MOST_WAITING * Math.max(1, targets.length)) };
}

function tell({ logger, onEvent }: WatchDeps, alert: Alert, event: AlertEvent): void {
  const { tenant, kind, count } = alert;
  onEvent?.(kind, event);
  const line = { event: event.replace('.', '-'), alert: kind, tenant, count };
  if (event === 'alert.raised') logger.warn({ ...line, why: alert.message }, `alert raised: ${kind}`);
  else logger.info({ ...line, raisedAt: alert.raisedAt }, `alert recovered: ${kind}`);
}
