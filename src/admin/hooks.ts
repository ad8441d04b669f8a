import type { BaseLogger } from 'pino';
import type { Tenant } from '../../schemas/records.ts';
import { isSyncError, type SyncError } from '../errors/sync-error.ts';
import { spreadOf } from '../hash.ts';
import { type Runtime, within } from '../runtime.ts';
import { changeTenant } from '../store/change-tenant.ts';
import type { Store } from '../store/port.ts';
import type { Connections } from '../vendors/connections-types.ts';
import { createMutex } from '../vendors/mutex.ts';
import { type HooksRemoved, registerHooks, removeHooks } from './connect.ts';
import { beginRotation, endRotation, newHookToken, relayUrl, rotationOf } from './hook-tokens.ts';
import { tenantLine } from './lines.ts';

export interface HooksDeps {
  readonly runtime: Runtime;
  readonly store: Store;
  readonly connections: Pick<Connections, 'of'>;
  readonly publicUrl: string;
  readonly logger: Pick<BaseLogger, 'info' | 'warn'>;
  /** Whose hooks are looked after here; everybody's when not given. */
  readonly owns?: (tenantId: string) => boolean;
  /** Told when webCRM no longer accepts the tenant's credentials. */
  readonly onAuthFailure: (tenant: Tenant, error: SyncError) => Promise<void>;
}

/** Where webCRM's hooks of a tenant call now. */
export interface RotatedHooks {
  /** Hooks at webCRM that were verified with the new token. */
  readonly hooks: number;
  /** For a relay of signed Fortnox events. */
  readonly url: string;
}

export interface Hooks {
  /** Sees that webCRM has our hooks, and registers those that are lost; says in the activity when some were. */
  verify(tenant: Tenant): Promise<void>;
  /**
   * Gives the hooks' addresses a new token. The former one is accepted until webCRM shows the new hooks, so that no change is missed; when
   * that fails it raises, and `look` goes on with it.
   */
  rotate(tenant: Tenant, by?: string): Promise<RotatedHooks>;
  /** Removes them from webCRM: the tenant has stopped, and is about to be removed. */
  remove(tenant: Tenant): Promise<HooksRemoved>;
  /** Asked several times an hour for each tenant that is connected: verifies in the background when it is time. Raises nothing. */
  look(tenant: Tenant): void;
  /** Tenants that are no longer ours: resolves when none of them is being verified by `look`. */
  letGo(isTheirs: (tenantId: string) => boolean): Promise<void>;
  /** Waits 5 s at most for what is under way; what was waiting for its turn is left to the next start. */
  stop(): Promise<void>;
}

const PERIOD_MS = 6 * 3_600_000;
const STOP_WAIT_MS = 5_000;

/** Moments on the clock at which a tenant's hooks are verified, spread by a hash: the number of the last one. */
const periodOf = (tenantId: string, now: number): number => Math.floor(now / PERIOD_MS + spreadOf(`hooks/${tenantId}`));

/** Keeps webCRM's hooks healthy: who works in webCRM may switch them off or delete them, and it tells nobody (S2). */
export function createHooks(deps: HooksDeps): Hooks {
  const { runtime, store, logger, owns = () => true } = deps;
  /** One tenant at a time: a token is never rotated while its hooks are compared, and a thousand tenants are no burst. */
  const inTurn = createMutex();
  const periods = new Map<string, number>();
  /** Tried again at each look. */
  const unfinished = new Set<string>();
  let present: { readonly tenantId: string; readonly work: Promise<void> } | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let stopping = false;

  const say = (tenant: string, message: string, reasons: string[], by?: string) =>
    tenantLine({ store, runtime }, { tenant, action: 'connection', message, reasons, by });

  async function register(tenant: Tenant, former: string | null): Promise<{ ids: string[]; made: number }> {
    const { webcrm } = deps.connections.of(tenant.id);
    const { ids, made } = await registerHooks(webcrm, deps.publicUrl, tenant.hookToken, former);
    // Verified and found healthy: the tenant is what it was, and nothing was missed.
    const isAsKept = made === 0 && [...ids].sort().join() === [...tenant.webcrmHookIds].sort().join();
    if (!isAsKept) await changeTenant(store, tenant.id, () => ({ webcrmHookIds: ids, updatedAt: runtime.now() }));
    return { ids, made };
  }

  async function verifyNow(tenantId: string): Promise<void> {
    // As it is at its turn.
    const tenant = await store.tenants.get(tenantId);
    if (tenant?.state !== 'connected') return;
    const former = await rotationOf(store, tenantId);
    if (former !== null) {
      await finish(tenantId);
      return;
    }
    const { ids, made } = await register(tenant, null);
    if (made === 0) return;
    await say(
      tenantId,
      `${made} of ${ids.length} hooks were missing or switched off in webCRM and are registered again. What changed meanwhile is found by the polls, and by the nightly comparison.`,
      ['hooks-lost'],
    );
  }

  async function finish(tenantId: string, by?: string): Promise<RotatedHooks> {
    unfinished.add(tenantId);
    const present = await store.tenants.get(tenantId);
    if (present === null) throw new Error(`no tenant ${tenantId}`);
    const { tenant, former } = await beginRotation(store, present, () => newHookToken(runtime), runtime.now());
    // A tenant that was never connected has none.
    const ids = tenant.state === 'new' ? [] : (await register(tenant, former)).ids;
    await endRotation(store, tenantId, former, runtime.now());
    unfinished.delete(tenantId);
    await say(
      tenantId,
      `The token in the addresses of webCRM's hooks was replaced: ${ids.length} hooks are registered with the new one and verified, and the former ones are removed.`,
      ['hooks-rotated'],
      by,
    );
    return { hooks: ids.length, url: relayUrl(deps.publicUrl, tenant) };
  }

  async function verifyQuietly(tenant: Tenant): Promise<void> {
    // Its turn may come after the tenant has moved: then its owner looks after it.
    if (stopping || !owns(tenant.id)) return;
    try {
      await verifyNow(tenant.id);
    } catch (error) {
      unfinished.add(tenant.id);
      if (isSyncError(error) && error.retry === 'auth') await deps.onAuthFailure(tenant, error);
      else logger.warn({ err: error, tenant: tenant.id }, "webCRM's hooks could not be verified; it is tried again");
      return;
    }
    unfinished.delete(tenant.id);
  }

  return {
    verify: ({ id }) => inTurn(() => verifyNow(id)),
    rotate: ({ id }, by) => inTurn(() => finish(id, by)),
    remove: (tenant) =>
      inTurn(async () => {
        const { id } = tenant;
        const { webcrm } = deps.connections.of(id);
        // As they are at its turn.
        const { hookToken, webcrmHookIds } = (await store.tenants.get(id)) ?? tenant;
        const done = await removeHooks(webcrm, hookToken, await rotationOf(store, id), webcrmHookIds);
        periods.delete(id);
        unfinished.delete(id);
        return done;
      }),
    look(tenant) {
      const period = periodOf(tenant.id, runtime.now());
      const before = periods.get(tenant.id) ?? period;
      periods.set(tenant.id, period);
      if (period === before && !unfinished.has(tenant.id)) return;
      unfinished.delete(tenant.id);
      last = inTurn(async () => {
        const work = verifyQuietly(tenant).catch((error: unknown) =>
          logger.warn({ err: error, tenant: tenant.id }, "webCRM's hooks could not be verified; it is tried again"),
        );
        present = { tenantId: tenant.id, work };
        await work;
        present = null;
      });
    },
    async letGo(isTheirs) {
      if (present !== null && isTheirs(present.tenantId)) await present.work;
    },
    async stop() {
      stopping = true;
      await within(runtime, STOP_WAIT_MS, last);
    },
  };
}
