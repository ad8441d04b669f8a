import { ROLES, type Role } from '../../schemas/access.ts';

/** Whom a request comes from. */
export interface Principal {
  /** The id of the token; `root` for the root token. */
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** The tenants that it reaches; null: all of them, also those to come. */
  readonly tenants: readonly string[] | null;
  /** When the token ends, in ms; null: not by itself. */
  readonly expiresAt: number | null;
}

/** Whether `role` may do what needs `needed`. */
export const includes = (role: Role, needed: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(needed);

export const reaches = ({ tenants }: Pick<Principal, 'tenants'>, tenant: string): boolean =>
  tenants === null || tenants.includes(tenant);

/** Whether all that `other` reaches is reached by this one too. */
export const covers = (
  { tenants }: Pick<Principal, 'tenants'>,
  other: { readonly tenants: readonly string[] | null },
): boolean => tenants === null || (other.tenants?.every((tenant) => tenants.includes(tenant)) ?? false);
