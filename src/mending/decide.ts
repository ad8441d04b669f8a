import { type Pair, PRIORITY } from '../../schemas/records.ts';
import { numberInWebcrm } from '../sync/customer/map.ts';
import { move } from '../sync/pair-state.ts';
import { type RecordRef, recordsOf } from '../sync/record-ref.ts';
import { alone, askedFor, type MendingDeps, pairOf, type Request, refused, tell } from './deps.ts';
import { linkByHand } from './link.ts';
import { detach } from './unlink.ts';

/** What a person decides of a conflict or a proposal. */
export type Choice =
  | { readonly kind: 'link'; readonly other: string; readonly confirm: boolean }
  | { readonly kind: 'create' }
  | { readonly kind: 'leave' };

/** Carries out a decision on a pair that waits for one. Raises `conflict` when it waits for none, or the decision cannot be. */
export async function decide(deps: MendingDeps, request: Request, pairId: string, choice: Choice): Promise<Pair> {
  const pair = await pairOf(deps, request, pairId);
  if (pair.state !== 'conflict') throw refused(`Pair ${pairId} is ${pair.state}: it waits for no decision.`);
  switch (choice.kind) {
    case 'leave':
      return detach(deps, request, pair, 'Left alone by a decision: nothing asks again.');
    case 'create':
      return create(deps, request, pair);
    case 'link':
      return link(deps, request, pair, choice);
  }
}

async function link(
  deps: MendingDeps,
  request: Request,
  pair: Pair,
  { other, confirm }: Extract<Choice, { kind: 'link' }>,
): Promise<Pair> {
  if (pair.fortnoxKind === 'article') throw refused('Articles and items are linked by their number alone.');
  const isWhole = pair.webcrmId !== null && pair.fortnoxId !== null;
  if (isWhole && other !== pair.webcrmId && other !== pair.fortnoxId)
    throw refused(`Pair ${pair.id} has both its records: name one of them to go on, or unlink it.`);
  const linked = await linkByHand(deps, request, {
    webcrmId: pair.webcrmId ?? other,
    fortnoxKind: pair.fortnoxKind,
    fortnoxId: pair.fortnoxId ?? other,
    // Shown to the person with the conflict: choosing one of them is the confirmation.
    confirm: confirm || isWhole || pair.candidates.includes(other),
  });
  await deps.hint(askedFor(request, othersOf(pair, other)));
  return linked;
}

/** The ones that were not chosen may wait for the same decision: they are looked at anew. */
function othersOf({ webcrmId, entity, fortnoxKind, candidates }: Pair, chosen: string | null): RecordRef[] {
  const place =
    webcrmId === null ? { entity, side: 'webcrm' as const } : { entity: fortnoxKind, side: 'fortnox' as const };
  return candidates.filter((id) => id !== chosen).map((id) => ({ ...place, id }));
}

/** The record becomes one of its own on the other side: made without being matched again. */
async function create(deps: MendingDeps, request: Request, pair: Pair): Promise<Pair> {
  if (pair.entity === 'article')
    throw refused('An item bears the number of its article: make the numbers in the register unique, or leave it.');
  if (pair.webcrmId !== null && pair.fortnoxId !== null)
    throw refused(`Pair ${pair.id} has both its records: nothing is to be created.`);
  return alone(deps, request, recordsOf(pair), async () => {
    if (pair.entity === 'customer') await refuseTakenNumber(deps, request, pair);
    const creating = await deps.store.pairs.replace({
      ...pair,
      state: move(pair, 'creating'),
      reason: null,
      candidates: [],
      updatedAt: deps.runtime.now(),
    });
    const where = pair.webcrmId === null ? 'webCRM' : 'Fortnox';
    await tell(deps, request, creating, {
      action: 'conflict',
      message: `Decided: a record of its own is made in ${where}.`,
    });
    await deps.hint(askedFor(request, [...recordsOf(creating), ...othersOf(pair, null)]));
    return creating;
  });
}

/**
 * A number names one record on each side (R30): where another bears it, the new one would be refused or taken for that one. Raises
 * `conflict`.
 */
export async function refuseTakenNumber(deps: MendingDeps, { tenant }: Request, pair: Pair): Promise<void> {
  const { webcrm, fortnox } = deps.connection(tenant.id);
  const { settings } = tenant;
  if (pair.webcrmId === null) {
    const number = pair.fortnoxId ?? '';
    const [taken] = await webcrm.findOrganisations(settings.customFields.customerNumber, number, PRIORITY.notification);
    if (taken !== undefined)
      throw refused(
        `Organisation ${taken.OrganisationId} bears customer number ${number} already: link it, or remove its number in webCRM.`,
      );
    return;
  }
  if (settings.numberOwner === 'fortnox') return;
  const organisation = await webcrm.getOrganisation(pair.webcrmId, PRIORITY.notification);
  const number = organisation === null ? null : numberInWebcrm(settings, organisation);
  if (number === null) return;
  if ((await fortnox.getCustomer(number, PRIORITY.notification)) !== null)
    throw refused(`Fortnox has a customer ${number} already: link it, or give the organisation another number.`);
}
