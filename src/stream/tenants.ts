import type { Tenant } from '../../schemas/records.ts';
import { every } from '../store/every.ts';
import type { Store } from '../store/port.ts';

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
      for await (const tenant of every((page) => store.tenants.list(page)))
        if (tenant.state === 'connected') found.push(tenant);
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
