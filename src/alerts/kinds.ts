import type { AlertKind } from '../../schemas/alerts.ts';
import { PRIORITY, SIDES, type Side, type Tenant, VENDOR_NAMES } from '../../schemas/records.ts';
import type { JobDepth } from '../store/port.ts';
import type { AlertPolicy } from './policy.ts';

/** What the store says of a tenant: all that an alert is judged by, so that every instance comes to the same. */
export interface TenantFacts {
  readonly tenant: Tenant;
  readonly depth: readonly JobDepth[];
  readonly conflicts: number;
  /** When each side was last polled to its end; null: never. */
  readonly polled: Readonly<Record<Side, number | null>>;
  /** When Fortnox gave the refresh token that is stored; null: there is none, or none is needed. */
  readonly refreshTokenAt: number | null;
}

export interface Circumstances {
  readonly now: number;
  readonly policy: AlertPolicy;
  readonly pollPeriodMs: number;
  /** Since when the service could work: what was late before counts from here. */
  readonly workingSince: number;
  /** Whether the alert is raised at present: it recovers later than it is raised, so that it does not flicker. */
  readonly raised: boolean;
}

/** `null`: it cannot be told at the moment, and stays as it is. */
export type Finding = { readonly message: string; readonly count: number | null } | 'well' | null;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** How long Fortnox's refresh token lives is told in two ways (fortnox.md 2.4). */
export const REFRESH_TOKEN_DAYS = { shortest: 31, longest: 45 } as const;

const date = (at: number): string => new Date(at).toISOString().slice(0, 10);
const plural = (count: number, one: string, many: string): string => (count === 1 ? `1 ${one}` : `${count} ${many}`);
/** A person's own pause is no news. */
const isBroken = ({ state, pausedReason }: Tenant): boolean => state === 'paused' && pausedReason !== 'by-hand';

/** Each kind of alert: when it is raised, and in which words. The first sentence says what is, the last what to do. */
export const ALERTS: Readonly<Record<AlertKind, (facts: TenantFacts, now: Circumstances) => Finding>> = {
  'connection-broken'({ tenant }) {
    if (tenant.state === 'connected') return 'well';
    if (!isBroken(tenant)) return null;
    return {
      count: null,
      message: `A vendor no longer accepts the connection (${tenant.pausedReason}), so nothing is synchronised. What changes meanwhile is kept. See the connection check, store new credentials and connect again.`,
    };
  },

  'connection-expiring'({ tenant, refreshTokenAt }, { now, policy }) {
    if (tenant.state === 'new' || refreshTokenAt === null) return 'well';
    const { shortest, longest } = REFRESH_TOKEN_DAYS;
    if (now - refreshTokenAt < (shortest - policy.expiryDays) * DAY_MS) return 'well';
    return {
      count: Math.floor((now - refreshTokenAt) / DAY_MS),
      message: `The connection to Fortnox was last renewed on ${date(refreshTokenAt)} and ends between ${date(refreshTokenAt + shortest * DAY_MS)} and ${date(refreshTokenAt + longest * DAY_MS)}. Resume the tenant, or let the company approve the integration again, before that.`,
    };
  },

  'tenant-late'(facts, { now, policy, pollPeriodMs, workingSince, raised }) {
    const { tenant, polled } = facts;
    // What is paused or held is told of as such.
    if (tenant.state !== 'connected' || tenant.hold !== null) return tenant.state === 'new' ? 'well' : null;
    const ready = facts.depth.filter(({ state, priority }) => state === 'waiting' && priority !== PRIORITY.import);
    const since: { what: string; at: number }[] = ready.map(({ oldestRunAt }) => ({
      what: 'A change has been waiting to be synchronised',
      at: oldestRunAt,
    }));
    for (const side of SIDES)
      since.push({
        what: `${VENDOR_NAMES[side]} could not be asked for its changes`,
        at: (polled[side] ?? tenant.createdAt) + pollPeriodMs,
      });
    const oldest = since.reduce((first, one) => (one.at < first.at ? one : first));
    const bound = raised ? oldest.at : Math.max(oldest.at, workingSince, tenant.updatedAt);
    const limit = policy.lateMinutes * MINUTE_MS * (raised ? 0.5 : 1);
    if (now - bound <= limit) return 'well';
    const minutes = Math.floor((now - oldest.at) / MINUTE_MS);
    return {
      count: minutes,
      message: `${oldest.what} for ${plural(minutes, 'minute', 'minutes')}. See the tenant's status, its waiting jobs with their last error, and the log under its id.`,
    };
  },

  'jobs-dead'({ depth }) {
    const count = depth.filter(({ state }) => state === 'dead').reduce((sum, one) => sum + one.count, 0);
    if (count === 0) return 'well';
    return {
      count,
      message: `${plural(count, 'record', 'records')} failed for good and will not be tried again by themselves. Look at the list of failed jobs: each has its reason; mend it and retry.`,
    };
  },

  conflict({ conflicts }) {
    if (conflicts === 0) return 'well';
    return {
      count: conflicts,
      message: `${plural(conflicts, 'record needs', 'records need')} a person's decision: several records may be the same, or their numbers contradict each other. Decide each under pairs with state conflict.`,
    };
  },

  hold({ tenant: { hold } }) {
    if (hold === null) return 'well';
    return {
      count: hold.count,
      message: `All jobs are held (${hold.why}): ${hold.count} records would change. Look at some of them with explain, then release the tenant.`,
    };
  },
};
