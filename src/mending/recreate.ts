import { type CreateIntent, otherSide, type Pair, PRIORITY, type Side, VENDOR_NAMES } from '../../schemas/records.ts';
import { newId } from '../runtime.ts';
import { text } from '../sync/normalise.ts';
import { move } from '../sync/pair-state.ts';
import { recordsOf } from '../sync/record-ref.ts';
import { refuseTakenNumber } from './decide.ts';
import { alone, askedFor, type MendingDeps, pairOf, type Request, refused, tell } from './deps.ts';

export interface Recreate {
  /** Where the record is missing. */
  readonly side: Side;
  /** Also of a document that was booked, invoiced, credited or cancelled. */
  readonly confirm: boolean;
}

/**
 * Makes the missing record of a gone pair anew from the one that is left, with a new key, by the same job that makes any record.
 * Raises `conflict` when the pair is not gone, the record is there after all, the other one is missing too, or a document was booked or
 * cancelled and it is not confirmed.
 */
export async function recreate(deps: MendingDeps, request: Request, pairId: string, how: Recreate): Promise<Pair> {
  const pair = await pairOf(deps, request, pairId);
  if (pair.state !== 'gone') throw refused(`Pair ${pairId} is ${pair.state}: only a record that is gone is made anew.`);
  if (pair.entity === 'article')
    throw refused('An item of the register is made by its article: synchronise the article.');
  return alone(deps, request, recordsOf(pair), async () => {
    const present = await readSides(deps, request, pair);
    const left = present[otherSide(how.side)];
    if (present[how.side] !== null)
      throw refused(`The record is there in ${VENDOR_NAMES[how.side]}: link the pair again instead of making it anew.`);
    if (left === null)
      throw refused(
        `The record is missing in ${VENDOR_NAMES[otherSide(how.side)]} as well: there is nothing to make it from.`,
      );
    const ended = endedAs(pair, left);
    if (ended !== null && !how.confirm)
      throw refused(
        `Not made anew: the document was ${ended}. Send confirm: true if a new one is wanted all the same.`,
      );
    const half: Pair = { ...pair, [how.side === 'webcrm' ? 'webcrmId' : 'fortnoxId']: null };
    if (pair.entity === 'customer') await refuseTakenNumber(deps, request, half);
    const creating = await deps.store.pairs.replace({
      ...half,
      state: move(pair, 'creating'),
      intent: intentOf(deps, request, pair, how.side, left),
      base: null,
      rows: null,
      invoiceRef: null,
      reason: null,
      candidates: [],
      updatedAt: deps.runtime.now(),
    });
    await tell(deps, request, creating, {
      action: 'conflict',
      message: `Decided: the record that is gone in ${VENDOR_NAMES[how.side]} is made anew.`,
    });
    await deps.hint(askedFor(request, recordsOf(creating)));
    return creating;
  });
}

type Fields = Readonly<Record<string, unknown>>;

async function readSides(
  deps: MendingDeps,
  { tenant }: Request,
  { entity, fortnoxKind, webcrmId, fortnoxId }: Pair,
): Promise<Record<Side, Fields | null>> {
  const { webcrm, fortnox } = deps.connection(tenant.id);
  const first = PRIORITY.notification;
  const ofWebcrm = (id: string) =>
    entity === 'customer' ? webcrm.getOrganisation(id, first) : webcrm.getDelivery(id, first);
  const ofFortnox = (id: string) =>
    fortnoxKind === 'customer'
      ? fortnox.getCustomer(id, first)
      : fortnox.getDocument(fortnoxKind === 'order' ? 'order' : 'invoice', id, first);
  return {
    webcrm: webcrmId === null ? null : await ofWebcrm(webcrmId),
    fortnox: fortnoxId === null ? null : await ofFortnox(fortnoxId),
  };
}

/** How a document ended, as far as the record that is left and the last image of the other tell; null: it did not. */
function endedAs({ entity, invoiceRef, base }: Pair, left: Fields): string | null {
  if (entity !== 'delivery') return null;
  const image = base?.fortnox ?? {};
  if (left.Booked === true || image.invoiceBooked === 'Yes') return 'booked';
  if (left.Cancelled === true || image.documentState) return 'cancelled or credited';
  return invoiceRef === null ? null : `made into invoice ${invoiceRef}`;
}

/**
 * The key is new: the old record's key may still be found at the vendor, on a copy or in its bin. `sent` is filled when the record is
 * about to be posted.
 */
function intentOf(deps: MendingDeps, { tenant }: Request, pair: Pair, side: Side, left: Fields): CreateIntent {
  const owned = tenant.settings.numberOwner === 'webcrm' && pair.entity === 'customer';
  const ofLeft =
    side === 'webcrm' ? pair.fortnoxId : owned ? text(left[tenant.settings.customFields.customerNumber]) : null;
  return {
    side,
    key: `sync-${newId(deps.runtime)}`,
    name: String((side === 'webcrm' ? left.Name : left.OrganisationName) ?? ''),
    customerNumber: pair.entity === 'customer' ? ofLeft : pair.customerNumber,
    sent: {},
    rows: null,
    at: deps.runtime.now(),
    ...(pair.entity === 'delivery' ? { asked: true } : {}),
  };
}
