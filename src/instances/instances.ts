import type { BaseLogger } from 'pino';
import type { Seal } from '../admin/seal.ts';
import { newId, type Runtime } from '../runtime.ts';
import type { Store } from '../store/port.ts';
import type { CallFence } from '../vendors/fence.ts';
import { createAtWork, type TenantWork } from './at-work.ts';
import { createCallFence, type LateCalls } from './call-fence.ts';
import { createOwnership } from './ownership.ts';
import { createPost } from './post.ts';
import { createRoutes, type Routes } from './routed.ts';
import { STREAM_SHARD } from './shards.ts';

export interface InstancesDeps {
  readonly runtime: Runtime;
  readonly store: Pick<Store, 'fenced' | 'jobs' | 'mail' | 'shared' | 'tenants'>;
  readonly logger: Pick<BaseLogger, 'info' | 'warn' | 'error'>;
  readonly seal: Seal;
  /** Wakes the worker of this instance. */
  readonly wake: (tenantId: string) => void;
  /** The parts that work for tenants; asked for when they are all there. */
  readonly work: () => Omit<TenantWork, 'runtime' | 'store' | 'logger' | 'ownership' | 'answered'>;
}

/** This instance among those that share the store. */
export interface Instances extends Pick<Routes, 'part'> {
  /** The tenant's work is done here, and may begin. */
  owns(tenantId: string): boolean;
  /** What nobody in particular owns is done here: the old is forgotten. */
  isFirst(): boolean;
  /** The name of its present life, under which jobs are leased and slots recorded. */
  word(): string;
  /** Name of the unbroken time since which this instance works on the tenant. */
  worksIn(tenantId: string): string;
  /** Wakes the tenant's owner, here or elsewhere. */
  wake(tenantId: string): void;
  fenceOf(tenantId: string): CallFence | null;
  /** Vendor calls that ended after others held this instance for dead. */
  lateCalls(): number;
  /** Joins the others and begins to work for the tenants that are ours. */
  start(): Promise<void>;
  /** Begins nothing new. */
  stop(): void;
  /** Gives everything back: when all work has ended. Never rejects; waits two seconds at most. */
  leave(): Promise<void>;
}

export function createInstances(deps: InstancesDeps): Instances {
  const { runtime, store, logger, seal } = deps;
  const late: LateCalls = { count: 0 };
  const atWork = createAtWork(() => ({
    ...deps.work(),
    runtime,
    store,
    logger,
    ownership: () => ownership,
    answered: post.idle,
  }));
  const ownership = createOwnership({ runtime, store, logger, id: newId(runtime), work: atWork });
  const routes = createRoutes(() => post, store.shared);
  const post = createPost({
    runtime,
    store,
    logger,
    ownership,
    seal,
    on: { wake: deps.wake, ask: routes.serve },
  });
  return {
    part: routes.part,
    owns: (tenantId) => atWork.isReady(tenantId) && ownership.owns(tenantId),
    isFirst: () => ownership.ownsShard(STREAM_SHARD),
    word: ownership.word,
    worksIn: (tenantId) => `${ownership.word()}/${atWork.stretchOf(tenantId)}`,
    wake: post.wake,
    fenceOf: (tenantId) => (store.shared ? createCallFence(ownership, tenantId, late, logger) : null),
    lateCalls: () => late.count,
    async start() {
      post.start();
      await ownership.start();
    },
    stop() {
      ownership.stop();
      post.stop();
      atWork.stop();
    },
    leave: ownership.leave,
  };
}
