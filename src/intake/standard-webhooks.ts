import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Runtime } from '../runtime.ts';

/** Names in lower case, as Node gives them. */
export type WebhookHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;
export type WebhookCheck =
  | { readonly ok: true; readonly id: string }
  | {
      readonly ok: false;
      readonly why: 'header-missing' | 'timestamp-unreadable' | 'too-old' | 'too-new' | 'no-match';
    };

/** Older or newer is refused; the caller also refuses an id that it has seen within twice this time. */
export const TOLERANCE_SECONDS = 300;
const SHORTEST_KEY_BYTES = 16;
const MOST_SIGNATURES = 20;

/** A new secret in the specification's form: `whsec_` and 32 bytes in base64. */
export const newWebhookSecret = (runtime: Pick<Runtime, 'randomBytes'>): string =>
  `whsec_${runtime.randomBytes(32).toString('base64')}`;

/**
 * Checks a notification signed as the Standard Webhooks specification says (`webhook-id`, `webhook-timestamp`,
 * `webhook-signature: v1,<base64> v1,<base64>`) over the raw bytes. `secret` holds every secret now valid (`whsec_` and
 * base64), so that one may be rotated. `now` in milliseconds. Takes the same time for any wrong signature.
 */
export function verifyWebhook(options: {
  secret: readonly string[];
  headers: WebhookHeaders;
  rawBody: Uint8Array | string;
  now: number;
}): WebhookCheck {
  const id = single(options.headers['webhook-id']);
  const timestamp = single(options.headers['webhook-timestamp']);
  const signatures = single(options.headers['webhook-signature']);
  if (id === null || timestamp === null || signatures === null) return { ok: false, why: 'header-missing' };
  if (!/^\d{1,12}$/.test(timestamp)) return { ok: false, why: 'timestamp-unreadable' };
  const age = Math.floor(options.now / 1000) - Number(timestamp);
  if (age > TOLERANCE_SECONDS) return { ok: false, why: 'too-old' };
  if (age < -TOLERANCE_SECONDS) return { ok: false, why: 'too-new' };

  const given = signatures
    .split(' ', MOST_SIGNATURES)
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => Buffer.from(signature.slice(3), 'base64'));
  let match = false;
  for (const secret of options.secret) {
    const key = keyOf(secret);
    if (key === null) continue;
    const expected = mac(key, id, timestamp, options.rawBody);
    for (const bytes of given) {
      if (bytes.length === expected.length && timingSafeEqual(bytes, expected)) match = true;
    }
  }
  return match ? { ok: true, id } : { ok: false, why: 'no-match' };
}

/**
 * The three headers for a body sent at `now` (milliseconds), with a signature for each secret. Raises a RangeError when a secret
 * is not usable, or there is none.
 */
export function signWebhook(options: {
  secret: string | readonly string[];
  id: string;
  now: number;
  rawBody: Uint8Array | string;
}): {
  'webhook-id': string;
  'webhook-timestamp': string;
  'webhook-signature': string;
} {
  const timestamp = String(Math.floor(options.now / 1000));
  const signatures = [options.secret].flat().map((secret) => {
    const key = keyOf(secret);
    if (key === null) throw new RangeError(`a webhook secret is base64 of ${SHORTEST_KEY_BYTES} bytes at least`);
    return `v1,${mac(key, options.id, timestamp, options.rawBody).toString('base64')}`;
  });
  if (signatures.length === 0) throw new RangeError('a webhook is signed with a secret, and there is none');
  return { 'webhook-id': options.id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}

const mac = (key: Buffer, id: string, timestamp: string, body: Uint8Array | string): Buffer =>
  createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();

// A short key would let anybody who sees one message find it: none is better than that.
function keyOf(secret: string): Buffer | null {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return key.length < SHORTEST_KEY_BYTES ? null : key;
}

const single = (value: string | readonly string[] | undefined): string | null =>
  typeof value === 'string' && value !== '' && value.length <= 4_096 ? value : null;
