import type { BaseLogger } from 'pino';
import type { Tenant } from '../../schemas/records.ts';
import { SyncError } from '../errors/sync-error.ts';
import { type Runtime, within } from '../runtime.ts';
import { changeTenant } from '../store/change-tenant.ts';
import { every } from '../store/every.ts';
import type { Store } from '../store/port.ts';
import type { HooksRemoved } from './connect.ts';
import { forgetTokens } from './hook-tokens.ts';
import type { Hooks } from './hooks.ts';
import { tenantLine } from './lines.ts';

export interface RemovalDeps {
  readonly runtime: Runtime;
  readonly store: Store;
  readonly logger: Pick<BaseLogger, 'info'>;
  readonly hooks: Pick<Hooks, 'remove'>;
  readonly publicUrl: string;
  /** Ends all work of the tenant and forgets what is held of it in memory; resolves when none is under way. */
  readonly letGo: (tenantId: string) => Promise<void>;
}

export interface RemovalAsked {
  /** The tenant's name, as a person repeats it. */
  readonly name: string;
  /** Go on although webCRM does not remove our hooks. */
  readonly force?: boolean | undefined;
}

export interface RemovedTenant {
  readonly id: string;
  readonly name: string;
  readonly hooksRemoved: number;
  /** Hooks that webCRM still has, as `Entity:id`. */
  readonly hooksLeft: string[];
}

export interface Removal {
  /**
   * Stops the tenant, removes our hooks from webCRM, and deletes everything that is kept of it. Asked again it goes on where it was cut
   * short. Raises `not-found`, `conflict` for another name, `hooks-left` unless forced.
   */
  remove(id: string, asked: RemovalAsked, by?: string): Promise<RemovedTenant>;
  /** Goes on with every removal that was cut short. */
  finish(): Promise<void>;
}

const WORK_MS = 30_000;

export function createRemoval(deps: RemovalDeps): Removal {
  const { runtime, store, logger, hooks } = deps;

  async function stop(tenant: Tenant, by: string | undefined): Promise<void> {
    if (tenant.state !== 'connected') return;
    await changeTenant(store, tenant.id, () => ({
      state: 'paused',
      pausedReason: 'by-hand',
      updatedAt: runtime.now(),
    }));
    const message = 'Paused by hand: the tenant is to be removed.';
    await tenantLine(deps, { tenant: tenant.id, action: 'connection', message, reasons: ['by-hand'], by });
  }

  /** From here on there is no way back: whatever is cut short is finished later. */
  const mark = (id: string): Promise<Tenant> =>
    changeTenant(store, id, (present) => {
      if (present.state === 'connected')
        throw new SyncError('conflict', 'The tenant was connected again meanwhile, so it was not removed.');
      return { state: 'removing', pausedReason: null, fortnoxDatabaseNumber: null, updatedAt: runtime.now() };
    });

  async function end(id: string): Promise<void> {
    // What runs would write again what is deleted.
    if (!(await within(runtime, WORK_MS, deps.letGo(id))))
      throw new SyncError(
        'conflict',
        'Work that was under way for the tenant has not ended yet, and nothing else is begun: ask again in a minute.',
      );
    await forgetTokens(store, id);
    await store.tenants.remove(id);
  }

  return {
    async remove(id, asked, by) {
      const tenant = await store.tenants.get(id);
      if (tenant === null) throw new SyncError('not-found', 'There is no tenant with this id.');
      const { name } = tenant;
      if (asked.name.trim() !== name) throw anotherName();
      let done: HooksRemoved = { removed: 0, left: [], error: null };
      if (tenant.state !== 'removing') {
        await stop(tenant, by);
        done = await hooks.remove(tenant);
        if (isInTheWay(done) && asked.force !== true) throw hooksLeft(done, deps.publicUrl);
        await mark(id);
      }
      await end(id);
      const { removed: hooksRemoved, left } = done;
      logger.info({ tenant: id, hooksRemoved, hooksLeft: left.length }, 'a tenant was removed');
      return { id, name, hooksRemoved, hooksLeft: [...left] };
    },

    async finish() {
      for await (const { id, state } of every((page) => store.tenants.list(page))) {
        if (state !== 'removing') continue;
        await end(id);
        logger.info({ tenant: id }, 'a tenant was removed whose removal had been cut short');
      }
    },
  };
}

function anotherName(): SyncError {
  const message = 'repeat the name of the tenant, as it is written there';
  return new SyncError('conflict', `This is not the name of the tenant, so it was not removed: ${message}.`, {
    faults: [{ field: 'name', message }],
  });
}

/** Whoever never gave us webCRM's token has no hook of ours. */
const isInTheWay = ({ left, error }: HooksRemoved): boolean =>
  error !== null && (error.code !== 'credentials-missing' || left.length > 0);

function hooksLeft({ left, error }: HooksRemoved, publicUrl: string): SyncError {
  const which = `those that call ${publicUrl}/webhooks/webcrm/`;
  const faults = left.map((hook) => {
    const [entity, id] = hook.split(':');
    return { field: hook, message: `in webCRM's API: DELETE /${entity}/Hooks/${id}` };
  });
  return new SyncError(
    'hooks-left',
    `webCRM did not remove our hooks (${error?.code}), so the tenant was paused and nothing was deleted. Ask again when webCRM answers; or with force, and remove by hand in webCRM ${which}: what they call then answers 404.`,
    { cause: error, faults },
  );
}
