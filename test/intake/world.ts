import type { Tenant } from '../../schemas/records.ts';
import { createIntake } from '../../src/intake/intake.ts';
import { createInlineStore } from '../../src/store/embedded/embedded-store.ts';
import type { TenantConnection } from '../../src/vendors/connections-types.ts';
import type { FortnoxArticleRow, FortnoxClient, FortnoxCustomerRow } from '../../src/vendors/fortnox/types.ts';
import type { WebcrmClient, WebcrmOrganisation } from '../../src/vendors/webcrm/types.ts';
import { tenantOf as storedTenant } from '../store/fixtures.ts';
import { createVirtualRuntime } from '../support/virtual-runtime.ts';

export const START = Date.UTC(2026, 0, 5, 8);
export const quiet = { debug() {}, info() {}, warn() {}, error() {} };

export const tenantOf = (id: string, more: Partial<Tenant> = {}): Tenant =>
  storedTenant(id, {
    name: id,
    state: 'connected',
    hookToken: `hook-${id}`,
    createdAt: START,
    updatedAt: START,
    ...more,
  });

export type Listed = 'organisation' | 'delivery' | 'line' | 'customer' | 'order' | 'invoice' | 'article';
export interface Call {
  readonly tenant: string;
  readonly list: Listed;
  readonly from: number | null;
  readonly at: number;
}

/** Both vendors' lists; every other method is absent, so that a use of it fails loudly. */
export function createWorld() {
  const runtime = createVirtualRuntime({ seed: 3, start: START });
  const store = createInlineStore();
  const wakes: string[] = [];
  const intake = createIntake({ runtime, store, wake: (tenant) => wakes.push(tenant) });
  const calls: Call[] = [];
  const vendor = {
    organisations: [] as WebcrmOrganisation[][],
    customers: [] as FortnoxCustomerRow[][],
    /** Ids of deliveries. */
    deliveries: [] as string[][],
    lines: [] as string[][],
    orders: [] as string[][],
    invoices: [] as string[][],
    /** The whole list, and what the list of changes shows. */
    articles: [[]] as FortnoxArticleRow[][],
    changedArticles: [] as FortnoxArticleRow[],
    priceLists: [{ code: 'A', preselected: true }],
    /** By price list and article. */
    prices: {} as Record<string, Record<string, string>>,
    clockAhead: 0,
    /** An answer of it was heard before. */
    isHeard: true,
    before: async (_call: Call, _page: number): Promise<void> => {},
  };
  type OnPage<T> = (rows: T[], page: { number: number; of: number }) => Promise<unknown>;

  function listsOf(tenant: string): TenantConnection {
    async function list<T>(name: Listed, from: number | null, pages: T[][], onPage: OnPage<T>) {
      const call = { tenant, list: name, from, at: runtime.now() };
      calls.push(call);
      const serverDate = runtime.now() + vendor.clockAhead;
      await vendor.before(call, -1);
      for (const [index, rows] of pages.entries()) {
        await vendor.before(call, index);
        if ((await onPage(rows, { number: index + 1, of: pages.length })) === false) break;
      }
      return { serverDate };
    }
    const webcrm: Partial<WebcrmClient> = {
      listOrganisations: (from, to, _priority, onPage) => {
        if (to < runtime.now()) throw new Error('the end of the read lies in the past');
        return list('organisation', from, vendor.organisations, onPage);
      },
      listDeliveries: (from, _priority, onPage) => list('delivery', from, vendor.deliveries, onPage),
      listChangedLines: (from, _priority, onPage) => list('line', from, vendor.lines, onPage),
    };
    const fortnox: Partial<FortnoxClient> = {
      listCustomers: (from, _priority, onPage) => list('customer', from, vendor.customers, onPage),
      listDocuments: (kind, from, _priority, onPage) =>
        list(kind, from, kind === 'order' ? vendor.orders : vendor.invoices, (numbers) =>
          onPage(numbers.map((DocumentNumber) => ({ DocumentNumber, CustomerNumber: '1' }))),
        ),
      listArticles: (from, _priority, onPage) =>
        list('article', from, from === null ? vendor.articles : [vendor.changedArticles], onPage),
      listPrices: async (priceList) => new Map(Object.entries(vendor.prices[priceList] ?? {})),
      priceLists: async () => vendor.priceLists,
    };
    const vendorNow = () => (vendor.isHeard ? runtime.now() + vendor.clockAhead : null);
    return { webcrm, fortnox, vendorNow } as unknown as TenantConnection;
  }
  return { runtime, store, intake, connections: { of: listsOf }, vendor, calls, wakes };
}

export const customers = (from: number, count: number): FortnoxCustomerRow[] =>
  Array.from({ length: count }, (_, i) => ({ CustomerNumber: String(from + i), Name: `C${from + i}` }));
