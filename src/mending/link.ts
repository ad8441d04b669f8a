import { type Pair, PRIORITY } from '../../schemas/records.ts';
import { isSyncError } from '../errors/sync-error.ts';
import { listDocuments } from '../sync/customer/documents.ts';
import { forgetRefusals } from '../sync/journal.ts';
import { move } from '../sync/pair-state.ts';
import { recordsOf } from '../sync/record-ref.ts';
import { newPair } from '../sync/stored-pair.ts';
import { contextOf } from './asked-context.ts';
import { alone, askedFor, type MendingDeps, pairOf, type Request, refused, tell } from './deps.ts';
import { checkLink, type Wanted } from './link-checks.ts';

/**
 * Links two records by hand (R20): neither belongs to another living pair, and their identifiers do not contradict unless
 * confirmed. What differs is then planned as at any first link (R21), or from the old images when the two were a pair before.
 * Raises `conflict` with what does not fit, `record-busy`.
 */
export async function linkByHand(deps: MendingDeps, request: Request, wanted: Wanted): Promise<Pair> {
  const { store } = deps;
  const { tenant } = request;
  // R26: only a connected tenant has proven that the company is its own.
  if (tenant.state !== 'connected') throw refused('The tenant is not connected: connect or resume it first.');
  const entity = wanted.fortnoxKind === 'customer' ? 'customer' : 'delivery';
  const ids = { entity, ...pick(wanted) } as const;
  return alone(deps, request, recordsOf(ids), async () => {
    const [own, other] = await Promise.all([
      store.pairs.bySide(tenant.id, entity, 'webcrm', wanted.webcrmId),
      store.pairs.bySide(tenant.id, wanted.fortnoxKind, 'fortnox', wanted.fortnoxId),
    ]);
    const isSame = own !== null && own.id === other?.id;
    if (isSame && (own.state === 'linked' || own.state === 'excluded'))
      throw refused(`They are linked already: pair ${own.id}.`);
    if (!isSame) for (const pair of [own, other]) refuseLiving(pair);
    const checked = await checkLink(deps, request, wanted);
    const context = contextOf(deps, request, { entity, side: 'webcrm', id: wanted.webcrmId });
    // R12, before the link is stored: after a crash nobody would know that they are still to be listed.
    if (entity === 'customer')
      await listDocuments(context, { organisationId: wanted.webcrmId, customerNumber: wanted.fortnoxId });
    if (other !== null && !isSame) await giveUp(deps, other, own === null);
    const kept = own ?? (other !== null && isHalf(other) ? other : null);
    const fresh = { base: null, invoiceRef: null, ...checked };
    const pair = await stored(deps, kept, {
      ...(kept ?? newPair(context, ids)),
      ...ids,
      ...(isSame ? {} : fresh),
      state: 'linked',
      intent: null,
      reason: null,
      candidates: [],
    });
    if (own !== null) await leaveAlone(deps, context, own, wanted.fortnoxId);
    await forgetRefusals(deps, pair);
    await tell(deps, request, pair, {
      action: 'linked',
      message: `Linked by hand: ${entity === 'customer' ? 'organisation' : 'delivery'} ${wanted.webcrmId} and ${wanted.fortnoxKind} ${wanted.fortnoxId}.`,
    });
    await deps.hint(askedFor(request, recordsOf(pair).slice(0, 1)));
    return pair;
  });
}

const pick = ({ webcrmId, fortnoxKind, fortnoxId }: Wanted) => ({ webcrmId, fortnoxKind, fortnoxId });
const isHalf = ({ webcrmId, fortnoxId }: Pair): boolean => webcrmId === null || fortnoxId === null;

/** A pair of two that lives, or waits for a decision, is not taken apart by a link: it is unlinked or decided first. */
function refuseLiving(pair: Pair | null): void {
  if (pair === null || isHalf(pair) || pair.state === 'detached' || pair.state === 'gone') return;
  const what = `organisation or delivery ${pair.webcrmId} and ${pair.fortnoxKind} ${pair.fortnoxId}`;
  const how = pair.state === 'conflict' ? 'decide that conflict first' : 'unlink it first';
  throw refused(`One of the two belongs to pair ${pair.id} (${what}): ${how}.`);
}

/**
 * Fortnox's record leaves the pair that had it. A half has nothing left and is deleted, unless it is to be completed; of a detached
 * pair webCRM's record stays detached; one that is gone in webCRM has nothing left either.
 */
async function giveUp(deps: MendingDeps, pair: Pair, completes: boolean): Promise<void> {
  const { store, runtime } = deps;
  if (isHalf(pair) && completes) return;
  if (isHalf(pair) || pair.state === 'gone') {
    if (!(await store.pairs.delete(pair.tenant, pair.id, pair.version)))
      throw refused(`Pair ${pair.id} was changed meanwhile: look at it again.`);
    return;
  }
  await store.pairs.replace({ ...pair, fortnoxId: null, base: null, rows: null, updatedAt: runtime.now() });
}

/**
 * A person unlinked this record of Fortnox before webCRM's was given another one: it stays left alone, in a pair of its own. One that is
 * gone needs none.
 */
async function leaveAlone(
  { store }: MendingDeps,
  context: Parameters<typeof newPair>[0],
  before: Pair,
  fortnoxId: string,
): Promise<void> {
  if (before.state !== 'detached' || before.fortnoxId === null || before.fortnoxId === fortnoxId) return;
  const { entity, fortnoxKind } = before;
  const half = newPair(context, { entity, fortnoxKind, webcrmId: null, fortnoxId: before.fortnoxId });
  await store.pairs.insert({ ...half, state: 'detached', reason: 'detached' });
}

async function stored({ store, runtime }: MendingDeps, before: Pair | null, pair: Pair): Promise<Pair> {
  try {
    if (before !== null)
      return await store.pairs.replace({ ...pair, state: move(before, pair.state), updatedAt: runtime.now() });
    await store.pairs.insert(pair);
    return pair;
  } catch (error) {
    if (!isSyncError(error) || error.code !== 'store-duplicate') throw error;
    throw refused('One of the two was paired with another record meanwhile: look at it again.');
  }
}

/** What of a detached or gone pair is to be other records now; absent: as it was. */
export interface Relink {
  readonly webcrmId?: string | undefined;
  readonly fortnoxId?: string | undefined;
  readonly confirm: boolean;
}

/**
 * Links a detached or gone pair again, as it was or with another record. As it was, it goes on from its old images (R72). Raises
 * `conflict` in other states, and as `linkByHand`.
 */
export async function relink(deps: MendingDeps, request: Request, pairId: string, to: Relink): Promise<Pair> {
  const pair = await pairOf(deps, request, pairId);
  if (pair.state !== 'detached' && pair.state !== 'gone')
    throw refused(`Pair ${pairId} is ${pair.state}: only one that is detached or gone is linked again.`);
  if (pair.fortnoxKind === 'article') return resume(deps, request, pair);
  const webcrmId = to.webcrmId ?? pair.webcrmId;
  const fortnoxId = to.fortnoxId ?? pair.fortnoxId;
  if (webcrmId === null || fortnoxId === null)
    throw refused(
      `Pair ${pairId} has one record only: name the other (${webcrmId === null ? 'webcrmId' : 'fortnoxId'}).`,
    );
  return linkByHand(deps, request, { webcrmId, fortnoxKind: pair.fortnoxKind, fortnoxId, confirm: to.confirm });
}

/** An article and its item bear one number (R60): the job itself sees whether both are there. */
async function resume(deps: MendingDeps, request: Request, pair: Pair): Promise<Pair> {
  return alone(deps, request, recordsOf(pair), async () => {
    const linked = await stored(deps, pair, { ...pair, state: 'linked', reason: null });
    await tell(deps, request, linked, { action: 'linked', message: 'Linked again by hand.' });
    await deps.hint(
      recordsOf(linked)
        .filter(({ side }) => side === 'fortnox')
        .map((record) => ({ tenant: request.tenant.id, ...record, priority: PRIORITY.notification, full: true })),
    );
    return linked;
  });
}
