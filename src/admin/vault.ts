import { SyncError } from '../errors/sync-error.ts';
import type { Runtime } from '../runtime.ts';
import type { Store } from '../store/port.ts';
import type { SecretName, Vault } from '../vendors/vault.ts';
import { createSeal, type SealFault } from './seal.ts';

const FAULTS: Readonly<Record<SealFault, (credential: string) => string>> = {
  'unknown-form': (credential) => `The stored credential ${credential} has an unknown form.`,
  'other-key': (credential) =>
    `The stored credential ${credential} was sealed with another encryption key: restore that ENCRYPTION_KEY (or encryption.key), or store the credential again.`,
  damaged: (credential) => `The stored credential ${credential} was changed or damaged: store it again.`,
};

/** These are written by the service itself, every hour: sealing them anew in between could put an older one in a newer one's place. */
const RENEWED: ReadonlySet<SecretName> = new Set(['fortnox-tokens']);

/**
 * Seals credentials with AES-256-GCM before the store sees them; each is bound to its tenant and name. Another key, or a
 * value moved or changed, raises `internal` with a sentence that says what to restore. What a former key sealed is sealed anew when it is
 * read.
 */
export function createVault(deps: {
  store: Pick<Store, 'secrets'>;
  key: Buffer;
  former?: readonly Buffer[] | undefined;
  runtime: Runtime;
}): Vault {
  const { store, runtime } = deps;
  const seal = createSeal(deps.key, runtime.randomBytes, deps.former);
  const sealedFor = (tenant: string, name: SecretName, value: string) => seal.seal(value, `${tenant}/${name}`);
  const put: Vault['put'] = (tenant, name, value) =>
    store.secrets.put(tenant, name, sealedFor(tenant, name, value), runtime.now());

  function opened(tenant: string, name: SecretName, sealed: string): { text: string; isFormer: boolean } {
    const found = seal.open(sealed, `${tenant}/${name}`);
    if ('text' in found) return found;
    throw new SyncError('internal', FAULTS[found.fault](`${tenant}/${name}`), { cause: found.cause });
  }

  return {
    async get(tenant, name) {
      const sealed = await store.secrets.get(tenant, name);
      if (sealed === null) return null;
      const { text, isFormer } = opened(tenant, name, sealed);
      if (isFormer && !RENEWED.has(name)) await put(tenant, name, text);
      return text;
    },
    put,
    async replace(tenant, name, value, permits) {
      const sealed = await store.secrets.get(tenant, name);
      if (!permits(sealed === null ? null : opened(tenant, name, sealed).text)) return false;
      // No two seals of one text are alike, so that who writes in between is noticed.
      return store.secrets.replace(tenant, name, sealed, sealedFor(tenant, name, value), runtime.now());
    },
    list: (tenant) => store.secrets.list(tenant),
  };
}
