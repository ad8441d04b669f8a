import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { SyncError } from '../errors/sync-error.ts';
import type { Runtime } from '../runtime.ts';
import type { Store } from '../store/port.ts';
import type { Vault } from '../vendors/vault.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals credentials with AES-256-GCM before the store sees them. A sealed value is `v1.<key id>.<base64url of nonce,
 * tag and text>` and is bound to its tenant and name. Another key, or a value moved or changed, raises `internal` with
 * a sentence that says what to restore.
 */
export function createVault(deps: { store: Pick<Store, 'secrets'>; key: Buffer; runtime: Runtime }): Vault {
  const { store, key, runtime } = deps;
  if (key.length !== 32) throw new SyncError('internal', 'The encryption key must have 32 bytes.');
  const keyId = createHash('sha256').update('key-id').update(key).digest('hex').slice(0, 8);

  return {
    async get(tenant, name) {
      const sealed = await store.secrets.get(tenant, name);
      return sealed === null ? null : unseal(sealed, `${tenant}/${name}`);
    },
    async put(tenant, name, value) {
      await store.secrets.put(tenant, name, seal(value, `${tenant}/${name}`), runtime.now());
    },
    list: (tenant) => store.secrets.list(tenant),
  };

  function seal(value: string, boundTo: string): string {
    const nonce = runtime.randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(boundTo));
    const text = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
    return `v1.${keyId}.${Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url')}`;
  }

  function unseal(sealed: string, boundTo: string): string {
    const [version, sealedBy, data] = sealed.split('.');
    if (version !== 'v1' || data === undefined) {
      throw new SyncError('internal', `The stored credential ${boundTo} has an unknown form.`);
    }
    if (sealedBy !== keyId) {
      throw new SyncError(
        'internal',
        `The stored credential ${boundTo} was sealed with another encryption key: restore that ENCRYPTION_KEY (or encryption.key), or store the credential again.`,
      );
    }
    const bytes = Buffer.from(data, 'base64url');
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(Buffer.from(boundTo))
        .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      return decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    } catch (cause) {
      throw new SyncError('internal', `The stored credential ${boundTo} was changed or damaged: store it again.`, {
        cause,
      });
    }
  }
}
