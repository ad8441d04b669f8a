import type { BaseLogger } from 'pino';
import { type ImportRun, PRIORITY, type Side, type Tenant } from '../../schemas/records.ts';
import { isSyncError, SyncError } from '../errors/sync-error.ts';
import type { Intake } from '../queue/types.ts';
import { newId, type Runtime, sleep } from '../runtime.ts';
import type { Store } from '../store/port.ts';
import type { Connections } from '../vendors/connections-types.ts';
import type { WebcrmOrganisation } from '../vendors/webcrm/types.ts';

export interface CustomerImportDeps {
  readonly runtime: Runtime;
  readonly store: { readonly imports: Store['imports']; readonly jobs: Pick<Store['jobs'], 'countImport'> };
  readonly connections: Pick<Connections, 'of'>;
  readonly intake: Intake;
  readonly logger: Pick<BaseLogger, 'info' | 'error'>;
}

export interface ImportProgress extends ImportRun {
  /** Jobs of the import that ended well. */
  readonly done: number;
  /** Jobs that are kept as failed. They do not hold the import open. */
  readonly dead: number;
}

export interface CustomerImport {
  /**
   * Begins to list both sides in the background; answers the stored run in state `listing`. Raises `conflict` while
   * another import of the tenant lists.
   */
  start(tenant: Tenant): Promise<ImportRun>;
  /** Raises `not-found`. The run is `done` when none of its jobs waits or runs. */
  progress(tenantId: string, id: string): Promise<ImportProgress>;
  /** Ends the listings, which are marked failed; jobs already queued stay. Waits 5 s at most. */
  stop(): Promise<void>;
}

const STOP_WAIT_MS = 5_000;

/** Brings every customer of both sides in step once: hints for all of them, behind everything live (R24). */
export function createCustomerImport(deps: CustomerImportDeps): CustomerImport {
  const { runtime, store, logger } = deps;
  const listing = new Map<string, { readonly id: string; readonly work: Promise<void> }>();
  let stopping = false;

  /** Lists, queues and keeps the run's document in step; never rejects. */
  async function run(tenant: Tenant, begun: ImportRun): Promise<void> {
    let total = 0;
    const queued = { webcrm: new Set<string>(), fortnox: new Set<string>() };

    async function queue(side: Side, ids: readonly string[]): Promise<void> {
      if (stopping)
        throw new SyncError('stopping', 'The service stopped while it listed the records. Start the import again.');
      // A record that moves between pages while they are read is listed twice.
      const fresh = [...new Set(ids)].filter((id) => !queued[side].has(id));
      if (fresh.length === 0) return;
      const common = {
        tenant: tenant.id,
        entity: 'customer',
        side,
        priority: PRIORITY.import,
        importId: begun.id,
      } as const;
      await deps.intake.accept(fresh.map((id) => ({ ...common, id })));
      for (const id of fresh) queued[side].add(id);
      total += fresh.length;
      await store.imports.put({ ...begun, total });
    }

    try {
      await listBoth(tenant, queue);
      await store.imports.put({ ...begun, state: 'running', total });
      logger.info({ tenant: tenant.id, import: begun.id, total }, 'an import has listed both sides');
    } catch (error) {
      logger.error({ err: error, tenant: tenant.id, import: begun.id }, 'an import could not list both sides');
      const why = isSyncError(error) ? error.message : 'An error on our side; the log has its stack under this import.';
      await fail({ ...begun, total }, why);
    }
  }

  async function listBoth(tenant: Tenant, queue: (side: Side, ids: readonly string[]) => Promise<void>): Promise<void> {
    const { webcrm, fortnox } = deps.connections.of(tenant.id);
    const types = new Set(tenant.settings.types.map(({ type }) => type));
    const numberField = tenant.settings.customFields.customerNumber;
    const covered = new Set<string>();
    await webcrm.listOrganisations(null, runtime.now(), PRIORITY.import, async (rows) => {
      const ours = rows.filter((row) => types.has(row.OrganisationType ?? ''));
      for (const row of ours) {
        const number = numberOf(row, numberField);
        if (number !== null) covered.add(number);
      }
      await queue(
        'webcrm',
        ours.map((row) => String(row.OrganisationId)),
      );
    });
    // The job of an organisation that holds the number reads both sides: a second job would only read them again.
    await fortnox.listCustomers(null, PRIORITY.import, (rows) =>
      queue(
        'fortnox',
        rows.map((row) => row.CustomerNumber).filter((number) => !covered.has(number)),
      ),
    );
  }

  async function fail(begun: ImportRun, why: string): Promise<ImportRun> {
    const failed: ImportRun = { ...begun, state: 'failed', finishedAt: runtime.now(), error: why };
    try {
      await store.imports.put(failed);
    } catch (error) {
      // `progress` finds a run that nobody lists any more, and says the same.
      logger.error({ err: error, tenant: begun.tenant, import: begun.id }, 'the end of an import could not be stored');
    }
    return failed;
  }

  async function start(tenant: Tenant): Promise<ImportRun> {
    if (stopping) throw new SyncError('stopping', 'The service is stopping. Start the import again afterwards.');
    if (listing.has(tenant.id))
      throw new SyncError('conflict', 'An import of this tenant is listing its records already.');
    const begun: ImportRun = {
      schema: 1,
      id: newId(runtime),
      tenant: tenant.id,
      state: 'listing',
      total: 0,
      startedAt: runtime.now(),
      finishedAt: null,
      error: null,
    };
    listing.set(tenant.id, { id: begun.id, work: Promise.resolve() });
    try {
      await store.imports.put(begun);
    } catch (error) {
      listing.delete(tenant.id);
      throw error;
    }
    const work = run(tenant, begun).finally(() => listing.delete(tenant.id));
    listing.set(tenant.id, { id: begun.id, work });
    return begun;
  }

  async function progress(tenantId: string, id: string): Promise<ImportProgress> {
    // Asked before the document is read: a listing that ends in between has then stored its new state.
    const active = listing.get(tenantId)?.id === id;
    let found = await store.imports.get(tenantId, id);
    if (found === null) throw new SyncError('not-found', `There is no import ${id}.`);
    const { open, dead } = await store.jobs.countImport(tenantId, id);
    if (found.state === 'listing' && !active) {
      found = await fail(found, 'The service stopped while it listed the records. Start the import again.');
    } else if (found.state === 'running' && open === dead) {
      found = { ...found, state: 'done', finishedAt: runtime.now() };
      await store.imports.put(found);
    }
    return { ...found, done: Math.max(0, found.total - open), dead };
  }

  return {
    start,
    progress,
    async stop() {
      stopping = true;
      const ended = new AbortController();
      const all = Promise.all([...listing.values()].map(({ work }) => work)).then(() => ended.abort());
      await Promise.race([all, sleep(runtime, STOP_WAIT_MS, ended.signal)]);
      ended.abort();
    },
  };
}

function numberOf(row: WebcrmOrganisation, field: string): string | null {
  const value = row[field];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}
