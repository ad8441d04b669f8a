import type { BaseLogger } from 'pino';
import type { Tenant } from '../../schemas/records.ts';
import { type Runtime, sleep } from '../runtime.ts';
import { every } from '../store/every.ts';
import type { Store } from '../store/port.ts';
import type { Ownership, ShardWork } from './ownership.ts';
import { STREAM_SHARD, shardOf } from './shards.ts';

type IsTheirs = (tenantId: string) => boolean;

/** The parts of the service that work for tenants by themselves. */
export interface TenantWork {
  readonly runtime: Runtime;
  readonly store: Pick<Store, 'tenants' | 'shared'>;
  readonly logger: Pick<BaseLogger, 'error'>;
  readonly ownership: () => Pick<Ownership, 'ownsShard'>;
  /** Clients of a tenant that was not ours hold tokens that may be another's since. Resolves when what they got is stored, if it can be. */
  readonly connections: { letGo(isTheirs: IsTheirs): Promise<void> };
  /** R73: before a tenant's jobs run. */
  readonly prepare: (tenantId: string) => Promise<void>;
  readonly worker: { start(): Promise<void>; letGo(isTheirs: IsTheirs): Promise<void>; drop(isTheirs: IsTheirs): void };
  readonly poller: { planAgain(): void; letGo(isTheirs: IsTheirs): Promise<void> };
  readonly imports: { startUp(tenantId: string): Promise<void>; letGo(isTheirs: IsTheirs): Promise<void> };
  readonly reconcile: { wake(tenantId: string): void; letGo(isTheirs: IsTheirs): Promise<void> };
  readonly hooks: { letGo(isTheirs: IsTheirs): Promise<void> };
  /** Questions that are being answered, of whichever instance. */
  readonly answered: (shards: ReadonlySet<number>) => Promise<void>;
  readonly stream: { start(): void; stop(): Promise<void> };
}

export interface AtWork extends ShardWork {
  /** The tenant is ours and prepared: its jobs may run. */
  isReady(tenantId: string): boolean;
  /** How often work on the tenant was begun here: another number, another unbroken time of it. */
  stretchOf(tenantId: string): number;
  stop(): void;
}

const RETRY_MS = 2_000;

/** What is begun when shards come, and ended before they go. */
export function createAtWork(deps: () => TenantWork): AtWork {
  const ready = new Set<number>();
  const stretches = new Map<number, number>();
  const stopping = new AbortController();
  let allReady = false;

  async function eachTenant(shards: ReadonlySet<number>, visit: (tenant: Tenant) => Promise<void>): Promise<void> {
    const { store } = deps();
    for await (const tenant of every((page) => store.tenants.list(page)))
      if (!stopping.signal.aborted && (!store.shared || shards.has(shardOf(tenant.id)))) await visit(tenant);
  }

  /** Until it is done, or nobody wants it any more. Never rejects. */
  async function untilDone(shards: ReadonlySet<number>, work: () => Promise<void>): Promise<void> {
    const { runtime, logger, ownership } = deps();
    while (!stopping.signal.aborted && [...shards].some((shard) => ownership().ownsShard(shard))) {
      try {
        await work();
        return;
      } catch (error) {
        logger.error({ err: error }, 'the work for tenants could not be begun; it is tried again');
        await sleep(runtime, RETRY_MS, stopping.signal);
      }
    }
  }

  const within =
    (shards: ReadonlySet<number>): IsTheirs =>
    (tenantId) =>
      shards.has(shardOf(tenantId));

  const letClientsGo = (shards: ReadonlySet<number>): Promise<void> => deps().connections.letGo(within(shards));

  return {
    isReady: (tenantId) => allReady || (ready.size > 0 && ready.has(shardOf(tenantId))),
    stretchOf: (tenantId) => stretches.get(shardOf(tenantId)) ?? 0,
    stop: () => stopping.abort(),
    async begin(shards) {
      for (const shard of shards) stretches.set(shard, (stretches.get(shard) ?? 0) + 1);
      const { store, worker, poller, imports, reconcile, stream, prepare, ownership } = deps();
      if (shards.has(STREAM_SHARD)) stream.start();
      if (store.shared) void letClientsGo(shards);
      await untilDone(shards, () =>
        eachTenant(shards, async ({ id, state }) => {
          if (state === 'connected') await prepare(id);
        }),
      );
      if (!store.shared) allReady = true;
      for (const shard of shards) if (ownership().ownsShard(shard)) ready.add(shard);
      await worker.start();
      poller.planAgain();
      await untilDone(shards, () =>
        eachTenant(shards, async ({ id }) => {
          await imports.startUp(id);
          reconcile.wake(id);
        }),
      );
    },
    async end(shards) {
      const { worker, poller, imports, reconcile, hooks, stream, answered } = deps();
      for (const shard of shards) ready.delete(shard);
      const isTheirs = within(shards);
      await Promise.all([
        shards.has(STREAM_SHARD) ? stream.stop() : null,
        worker.letGo(isTheirs),
        poller.letGo(isTheirs),
        imports.letGo(isTheirs),
        reconcile.letGo(isTheirs),
        hooks.letGo(isTheirs),
        answered(shards),
      ]);
      // A successor that read a token which was spent here would have a person sign in anew.
      await letClientsGo(shards);
    },
    drop(shards) {
      const { worker, imports, stream } = deps();
      for (const shard of shards) ready.delete(shard);
      const isTheirs = within(shards);
      if (shards.has(STREAM_SHARD)) void stream.stop();
      worker.drop(isTheirs);
      void imports.letGo(isTheirs);
      void letClientsGo(shards);
    },
  };
}
