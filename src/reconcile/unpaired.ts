import { jobKey, type Tenant } from '../../schemas/records.ts';
import { OVERLAP_MS } from '../intake/overlap.ts';
import type { Reason } from '../sync/reasons.ts';
import { isBeforeStart } from '../sync/start-date.ts';
import type { Found } from './findings.ts';
import type { Pass } from './pass.ts';

/** A vendor's time stamp in ms; null for none (webCRM writes year 0001, webcrm.md 3). */
export function instantOf(stamp: unknown): number | null {
  if (typeof stamp !== 'string' || stamp.startsWith('0001-')) return null;
  const at = Date.parse(stamp);
  return Number.isNaN(at) ? null : at;
}

/**
 * R13: last changed before the tenant's start date, or before the tenant was made: the past is an import's matter, and a list
 * that shows it for the first time must not bring it.
 */
export function isPast(tenant: Tenant, stamp: unknown): boolean {
  const { startDate } = tenant.settings;
  if (startDate !== null) return isBeforeStart(startDate, stamp);
  const at = instantOf(stamp);
  return at !== null && at < tenant.createdAt;
}

/** From when on (ms) records come by themselves. */
export const startOf = ({ settings, createdAt }: Tenant): number =>
  settings.startDate === null ? createdAt : Date.parse(`${settings.startDate}T00:00:00Z`);

/** A refusal that may end without a trace: the article is added in Fortnox, or the line that names it is deleted. */
const ENDS_ELSEWHERE: readonly string[] = ['article-refused'] satisfies Reason[];

/**
 * Whether a record without a pair is to be looked at: it was never hinted nor refused, it changed after it was refused, or
 * the refusal may have ended without a trace on it. A job that failed and is kept is a person's matter.
 */
export async function isUnseen(pass: Pass, record: Found, changedAt: number | null): Promise<boolean> {
  const { store, tenant } = pass;
  if ((await store.jobs.get(tenant.id, jobKey(record))) !== null) return false;
  const decision = await store.decisions.get(tenant.id, record.entity, record.side, record.id);
  if (decision === null || ENDS_ELSEWHERE.includes(decision.reason)) return true;
  return isNewer(pass, changedAt, decision.at);
}

/** Changed after the refusal, and not so long ago that the run before has seen it. */
export function isNewer({ comparedSince }: Pass, changedAt: number | null, refusedAt: number): boolean {
  return changedAt !== null && changedAt > Math.max(refusedAt, (comparedSince ?? 0) - OVERLAP_MS);
}
