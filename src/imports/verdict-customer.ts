import type { Listed } from '../../schemas/imports.ts';
import { otherSide } from '../../schemas/records.ts';
import { match } from '../sync/customer/match.ts';
import { withPairs } from '../sync/customer/search.ts';
import { isSelected } from '../sync/customer/types-filter.ts';
import { candidatesOf, identityOfListed, neverCreates } from '../sync/listed.ts';
import type { Reason } from '../sync/reasons.ts';
import type { WebcrmOrganisation } from '../vendors/webcrm/types.ts';
import { covered, create, linked, skip, standing, type Verdict, type VerdictDeps } from './verdict.ts';

/** Judges an organisation or a customer as its job will (R10, R20, R24, R30). */
export async function customerVerdict(deps: VerdictDeps, record: Listed): Promise<Verdict> {
  const { store, tenant, run } = deps;
  const { side } = record;
  const pair = await store.pairs.bySide(tenant.id, 'customer', side, record.id);
  const stands = standing(pair);
  if (stands !== null) return stands;
  const partner = (side === 'webcrm' ? pair?.fortnoxId : pair?.webcrmId) ?? null;
  if (partner !== null)
    return side === 'webcrm' ? linked(partner, null) : ofPartner(deps, record, linked(partner, null));
  if (side === 'webcrm') {
    const reason = notWanted(deps, record);
    if (reason !== null) return skip(reason);
  }
  const target = otherSide(side);
  if (pair?.state === 'creating') return create(target);
  const own = identityOfListed(record);
  const { listed, partners } = await candidatesOf(deps, run.id, side, own);
  const { candidates } = await withPairs(
    { store, tenant, job: record },
    target,
    [...partners, ...listed.map(identityOfListed)],
    pair?.id ?? null,
  );
  const found = match(own, candidates);
  if (found.kind === 'none') {
    // The job of a record that is not made tells so in the log, and costs no call.
    if (neverCreates(run, target)) return skip('other-direction', true);
    // Fortnox's list does not tell the kind: with a Type for one of them the job decides.
    const { company, private: person } = tenant.settings.defaultType;
    return target === 'webcrm' && company === null && person === null ? skip('no-default-type') : create(target);
  }
  const verdict: Verdict =
    found.kind === 'link'
      ? linked(found.id, found.reason)
      : {
          outcome: found.reason === 'match-proposed' ? 'propose' : 'conflict',
          reason: found.reason,
          partner: found.ids[0] ?? null,
          job: true,
        };
  return side === 'webcrm' ? verdict : ofPartner(deps, record, verdict);
}

/** A customer whose organisation has a job of its own is worked by that one: a second job would only read both again. */
async function ofPartner(deps: VerdictDeps, record: Listed, own: Verdict): Promise<Verdict> {
  if (own.partner === null) return own;
  const organisation = await deps.store.listed.get(deps.tenant.id, deps.run.id, 'customer', 'webcrm', own.partner);
  if (organisation === null) return own;
  const theirs = await customerVerdict(deps, organisation);
  if (theirs.outcome === 'match' && theirs.partner === record.id) return covered(own.partner);
  // The organisation waits for a person, with this customer among its candidates.
  const waits = theirs.outcome === 'conflict' || theirs.outcome === 'propose';
  return waits ? { ...theirs, partner: own.partner, job: false } : own;
}

/** R10, C4, R30: why an organisation without a customer does not get one. */
function notWanted({ tenant: { settings } }: VerdictDeps, { record, name, number }: Listed): Reason | null {
  if (!isSelected(settings, record as WebcrmOrganisation)) return 'type-not-selected';
  if (name === null) return 'waiting-for-name';
  return settings.numberOwner === 'webcrm' && number === null ? 'waiting-for-customer-number' : null;
}
