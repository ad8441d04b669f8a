import { type Entity, PRIORITY, type Side, type Tenant } from '../../schemas/records.ts';
import { followed } from '../intake/followed.ts';
import { pollCursor } from '../intake/poller.ts';
import { HOOK_PATHS } from '../intake/webcrm-hook.ts';
import type { Runtime } from '../runtime.ts';
import type { Store } from '../store/port.ts';
import type { HookedEntity, WebcrmClient } from '../vendors/webcrm/types.ts';

const HOOK_EVENTS = ['Create', 'Update', 'Delete'] as const;
const SIDES: readonly Side[] = ['webcrm', 'fortnox'];
/** Followed from their beginning: their first poll reads all of them (A1). */
const FROM_THE_BEGINNING: readonly Entity[] = ['article'];

/**
 * Sees that webCRM has one enabled hook for each entity and event (webCRM allows one event a hook) and gives back their
 * ids as `Entity:id`. A hook that is there already is kept; a disabled one is replaced. Hooks of other addresses with the
 * tenant's token, such as those of earlier releases, are removed once the new ones are there.
 */
export async function registerHooks(webcrm: WebcrmClient, publicUrl: string, hookToken: string): Promise<string[]> {
  const ids: string[] = [];
  for (const [path, entity] of Object.entries(HOOK_PATHS)) {
    ids.push(...(await registerEntity(webcrm, entity, `/webhooks/webcrm/${hookToken}/`, publicUrl, path)));
  }
  return ids;
}

async function registerEntity(
  webcrm: WebcrmClient,
  entity: HookedEntity,
  ourPath: string,
  publicUrl: string,
  path: string,
): Promise<string[]> {
  const ours = (await webcrm.listHooks(entity, PRIORITY.notification)).filter((hook) =>
    hook.TargetUrl.includes(ourPath),
  );
  const ids = new Set<string>();
  for (const event of HOOK_EVENTS) {
    const url = `${publicUrl}${ourPath}${path}/${event.toLowerCase()}`;
    const kept = ours.find((hook) => hook.TargetUrl === url && hook.IsEnabled && (hook.EventType ?? event) === event);
    ids.add(kept ? String(kept.Id) : await webcrm.createHook(entity, event, url, PRIORITY.notification));
  }
  for (const hook of ours) {
    if (!ids.has(String(hook.Id))) await webcrm.deleteHook(entity, String(hook.Id), PRIORITY.notification);
  }
  return [...ids].map((id) => `${entity}:${id}`);
}

/** Polls of a tenant begin at its first connection; a later one goes on where the last poll ended, so that nothing is skipped. */
export async function startCursors(store: Pick<Store, 'cursors'>, runtime: Runtime, tenant: Tenant): Promise<void> {
  for (const side of SIDES) {
    for (const entity of followed(tenant, side)) {
      const name = pollCursor(side, entity);
      if (FROM_THE_BEGINNING.includes(entity) || (await store.cursors.get(tenant.id, name)) !== null) continue;
      await store.cursors.put(tenant.id, name, runtime.now());
    }
  }
}
