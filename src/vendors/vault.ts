/** Where credentials are kept, sealed. Values are clear text only between the vault and its caller. */
export type SecretName = 'webcrm-token' | 'fortnox-tokens' | 'webhook-secret' | 'tombstone-key';
export interface Vault {
  get(tenant: string, name: SecretName): Promise<string | null>;
  /** Durable when it resolves: a new refresh token is put before it is used. */
  put(tenant: string, name: SecretName, value: string): Promise<void>;
  /** Puts it if what is stored (null: nothing) permits it, and has not changed by then. False: it was not put. */
  replace(
    tenant: string,
    name: SecretName,
    value: string,
    permits: (stored: string | null) => boolean,
  ): Promise<boolean>;
  /** Names with the time they were put, never values. */
  list(tenant: string): Promise<readonly { name: string; updatedAt: number }[]>;
}
