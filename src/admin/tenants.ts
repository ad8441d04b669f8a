import type { PartialPut, Tenant } from '../../schemas/records.ts';
import { DEFAULT_SETTINGS } from '../../schemas/settings.ts';
import { isSyncError, SyncError } from '../errors/sync-error.ts';
import { newId, type Runtime } from '../runtime.ts';
import { changeTenant } from '../store/change-tenant.ts';
import type { Store } from '../store/port.ts';
import type { Connections, FortnoxGrant } from '../vendors/connections-types.ts';
import type { Vault } from '../vendors/vault.ts';
import type { WebcrmClient } from '../vendors/webcrm/types.ts';
import { type CheckResult, checkConnection } from './check.ts';
import { registerHooks, startCursors } from './connect.ts';
import { newHookToken, relayUrl, rotationOf, tenantOfToken } from './hook-tokens.ts';
import { tenantLine } from './lines.ts';
import type { PartChoice, Pauses } from './pauses.ts';
import { mergeSettings } from './settings-check.ts';
import { refuseOther } from './settings-tag.ts';
import { refuseAnothers } from './webcrm-system.ts';
import { rotateSecret } from './webhook-secret.ts';

export interface AdminDeps {
  runtime: Runtime;
  store: Store;
  vault: Vault;
  connections: Connections;
  worker: { wake(tenantId: string): void };
  pauses: Pick<Pauses, 'pause' | 'resume'>;
  config: { readonly publicUrl: string };
}
/** The address and secret for signed Fortnox webhooks; the secret is shown this once. */
export interface WebhookAccess {
  url: string;
  secret: string;
}
export type Admin = ReturnType<typeof createAdmin>;

/** A refusal of what the caller handed over is the caller's to mend, not a broken connection of the tenant's. */
async function asGiven(connecting: Promise<void>): Promise<void> {
  try {
    await connecting;
  } catch (error) {
    if (!isSyncError(error) || (error.code !== 'vendor-auth' && error.code !== 'reconnect-needed')) throw error;
    throw new SyncError('credentials-refused', error.message, { cause: error });
  }
}

/** What stopped for good is tried anew by whoever connects the tenant again, and has asked webCRM's support (R3). */
function triedAnew({ organisation, delivery, line, item }: Tenant['partialPut']): Tenant['partialPut'] {
  const anew = (found: PartialPut) => (found === 'broken' ? 'unknown' : found);
  return { organisation: anew(organisation), delivery: anew(delivery), line: anew(line), item: anew(item) };
}

/** What the API does with tenants; `by` names who asked, for the log. Every operation raises `not-found` for an unknown tenant. */
export function createAdmin(deps: AdminDeps) {
  const { runtime, store, vault, connections, worker, pauses, config } = deps;

  /** Gives the tenant or raises `not-found`. */
  async function getTenant(id: string): Promise<Tenant> {
    const tenant = await store.tenants.get(id);
    if (!tenant || tenant.state === 'removing') throw new SyncError('not-found', 'There is no tenant with this id.');
    return tenant;
  }

  const change = (id: string, make: (tenant: Tenant) => Partial<Tenant>): Promise<Tenant> =>
    changeTenant(store, id, (tenant) => ({ ...make(tenant), updatedAt: runtime.now() }));

  const say = (tenant: string, message: string, by?: string, reasons: string[] = []) =>
    tenantLine(deps, { tenant, action: 'connection', message, reasons, by });

  async function rotateWebhookSecret(id: string, by?: string): Promise<WebhookAccess> {
    const tenant = await getTenant(id);
    const secret = await rotateSecret(deps, id);
    await say(id, 'A new webhook secret was made.', by);
    return { url: relayUrl(config.publicUrl, tenant), secret };
  }

  async function claimCompany(id: string, databaseNumber: string): Promise<boolean> {
    if ((await getTenant(id)).fortnoxDatabaseNumber === databaseNumber) return true;
    try {
      await change(id, () => ({ fortnoxDatabaseNumber: databaseNumber }));
      return true;
    } catch (error) {
      if (isSyncError(error) && error.code === 'store-duplicate') return false;
      throw error;
    }
  }

  async function storeLineQuery(id: string, lineQuery: Tenant['lineQuery']): Promise<void> {
    if ((await getTenant(id)).lineQuery !== lineQuery) await change(id, () => ({ lineQuery }));
  }

  const tenantOfHook = async (token: string): Promise<string | null> =>
    (await tenantOfToken(store, token, 'webcrm', runtime.now()))?.id ?? null;

  /** Tries the connection; writes nothing at the vendors. */
  async function check(id: string): Promise<CheckResult> {
    return checkConnection({ vault, connections, claimCompany, storeLineQuery, tenantOfHook }, await getTenant(id));
  }

  return {
    getTenant,
    rotateWebhookSecret,
    check,

    async createTenant(name: string, by?: string): Promise<{ tenant: Tenant; webhook: WebhookAccess }> {
      const now = runtime.now();
      const tenant: Tenant = {
        schema: 4,
        id: newId(runtime),
        name,
        state: 'new',
        pausedReason: null,
        pausedParts: [],
        settings: DEFAULT_SETTINGS,
        hookToken: newHookToken(runtime),
        fortnoxDatabaseNumber: null,
        partialPut: { organisation: 'unknown', delivery: 'unknown', line: 'unknown', item: 'unknown' },
        webcrmHookIds: [],
        lineQuery: 'unknown',
        hold: null,
        version: 1,
        createdAt: now,
        updatedAt: now,
      };
      await store.tenants.insert(tenant);
      return { tenant, webhook: await rotateWebhookSecret(tenant.id, by) };
    },

    /**
     * A partial change; raises `invalid-settings` with each faulty field, and `precondition-failed` when `ifMatch` is given and names other
     * settings than there are now.
     */
    async updateSettings(id: string, wanted: unknown, by?: string, ifMatch?: string): Promise<Tenant> {
      let before = (await getTenant(id)).settings;
      const tenant = await change(id, (present) => {
        if (ifMatch !== undefined) refuseOther(present.settings, ifMatch);
        before = present.settings;
        return { settings: mergeSettings(present.settings, wanted) };
      });
      const changes = Object.entries(tenant.settings)
        .map(([field, value]) => ({
          field,
          before: JSON.stringify(before[field as keyof typeof before]),
          after: JSON.stringify(value),
        }))
        .filter((entry) => entry.before !== entry.after);
      if (changes.length > 0) {
        const names = changes.map((entry) => entry.field).join(', ');
        await tenantLine(deps, {
          tenant: id,
          action: 'settings',
          message: `Settings were changed: ${names}.`,
          changes,
          by,
        });
        worker.wake(id);
      }
      return tenant;
    },

    /**
     * Logs in with the token and keeps it sealed; raises `credentials-refused` when webCRM does not accept it, and `another-company` when a
     * tenant that works is given the token of another tenant's system (R26). One that does not work yet is checked before it is connected.
     */
    async setWebcrmToken(id: string, applicationToken: string, by?: string): Promise<void> {
      const { state } = await getTenant(id);
      const look = (webcrm: WebcrmClient) => refuseAnothers(webcrm, id, tenantOfHook);
      await asGiven(connections.connectWebcrm(id, applicationToken, state === 'new' ? undefined : look));
      await say(id, 'webCRM accepted a new application token.', by);
    },

    /** Exchanges the grant and keeps the tokens sealed; raises `credentials-refused` or `another-company` when refused (R26). */
    async setFortnoxGrant(id: string, grant: FortnoxGrant, by?: string): Promise<void> {
      const { fortnoxDatabaseNumber } = await getTenant(id);
      await asGiven(connections.connectFortnox(id, grant, fortnoxDatabaseNumber));
      await say(id, 'Fortnox accepted a new grant.', by);
    },

    async credentials(id: string): Promise<readonly { name: string; updatedAt: number }[]> {
      await getTenant(id);
      return vault.list(id);
    },

    /** Starts the synchronisation when the check passes; raises `conflict` with the failed items when it does not. */
    async connect(id: string, by?: string): Promise<{ tenant: Tenant; check: CheckResult }> {
      const result = await check(id);
      if (!result.ok) {
        const faults = result.items
          .filter((item) => !item.ok)
          .map(({ name, message, remedy }) => ({ field: name, message: `${message} ${remedy}` }));
        await say(
          id,
          `Not connected: ${faults.map((fault) => fault.message).join(' ')}`,
          by,
          faults.map((fault) => fault.field),
        );
        throw new SyncError('conflict', 'The connection check does not pass: see the faults.', { faults });
      }
      const present = await getTenant(id);
      // Cursors before hooks: what changes in between is then found by the first poll.
      await startCursors(store, runtime, connections.of(id), present);
      const { ids: webcrmHookIds } = await registerHooks(
        connections.of(id).webcrm,
        config.publicUrl,
        present.hookToken,
        await rotationOf(store, id),
      );
      const tenant = await change(id, ({ partialPut }) => ({
        state: 'connected',
        pausedReason: null,
        webcrmHookIds,
        partialPut: triedAnew(partialPut),
      }));
      await say(id, 'Connected: changes are synchronised from now on.', by);
      worker.wake(id);
      return { tenant, check: result };
    },

    /**
     * Stops the tenant's jobs, or with `part` only the writes of a kind of record or to one side; hints are still stored. Raises
     * `conflict` when the whole of it was never connected, `invalid-body` for a part that does not exist.
     */
    async pause(id: string, by?: string, part?: PartChoice): Promise<Tenant> {
      if (part !== undefined) return pauses.pause(id, part, by);
      const tenant = await change(id, (present) => {
        if (present.state === 'new')
          throw new SyncError('conflict', 'The tenant is not connected yet, so there is nothing to pause.');
        return { state: 'paused', pausedReason: 'by-hand' };
      });
      await say(id, 'Paused by hand.', by, ['by-hand']);
      return tenant;
    },

    /**
     * Goes on after a pause of any reason; parts that are paused stay so. With `part` ends the pauses that lie within it. Raises as
     * `pause`.
     */
    async resume(id: string, by?: string, part?: PartChoice): Promise<Tenant> {
      if (part !== undefined) return pauses.resume(id, part, by);
      const tenant = await change(id, (present) => {
        if (present.state === 'new')
          throw new SyncError('conflict', 'The tenant is not connected yet: connect it first.');
        return { state: 'connected', pausedReason: null };
      });
      await say(id, 'Resumed by hand.', by);
      worker.wake(id);
      return tenant;
    },
  };
}
