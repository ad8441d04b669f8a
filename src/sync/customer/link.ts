import type { CreateIntent, Pair, Side } from '../../schemas/records.ts';
import { newId } from '../runtime.ts';
import type { FortnoxCustomer } from '../vendors/fortnox/types.ts';
import type { WebcrmOrganisation } from '../vendors/webcrm/types.ts';
import type { JobContext } from './context.ts';
import {
  baseAfterCreate,
  isNumberTaken,
  postCustomer,
  postOrganisation,
  recoverCustomer,
  recoverOrganisation,
} from './create.ts';
import { type CustomerView, readSide } from './customer-map.ts';
import { journal } from './journal.ts';
import type { Match } from './match.ts';
import { move } from './pair-state.ts';
import type { Reason } from './reasons.ts';

/** A pair as it is stored for the first time. */
export function newPair(context: JobContext, ids: { webcrmId: string | null; fortnoxId: string | null }): Pair {
  const { runtime, tenant } = context;
  const now = runtime.now();
  return {
    schema: 1,
    id: newId(runtime),
    tenant: tenant.id,
    entity: 'customer',
    ...ids,
    state: 'linked',
    base: null,
    intent: null,
    reason: null,
    candidates: [],
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}

/** Stores a new pair or a new version of a half-made one. */
export async function storePair(context: JobContext, existing: Pair | null, pair: Pair): Promise<Pair> {
  const { store, runtime } = context;
  if (existing !== null) {
    return store.pairs.replace({ ...pair, state: move(existing, pair.state), updatedAt: runtime.now() });
  }
  await store.pairs.insert(pair);
  return pair;
}

/** Links two records that exist; what to write is planned afterwards, from no base (R21). */
export async function linkExisting(
  context: JobContext,
  existing: Pair | null,
  ids: { webcrmId: string; fortnoxId: string },
  reason: Reason,
): Promise<Pair> {
  const pair = await storePair(context, existing, {
    ...(existing ?? newPair(context, ids)),
    ...ids,
    state: 'linked',
    intent: null,
    candidates: [],
    reason,
  });
  await forget(context);
  await journal(context, { action: 'linked', target: null, changes: [], lost: [], reasons: [reason], pair });
  return pair;
}

/** R20: a person decides. Shown in the list of pairs; looked at again at the record's next change. */
export async function holdForPerson(
  context: JobContext,
  existing: Pair | null,
  side: Side,
  found: Extract<Match, { kind: 'conflict' }>,
): Promise<void> {
  const { job } = context;
  const ids = side === 'webcrm' ? { webcrmId: job.id, fortnoxId: null } : { webcrmId: null, fortnoxId: job.id };
  const seen = existing?.state === 'conflict' && existing.reason === found.reason;
  if (seen && existing.candidates.join() === found.ids.join()) return;
  const pair = await storePair(context, existing, {
    ...(existing ?? newPair(context, ids)),
    state: 'conflict',
    reason: found.reason,
    candidates: found.ids,
  });
  if (!seen)
    await journal(context, { action: 'conflict', target: null, changes: [], lost: [], reasons: [found.reason], pair });
}

/** Stores what is about to be created, before the vendor is asked (R22). The key stays the same over every try. */
async function openIntent(context: JobContext, existing: Pair | null, target: Side, sent: CustomerView): Promise<Pair> {
  const { runtime, job } = context;
  const ids = target === 'fortnox' ? { webcrmId: job.id, fortnoxId: null } : { webcrmId: null, fortnoxId: job.id };
  const pair = existing ?? newPair(context, ids);
  const intent: CreateIntent = {
    side: target,
    key: pair.intent?.key ?? `sync-${pair.id}`,
    name: sent.name ?? '',
    customerNumber: sent.customerNumber ?? null,
    sent,
    at: runtime.now(),
  };
  return storePair(context, existing, { ...pair, state: 'creating', intent, candidates: [], reason: null });
}

const withoutNumber = ({ customerNumber: _, ...view }: CustomerView): CustomerView => view;

/** Creates the customer of an organisation once, and links the two. */
export async function createInFortnox(
  context: JobContext,
  existing: Pair | null,
  organisation: WebcrmOrganisation,
  number: string | null,
): Promise<{ pair: Pair; customer: FortnoxCustomer }> {
  const { map, store } = context;
  if (existing?.intent) {
    const left = await recoverCustomer(context, existing.intent);
    if (left) return finish(existing, existing.intent, left, true);
  }
  const sent = { ...readSide(map, 'webcrm', organisation), customerNumber: number };
  const pair = await openIntent(context, existing, 'fortnox', sent);
  const intent = pair.intent as CreateIntent;
  try {
    return await finish(pair, intent, await postCustomer(context, intent), false);
  } catch (error) {
    // A number of ours may be taken by an earlier try of ours.
    const left = isNumberTaken(error) ? await recoverCustomer(context, intent) : null;
    if (left === null) throw error;
    return finish(pair, intent, left, true);
  }

  async function finish(from: Pair, used: CreateIntent, customer: FortnoxCustomer, recovered: boolean) {
    const reason: Reason = recovered ? 'recovered' : 'created-in-fortnox';
    const answer = recovered ? null : readSide(map, 'fortnox', customer);
    const linked = await store.pairs.replace({
      ...from,
      fortnoxId: customer.CustomerNumber,
      state: move(from, 'linked'),
      intent: null,
      base: baseAfterCreate(map, 'webcrm', withoutNumber(used.sent), answer),
      reason,
      updatedAt: context.runtime.now(),
    });
    await created(context, linked, 'fortnox', used, reason);
    return { pair: linked, customer };
  }
}

/** Creates the organisation of a customer once, with a Type that passes the tenant's own filter, and links the two. */
export async function createInWebcrm(
  context: JobContext,
  existing: Pair | null,
  customer: FortnoxCustomer,
  type: string,
): Promise<void> {
  const { map, store, runtime } = context;
  if (existing?.intent) {
    const left = await recoverOrganisation(context, existing.intent);
    if (left !== null) return finish(existing, existing.intent, left, true);
  }
  const sent = { ...readSide(map, 'fortnox', customer), customerNumber: customer.CustomerNumber };
  const pair = await openIntent(context, existing, 'webcrm', sent);
  const intent = pair.intent as CreateIntent;
  await finish(pair, intent, await postOrganisation(context, intent, type), false);

  async function finish(from: Pair, used: CreateIntent, webcrmId: string, recovered: boolean): Promise<void> {
    const reason: Reason = recovered ? 'recovered' : 'created-in-webcrm';
    const linked = await store.pairs.replace({
      ...from,
      webcrmId,
      state: move(from, 'linked'),
      intent: null,
      base: baseAfterCreate(map, 'fortnox', withoutNumber(used.sent), null),
      reason,
      updatedAt: runtime.now(),
    });
    await created(context, linked, 'webcrm', used, reason);
  }
}

async function created(
  context: JobContext,
  pair: Pair,
  target: Side,
  intent: CreateIntent,
  reason: Reason,
): Promise<void> {
  const changes = Object.entries(intent.sent).flatMap(([field, value]) =>
    value === null || value === undefined ? [] : [{ field, before: null, after: value }],
  );
  await forget(context);
  await journal(context, { action: 'created', target, changes, lost: [], reasons: [reason], pair });
}

/** The record has a pair now: an earlier refusal no longer stands. */
async function forget({ store, tenant, job, runtime }: JobContext): Promise<void> {
  await store.decisions.set(tenant.id, job.entity, job.side, job.id, null, runtime.now());
}
