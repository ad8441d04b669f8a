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
  const put: Vault['put'] = (tenant, name, value) =>
    store.secrets.put(tenant, name, seal.seal(value, `${tenant}/${name}`), runtime.now());

  return {
    async get(tenant, name) {
      const sealed = await store.secrets.get(tenant, name);
      if (sealed === null) return null;
      const opened = seal.open(sealed, `${tenant}/${name}`);
      if ('text' in opened) {
        if (opened.isFormer && !RENEWED.has(name)) await put(tenant, name, opened.text);
        return opened.text;
      }
      throw new SyncError('internal', FAULTS[opened.fault](`${tenant}/${name}`), { cause: opened.cause });
    },
    put,
    list: (tenant) => store.secrets.list(tenant),
  };
}
