import { PRIORITY, type Side, type Tenant } from '../../schemas/records.ts';
import { pollCursor } from '../intake/poller.ts';
import type { Runtime } from '../runtime.ts';
import type { Store } from '../store/port.ts';
import type { WebcrmClient } from '../vendors/webcrm/types.ts';

export const HOOK_EVENTS = ['Create', 'Update', 'Delete'] as const;
const SIDES: readonly Side[] = ['webcrm', 'fortnox'];

/**
 * Sees that webCRM has one enabled hook for each event (webCRM allows one event a hook) and gives back their ids.
 * A hook that is there already is kept; a disabled one is replaced.
 */
export async function registerHooks(webcrm: WebcrmClient, publicUrl: string, hookToken: string): Promise<string[]> {
  const present = await webcrm.listHooks(PRIORITY.notification);
  const ids: string[] = [];
  for (const event of HOOK_EVENTS) {
    const url = `${publicUrl}/webhooks/webcrm/${hookToken}/${event.toLowerCase()}`;
    const same = present.filter((hook) => hook.TargetUrl === url);
    const kept = same.find((hook) => hook.IsEnabled && (hook.EventType ?? event) === event);
    for (const hook of same) if (hook !== kept) await webcrm.deleteHook(String(hook.Id), PRIORITY.notification);
    ids.push(kept ? String(kept.Id) : await webcrm.createHook(event, url, PRIORITY.notification));
  }
  return ids;
}

/** Polls of a tenant begin at its first connection; a later one goes on where the last poll ended, so that nothing is skipped. */
export async function startCursors(store: Pick<Store, 'cursors'>, runtime: Runtime, tenant: Tenant): Promise<void> {
  for (const side of SIDES) {
    const name = pollCursor(side);
    if ((await store.cursors.get(tenant.id, name)) === null) await store.cursors.put(tenant.id, name, runtime.now());
  }
}
