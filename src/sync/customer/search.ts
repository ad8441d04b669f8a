import type { Pair, Side, Tenant } from '../../../schemas/records.ts';
import type { Store } from '../../store/port.ts';
import type { FortnoxCustomerRow } from '../../vendors/fortnox/types.ts';
import type { WebcrmOrganisation } from '../../vendors/webcrm/types.ts';
import type { CustomerContext } from './context.ts';
import { customerIdentity, organisationIdentity } from './identity.ts';
import type { Candidate, Identity } from './match.ts';
import { isSameNumber, numberSpellings, partOfNumber, vatSpellings } from './spellings.ts';

/** A candidate whose own pair is half-made: its job has to end first. */
export interface Found {
  readonly candidates: Candidate[];
  readonly halfMade: Pair | null;
  /** One of them waits for a person already, with our record as its candidate. */
  readonly held: boolean;
}

/** What is asked for a record's pairs. */
export interface WithPairs {
  readonly store: { readonly pairs: Pick<Store['pairs'], 'bySide'> };
  readonly tenant: Pick<Tenant, 'id'>;
  readonly job: { readonly id: string };
}

/** R24: what an import listed is asked first; null: the vendor is. */
async function searchIndex(
  context: CustomerContext,
  target: Side,
  own: Identity,
  pairId: string | null,
): Promise<Found | null> {
  const answer = (await context.importing?.candidates(own)) ?? null;
  if (answer === null) return null;
  const found = await withPairs(context, target, answer.identities, pairId);
  return { ...found, halfMade: found.halfMade ?? answer.halfMade };
}

/** Looks for customers that may be this organisation (R20): by number, organisation number in any spelling, name. At most three searches. */
export async function searchFortnox(context: CustomerContext, own: Identity, pairId: string | null): Promise<Found> {
  const { vendors, job } = context;
  const listed = await searchIndex(context, 'fortnox', own, pairId);
  if (listed !== null) return listed;
  const rows = new Map<string, FortnoxCustomerRow>();
  const add = (found: readonly FortnoxCustomerRow[]) => {
    for (const row of found) rows.set(row.CustomerNumber, row);
  };
  if (own.number !== null) {
    const customer = await vendors.fortnox.getCustomer(own.number, job.priority);
    if (customer) add([customer]);
  }
  if (own.organisationNumber !== null) {
    const number = own.organisationNumber;
    const isWanted = (written: unknown) => isSameNumber(number, written);
    add(await vendors.fortnox.customersHolding('organisationnumber', partOfNumber(number), job.priority, isWanted));
  }
  if (rows.size === 0 && own.name !== null) {
    add(await vendors.fortnox.searchCustomers('name', own.name, job.priority));
  }
  return withPairs(context, 'fortnox', [...rows.values()].map(customerIdentity), pairId);
}

/** The same for organisations that may be this customer, in two queries at most. Organisations of any Type count (R11). */
export async function searchWebcrm(context: CustomerContext, own: Identity, pairId: string | null): Promise<Found> {
  const { vendors, job, tenant } = context;
  const { customFields } = tenant.settings;
  const listed = await searchIndex(context, 'webcrm', own, pairId);
  if (listed !== null) return listed;
  const wanted = (field: string | undefined, values: readonly string[]) =>
    field === undefined ? [] : values.map((value) => ({ field, value }));
  const number = own.organisationNumber;
  const byNumber = [
    ...(own.number === null ? [] : wanted(customFields.customerNumber, [own.number])),
    ...(number === null ? [] : wanted(customFields.organisationNumber, numberSpellings(number))),
    ...(number === null ? [] : wanted('OrganisationVatNumber', vatSpellings(number))),
  ];
  let found: readonly WebcrmOrganisation[] = await vendors.webcrm.findOrganisationsByAny(byNumber, job.priority);
  if (found.length === 0 && own.name !== null)
    found = await vendors.webcrm.findOrganisations('OrganisationName', own.name, job.priority);
  const rows = new Map(found.map((row) => [row.OrganisationId, row]));
  const identities = [...rows.values()].map((row) => organisationIdentity(tenant.settings, row));
  return withPairs(context, 'webcrm', identities, pairId);
}

/** Which of them are linked already, or about to be. */
export async function withPairs(
  { store, tenant, job }: WithPairs,
  side: Side,
  identities: readonly Identity[],
  ownPair: string | null,
): Promise<Found> {
  const candidates: Candidate[] = [];
  let halfMade: Pair | null = null;
  let held = false;
  for (const identity of identities) {
    const pair = await store.pairs.bySide(tenant.id, 'customer', side, identity.id);
    const other = pair !== null && pair.id !== ownPair ? pair : null;
    // Linked to our own record between the lock and the search: the next run finds the pair.
    const isOurs = other !== null && (side === 'fortnox' ? other.webcrmId : other.fortnoxId) === job.id;
    if (other?.state === 'creating' || isOurs) halfMade = other;
    if (other?.state === 'conflict' && other.candidates.includes(job.id)) held = true;
    const isWhole = other !== null && other.webcrmId !== null && other.fortnoxId !== null;
    candidates.push({ ...identity, taken: isWhole });
  }
  return { candidates, halfMade, held };
}
