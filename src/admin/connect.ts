import { type Entity, PRIORITY, SIDES, type Tenant } from '../../schemas/records.ts';
import { isSyncError, SyncError } from '../errors/sync-error.ts';
import { pollCursor } from '../intake/cursors.ts';
import { followed } from '../intake/followed.ts';
import { HOOK_PATHS } from '../intake/webcrm-hook.ts';
import type { Runtime } from '../runtime.ts';
import type { Store } from '../store/port.ts';
import type { TenantConnection } from '../vendors/connections-types.ts';
import type { HookedEntity, WebcrmClient, WebcrmHook } from '../vendors/webcrm/types.ts';
import { HOOK_ROUTE, tokenHash, tokenOfHook } from './hook-tokens.ts';

const HOOK_EVENTS = ['Create', 'Update', 'Delete'] as const;
/** Followed from their beginning: their first poll reads all of them (A1). */
const FROM_THE_BEGINNING: readonly Entity[] = ['article'];

/** What was found and done at webCRM. */
export interface RegisteredHooks {
  /** Of all hooks that are ours, as `Entity:id`. */
  readonly ids: string[];
  /** How many of them were not there. */
  readonly made: number;
}

/**
 * Sees that webCRM has one enabled hook for each entity and event (webCRM allows one event a hook). A hook that is there already is
 * kept; a disabled one is replaced. Hooks of other addresses with the tenant's token, such as those of earlier releases, and those with
 * the token of hash `former`, are removed once webCRM shows all new ones. Raises `vendor-failed` when it does not show them.
 */
export async function registerHooks(
  webcrm: WebcrmClient,
  publicUrl: string,
  hookToken: string,
  former: string | null = null,
): Promise<RegisteredHooks> {
  const ids: string[] = [];
  const superfluous: [HookedEntity, string][] = [];
  let made = 0;
  for (const [path, entity] of Object.entries(HOOK_PATHS)) {
    const base = `${publicUrl}${HOOK_ROUTE}${hookToken}/${path}`;
    const ours = await oursAt(webcrm, entity, hookToken, former);
    const present = await registerEntity(webcrm, entity, base, ours);
    made += present.made;
    ids.push(...present.ids.map((id) => `${entity}:${id}`));
    for (const { Id } of ours) if (!present.ids.includes(String(Id))) superfluous.push([entity, String(Id)]);
  }
  for (const [entity, id] of superfluous) await webcrm.deleteHook(entity, id, PRIORITY.notification);
  return { ids, made };
}

/** The hooks that bear the tenant's token, or the one of hash `former`. */
async function oursAt(webcrm: WebcrmClient, entity: HookedEntity, hookToken: string, former: string | null) {
  return (await webcrm.listHooks(entity, PRIORITY.notification)).filter(({ TargetUrl }) => {
    const token = tokenOfHook(TargetUrl);
    return token !== null && (token === hookToken || tokenHash(token) === former);
  });
}

/** What became of the hooks of a tenant that is removed. */
export interface HooksRemoved {
  readonly removed: number;
  /** Those that are still there as far as is known, as `Entity:id`. */
  readonly left: readonly string[];
  /** Why webCRM did not remove them all. */
  readonly error: SyncError | null;
}

/** Removes all hooks that are ours at webCRM; `known` are those that were registered last. What webCRM raises is given, not raised. */
export async function removeHooks(
  webcrm: WebcrmClient,
  hookToken: string,
  former: string | null,
  known: readonly string[],
): Promise<HooksRemoved> {
  const found: [HookedEntity, string][] = [];
  let left = known;
  let removed = 0;
  try {
    for (const entity of Object.values(HOOK_PATHS))
      for (const { Id } of await oursAt(webcrm, entity, hookToken, former)) found.push([entity, String(Id)]);
    left = found.map(([entity, id]) => `${entity}:${id}`);
    for (const [entity, id] of found) {
      await webcrm.deleteHook(entity, id, PRIORITY.notification);
      removed += 1;
      left = left.slice(1);
    }
    return { removed, left, error: null };
  } catch (error) {
    if (!isSyncError(error)) throw error;
    return { removed, left, error };
  }
}

async function registerEntity(
  webcrm: WebcrmClient,
  entity: HookedEntity,
  base: string,
  ours: readonly WebcrmHook[],
): Promise<{ ids: readonly string[]; made: number }> {
  const ids = new Set<string>();
  let made = 0;
  for (const event of HOOK_EVENTS) {
    const url = `${base}/${event.toLowerCase()}`;
    const kept = ours.find((hook) => hook.TargetUrl === url && hook.IsEnabled && (hook.EventType ?? event) === event);
    if (kept === undefined) made += 1;
    ids.add(kept ? String(kept.Id) : await webcrm.createHook(entity, event, url, PRIORITY.notification));
  }
  if (made > 0) {
    const shown = (await webcrm.listHooks(entity, PRIORITY.notification)).filter(({ IsEnabled }) => IsEnabled);
    const missing = [...ids].filter((id) => !shown.some(({ Id }) => String(Id) === id));
    if (missing.length > 0)
      throw new SyncError(
        'vendor-failed',
        `webCRM accepted hooks of ${entity} and does not show them: ${missing.join(', ')}. Connect again, or look at its list of hooks.`,
      );
  }
  return { ids: [...ids], made };
}

/**
 * Polls of a tenant begin at its first connection; a later one goes on where the last poll ended, so that nothing is skipped. They
 * begin by each vendor's own clock, which the connection check has just heard (R74), by ours where a vendor tells no time.
 */
export async function startCursors(
  store: Pick<Store, 'cursors'>,
  runtime: Pick<Runtime, 'now'>,
  vendors: Pick<TenantConnection, 'vendorNow'>,
  tenant: Tenant,
): Promise<void> {
  for (const side of SIDES) {
    const now = vendors.vendorNow(side) ?? runtime.now();
    for (const entity of followed(tenant, side)) {
      const name = pollCursor(side, entity);
      if (FROM_THE_BEGINNING.includes(entity) || (await store.cursors.get(tenant.id, name)) !== null) continue;
      await store.cursors.put(tenant.id, name, now);
    }
  }
}
