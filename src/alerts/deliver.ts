import type { BaseLogger } from 'pino';
import type { Alert, AlertSend, AlertTarget } from '../../schemas/alerts.ts';
import { retryWait } from '../queue/backoff.ts';
import type { Store } from '../store/port.ts';
import { isVersionChanged, retryChanged } from '../store/retry-changed.ts';
import { changeTarget, outcomeOf, signed, type TargetDeps } from './targets.ts';

export interface DeliverDeps extends TargetDeps {
  readonly store: Pick<Store, 'alertTargets' | 'tenants' | 'alerts'>;
  readonly logger: Pick<BaseLogger, 'info' | 'warn' | 'error'>;
  readonly onDelivery?: ((outcome: DeliveryOutcome) => void) | undefined;
}
export type DeliveryOutcome = 'delivered' | 'failed' | 'given-up';

/** What one try came to. `waitMs`: how long the receiver asked to be left alone. */
interface Tried {
  readonly send: AlertSend;
  readonly ok: boolean;
  readonly gone: boolean;
  /** There was no answer at all. */
  readonly isSilent: boolean;
  readonly message: string;
  readonly waitMs: number | null;
}

const ALERTS_AT_ONCE = 20;
/** Longer than one try can last: an instance that dies in the middle leaves its message to another after it. */
const CLAIM_MS = 60_000;
/** How long a target that gave no answer is left alone. */
const REST_MS = 60_000;

/** What is known of the targets in one pass. */
interface Pass {
  readonly begun: number;
  /** Those that gave no answer, or asked to be left alone, and until when (ms): others' messages do not wait for theirs. */
  readonly resting: Map<string, number>;
  /** What the last try of each came to. */
  readonly last: Map<string, NonNullable<AlertTarget['last']>>;
}

/**
 * Sends every message that is due now, once; what becomes due meanwhile is the next call's. One instance takes a message by moving its
 * time ahead; one that dies meanwhile makes it be sent twice, with one `webhook-id`. Failed ones wait by the queue's own backoff and are
 * given up after about three days, aloud. `isOver` ends it early.
 */
export async function deliverDue(deps: DeliverDeps, isOver: () => boolean = () => false): Promise<void> {
  const pass: Pass = { begun: deps.runtime.now(), resting: new Map(), last: new Map() };
  let taken = 1;
  while (taken > 0 && !isOver()) {
    const due = await deps.store.alerts.due(pass.begun, ALERTS_AT_ONCE);
    const counts = await Promise.all(due.map((alert) => deliverOf(deps, alert, pass)));
    taken = counts.reduce((sum, count) => sum + count, 0);
    // Once a target: as many changes of one document as there are messages would get into each other's way.
    for (const [target, last] of pass.last) await changeTarget(deps.store, target, () => ({ last }));
    pass.last.clear();
  }
}

async function deliverOf(deps: DeliverDeps, alert: Alert, pass: Pass): Promise<number> {
  const { begun, resting } = pass;
  const now = deps.runtime.now();
  const due = headsOf(alert).filter(({ nextAt }) => nextAt <= begun);
  const heads = due.filter(({ target }) => !resting.has(target));
  const later = new Map(due.map(({ id, target }) => [id, resting.get(target) ?? now + CLAIM_MS]));
  const claimed = alert.sends.map((send) => ({ ...send, nextAt: later.get(send.id) ?? send.nextAt }));
  try {
    await deps.store.alerts.put({ ...alert, sends: claimed });
  } catch (error) {
    // Another instance took them, or the alert has changed: it is looked at again soon.
    if (isVersionChanged(error)) return 0;
    throw error;
  }
  const tried = await Promise.all(heads.map((send) => attempt(deps, send)));
  for (const { send, isSilent, waitMs } of tried)
    if (isSilent || waitMs !== null) resting.set(send.target, deps.runtime.now() + (waitMs ?? REST_MS));
  if (tried.length > 0) await conclude(deps, alert, tried, pass.last);
  return due.length;
}

/** The first message of each target: the next waits until it has ended, so that a recovery never comes before its alert. */
function headsOf({ sends }: Alert): AlertSend[] {
  const seen = new Set<string>();
  return sends.filter(({ target }) => !seen.has(target) && seen.add(target));
}

const SILENT = { ok: false, gone: false, isSilent: true, waitMs: null } as const;

async function attempt(deps: DeliverDeps, send: AlertSend): Promise<Tried> {
  try {
    const target = await deps.store.alertTargets.get(send.target);
    if (target === null) return { send, ...SILENT, isSilent: false, gone: true, message: 'The target was deleted.' };
    const answer = await deps.post.send(target.url, signed(deps, target, send.id, send.body), send.body);
    // 410: the receiver says that it will never take a message again.
    const outcome = outcomeOf(answer);
    return { send, ...outcome, isSilent: false, gone: answer.status === 410, waitMs: answer.retryAfterMs };
  } catch (error) {
    const message = error instanceof Error ? error.message : 'It could not be sent.';
    return { send, ...SILENT, message };
  }
}

async function conclude(
  deps: DeliverDeps,
  { tenant, kind }: Alert,
  tried: readonly Tried[],
  last: Pass['last'],
): Promise<void> {
  const { runtime, store } = deps;
  const now = runtime.now();
  const next = new Map(
    tried.map(({ send, ok, gone, waitMs }) => {
      const wait = ok || gone ? null : retryWait(send.attempts + 1, runtime.random);
      const again =
        wait === null ? null : { ...send, attempts: send.attempts + 1, nextAt: now + Math.max(wait, waitMs ?? 0) };
      return [send.id, again] as const;
    }),
  );
  const stored = await retryChanged(async () => {
    const alert = await store.alerts.get(tenant, kind);
    if (alert === null) return null;
    const sends = alert.sends.flatMap((send) => {
      const after = next.get(send.id);
      return after === undefined ? [send] : after === null ? [] : [after];
    });
    return store.alerts.put({ ...alert, sends });
  });
  if (stored === null) return;
  for (const one of tried) last.set(one.send.target, tell(deps, { tenant, kind }, one, next.get(one.send.id) === null));
}

/** Writes the line of a try; gives what the target shows of it. */
function tell(
  { logger, onDelivery, runtime }: DeliverDeps,
  about: { tenant: string; kind: string },
  { send, ok, message }: Tried,
  ended: boolean,
): NonNullable<AlertTarget['last']> {
  const attempts = send.attempts + 1;
  const line = {
    ...{ tenant: about.tenant, alert: about.kind, target: send.target, message: send.id, attempts },
    reason: message,
  };
  onDelivery?.(ok ? 'delivered' : ended ? 'given-up' : 'failed');
  if (ok) logger.info({ event: 'alert-delivered', ...line }, 'an alert was delivered');
  else if (ended)
    logger.error({ event: 'alert-delivery-given-up', ...line }, 'an alert was not delivered and is given up');
  else logger.warn({ event: 'alert-delivery-failed', ...line }, 'an alert was not delivered; it is tried again');
  const what = ok || !ended ? message : `Given up after ${attempts} tries: ${message}`;
  return { at: runtime.now(), ok, message: what };
}
