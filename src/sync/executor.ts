import type { Job, Pair, Tenant } from '../../schemas/records.ts';
import { jobKey, PRIORITY } from '../../schemas/records.ts';
import { isSyncError } from '../errors/sync-error.ts';
import type { HandleJob, JobOutcome } from '../queue/types.ts';
import type { FortnoxCustomer } from '../vendors/fortnox/types.ts';
import type { JobContext, SyncDeps } from './context.ts';
import { customerMap, numberInWebcrm, readSide } from './customer-map.ts';
import { customerIdentity, organisationIdentity } from './identity.ts';
import { journal, journalRefusal } from './journal.ts';
import { createInFortnox, createInWebcrm, holdForPerson, linkExisting } from './link.ts';
import { match } from './match.ts';
import { text } from './normalise.ts';
import { move } from './pair-state.ts';
import type { Reason } from './reasons.ts';
import { searchFortnox, searchWebcrm } from './search.ts';
import { isBeforeStart } from './start-date.ts';
import { isSelected } from './types-filter.ts';
import { type Records, settle } from './write.ts';

const DONE: JobOutcome = { kind: 'done' };
const BUSY_MS = 500;
const busy = (why: string): JobOutcome => ({ kind: 'later', afterMs: BUSY_MS, why });

/**
 * Does one record's work: reads both sides now, lets the planner decide, writes, stores the new base. One at a time for
 * a pair: the locks cover both records, whichever side the hint came from.
 */
export function createExecutor(deps: SyncDeps): HandleJob {
  return async (tenant, job) => {
    const pair = await deps.store.pairs.bySide(tenant.id, job.entity, job.side, job.id);
    const release = deps.locks.tryLock(lockKeys(tenant, job, pair));
    if (release === null) return busy('another job works on this pair');
    try {
      const now = await deps.store.pairs.bySide(tenant.id, job.entity, job.side, job.id);
      if (now?.webcrmId !== pair?.webcrmId || now?.fortnoxId !== pair?.fortnoxId) return busy('the pair was just made');
      const context: JobContext = {
        ...deps,
        tenant,
        job,
        map: customerMap(tenant.settings),
        vendors: deps.connection(tenant.id),
      };
      if (now !== null && now.webcrmId !== null && now.fortnoxId !== null) return await known(context, now);
      return job.side === 'webcrm' ? await fromWebcrm(context, now) : await fromFortnox(context, now);
    } finally {
      release();
    }
  };
}

function lockKeys(tenant: Tenant, job: Job, pair: Pair | null): string[] {
  const keys = new Set([job.key]);
  if (pair?.webcrmId) keys.add(jobKey({ entity: 'customer', side: 'webcrm', id: pair.webcrmId }));
  if (pair?.fortnoxId) keys.add(jobKey({ entity: 'customer', side: 'fortnox', id: pair.fortnoxId }));
  return [...keys].map((key) => `${tenant.id}/${key}`);
}

/** A pair with both ids. */
async function known(context: JobContext, pair: Pair): Promise<JobOutcome> {
  const { vendors, job, store, runtime } = context;
  if (pair.state === 'detached') return DONE;
  const [organisation, customer] = await Promise.all([
    vendors.webcrm.getOrganisation(pair.webcrmId ?? '', job.priority),
    vendors.fortnox.getCustomer(pair.fortnoxId ?? '', job.priority),
  ]);
  if (organisation === null || customer === null) {
    const reason: Reason = customer === null ? 'gone-in-fortnox' : 'gone-in-webcrm';
    if (pair.state === 'gone' && pair.reason === reason) return DONE;
    const gone = await store.pairs.replace({ ...pair, state: move(pair, 'gone'), reason, updatedAt: runtime.now() });
    await journal(context, {
      action: 'not-written',
      target: null,
      changes: [],
      lost: [],
      reasons: [reason],
      pair: gone,
    });
    return DONE;
  }
  try {
    await settle(context, pair, { organisation, customer });
  } catch (error) {
    if (!(await isLostRace(context, { organisation, customer }, error))) throw error;
    await journal(context, {
      action: 'not-written',
      target: null,
      changes: [],
      lost: [],
      reasons: ['lost-race'],
      pair,
    });
    return busy('the record changed between our read and our write');
  }
  return DONE;
}

/** R4: a refusal counts as a lost race when a record is no longer what it was when we planned. */
async function isLostRace({ vendors, job, map }: JobContext, planned: Records, error: unknown): Promise<boolean> {
  if (!isSyncError(error) || error.code !== 'vendor-refused') return false;
  const organisation = await vendors.webcrm.getOrganisation(String(planned.organisation.OrganisationId), job.priority);
  const customer = await vendors.fortnox.getCustomer(planned.customer.CustomerNumber, job.priority);
  if (organisation === null || customer === null) return true;
  const image = (records: Records) =>
    JSON.stringify([readSide(map, 'webcrm', records.organisation), readSide(map, 'fortnox', records.customer)]);
  return image(planned) !== image({ organisation, customer });
}

/** An organisation without a customer. */
async function fromWebcrm(context: JobContext, pair: Pair | null): Promise<JobOutcome> {
  const { vendors, job, tenant } = context;
  const { settings } = tenant;
  const organisation = await vendors.webcrm.getOrganisation(job.id, job.priority);
  if (organisation === null) return refuse(context, 'gone-in-webcrm');
  if (!isSelected(settings, organisation)) return refuse(context, 'type-not-selected');
  if (text(organisation.OrganisationName) === null) return refuse(context, 'waiting-for-name');
  const own = organisationIdentity(settings, organisation);
  if (settings.numberOwner === 'webcrm' && own.number === null) return refuse(context, 'waiting-for-customer-number');

  if (pair?.state !== 'creating') {
    const { candidates, halfMade, held } = await searchFortnox(context, own, pair?.id ?? null);
    if (halfMade) return busy('a record that fits is being created');
    const found = match(own, candidates);
    if (found.kind === 'conflict') {
      if (held && pair === null) return refuse(context, found.reason);
      await holdForPerson(context, pair, 'webcrm', found);
      return DONE;
    }
    if (found.kind === 'link') {
      return linkAndSettle(context, pair, { webcrmId: job.id, fortnoxId: found.id }, found.reason);
    }
    if (job.priority !== PRIORITY.import && isBeforeStart(settings.startDate, organisation.OrganisationUpdatedAt)) {
      return refuse(context, 'before-start-date');
    }
  }
  const number = settings.numberOwner === 'webcrm' ? numberInWebcrm(settings, organisation) : null;
  const made = await createInFortnox(context, pair, organisation, number);
  // What Fortnox filled (number, terms, currency) goes back in one write. The organisation was read many calls ago: R2.
  const present = await vendors.webcrm.getOrganisation(job.id, job.priority);
  if (present !== null) await settle(context, made.pair, { organisation: present, customer: made.customer });
  return DONE;
}

/** A customer without an organisation. */
async function fromFortnox(context: JobContext, pair: Pair | null): Promise<JobOutcome> {
  const { vendors, job, tenant, store, hint } = context;
  const customer = await vendors.fortnox.getCustomer(job.id, job.priority);
  if (customer === null) return refuse(context, 'gone-in-fortnox');
  const key = text(customer.ExternalReference);
  const creating = key === null ? null : await store.pairs.byIntentKey(tenant.id, key);
  if (creating?.webcrmId) {
    // Our own create whose answer is not stored yet (R23): its organisation's job finds it and links it.
    await hint([
      { tenant: tenant.id, entity: 'customer', side: 'webcrm', id: creating.webcrmId, priority: job.priority },
    ]);
    return DONE;
  }
  const type = defaultType(tenant, customer);
  if (pair?.state !== 'creating') {
    const own = customerIdentity(customer);
    const { candidates, halfMade, held } = await searchWebcrm(context, own, pair?.id ?? null);
    if (halfMade) return busy('a record that fits is being created');
    const found = match(own, candidates);
    if (found.kind === 'conflict') {
      if (held && pair === null) return refuse(context, found.reason);
      await holdForPerson(context, pair, 'fortnox', found);
      return DONE;
    }
    if (found.kind === 'link') {
      return linkAndSettle(context, pair, { webcrmId: found.id, fortnoxId: job.id }, found.reason);
    }
  }
  if (type === null) return refuse(context, 'no-default-type');
  await createInWebcrm(context, pair, customer, type);
  return DONE;
}

const defaultType = ({ settings }: Tenant, customer: FortnoxCustomer): string | null =>
  settings.defaultType[customer.Type === 'PRIVATE' ? 'private' : 'company'];

async function linkAndSettle(
  context: JobContext,
  existing: Pair | null,
  ids: { webcrmId: string; fortnoxId: string },
  reason: Reason,
): Promise<JobOutcome> {
  const { store, tenant, locks } = context;
  const other = context.job.side === 'webcrm' ? 'fortnox' : 'webcrm';
  const otherId = other === 'fortnox' ? ids.fortnoxId : ids.webcrmId;
  const release = locks.tryLock([`${tenant.id}/${jobKey({ entity: 'customer', side: other, id: otherId })}`]);
  if (release === null) return busy('another job works on the record that fits');
  try {
    const half = await store.pairs.bySide(tenant.id, 'customer', other, otherId);
    if (half === null || half.id === existing?.id) {
      return await known(context, await linkExisting(context, existing, ids, reason));
    }
    // The other record waits for a person with a half pair of its own: that one is completed, and ours, if any, retired.
    if (half.state !== 'conflict') return busy('the record that fits is at work');
    if (existing !== null) {
      await store.pairs.replace({
        ...existing,
        webcrmId: null,
        fortnoxId: null,
        state: move(existing, 'detached'),
        candidates: [],
      });
    }
    return await known(context, await linkExisting(context, half, ids, reason));
  } finally {
    release();
  }
}

async function refuse(context: JobContext, reason: Reason): Promise<JobOutcome> {
  await journalRefusal(context, reason);
  return DONE;
}
