import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Session } from './types.ts';

export type Role = NonNullable<Session['role']>;

/** Each role includes those before it. */
const ROLES = ['read', 'operate', 'administer'] as const satisfies readonly Role[];

/** What whoever is signed in may do; null: nobody is. */
export const RoleContext = createContext<Role | null>(null);

/** Whether whoever is signed in has at least this role. The service asks again: this only spares a refusal. */
export function useMay(needs: Role | undefined): boolean {
  const role = useContext(RoleContext);
  return needs === undefined || (role !== null && ROLES.indexOf(role) >= ROLES.indexOf(needs));
}
