import type { ImportRun, Listed, Stretch } from '../../schemas/imports.ts';
import { otherSide, type Pair, PRIORITY, type Side, type Tenant } from '../../schemas/records.ts';
import type { Store } from '../store/port.ts';
import type { WebcrmOrganisation } from '../vendors/webcrm/types.ts';
import type { JobContext, SyncDeps } from './context.ts';
import { customerIdentity, organisationIdentity } from './customer/identity.ts';
import type { Identity } from './customer/match.ts';

/** What a job of an import knows beside its record (R21, R24). */
export interface Importing {
  readonly run: ImportRun;
  /** The side that wins where two values differ at the first link; null: the conflict policy decides. */
  readonly firstLink: Side | null;
  /** True when the import makes no records on that side. */
  neverCreatesIn(side: Side): boolean;
  /** What was listed of the job's own record; null when it has to be read singly. */
  readonly own: Listed | null;
  /** Jobs of records with this key take turns, so that the second of two with one number sees the first's pair. */
  readonly turn: string | null;
  /** The organisation as it was listed, without a call; null when it changed since, or was never listed. */
  organisation(id: string): Promise<WebcrmOrganisation | null>;
  /** Records that may be this one, from the index; null when the index may not be used any more: search singly. */
  candidates(own: Identity): Promise<IndexAnswer | null>;
}

/** What the index holds of a record: candidates on the other side, and a half-made pair that has to end first. */
export interface IndexAnswer {
  readonly identities: readonly Identity[];
  readonly halfMade: Pair | null;
}

export const identityOfListed = ({ id, name, number, organisationNumber }: Listed): Identity => ({
  id,
  name,
  number,
  organisationNumber,
});

/** On which side the import makes nothing. */
export const neverCreates = ({ direction }: Pick<ImportRun, 'direction'>, side: Side): boolean =>
  direction !== 'both' && direction !== `to-${side}`;

/** R21: the side from which the import brings wins. */
export const importWinner = ({ direction }: Pick<ImportRun, 'direction'>): Side | null =>
  direction === 'both' ? null : direction === 'to-fortnox' ? 'webcrm' : 'fortnox';

/** The present stretch of work on a tenant. */
export const stretchNow = (
  { worksIn }: Pick<SyncDeps, 'worksIn'>,
  { id, updatedAt }: Pick<Tenant, 'id' | 'updatedAt'>,
): Stretch => ({ works: worksIn(id), tenant: updatedAt });

/**
 * Whether the work went on without a break since both sides were listed. After one, what changed in it may be unheard of still: what was
 * listed before is trusted no more (R2, R10).
 */
export const isUnbroken = ({ listedIn }: Pick<ImportRun, 'listedIn'>, now: Stretch): boolean =>
  listedIn?.works === now.works && listedIn.tenant === now.tenant;

export interface IndexDeps {
  readonly store: { readonly pairs: Pick<Store['pairs'], 'bySide'>; readonly listed: Pick<Store['listed'], 'find'> };
  readonly tenant: Tenant;
}

/**
 * R20 and R24: the customers of an index that may be this record: by number, organisation number, else by name. A record of
 * the same side with the same organisation number that has its partner already stands for that partner, which the index
 * cannot show when it was made since.
 */
export async function candidatesOf(
  { store, tenant }: IndexDeps,
  importId: string,
  side: Side,
  own: Identity,
): Promise<{
  readonly listed: readonly Listed[];
  readonly partners: readonly Identity[];
  readonly halfMade: Pair | null;
}> {
  const target = otherSide(side);
  const find = (on: Side, by: 'number' | 'organisationNumber' | 'name', value: string | null) =>
    value === null ? Promise.resolve([]) : store.listed.find(tenant.id, importId, 'customer', on, by, value);
  const rows = new Map<string, Listed>();
  for (const by of ['number', 'organisationNumber'] as const)
    for (const row of await find(target, by, own[by])) rows.set(row.id, row);
  if (rows.size === 0) for (const row of await find(target, 'name', own.name)) rows.set(row.id, row);
  const partners: Identity[] = [];
  let halfMade: Pair | null = null;
  // Where webCRM has no field for the number, a search there would not find it either.
  const holdsNumber = side === 'webcrm' || tenant.settings.customFields.organisationNumber !== undefined;
  const siblings = holdsNumber ? await find(side, 'organisationNumber', own.organisationNumber) : [];
  for (const sibling of siblings) {
    if (sibling.id === own.id) continue;
    const pair = await store.pairs.bySide(tenant.id, 'customer', side, sibling.id);
    if (pair?.state === 'creating') halfMade = pair;
    const id = target === 'fortnox' ? pair?.fortnoxId : pair?.webcrmId;
    if (!id || pair?.state === 'gone' || rows.has(id)) continue;
    partners.push({ id, name: null, number: null, organisationNumber: own.organisationNumber });
  }
  return { listed: [...rows.values()], partners, halfMade };
}

/**
 * What an import gives to its job. A live job gets null, and tells imports that its records are no longer as they were listed.
 * So does a job that a notification has overtaken.
 */
export async function openImporting(context: JobContext, pair: Pair | null): Promise<Importing | null> {
  const { store, tenant, job } = context;
  const stale = (side: Side, id: string) => store.listed.touch(tenant.id, 'customer', side, id);
  const run =
    job.importId === null || job.priority < PRIORITY.import ? null : await store.imports.get(tenant.id, job.importId);
  if (run === null) {
    await stale(job.side, job.id);
    const other = job.side === 'webcrm' ? pair?.fortnoxId : pair?.webcrmId;
    if (other) await stale(otherSide(job.side), other);
    return null;
  }
  const get = (side: Side, id: string) => store.listed.get(tenant.id, run.id, 'customer', side, id);
  // When the import is done its index is cleared: a failed job that is retried then reads and searches singly.
  const indexed = run.state === 'running' || run.state === 'stopped';
  const found = indexed ? await get(job.side, job.id) : null;
  const trusted = isUnbroken(run, stretchNow(context, tenant));
  const own = found === null || found.stale || !trusted ? null : found;
  // Used once: what the job writes is not in it, and a second try must read.
  if (own !== null) await stale(job.side, job.id);

  return {
    run,
    own,
    firstLink: importWinner(run),
    turn: found?.organisationNumber
      ? `${tenant.id}/organisation-number/${found.organisationNumber.toLowerCase()}`
      : null,
    neverCreatesIn: (side) => neverCreates(run, side),
    async organisation(id) {
      if (job.side === 'webcrm' && id === job.id)
        return own === null ? null : (own.record as WebcrmOrganisation | null);
      const row = indexed && trusted ? await get('webcrm', id) : null;
      if (row === null || row.stale) return null;
      await stale('webcrm', id);
      return row.record as WebcrmOrganisation | null;
    },
    async candidates(identity) {
      // What was made since on the other side is not in the index: its silence would mean a second record.
      if (found === null || !trusted) return null;
      const answer = await candidatesOf(context, run.id, job.side, identity);
      // The index may have been cleared while it was asked: then its silence says nothing.
      if ((await get(job.side, job.id)) === null) return null;
      const identities: Identity[] = [...answer.partners];
      for (const row of answer.listed) {
        if (!row.stale) identities.push(identityOfListed(row));
        else identities.push(...(await readAgain(context, row)));
      }
      return { identities, halfMade: answer.halfMade };
    },
  };
}

/** A candidate that changed since it was listed, as it is now. */
async function readAgain({ vendors, tenant, job }: JobContext, row: Listed): Promise<Identity[]> {
  if (row.side === 'fortnox') {
    const customer = await vendors.fortnox.getCustomer(row.id, job.priority);
    return customer === null ? [] : [customerIdentity(customer)];
  }
  const organisation = await vendors.webcrm.getOrganisation(row.id, job.priority);
  return organisation === null ? [] : [organisationIdentity(tenant.settings, organisation)];
}

/**
 * The organisation to compare a first update with (R3). One that was listed is minutes old: what a person emptied since must
 * not look as if webCRM had.
 */
export async function beforeUpdate(
  { vendors, tenant, job }: JobContext,
  importing: Importing | null | undefined,
  organisation: WebcrmOrganisation,
): Promise<WebcrmOrganisation> {
  if (!importing || tenant.partialPut.organisation === 'proven') return organisation;
  return (await vendors.webcrm.getOrganisation(String(organisation.OrganisationId), job.priority)) ?? organisation;
}
