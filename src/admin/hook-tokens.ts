import type { Tenant } from '../../schemas/records.ts';
import { SyncError } from '../errors/sync-error.ts';
import { sha256 } from '../hash.ts';
import type { Runtime } from '../runtime.ts';
import { changeTenant } from '../store/change-tenant.ts';
import type { Fenced, Store } from '../store/port.ts';
import { FORMER_SECRET_MS } from './webhook-secret.ts';

/** Documents of tokens that were replaced, by the token's hash. */
export const FORMER_TOKEN_KIND = 'former-hook-token';
/** Hooks that webCRM had begun to send when theirs were replaced still arrive. */
const UNDER_WAY_MS = 5 * 60_000;
/** A relay of signed Fortnox events has its address from a person: as long as a former secret is good. */
const RELAY_MS = FORMER_SECRET_MS;

/** Whose address it is: the proof of webCRM's hooks is the token alone, Fortnox's events are signed as well. */
export type HookCaller = 'webcrm' | 'fortnox';

interface Former {
  readonly tenant: string;
  /** When the hooks of the new token were verified; null: they are not yet, and the former ones still call. */
  readonly replacedAt: number | null;
}

type Stored = Pick<Store, 'tenants' | 'fenced' | 'states'>;
const ROTATION = 'hook-rotation';

/** webCRM's hooks are sent below it: to the token, the kind of record and the event. */
export const HOOK_ROUTE = '/webhooks/webcrm/';
const TOKEN_OF = /\/webhooks\/webcrm\/([A-Za-z0-9_-]+)\//;
/** The token in the address of a hook of ours, whatever our own address was then; null: the hook is none of ours. */
export const tokenOfHook = (targetUrl: string): string | null => TOKEN_OF.exec(targetUrl)?.[1] ?? null;

/** The unguessable part of a hook's address. */
export const newHookToken = (runtime: Runtime): string => runtime.randomBytes(32).toString('base64url');

/** Where a relay sends signed Fortnox events. */
export const relayUrl = (publicUrl: string, { hookToken }: Pick<Tenant, 'hookToken'>): string =>
  `${publicUrl}/webhooks/fortnox/${hookToken}`;

export const tokenHash = (token: string): string => sha256(`hook/${token}`);

/** The tenant whose token of a hook's address it is, or was until a moment ago; null: nobody's. */
export async function tenantOfToken(
  store: Pick<Store, 'tenants' | 'fenced'>,
  token: string,
  caller: HookCaller,
  now: number,
): Promise<Tenant | null> {
  const tenant = await store.tenants.byHookToken(token);
  if (tenant !== null) return unlessGone(tenant);
  const former = (await store.fenced.get(FORMER_TOKEN_KIND, tokenHash(token)))?.value as Former | undefined;
  if (former === undefined) return null;
  const goodForMs = caller === 'webcrm' ? UNDER_WAY_MS : RELAY_MS;
  if (former.replacedAt !== null && now - former.replacedAt > goodForMs) return null;
  return unlessGone(await store.tenants.get(former.tenant));
}

const unlessGone = (tenant: Tenant | null): Tenant | null => (tenant?.state === 'removing' ? null : tenant);

/** The tenant is removed: nothing tells any more what its tokens were. */
export async function forgetTokens(store: Pick<Store, 'fenced'>, tenantId: string): Promise<void> {
  for (const { id, version, value } of await store.fenced.list(FORMER_TOKEN_KIND))
    if ((value as Former).tenant === tenantId) await store.fenced.delete(FORMER_TOKEN_KIND, id, version);
}

/** The hash of the token that is being replaced; null: none is. */
export async function rotationOf(store: Pick<Store, 'states'>, tenantId: string): Promise<string | null> {
  const state = (await store.states.get(tenantId, ROTATION)) as { former: string | null } | null;
  return state?.former ?? null;
}

/**
 * The tenant has a new token from now on, and the former one is accepted until `endRotation`. One that is under way already is gone on
 * with, wherever it was cut: no second token is made. Gives the tenant and the former token's hash.
 */
export async function beginRotation(
  store: Stored,
  tenant: Tenant,
  newToken: () => string,
  now: number,
): Promise<{ tenant: Tenant; former: string }> {
  const present = tokenHash(tenant.hookToken);
  const former = (await rotationOf(store, tenant.id)) ?? present;
  if (former !== present) return { tenant, former };
  // First, so that the former token is known before it is replaced.
  await putFormer(store, former, { tenant: tenant.id, replacedAt: null }, now);
  await store.states.put(tenant.id, ROTATION, { former }, now);
  const token = newToken();
  const changed = await changeTenant(store, tenant.id, () => ({ hookToken: token, updatedAt: now }));
  return { tenant: changed, former };
}

/** The hooks of the new token are there and verified. */
export async function endRotation(store: Stored, tenantId: string, former: string, now: number): Promise<void> {
  await putFormer(store, former, { tenant: tenantId, replacedAt: now }, now);
  await store.states.put(tenantId, ROTATION, { former: null }, now);
}

async function putFormer(store: Stored, hash: string, value: Former, now: number): Promise<void> {
  const present: Pick<Fenced, 'version'> | null = await store.fenced.get(FORMER_TOKEN_KIND, hash);
  if (await store.fenced.put(FORMER_TOKEN_KIND, hash, present?.version ?? 0, value, now)) return;
  throw new SyncError(
    'version-changed',
    "The token of the hooks' addresses is being replaced by somebody else: try again.",
  );
}
