import type { ComponentChildren } from 'preact';
import { Problem } from '../lib/api.ts';
import type { SettingsChange } from '../lib/settings.ts';
import { storeSettings, type TaggedTenant } from '../lib/tenant.ts';
import { useModeChange } from './mode-change.tsx';

export interface StoreSettingsProps {
  readonly tenant: TaggedTenant;
  readonly setTenant: (tenant: TaggedTenant) => void;
  readonly reload: () => Promise<unknown>;
}

/**
 * Stores changes of the tenant's settings: a change of mode once its consequences were seen. When somebody else changed them
 * since they were read, nothing is stored, theirs are shown with what was typed here still beside them, and the problem is raised.
 */
export function useStoreSettings({ tenant, setTenant, reload }: StoreSettingsProps): {
  /** False when the person thinks better of it. Raises `Problem`. */
  store(change: SettingsChange): Promise<boolean>;
  readonly dialog: ComponentChildren;
} {
  const mode = useModeChange(tenant);
  return {
    dialog: mode.dialog,
    async store(change) {
      const query = await mode.ask(change.documentMode);
      if (query === null) return false;
      try {
        setTenant(await storeSettings(tenant, change, query));
      } catch (error) {
        if (error instanceof Problem && error.code === 'precondition-failed') await reload();
        throw error;
      }
      return true;
    },
  };
}
