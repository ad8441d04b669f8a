import { callTagged, get, ofTenant } from './api.ts';
import type { SettingsChange } from './settings.ts';
import type { Settings, Tenant } from './types.ts';

/** A tenant, and the tag that names the settings that it is shown with. */
export interface TaggedTenant extends Tenant {
  readonly settingsTag: string | null;
}

/** Raises `Problem`, also when it has gone. */
export async function readTenant(id: string, signal: AbortSignal): Promise<TaggedTenant> {
  const [tenant, { data: settings, tag: settingsTag }] = await Promise.all([
    get<Tenant>(ofTenant(id), signal),
    callTagged<Settings>(ofTenant(id, '/settings'), { signal }),
  ]);
  return { ...tenant, settings, settingsTag };
}

/**
 * Changes the settings, unless somebody else changed them since the tenant was read: then it raises `Problem` with the code
 * `precondition-failed`. `query` says what the administrator has confirmed.
 */
export async function storeSettings(
  tenant: TaggedTenant,
  change: SettingsChange,
  query: string,
): Promise<TaggedTenant> {
  const { data: settings, tag: settingsTag } = await callTagged<Settings>(ofTenant(tenant.id, `/settings${query}`), {
    method: 'PATCH',
    body: change,
    ...(tenant.settingsTag === null ? {} : { headers: { 'if-match': tenant.settingsTag } }),
  });
  return { ...tenant, settings, settingsTag };
}
