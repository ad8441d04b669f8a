import type { Vault } from '../../src/vendors/vault.ts';

/** A vault of one tenant that seals nothing. It keeps what it is given in `values`, so that a lost answer can be told from a stored one. */
export const plainVault = (values: Record<string, string> = {}): Vault => ({
  get: async (_tenant, name) => values[name] ?? null,
  async put(_tenant, name, value) {
    values[name] = value;
  },
  async replace(_tenant, name, value, permits) {
    if (!permits(values[name] ?? null)) return false;
    values[name] = value;
    return true;
  },
  list: async () => [],
});
