import { type Entity, type Image, type Pair, PRIORITY, type Side, type Tenant } from '../../schemas/records.ts';
import { isSyncError } from '../errors/sync-error.ts';
import type { Store } from '../store/port.ts';
import { numberInWebcrm } from '../sync/customer/map.ts';
import { text } from '../sync/normalise.ts';
import type { Connections, TenantConnection } from '../vendors/connections-types.ts';
import { type VendorFields, vendorFields } from './vendor-fields.ts';

export interface SearchDeps {
  readonly store: Pick<Store, 'pairs'>;
  readonly connections: Pick<Connections, 'of'>;
}
export interface VendorRecord {
  readonly side: Side;
  readonly entity: 'customer';
  readonly id: string;
  readonly name: string | null;
  readonly number: string | null;
  readonly type: string | null;
  readonly paired: boolean;
}

const MOST = 30;

/** What a pair is called, and its number, as either side showed it last. */
export function titleOf(pair: Pair): { name: string | null; number: string | null } {
  const first = (fields: readonly string[]): string | null => {
    const images: readonly Image[] = pair.base === null ? [] : [pair.base.webcrm, pair.base.fortnox];
    for (const image of images)
      for (const field of fields) if (image[field] !== undefined && image[field] !== null) return image[field];
    return null;
  };
  return {
    name: first(['name']) ?? pair.intent?.name ?? null,
    number: first(['customerNumber', 'number']) ?? pair.fortnoxId,
  };
}

/** Pairs that bear the text in a name, number or id, newest change first; 30 at most. */
export const findPairs = (store: SearchDeps['store'], tenant: string, wanted: string): Promise<readonly Pair[]> =>
  store.pairs.search(tenant, wanted.trim(), MOST);

/** Records whose names are read at the vendors for one question, at most: a call each. */
const MOST_NAMED = 20;

export interface RecordName {
  readonly entity: Entity;
  readonly side: Side;
  readonly id: string;
  readonly name: string | null;
  readonly number: string | null;
  readonly pairId: string | null;
}
type Named = Pick<RecordName, 'entity' | 'side' | 'id'>;

export interface Lookup {
  /**
   * The same records, with the names of customers that no pair knows read at the vendors: of the first 20, a call each. A vendor that cannot
   * be asked leaves them without.
   */
  named(tenant: string, records: readonly RecordName[]): Promise<RecordName[]>;
  /**
   * Customers that the vendors have under exactly this name, number or id: six calls at most. A vendor that cannot be asked is
   * told of in `failed` and keeps the other from nothing.
   */
  atVendors(
    tenant: Tenant,
    wanted: string,
  ): Promise<{ records: VendorRecord[]; failed: { side: Side; message: string }[] }>;
  /** The fields of webCRM, and what they suggest: see `vendorFields`. */
  fields(tenant: Tenant): Promise<VendorFields>;
}

/** What people look up at the vendors. */
export const createLookup = (deps: SearchDeps): Lookup => ({
  async named(tenant, records) {
    const unknown = records.filter(({ entity, name }) => entity === 'customer' && name === null).slice(0, MOST_NAMED);
    const read = new Map<RecordName, string | null>();
    for (const one of unknown) read.set(one, await nameAtVendor(deps.connections.of(tenant), one));
    return records.map((one) => ({ ...one, name: read.get(one) ?? one.name }));
  },
  atVendors: (tenant, wanted) => findAtVendors(deps, tenant, wanted),
  fields: (tenant) => vendorFields(deps.connections.of(tenant.id).webcrm, tenant),
});

async function findAtVendors(
  { store, connections }: SearchDeps,
  tenant: Tenant,
  wanted: string,
): ReturnType<Lookup['atVendors']> {
  const vendors = connections.of(tenant.id);
  const failed: { side: Side; message: string }[] = [];
  const asked = async (side: Side, ask: () => Promise<Omit<VendorRecord, 'paired'>[]>) => {
    try {
      return await ask();
    } catch (error) {
      if (!isSyncError(error)) throw error;
      failed.push({ side, message: error.message });
      return [];
    }
  };
  const value = wanted.trim();
  const found = [
    ...(await asked('webcrm', () => organisations(vendors, tenant, value))),
    ...(await asked('fortnox', () => customers(vendors, value))),
  ];
  const records = await Promise.all(
    found.map(async (record) => ({
      ...record,
      paired: (await store.pairs.bySide(tenant.id, record.entity, record.side, record.id)) !== null,
    })),
  );
  return { records, failed };
}

const isId = (value: string): boolean => /^[0-9]{1,15}$/.test(value);

async function organisations({ webcrm }: TenantConnection, { settings }: Tenant, value: string) {
  const priority = PRIORITY.notification;
  const rows = [
    ...(await webcrm.findOrganisations('OrganisationName', value, priority)),
    ...(await webcrm.findOrganisations(settings.customFields.customerNumber, value, priority)),
    ...(isId(value) ? [await webcrm.getOrganisation(value, priority)] : []),
  ].filter((row) => row !== null);
  return distinct(rows, (row) => String(row.OrganisationId)).map((row) => ({
    side: 'webcrm' as const,
    entity: 'customer' as const,
    id: String(row.OrganisationId),
    name: text(row.OrganisationName),
    number: numberInWebcrm(settings, row),
    type: text(row.OrganisationType),
  }));
}

async function customers({ fortnox }: TenantConnection, value: string) {
  const priority = PRIORITY.notification;
  const rows = [
    ...(await fortnox.searchCustomers('name', value, priority)),
    ...(await fortnox.searchCustomers('organisationnumber', value, priority)),
    ...(/^[^\s/?#]{1,64}$/.test(value) ? [await fortnox.getCustomer(value, priority)] : []),
  ].filter((row) => row !== null);
  return distinct(rows, (row) => row.CustomerNumber).map((row) => ({
    side: 'fortnox' as const,
    entity: 'customer' as const,
    id: row.CustomerNumber,
    name: text(row.Name),
    number: row.CustomerNumber,
    type: text(row.Type),
  }));
}

/** A customer's name as its side has it; null when it is not there or cannot be asked for. */
async function nameAtVendor({ webcrm, fortnox }: TenantConnection, { side, id }: Named): Promise<string | null> {
  try {
    if (side === 'webcrm') return text((await webcrm.getOrganisation(id, PRIORITY.notification))?.OrganisationName);
    return text((await fortnox.getCustomer(id, PRIORITY.notification))?.Name);
  } catch (error) {
    if (!isSyncError(error)) throw error;
    return null;
  }
}

const distinct = <T>(rows: readonly T[], keyOf: (row: T) => string): T[] => [
  ...new Map(rows.map((row) => [keyOf(row), row])).values(),
];

/** What records are called, so that lists need not show bare ids; at no call to a vendor. */
export async function namesOf(
  store: SearchDeps['store'],
  tenant: string,
  records: readonly Named[],
): Promise<RecordName[]> {
  return Promise.all(
    records.map(async ({ entity, side, id }) => {
      const pair =
        entity === 'line' ? await store.pairs.byLine(tenant, id) : await store.pairs.bySide(tenant, entity, side, id);
      const title = pair === null ? { name: null, number: null } : titleOf(pair);
      return { entity, side, id, ...title, pairId: pair?.id ?? null };
    }),
  );
}
