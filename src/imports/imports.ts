import type { BaseLogger } from 'pino';
import {
  IMPORT_KINDS,
  type ImportDirection,
  type ImportKind,
  type ImportOutcome,
  type ImportRun,
  type Listed,
} from '../../schemas/imports.ts';
import type { Side, Tenant } from '../../schemas/records.ts';
import { SyncError } from '../errors/sync-error.ts';
import { newId } from '../runtime.ts';
import type { Page, PageRequest } from '../store/port.ts';
import { stretchNow } from '../sync/listed.ts';
import { createDriver, type DriverDeps, mayRun, waitsForParts } from './driver.ts';
import { firstStep, type Phase, stepOf, storedStep } from './step.ts';
import { type ImportProgress, progressOf } from './view.ts';
import { openKeys } from './work.ts';

export interface ImportsDeps extends DriverDeps {
  readonly logger: Pick<BaseLogger, 'info' | 'warn' | 'error'>;
}

export interface ImportOptions {
  /** What is covered; articles and customers when not given. */
  readonly kinds?: readonly ImportKind[] | undefined;
  /** `both` when not given. */
  readonly direction?: ImportDirection | undefined;
  /** Calendar date from which on documents count; the tenant's start date when not given. */
  readonly from?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

export interface RecordsFilter extends PageRequest {
  readonly kind?: ImportKind | undefined;
  readonly side?: Side | undefined;
  readonly outcome?: ImportOutcome | undefined;
}

/** The imports of all tenants (B3, C5). One is active for a tenant at a time. Unknown ids raise `not-found`. */
export interface Imports {
  /**
   * Begins to list both sides in the background. Raises `conflict` while another import is active, or the tenant is not connected;
   * a dry run may come before the first connection.
   */
  begin(tenant: Tenant, options: ImportOptions): Promise<ImportProgress>;
  list(tenantId: string, page: PageRequest): Promise<Page<ImportProgress>>;
  progress(tenantId: string, id: string): Promise<ImportProgress>;
  /** What was listed, with what would be or was done; kept until the run is done, or seven days. */
  records(tenantId: string, id: string, filter: RecordsFilter): Promise<Page<Listed>>;
  /** Makes a run of a dry run that is `ready`; an old one lists anew first. Raises `conflict` in every other state. */
  start(tenant: Tenant, id: string): Promise<ImportProgress>;
  /** Takes back the jobs that wait. What runs ends by itself. Raises `conflict` when the import is not active. */
  stop(tenantId: string, id: string): Promise<ImportProgress>;
  /** Goes on where it was stopped. Raises `conflict` when it is not `stopped`. */
  resume(tenant: Tenant, id: string): Promise<ImportProgress>;
  /** Goes on with the tenant's import that a stop of the service, a crash or a move to this instance cut off. */
  startUp(tenantId: string): Promise<void>;
  /** Tenants that are no longer ours: interrupts their imports; waits 5 s at most. */
  letGo(isTheirs: (tenantId: string) => boolean): Promise<void>;
  /** Forgets what dry runs and stopped imports listed over seven days ago. */
  expire(): Promise<void>;
  /** Lets go of what is at work, to go on at the next start. Waits 5 s at most. */
  shutDown(): Promise<void>;
}

const DEFAULT_KINDS: readonly ImportKind[] = ['article', 'customer'];
/** A list that is older is read anew before a dry run is started: what changed since would be written over. */
const LIST_GOOD_FOR_MS = 10 * 60_000;

export function createImports(deps: ImportsDeps): Imports {
  const { runtime, store, connections } = deps;
  const driver = createDriver(deps);

  const view = async (run: ImportRun): Promise<ImportProgress> => {
    const tenant = await store.tenants.get(run.tenant);
    const budgets = ACTIVE.has(run.state) ? connections.of(run.tenant).budgets() : null;
    const goesOn = run.state !== 'done' && run.state !== 'failed';
    return progressOf(store, run, runtime.now(), {
      budgets,
      paused: tenant && goesOn ? waitsForParts(tenant, run) : [],
    });
  };

  async function get(tenantId: string, id: string): Promise<ImportRun> {
    const run = await store.imports.get(tenantId, id);
    if (run === null) throw new SyncError('not-found', `There is no import ${id}.`);
    return run;
  }

  async function inState(tenantId: string, id: string, wanted: ImportRun['state'], remedy: string): Promise<ImportRun> {
    const run = await get(tenantId, id);
    if (run.state !== wanted) throw new SyncError('conflict', `The import is ${run.state}, not ${wanted}. ${remedy}`);
    return run;
  }

  /** Claims the tenant's one place, stores the run and sets it to work. */
  async function activate(tenant: Tenant, run: ImportRun): Promise<ImportProgress> {
    if (!mayRun(tenant, run))
      throw new SyncError('conflict', 'The tenant is not connected: connect or resume it first.');
    await driver.drive(tenant.id, run);
    return view(run);
  }

  return {
    begin: (tenant, options) =>
      activate(tenant, {
        schema: 2,
        id: newId(runtime),
        tenant: tenant.id,
        kinds: IMPORT_KINDS.filter((kind) => (options.kinds ?? DEFAULT_KINDS).includes(kind)),
        direction: options.direction ?? 'both',
        from: options.from ?? null,
        dryRun: options.dryRun ?? false,
        ...listingAnew(),
        startedAt: runtime.now(),
        runningSince: null,
        finishedAt: null,
        error: null,
      }),
    async list(tenantId, page) {
      const { items, next } = await store.imports.list(tenantId, page);
      return { items: await Promise.all(items.map(view)), next };
    },
    progress: async (tenantId, id) => view(await get(tenantId, id)),
    async records(tenantId, id, filter) {
      await get(tenantId, id);
      return store.listed.list(tenantId, id, filter);
    },
    async start(tenant, id) {
      const run = await inState(tenant.id, id, 'ready', 'Only a dry run that is ready can be started.');
      const now = runtime.now();
      const listedIn = stretchNow(deps, tenant);
      // Connecting after the dry run, and settings that were chosen by it, are no break: so soon the list is good whatever became of the tenant.
      const isFresh = now - (run.finishedAt ?? 0) < LIST_GOOD_FOR_MS && run.listedIn?.works === listedIn.works;
      const next = isFresh
        ? ({ state: 'running', step: storedStep(firstStep('running')), runningSince: now, listedIn } as const)
        : listingAnew();
      return activate(tenant, { ...run, ...next, dryRun: false, finishedAt: null });
    },
    async stop(tenantId, id) {
      const { state } = await get(tenantId, id);
      if (!ACTIVE.has(state)) throw new SyncError('conflict', `The import is ${state}: there is nothing to stop.`);
      await driver.halt(tenantId, id);
      try {
        const run = await get(tenantId, id);
        if (!ACTIVE.has(run.state)) return view(run);
        const stopped: ImportRun = { ...run, state: 'stopped', finishedAt: runtime.now() };
        const step = stepOf(run);
        const left = [...new Set([...step.left, ...(await openKeys({ store }, run))])];
        const kept: ImportRun = { ...stopped, step: storedStep({ ...step, left }) };
        await store.imports.put(kept);
        await store.jobs.cancelImport(tenantId, id);
        return await view(kept);
      } catch (error) {
        driver.goOnSoon(tenantId);
        throw error;
      }
    },
    async resume(tenant, id) {
      const run = await inState(tenant.id, id, 'stopped', 'Only a stopped import can be resumed.');
      const { phase } = stepOf(run);
      // The time that it stood still is not part of its rate.
      const ran = (run.finishedAt ?? 0) - (run.runningSince ?? 0);
      const runningSince = run.runningSince === null ? null : runtime.now() - ran;
      return activate(tenant, { ...run, state: phase, runningSince, finishedAt: null, error: null });
    },
    startUp: driver.startUp,
    letGo: driver.letGo,
    expire: driver.expire,
    shutDown: driver.shutDown,
  };
}

const ACTIVE: ReadonlySet<ImportRun['state']> = new Set<Phase>(['listing', 'comparing', 'running']);

const listingAnew = () =>
  ({ state: 'listing', total: 0, compared: 0, queued: 0, counts: {}, step: storedStep(firstStep('listing')) }) as const;
