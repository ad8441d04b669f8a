import { PRIORITY } from '../../schemas/records.ts';
import { SyncError } from '../errors/sync-error.ts';
import { HOOK_PATHS } from '../intake/webcrm-hook.ts';
import type { WebcrmClient, WebcrmHook } from '../vendors/webcrm/types.ts';
import { type CheckItem, failed, passed } from './check-items.ts';
import { tokenOfHook } from './hook-tokens.ts';

const REMEDY =
  'Use the application token of another webCRM system, or the other tenant: one system belongs to one tenant.';

/** Whose token of a hook's address it is; null: nobody's of ours. */
export type TenantOfHook = (token: string) => Promise<string | null>;

/** All hooks that webCRM has of the kinds that we follow. */
export async function listAllHooks(webcrm: WebcrmClient): Promise<WebcrmHook[]> {
  const found: WebcrmHook[] = [];
  for (const entity of Object.values(HOOK_PATHS))
    found.push(...(await webcrm.listHooks(entity, PRIORITY.notification)));
  return found;
}

/**
 * Whether the system sends its changes to another of our tenants (R26). webCRM tells no identity of a system, and several tokens lead to
 * one: its hooks tell whose it is, whatever the token.
 */
async function isAnothers(hooks: readonly WebcrmHook[], tenant: string, ownerOf: TenantOfHook): Promise<boolean> {
  const tokens = new Set(hooks.map(({ TargetUrl }) => tokenOfHook(TargetUrl)));
  for (const token of tokens) {
    const owner = token === null ? null : await ownerOf(token);
    if (owner !== null && owner !== tenant) return true;
  }
  return false;
}

/** What the connection check tells of it. */
export async function checkSystem(
  hooks: readonly WebcrmHook[],
  tenant: string,
  ownerOf: TenantOfHook,
): Promise<CheckItem> {
  const name = 'webcrm-system';
  return (await isAnothers(hooks, tenant, ownerOf))
    ? failed(name, 'Another tenant is connected to this webCRM system already.', REMEDY)
    : passed(name, 'No other tenant is connected to this webCRM system.');
}

/** For a new token of a tenant that works: raises `another-company` before the token is stored. */
export async function refuseAnothers(webcrm: WebcrmClient, tenant: string, ownerOf: TenantOfHook): Promise<void> {
  const hooks = await webcrm.listHooks('Organisations', PRIORITY.notification);
  if (!(await isAnothers(hooks, tenant, ownerOf))) return;
  throw new SyncError(
    'another-company',
    `The token is of a webCRM system that another tenant is connected to; the former token stays. ${REMEDY}`,
  );
}
