/** Who may use the API, and how far: tokens as the store keeps them. */

/** What a caller may do, from least to most; each includes those before it. */
export const ROLES = ['read', 'operate', 'administer'] as const;
export type Role = (typeof ROLES)[number];

/** One version of a token's secret: what is stored is its SHA-256, in hexadecimal. */
export interface TokenSecret {
  readonly hash: string;
  readonly createdAt: number;
  /** It no longer counts from then on: it was replaced. null: the present one. */
  readonly until: number | null;
}

/** A token of the API. Its text is shown once, when it is made; nothing that is stored gives it back. */
export interface AccessToken {
  readonly schema: 1;
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** The tenants that it reaches; null: all of them. */
  readonly tenants: readonly string[] | null;
  /** Newest first. */
  readonly secrets: readonly TokenSecret[];
  /** Whose token made it. */
  readonly createdBy: string;
  readonly createdAt: number;
  /** null: it does not end by itself. */
  readonly expiresAt: number | null;
  /** It no longer counts since then. */
  readonly revokedAt: number | null;
  /** About when it was used last: noted once a minute. */
  readonly lastUsedAt: number | null;
  readonly version: number;
}
