import { PRIORITY, type Tenant } from '../../schemas/records.ts';
import type { Connections } from '../vendors/connections-types.ts';
import type { Vault } from '../vendors/vault.ts';
import { checkNumbering } from './check-deliveries.ts';
import { checkFortnox } from './check-fortnox.ts';
import { type CheckItem, failed } from './check-items.ts';
import { checkWebcrm } from './check-webcrm.ts';
import type { TenantOfHook } from './webcrm-system.ts';

export interface CheckResult {
  ok: boolean;
  items: CheckItem[];
}
export interface CheckDeps {
  vault: Vault;
  connections: Connections;
  /** Stores the company's number; false when another tenant has it (R26). */
  claimCompany(tenantId: string, databaseNumber: string): Promise<boolean>;
  /** Whose webCRM system it is (R26). */
  tenantOfHook: TenantOfHook;
  /** Remembers whether webCRM answers queries on quotation lines (R44). */
  storeLineQuery(tenantId: string, found: 'works' | 'refused'): Promise<void>;
}

/**
 * Tries everything that the connection needs (S3). Each fault is an item of its own, with its remedy; warnings and notes do not
 * stand in the way of a connection. At most 20 calls, none of which writes. It raises nothing of a vendor's.
 */
export async function checkConnection(deps: CheckDeps, tenant: Tenant): Promise<CheckResult> {
  const clients = deps.connections.of(tenant.id);
  const stored = new Set((await deps.vault.list(tenant.id)).map(({ name }) => name));
  const [webcrm, fortnox] = await Promise.all([
    stored.has('webcrm-token')
      ? checkWebcrm(clients.webcrm, tenant, (found) => deps.storeLineQuery(tenant.id, found), deps.tenantOfHook)
      : { items: [NO_WEBCRM], deliveries: null },
    stored.has('fortnox-tokens')
      ? checkFortnox(clients.fortnox, tenant, (databaseNumber) => deps.claimCompany(tenant.id, databaseNumber))
      : [NO_FORTNOX],
  ]);
  const { documents, documentMode } = tenant.settings;
  const numbering =
    webcrm.deliveries !== null && fortnox[0]?.ok
      ? [
          await checkNumbering(documents, webcrm.deliveries, async (number) => {
            const document = await clients.fortnox.getDocument(documentMode, number, PRIORITY.notification);
            return document !== null;
          }),
        ]
      : [];
  const items = [...webcrm.items, ...numbering, ...fortnox];
  return { ok: items.every((item) => item.ok), items };
}

const NO_WEBCRM = failed(
  'webcrm-credentials',
  'No webCRM application token is stored.',
  'Make one in webCRM under Configuration > Integration > API > REST and store it here.',
);
const NO_FORTNOX = failed(
  'fortnox-credentials',
  'Fortnox is not connected.',
  'Let the company approve the integration in Fortnox and store the grant here.',
);
