import type { Pair, Side, Tenant } from '../../../schemas/records.ts';
import type { Store } from '../../store/port.ts';
import type { FortnoxCustomerRow } from '../../vendors/fortnox/types.ts';
import type { WebcrmOrganisation } from '../../vendors/webcrm/types.ts';
import type { CustomerContext } from './context.ts';
import { customerIdentity, organisationIdentity } from './identity.ts';
import type { Candidate, Identity } from './match.ts';

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

/** Looks for customers that may be this organisation (R20): by number, organisation number, name. At most three calls. */
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
    add(await vendors.fortnox.searchCustomers('organisationnumber', own.organisationNumber, job.priority));
    const plain = own.organisationNumber.replace('-', '');
    if (rows.size === 0 && plain !== own.organisationNumber) {
      add(await vendors.fortnox.searchCustomers('organisationnumber', plain, job.priority));
    }
  }
  if (rows.size === 0 && own.name !== null) {
    add(await vendors.fortnox.searchCustomers('name', own.name, job.priority));
  }
  return withPairs(context, 'fortnox', [...rows.values()].map(customerIdentity), pairId);
}

/** The same for organisations that may be this customer. Organisations of any Type count (R11). */
export async function searchWebcrm(context: CustomerContext, own: Identity, pairId: string | null): Promise<Found> {
  const { vendors, job, tenant } = context;
  const { customFields } = tenant.settings;
  const listed = await searchIndex(context, 'webcrm', own, pairId);
  if (listed !== null) return listed;
  const rows = new Map<number, WebcrmOrganisation>();
  const find = async (field: string, value: string) => {
    for (const row of await vendors.webcrm.findOrganisations(field, value, job.priority))
      rows.set(row.OrganisationId, row);
  };
  if (own.number !== null) await find(customFields.customerNumber, own.number);
  if (own.organisationNumber !== null) {
    if (customFields.organisationNumber) await find(customFields.organisationNumber, own.organisationNumber);
    if (rows.size === 0) await find('OrganisationVatNumber', `SE${own.organisationNumber.replace('-', '')}01`);
  }
  if (rows.size === 0 && own.name !== null) await find('OrganisationName', own.name);
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
