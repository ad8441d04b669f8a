import type { Side } from '../../schemas/records.ts';
import { SyncError } from '../errors/sync-error.ts';
import type { TenantConnection } from '../vendors/connections-types.ts';
import type { DocumentKind, DocumentWrite, FortnoxClient, FortnoxRow } from '../vendors/fortnox/types.ts';
import type { WebcrmClient } from '../vendors/webcrm/types.ts';
import { type PlannedWrite, WouldWrite, type WrittenKind } from './would-write.ts';

type Fields = Readonly<Record<string, unknown>>;
type Args = readonly unknown[];
/** What a call of the client is: a read, a read of whole registers that no job makes, or a write. */
type Role = 'read' | 'never' | ((args: Args, side: Side) => PlannedWrite);

const create =
  (kind: WrittenKind): Role =>
  (args, side) => ({ side, action: 'create', kind, id: null, fields: args[0] as Fields, rows: null });
const update =
  (kind: WrittenKind): Role =>
  (args, side) => ({ side, action: 'update', kind, id: String(args[0]), fields: args[1] as Fields, rows: null });
const remove =
  (kind: WrittenKind): Role =>
  (args, side) => ({ side, action: 'delete', kind, id: String(args[0]), fields: {}, rows: null });

const WEBCRM: Readonly<Record<keyof WebcrmClient, Role>> = {
  getOrganisation: 'read',
  findOrganisations: 'read',
  findOrganisationsByAny: 'read',
  getDelivery: 'read',
  findDeliveriesByErpId: 'read',
  findDeliveriesByNumber: 'read',
  deliveriesOf: 'read',
  linesOf: 'read',
  getLine: 'read',
  listItems: 'read',
  getItem: 'read',
  linkedSetup: 'read',
  createOrganisation: create('organisation'),
  updateOrganisation: update('organisation'),
  createDelivery: create('delivery'),
  updateDelivery: update('delivery'),
  // A line is posted to a delivery that exists: the id is that of the delivery.
  createLine: (args, side) => ({
    side,
    action: 'create',
    kind: 'line',
    id: String(args[0]),
    fields: args[1] as Fields,
    rows: null,
  }),
  updateLine: update('line'),
  deleteLine: remove('line'),
  createItem: create('item'),
  updateItem: update('item'),
  deleteItem: remove('item'),
  listOrganisations: 'never',
  listDeliveries: 'never',
  listWholeDeliveries: 'never',
  listLines: 'never',
  listChangedLines: 'never',
  organisationFields: 'never',
  deliveryFields: 'never',
  lineFields: 'never',
  probeLineQuery: 'never',
  listHooks: 'never',
  createHook: 'never',
  deleteHook: 'never',
};

const documentWrite = ({ fields, rows }: DocumentWrite): Pick<PlannedWrite, 'fields' | 'rows'> => ({
  fields,
  rows: rows ?? null,
});

const FORTNOX: Readonly<Record<keyof FortnoxClient, Role>> = {
  getCustomer: 'read',
  searchCustomers: 'read',
  customersHolding: 'read',
  changedCustomers: 'read',
  getArticle: 'read',
  getPrice: 'read',
  priceLists: 'read',
  getDocument: 'read',
  findDocuments: 'read',
  createCustomer: create('customer'),
  updateCustomer: update('customer'),
  createDocument: ([kind, write], side) => ({
    side,
    action: 'create',
    kind: kind as DocumentKind,
    id: null,
    ...documentWrite(write as DocumentWrite),
  }),
  updateDocument: ([kind, id, write], side) => ({
    side,
    action: 'update',
    kind: kind as DocumentKind,
    id: String(id),
    ...documentWrite(write as DocumentWrite),
  }),
  listCustomers: 'never',
  listArticles: 'never',
  listPrices: 'never',
  listDocuments: 'never',
  companyInformation: 'never',
  termsOfPayment: 'never',
  currencies: 'never',
  probeDocuments: 'never',
};

/** Raised by a replay: the job did not read this, or the vendor did not answer. */
export class NotRead extends Error {
  constructor(key: string) {
    super(`The rehearsal did not read ${key}.`);
    this.name = 'NotRead';
  }
}

/** A call as it was made, with the priority left out: `side.method` and its arguments. */
const callKey = (side: Side, method: string, args: Args): string =>
  `${side}.${method}:${JSON.stringify(args.slice(0, -1))}`;

/** The clients of a rehearsal, and what was asked of them. */
export interface RehearsalVendors {
  readonly vendors: TenantConnection;
  /** The same answers again, without a call; raises `NotRead` for what was not read or could not be. */
  readonly replay: TenantConnection;
  readonly writes: readonly PlannedWrite[];
  /** Whether the job made this read, such as `webcrm.getOrganisation`. */
  hasRead(method: string): boolean;
  reads(): number;
}

/** The rows of a document as they are after a write of them; what Fortnox would fill into a new one nobody knows. */
function rowsAfter(before: Record<string, unknown> | undefined, { kind, rows }: PlannedWrite): Record<string, unknown> {
  if (rows === null) return {};
  const name = kind === 'order' ? 'OrderRows' : 'InvoiceRows';
  const present = (before?.[name] ?? []) as readonly FortnoxRow[];
  const known = new Map(present.map((row) => [row.RowId ?? null, row]));
  return { [name]: rows.map(({ rowId, fields }) => ({ ...(rowId === null ? {} : known.get(rowId)), ...fields })) };
}

/**
 * Clients that read each thing once and write nothing. An update or delete is noted and answered as if it had been done, so
 * that the job goes on to the other side; a create raises `WouldWrite`.
 */
export function createRehearsalVendors(real: TenantConnection): RehearsalVendors {
  const answers = new Map<string, Promise<unknown>>();
  const writes: PlannedWrite[] = [];

  function note(write: PlannedWrite): unknown {
    writes.push(write);
    if (write.action === 'create' && write.kind !== 'line') throw new WouldWrite(write);
    if (write.kind === 'line') return `line-${writes.length}`;
    return undefined;
  }

  function wrap<C extends object>(client: C, side: Side, roles: Readonly<Record<keyof C, Role>>, live: boolean): C {
    const methods = Object.entries(roles) as [keyof C & string, Role][];
    const call = (method: keyof C & string, args: Args): unknown =>
      (client[method] as (...args: unknown[]) => unknown)(...args);
    const wrapped = methods.map(([method, role]) => {
      const answer = async (...args: unknown[]): Promise<unknown> => {
        if (role === 'never') throw new SyncError('internal', `A rehearsal does not call ${side}.${method}.`);
        const key = callKey(side, method, args);
        if (role === 'read') {
          const known = answers.get(key);
          if (known !== undefined) return live ? known : known.catch(() => Promise.reject(new NotRead(key)));
          if (!live) throw new NotRead(key);
          const read = Promise.resolve(call(method, args));
          answers.set(key, read);
          return read;
        }
        return (await afterUpdate(role(args, side))) ?? note(role(args, side));
      };
      return [method, answer];
    });
    return Object.fromEntries(wrapped) as C;
  }

  /** Fortnox answers an update with the whole record (fortnox.md 8.1): the one just read, with what was sent. */
  async function afterUpdate(write: PlannedWrite): Promise<unknown> {
    if (write.side !== 'fortnox' || write.action !== 'update') return undefined;
    const isCustomer = write.kind === 'customer';
    const key = callKey('fortnox', isCustomer ? 'getCustomer' : 'getDocument', [
      ...(isCustomer ? [] : [write.kind]),
      write.id,
      null,
    ]);
    const before = (await answers.get(key)) as Record<string, unknown> | undefined;
    writes.push(write);
    return { ...before, ...write.fields, ...rowsAfter(before, write) };
  }

  const clients = (live: boolean): TenantConnection => ({
    fortnox: wrap(real.fortnox, 'fortnox', FORTNOX, live),
    webcrm: wrap(real.webcrm, 'webcrm', WEBCRM, live),
    budgets: () => real.budgets(),
    vendorNow: (side) => real.vendorNow(side),
  });
  return {
    vendors: clients(true),
    replay: clients(false),
    writes,
    hasRead: (method) => [...answers.keys()].some((key) => key.startsWith(`${method}:`)),
    reads: () => answers.size,
  };
}
