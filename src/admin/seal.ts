import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { SyncError } from '../errors/sync-error.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Why a sealed text cannot be opened. */
export type SealFault = 'unknown-form' | 'other-key' | 'damaged';
export type Opened =
  | { readonly text: string /** Sealed with a former key. */; readonly isFormer: boolean }
  | { readonly fault: SealFault; readonly cause?: unknown };

export interface Seal {
  /** `v1.<key id>.<base64url of nonce, tag and text>`, bound to a purpose: it opens for no other. */
  seal(text: string, boundTo: string): string;
  open(sealed: string, boundTo: string): Opened;
}

/**
 * AES-256-GCM with keys of 32 bytes: `key` seals, it and the `former` ones open, so that a key is changed while instances with
 * either run. Raises `internal` for a key of another length.
 */
export function createSeal(key: Buffer, randomBytes: (count: number) => Buffer, former: readonly Buffer[] = []): Seal {
  const keys = new Map([key, ...former].map((one) => [keyIdOf(one), one]));
  const keyId = keyIdOf(key);

  return {
    seal(text, boundTo) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(boundTo));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return `v1.${keyId}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`;
    },
    open(sealed, boundTo) {
      const [version, sealedBy, data] = sealed.split('.');
      if (version !== 'v1' || data === undefined) return { fault: 'unknown-form' };
      const opener = keys.get(sealedBy ?? '');
      if (opener === undefined) return { fault: 'other-key' };
      const bytes = Buffer.from(data, 'base64url');
      try {
        const decipher = createDecipheriv('aes-256-gcm', opener, bytes.subarray(0, NONCE_BYTES), {
          authTagLength: TAG_BYTES,
        })
          .setAAD(Buffer.from(boundTo))
          .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
        const body = bytes.subarray(NONCE_BYTES + TAG_BYTES);
        return {
          isFormer: sealedBy !== keyId,
          text: decipher.update(body, undefined, 'utf8') + decipher.final('utf8'),
        };
      } catch (cause) {
        return { fault: 'damaged', cause };
      }
    },
  };
}

function keyIdOf(key: Buffer): string {
  if (key.length !== 32) throw new SyncError('internal', 'The encryption key must have 32 bytes.');
  return createHash('sha256').update('key-id').update(key).digest('hex').slice(0, 8);
}
