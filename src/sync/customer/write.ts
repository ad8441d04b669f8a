import type { Pair, Tenant } from '../../schemas/records.ts';
import { isSyncError, SyncError } from '../errors/sync-error.ts';
import type { FortnoxCustomer } from '../vendors/fortnox/types.ts';
import type { WebcrmOrganisation } from '../vendors/webcrm/types.ts';
import type { JobContext } from './context.ts';
import { numberInWebcrm, readSide } from './customer-map.ts';
import { journal } from './journal.ts';
import { text } from './normalise.ts';
import { move } from './pair-state.ts';
import { type Decision, plan } from './planner.ts';
import { isSelected } from './types-filter.ts';

/** Both records as just read. */
export interface Records {
  readonly organisation: WebcrmOrganisation;
  readonly customer: FortnoxCustomer;
}

/**
 * Plans a pair from what was just read, writes what the plan says, stores the new base and the log line. A crash
 * between a write and the base is harmless: the next plan finds both sides equal and writes nothing.
 */
export async function settle(context: JobContext, pair: Pair, records: Records): Promise<Pair> {
  const { map, tenant } = context;
  const { settings } = tenant;
  const decision = plan({
    map,
    base: pair.base,
    webcrm: readSide(map, 'webcrm', records.organisation),
    fortnox: readSide(map, 'fortnox', records.customer),
    number: { webcrm: numberInWebcrm(settings, records.organisation), fortnox: records.customer.CustomerNumber },
    settings,
    selected: isSelected(settings, records.organisation),
  });
  if (Object.keys(decision.writes.webcrm).length === 0) return carryOut(context, pair, decision, records);
  // R3 is proven by one update at a time; taken before any write, so that nothing is left half-done.
  const proof = await partialPut(context);
  const release = proof === 'unknown' ? context.locks.tryLock([`${tenant.id}/partial-put`]) : () => {};
  if (release === null)
    throw new SyncError('record-busy', 'The first update of webCRM is being proven.', { waitMs: 1000 });
  try {
    return await carryOut(context, pair, decision, records);
  } finally {
    release();
  }
}

/** What is known of partial PUT, now: another job may have proven it since this one began. */
async function partialPut({ store, tenant }: JobContext): Promise<Tenant['partialPut']['organisation']> {
  return (await store.tenants.get(tenant.id))?.partialPut.organisation ?? 'unknown';
}

async function carryOut(context: JobContext, pair: Pair, decision: Decision, records: Records): Promise<Pair> {
  const { vendors, job, map } = context;
  if (decision.lost.length > 0) {
    // Before the writes: when an answer is lost, the next plan finds both sides equal and would have nothing to tell.
    const { lost, reasons } = decision;
    await journal(context, { action: 'conflict', target: null, changes: [], lost, reasons, pair });
  }
  const nextBase = { webcrm: { ...decision.nextBase.webcrm }, fortnox: { ...decision.nextBase.fortnox } };
  if (Object.keys(decision.writes.fortnox).length > 0) {
    const number = records.customer.CustomerNumber;
    const answer = await vendors.fortnox.updateCustomer(number, decision.writes.fortnox, job.priority);
    // R1: Fortnox answers with the whole record. Only what we wrote becomes the image: another field that differs from
    // what we read was edited meanwhile, and must be seen as changed at the next plan.
    const image: Record<string, unknown> = readSide(map, 'fortnox', answer);
    for (const { field } of decision.changes.fortnox)
      Object.assign(nextBase.fortnox, { [field]: image[field] ?? null });
  }
  if (Object.keys(decision.writes.webcrm).length > 0) {
    await updateOrganisation(context, records.organisation, decision.writes.webcrm);
  }
  return remember(context, pair, decision, nextBase);
}

async function remember(context: JobContext, pair: Pair, decision: Decision, base: Pair['base']): Promise<Pair> {
  const { store, runtime } = context;
  const quiet = decision.changes.fortnox.length === 0 && decision.changes.webcrm.length === 0;
  const reason = decision.reasons[0] ?? 'in-step';
  const unchanged =
    quiet &&
    pair.state === decision.state &&
    pair.reason === reason &&
    JSON.stringify(sorted(pair.base)) === JSON.stringify(sorted(base));
  if (unchanged) return pair;
  const before = pair.reason;
  const stored = await store.pairs.replace({
    ...pair,
    state: move(pair, decision.state),
    base,
    reason,
    updatedAt: runtime.now(),
  });
  for (const target of ['fortnox', 'webcrm'] as const) {
    const changes = decision.changes[target];
    if (changes.length === 0) continue;
    await journal(context, { action: 'updated', target, changes, lost: [], reasons: decision.reasons, pair: stored });
  }
  if (quiet && reason !== before && reason !== 'in-step') {
    await journal(context, {
      action: 'not-written',
      target: null,
      changes: [],
      lost: [],
      reasons: decision.reasons,
      pair: stored,
    });
  }
  return stored;
}

const sorted = (base: Pair['base']): unknown =>
  base && [base.webcrm, base.fortnox].map((image) => Object.entries(image).sort(([a], [b]) => (a < b ? -1 : 1)));

/** webCRM computes these itself: they differ after any write and cannot be sent (webcrm.md 8.1). */
const COMPUTED =
  /^Organisation(Id|CreatedAt|CreatedBy|UpdatedAt|UpdatedBy|LastDisplayedAt|LastItem.*|CompareName|TelephoneSearch|History|Gps|Vat(Status|VerifiedAt))$/;

/**
 * Partial PUT with the proof of R3: that fields not sent stay is unproven, so the first update of a tenant is compared
 * before and after. A field that was emptied is restored and writes to organisations stop (`partial-put-unsafe`).
 */
async function updateOrganisation(
  context: JobContext,
  before: WebcrmOrganisation,
  fields: Record<string, string>,
): Promise<void> {
  const { vendors, job } = context;
  const id = String(before.OrganisationId);
  const known = await partialPut(context);
  if (known === 'broken') {
    throw new SyncError(
      'partial-put-unsafe',
      `Organisation ${id} was not written: webCRM empties fields that are not sent. Ask webCRM's support, then reconnect the tenant.`,
    );
  }
  await vendors.webcrm.updateOrganisation(id, fields, job.priority);
  if (known === 'proven') return;
  const after = await vendors.webcrm.getOrganisation(id, job.priority);
  const held = Object.fromEntries(
    Object.entries(before).filter(([field, value]) => !COMPUTED.test(field) && !isEmpty(value)),
  );
  const emptied = Object.keys(held).filter((field) => !(field in fields) && after !== null && isEmpty(after[field]));
  await rememberProof(context, emptied.length > 0 ? 'broken' : 'proven');
  if (emptied.length === 0) return;
  // Everything that was held is sent: whatever is left out would be emptied by this PUT as well.
  await vendors.webcrm.updateOrganisation(id, { ...held, ...fields }, job.priority);
  const lost = emptied.map((field) => ({ side: 'webcrm' as const, field, before: text(before[field]), after: null }));
  const reasons = ['partial-put-unsafe'] as const;
  await journal(context, { action: 'failed', target: 'webcrm', changes: [], lost, reasons, pair: null });
  throw new SyncError(
    'partial-put-unsafe',
    `webCRM emptied ${emptied.join(', ')} of organisation ${id} though they were not sent. They were restored; writes to webCRM have stopped.`,
  );
}

/** The tenant may be changed by an administrator meanwhile: then the result is put on what is stored now. */
async function rememberProof({ store, tenant }: JobContext, organisation: 'proven' | 'broken'): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const now = await store.tenants.get(tenant.id);
    if (now === null) return;
    try {
      await store.tenants.replace({ ...now, partialPut: { organisation } });
      return;
    } catch (error) {
      if (!isSyncError(error) || error.code !== 'version-changed' || tries >= 5) throw error;
    }
  }
}

/** Nothing that a restore could put back; an unset drop-down's placeholder is nothing, too (webcrm.md 3). */
const isEmpty = (value: unknown): boolean =>
  value === 0 || value === false || /^0001-/.test(String(value)) || text(value) === null;
