import { SyncError } from '../errors/sync-error.ts';
import { newWebhookSecret } from '../intake/standard-webhooks.ts';
import type { Runtime } from '../runtime.ts';
import type { Vault } from '../vendors/vault.ts';

/** How long the former secret still counts after a rotation. */
export const FORMER_SECRET_MS = 24 * 3_600_000;

interface Kept {
  secret: string;
  /** null: the present one. */
  until: number | null;
}

/** Makes a new secret and keeps the former one for a day. */
export async function rotateSecret(deps: { vault: Vault; runtime: Runtime }, tenant: string): Promise<string> {
  const now = deps.runtime.now();
  const secret = newWebhookSecret(deps.runtime);
  const former = (await read(deps.vault, tenant)).find((entry) => entry.until === null);
  const kept: Kept[] = [{ secret, until: null }];
  if (former) kept.push({ secret: former.secret, until: now + FORMER_SECRET_MS });
  await deps.vault.put(tenant, 'webhook-secret', JSON.stringify(kept));
  return secret;
}

/** Every secret with which a webhook may be signed now. */
export async function validSecrets(deps: { vault: Vault; runtime: Runtime }, tenant: string): Promise<string[]> {
  const now = deps.runtime.now();
  return (await read(deps.vault, tenant))
    .filter(({ until }) => until === null || until > now)
    .map(({ secret }) => secret);
}

async function read(vault: Vault, tenant: string): Promise<Kept[]> {
  const text = await vault.get(tenant, 'webhook-secret');
  if (text === null) return [];
  try {
    return JSON.parse(text) as Kept[];
  } catch (cause) {
    throw new SyncError('internal', 'The stored webhook secret is unreadable: rotate it.', { cause });
  }
}
