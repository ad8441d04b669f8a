import type { Tenant } from '../../schemas/records.ts';
import type { Page, Store } from '../store/port.ts';

const TENANTS_A_PAGE = 200;

export interface StreamTenants {
  /** Reads the connected tenants anew. Raises the store's error, and what is known stays. */
  refresh(): Promise<readonly Tenant[]>;
  /** Of a Fortnox company (its DatabaseNumber, the tenantId of events). */
  ofCompany(company: string): Tenant | undefined;
  get(tenantId: string): Tenant | undefined;
}

/** The connected tenants, as of the last look. */
export function createStreamTenants(store: Pick<Store, 'tenants'>): StreamTenants {
  let byId = new Map<string, Tenant>();
  let byCompany = new Map<string, Tenant>();

  return {
    async refresh() {
      const found: Tenant[] = [];
      let cursor: string | undefined;
      do {
        const page: Page<Tenant> = await store.tenants.list({ limit: TENANTS_A_PAGE, cursor });
        found.push(...page.items.filter(({ state }) => state === 'connected'));
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      byId = new Map(found.map((tenant) => [tenant.id, tenant]));
      byCompany = new Map(
        found.flatMap((tenant) =>
          tenant.fortnoxDatabaseNumber === null ? [] : [[tenant.fortnoxDatabaseNumber, tenant]],
        ),
      );
      return found;
    },
    ofCompany: (company) => byCompany.get(company),
    get: (tenantId) => byId.get(tenantId),
  };
}
