import type { CreateIntent, Image, Pair, Side } from '../../../schemas/records.ts';
import type { FortnoxCustomer } from '../../vendors/fortnox/types.ts';
import type { WebcrmOrganisation } from '../../vendors/webcrm/types.ts';
import { readSide } from '../fields.ts';
import { forgetRefusals, journal, journalCreated } from '../journal.ts';
import { baseAfterCreate } from '../new-record.ts';
import { move } from '../pair-state.ts';
import { refuseWhenPaused } from '../paused.ts';
import type { Reason } from '../reasons.ts';
import { newPair, storePair } from '../stored-pair.ts';
import type { CustomerContext } from './context.ts';
import { isNumberTaken, postCustomer, postOrganisation, recoverCustomer, recoverOrganisation } from './create.ts';
import type { Match } from './match.ts';

const IDS = { entity: 'customer', fortnoxKind: 'customer' } as const;

/** Links two records that exist; what to write is planned afterwards, from no base (R21). */
export async function linkExisting(
  context: CustomerContext,
  existing: Pair | null,
  ids: { webcrmId: string; fortnoxId: string },
  reason: Reason,
): Promise<Pair> {
  const pair = await storePair(context, existing, {
    ...(existing ?? newPair(context, { ...IDS, ...ids })),
    ...ids,
    state: 'linked',
    intent: null,
    candidates: [],
    reason,
  });
  await forgetRefusals(context, pair);
  await journal(context, { action: 'linked', reasons: [reason], pair });
  return pair;
}

/** R20: a person decides. Shown in the list of pairs; looked at again at the record's next change. */
export async function holdForPerson(
  context: CustomerContext,
  existing: Pair | null,
  side: Side,
  found: Extract<Match, { kind: 'conflict' }>,
): Promise<void> {
  const { job } = context;
  const ids = side === 'webcrm' ? { webcrmId: job.id, fortnoxId: null } : { webcrmId: null, fortnoxId: job.id };
  const seen = existing?.state === 'conflict' && existing.reason === found.reason;
  if (seen && existing.candidates.join() === found.ids.join()) return;
  const pair = await storePair(context, existing, {
    ...(existing ?? newPair(context, { ...IDS, ...ids })),
    state: 'conflict',
    reason: found.reason,
    candidates: found.ids,
  });
  if (!seen) await journal(context, { action: 'conflict', reasons: [found.reason], pair });
}

/** Stores what is about to be created, before the vendor is asked (R22). The key stays the same over every try. */
async function openIntent(context: CustomerContext, existing: Pair | null, target: Side, sent: Image): Promise<Pair> {
  const { runtime, job } = context;
  const ids = target === 'fortnox' ? { webcrmId: job.id, fortnoxId: null } : { webcrmId: null, fortnoxId: job.id };
  const pair = existing ?? newPair(context, { ...IDS, ...ids });
  const intent: CreateIntent = {
    side: target,
    key: pair.intent?.key ?? `sync-${pair.id}`,
    name: sent.name ?? '',
    customerNumber: sent.customerNumber ?? null,
    sent,
    rows: null,
    at: pair.intent?.at ?? runtime.now(),
  };
  return storePair(context, existing, { ...pair, state: 'creating', intent, candidates: [], reason: null });
}

const withoutNumber = ({ customerNumber: _, ...view }: Image): Image => view;

/**
 * Links what an earlier try left, when there is one (R22). Its base is what was sent then: whoever goes on plans what was edited since,
 * or marks the pair when a record is gone. null: there is none.
 */
export async function linkLeft(context: CustomerContext, existing: Pair | null): Promise<Pair | null> {
  if (!existing?.intent) return null;
  const { intent } = existing;
  if (intent.side === 'fortnox') {
    const left = await recoverCustomer(context, intent);
    return left === null ? null : (await madeInFortnox(context, existing, intent, left, true)).pair;
  }
  const left = await recoverOrganisation(context, intent);
  return left === null ? null : madeInWebcrm(context, existing, intent, left, true);
}

/**
 * Creates the customer of an organisation once, and links the two: whoever has a half-made pair has looked with `linkLeft` for what an
 * earlier try left.
 */
export async function createInFortnox(
  context: CustomerContext,
  existing: Pair | null,
  organisation: WebcrmOrganisation,
  number: string | null,
): Promise<{ pair: Pair; customer: FortnoxCustomer }> {
  const { map } = context;
  const sent = { ...readSide(map, 'webcrm', organisation), customerNumber: number };
  const pair = await openIntent(context, existing, 'fortnox', sent);
  const intent = pair.intent as CreateIntent;
  try {
    return await madeInFortnox(context, pair, intent, await postCustomer(context, intent), false);
  } catch (error) {
    // A number of ours may be taken by an earlier try of ours.
    const left = isNumberTaken(error) ? await recoverCustomer(context, intent) : null;
    if (left === null) throw error;
    return madeInFortnox(context, pair, intent, left, true);
  }
}

async function madeInFortnox(
  context: CustomerContext,
  from: Pair,
  used: CreateIntent,
  customer: FortnoxCustomer,
  recovered: boolean,
): Promise<{ pair: Pair; customer: FortnoxCustomer }> {
  const { map, store } = context;
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
  await journalCreated(context, linked, 'fortnox', used.sent, [reason]);
  return { pair: linked, customer };
}

/** The same in webCRM, with a Type that passes the tenant's own filter. */
export async function createInWebcrm(
  context: CustomerContext,
  existing: Pair | null,
  customer: FortnoxCustomer,
  type: string,
): Promise<Pair> {
  const { map } = context;
  refuseWhenPaused(context, 'webcrm');
  const sent = { ...readSide(map, 'fortnox', customer), customerNumber: customer.CustomerNumber };
  const pair = await openIntent(context, existing, 'webcrm', sent);
  const intent = pair.intent as CreateIntent;
  return madeInWebcrm(context, pair, intent, await postOrganisation(context, intent, type), false);
}

async function madeInWebcrm(
  context: CustomerContext,
  from: Pair,
  used: CreateIntent,
  webcrmId: string,
  recovered: boolean,
): Promise<Pair> {
  const { map, store, runtime } = context;
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
  await journalCreated(context, linked, 'webcrm', used.sent, [reason]);
  return linked;
}
