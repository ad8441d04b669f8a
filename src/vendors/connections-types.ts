import type { Side } from '../../schemas/records.ts';
import type { FortnoxClient } from './fortnox/types.ts';
import type { WebcrmClient } from './webcrm/types.ts';

export interface BudgetUse {
  /** Calls a window that the vendor takes. */
  readonly limit: number;
  /** What we use of it at most at present: less after a 429, since somebody else uses the same budget. */
  readonly share: number;
  readonly windowMs: number;
  /** Slots taken now: calls in flight and calls that ended within the window. */
  readonly inWindow: number;
  readonly waiting: number;
  /** The vendor asked us to wait until then, ms; null: it did not. */
  readonly stoppedUntil: number | null;
  readonly total: number;
  readonly throttled: number;
}
export interface TenantConnection {
  readonly fortnox: FortnoxClient;
  readonly webcrm: WebcrmClient;
  budgets(): { fortnox: BudgetUse; webcrm: BudgetUse };
  /** What the vendor's clock shows now, ms, by its last answer and what has elapsed since (R74); null: it told nothing yet. */
  vendorNow(side: Side): number | null;
}
export type FortnoxGrant =
  /** `service`: the consent was for a service account, whose client credentials are used from then on. */
  | { grant: 'authorization_code'; code: string; redirectUri: string; service?: boolean }
  | { grant: 'refresh_token'; refreshToken: string }
  | { grant: 'client_credentials'; tenantId: string };

export interface Connections {
  /** The tenant's clients, kept between calls; budgets are shared by every user of the same company or token. */
  of(tenantId: string): TenantConnection;
  /**
   * Exchanges the grant at once and stores the tokens sealed; raises `reconnect-needed` or `vendor-auth` when refused, and
   * `another-company` when it is not that of `company` (a DatabaseNumber): what was stored then stays.
   */
  connectFortnox(tenantId: string, grant: FortnoxGrant, company?: string | null): Promise<void>;
  /**
   * Logs in with the application token, then stores it sealed; raises `vendor-auth` when refused. `look` is given a client of the new token
   * first, while the tenant's jobs go on with the former one; what it raises is raised, and the former token stays.
   */
  connectWebcrm(
    tenantId: string,
    applicationToken: string,
    look?: (webcrm: WebcrmClient) => Promise<void>,
  ): Promise<void>;
  /** Forgets cached tokens and clients of the tenant. */
  forget(tenantId: string): void;
}
