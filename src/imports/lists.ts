import { IMPORT_KINDS, type ImportKind, type ImportRun, type Listed } from '../../schemas/imports.ts';
import { PRIORITY, type Side, type Tenant } from '../../schemas/records.ts';
import type { Runtime } from '../runtime.ts';
import { dataField } from '../sync/article/map.ts';
import type { Calendar } from '../sync/calendar.ts';
import { customerIdentity, organisationIdentity } from '../sync/customer/identity.ts';
import { dataText, text } from '../sync/normalise.ts';
import type { TenantConnection } from '../vendors/connections-types.ts';
import type { FortnoxDocumentRow } from '../vendors/fortnox/types.ts';

/** What an import lists of a side. */
export interface SideList {
  readonly kind: ImportKind;
  readonly side: Side;
  /** Only looked up, never gone over: webCRM's register, which follows the articles. */
  readonly indexOnly?: true;
}

/** In the order of reading and of working off. */
const ALL: readonly SideList[] = [
  { kind: 'article', side: 'webcrm', indexOnly: true },
  { kind: 'article', side: 'fortnox' },
  { kind: 'customer', side: 'webcrm' },
  { kind: 'customer', side: 'fortnox' },
  { kind: 'delivery', side: 'webcrm' },
  { kind: 'order', side: 'fortnox' },
  { kind: 'invoice', side: 'fortnox' },
];

export const listsOf = ({ kinds }: Pick<ImportRun, 'kinds'>): readonly SideList[] =>
  ALL.filter(({ kind }) => kinds.includes(kind));
export const walksOf = (run: Pick<ImportRun, 'kinds'>): readonly SideList[] =>
  listsOf(run).filter(({ indexOnly }) => !indexOnly);
export const isDocument = (kind: ImportKind): boolean => IMPORT_KINDS.indexOf(kind) >= IMPORT_KINDS.indexOf('order');

/** What is kept of a listed record beside its keys. */
type Kept = Pick<Listed, 'id' | 'name' | 'number' | 'organisationNumber' | 'record'>;

interface ReadList {
  readonly vendors: TenantConnection;
  readonly tenant: Tenant;
  readonly runtime: Pick<Runtime, 'now'>;
  readonly calendar: (timeZone: string) => Calendar;
  /** Calendar date from which on documents count. */
  readonly from: string;
  accept(rows: readonly Kept[]): Promise<void>;
}

/** Reads one list of a vendor, page by page, at the priority of imports. Raises what the client raises. */
export async function readList({ kind, side }: SideList, to: ReadList): Promise<void> {
  await READERS[`${kind}:${side}`]?.(to);
}

const READERS: Readonly<Record<string, (to: ReadList) => Promise<unknown>>> = {
  'article:webcrm': async ({ vendors, tenant, accept }) => {
    const at = dataField(tenant.settings.documents.items.number);
    // webCRM gives its register in one answer without pages (webcrm.md 6).
    const items = await vendors.webcrm.listItems(PRIORITY.import);
    await accept(
      items.map((item) => ({
        ...NOTHING,
        id: String(item.QuotationLineLinkedDataItemId),
        number: dataText(item[at]),
        record: filled(item),
      })),
    );
  },
  'article:fortnox': ({ vendors, accept }) =>
    vendors.fortnox.listArticles(null, PRIORITY.import, async (rows) => {
      await accept(
        rows.map((row) => ({
          ...NOTHING,
          id: row.ArticleNumber,
          name: text(row.Description),
          number: row.ArticleNumber,
          record: filled(row),
        })),
      );
      return true;
    }),
  'customer:webcrm': ({ vendors, tenant, runtime, accept }) =>
    vendors.webcrm.listOrganisations(null, runtime.now(), PRIORITY.import, (rows) =>
      accept(rows.map((row) => ({ ...organisationIdentity(tenant.settings, row), record: filled(row) }))),
    ),
  'customer:fortnox': ({ vendors, accept }) =>
    vendors.fortnox.listCustomers(null, PRIORITY.import, (rows) =>
      accept(rows.map((row) => ({ ...customerIdentity(row), record: null }))),
    ),
  'delivery:webcrm': ({ vendors, tenant, from, calendar, accept }) => {
    const { documents } = tenant.settings;
    const { dateOf } = calendar(documents.timeZone);
    return vendors.webcrm.listWholeDeliveries(PRIORITY.import, (rows) =>
      accept(
        rows
          .filter((row) => (dateOf(row.DeliveryOrderDate) ?? dateOf(row.DeliveryCreatedAt) ?? from) >= from)
          .map((row) => ({
            ...NOTHING,
            id: String(row.DeliveryId),
            name: text(row.DeliveryDescription),
            number: text(row[documents.fields.number]),
            record: filled({
              DeliveryOrganisationId: row.DeliveryOrganisationId,
              DeliveryStatus: row.DeliveryStatus,
            }),
          })),
      ),
    );
  },
  'order:fortnox': (to) => readDocuments('order', to),
  'invoice:fortnox': (to) => readDocuments('invoice', to),
};

const NOTHING = { name: null, number: null, organisationNumber: null } as const;

/** All pages: a document may be dated after its last change, so no filter of the list may leave it out. */
function readDocuments(kind: 'order' | 'invoice', { vendors, tenant, from, accept }: ReadList): Promise<unknown> {
  // R40: in invoice mode orders are Fortnox's own business.
  if (kind === 'order' && tenant.settings.documentMode === 'invoice') return Promise.resolve();
  const dateOf = (row: FortnoxDocumentRow) => (kind === 'order' ? row.OrderDate : row.InvoiceDate) ?? '';
  return vendors.fortnox.listDocuments(kind, null, PRIORITY.import, (rows) =>
    accept(
      rows
        .filter((row) => dateOf(row) >= from)
        .map((row) => ({
          ...NOTHING,
          id: row.DocumentNumber,
          name: text(row.CustomerName),
          number: row.DocumentNumber,
          record: filled({
            CustomerNumber: row.CustomerNumber,
            ExternalInvoiceReference1: row.ExternalInvoiceReference1,
            Cancelled: row.Cancelled,
          }),
        })),
    ),
  );
}

/** A record without its empty fields: of some 200 fields few are filled. */
export const filled = (row: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== undefined && value !== ''));
