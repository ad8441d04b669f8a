import type { Pair } from '../../schemas/records.ts';
import { SyncError } from '../errors/sync-error.ts';
import type { FortnoxCustomer } from '../vendors/fortnox/types.ts';
import type { WebcrmOrganisation } from '../vendors/webcrm/types.ts';
import type { JobContext } from './context.ts';
import { numberInWebcrm, readSide } from './customer-map.ts';
import { journal } from './journal.ts';
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
  const base = await carryOut(context, decision, records);
  return remember(context, pair, decision, base);
}

async function carryOut(context: JobContext, decision: Decision, records: Records): Promise<Pair['base']> {
  const { vendors, job, map } = context;
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
  return nextBase;
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
  const stored = await store.pairs.replace({ ...pair, state: decision.state, base, reason, updatedAt: runtime.now() });
  for (const target of ['fortnox', 'webcrm'] as const) {
    const changes = decision.changes[target];
    if (changes.length === 0) continue;
    const lost = decision.lost.filter(({ side }) => side === target);
    await journal(context, { action: 'updated', target, changes, lost, reasons: decision.reasons, pair: stored });
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

/** webCRM computes these itself; they differ after any write. */
const COMPUTED =
  /^Organisation(Id|UpdatedAt|UpdatedBy|LastDisplayedAt|LastItem|CompareName|TelephoneSearch|History|Vat(Status|VerifiedAt))/;

/**
 * Partial PUT with the proof of R3: that fields not sent stay is unproven, so the first update of a tenant is compared
 * before and after. A field that was emptied is restored and writes to organisations stop (`partial-put-unsafe`).
 */
async function updateOrganisation(
  context: JobContext,
  before: WebcrmOrganisation,
  fields: Record<string, string>,
): Promise<void> {
  const { vendors, job, store } = context;
  const id = String(before.OrganisationId);
  const tenant = (await store.tenants.get(context.tenant.id)) ?? context.tenant;
  const { organisation: known } = tenant.partialPut;
  if (known === 'broken') {
    throw new SyncError(
      'partial-put-unsafe',
      `Organisation ${id} was not written: webCRM empties fields that are not sent. Ask webCRM's support, then reconnect the tenant.`,
    );
  }
  await vendors.webcrm.updateOrganisation(id, fields, job.priority);
  if (known === 'proven') return;
  const after = await vendors.webcrm.getOrganisation(id, job.priority);
  const emptied: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(before)) {
    if (field in fields || COMPUTED.test(field) || isEmpty(value)) continue;
    if (after !== null && isEmpty(after[field])) emptied[field] = value;
  }
  const broken = Object.keys(emptied).length > 0;
  if (broken) await vendors.webcrm.updateOrganisation(id, { ...before, ...fields }, job.priority);
  await store.tenants.replace({ ...tenant, partialPut: { organisation: broken ? 'broken' : 'proven' } });
  if (broken) {
    throw new SyncError(
      'partial-put-unsafe',
      `webCRM emptied ${Object.keys(emptied).join(', ')} of organisation ${id} though they were not sent. They were restored; writes to webCRM have stopped.`,
    );
  }
}

const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  value === 0 ||
  value === false ||
  /^0001-/.test(String(value));
