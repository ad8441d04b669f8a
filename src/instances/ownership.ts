import { setMaxListeners } from 'node:events';
import type { BaseLogger } from 'pino';
import { type Runtime, sleep } from '../runtime.ts';
import type { Store } from '../store/port.ts';
import { createHeartbeat } from './heartbeat.ts';
import { ALL_SHARDS, NOBODY, type Owners, shardOf, shareOf } from './shards.ts';
import { createTenure, type OwnTenure, type Tenure } from './tenure.ts';
import { CALL_NEEDS_MS, GRACE_MS, LOOK_MS } from './timing.ts';

export interface OwnershipDeps {
  readonly runtime: Runtime;
  readonly store: Pick<Store, 'fenced' | 'jobs' | 'shared'>;
  readonly logger: Pick<BaseLogger, 'info' | 'warn' | 'error'>;
  /** Unlike any other instance. */
  readonly id: string;
  readonly work: ShardWork;
}

/** What an instance does with its shards. */
export interface ShardWork {
  /** They are ours: begin. Raises nothing. */
  begin(shards: ReadonlySet<number>): Promise<void>;
  /** They are to be given up: begin nothing new; resolves when all has ended. */
  end(shards: ReadonlySet<number>): Promise<void>;
  /** They are not ours any more, and somebody else may work on them already: let go at once. */
  drop(shards: ReadonlySet<number>): void;
}

/**
 * Which tenants are this instance's. With a store that is not shared all are, always. With a shared one each instance keeps a heartbeat
 * with an epoch, and one document says who owns each shard; a dead instance is buried and its shards are taken by the living.
 */
export interface Ownership {
  /** Joins the others; resolves after the first look. Keeps trying while the store fails. */
  start(): Promise<void>;
  /** No new looks; what is ours stays ours until `leave`. */
  stop(): void;
  /** Gives everything back: to be called when all work has ended. Never rejects; waits two seconds at most. */
  leave(): Promise<void>;
  /** True while the tenant's work is to be begun here. */
  owns(tenantId: string): boolean;
  ownsShard(shard: number): boolean;
  /** Shards whose work is begun here. */
  shards(): readonly number[];
  /** The present life's name, under which jobs are leased and slots recorded. */
  word(): string;
  /** A vendor call may start: the lease outlives the longest one. */
  mayCall(): boolean;
  /** Others may hold us for dead. */
  isLost(): boolean;
  /** What the tenant's calls are counted in; null when the tenant is not ours. */
  tenureOf(tenantId: string): Tenure | null;
}

const KIND = 'shards';
const ID = 'owners';
/** Others write the same document at the same moment when an instance comes or goes. */
const TRIES = 4;
const LEAVE_MS = 2_000;

/** For a store of one instance. */
export function createSoleOwnership({ id, work }: Pick<OwnershipDeps, 'id' | 'work'>): Ownership {
  const all = Array.from({ length: ALL_SHARDS }, (_, shard) => shard);
  const tenure = createTenure();
  const word = `${id}.1`;
  return {
    start: () => work.begin(new Set(all)),
    stop: () => {},
    leave: async () => tenure.shut(),
    owns: () => true,
    ownsShard: () => true,
    shards: () => all,
    word: () => word,
    mayCall: () => true,
    isLost: () => false,
    tenureOf: () => tenure,
  };
}

export function createOwnership(deps: OwnershipDeps): Ownership {
  if (!deps.store.shared) return createSoleOwnership(deps);
  const { runtime, store, logger, work } = deps;
  const heartbeat = createHeartbeat(deps);
  const mine = new Map<number, OwnTenure>();
  const stopping = new AbortController();
  let looking: Promise<void> | null = null;

  const shardsThat = (fits: (tenure: OwnTenure) => boolean): number[] =>
    [...mine].flatMap(([shard, tenure]) => (fits(tenure) ? [shard] : []));
  const isLost = (): boolean => heartbeat.leaseLeftMs() <= 0;

  async function bury(word: string): Promise<void> {
    logger.warn({ instance: word }, 'an instance stood still for too long: its tenants are shared out');
    await store.jobs.buryOwner(word, runtime.now());
  }

  /** Our life is over: somebody buried us. Whatever still runs finds its calls and its writes refused. */
  function loseAll(): void {
    const lost = new Set(mine.keys());
    logger.error(
      { instance: heartbeat.word(), shards: lost.size },
      'this instance was held for dead, since it did not answer for too long; it begins anew',
    );
    for (const tenure of mine.values()) tenure.shut();
    mine.clear();
    heartbeat.reborn();
    work.drop(lost);
  }

  function begin(shards: readonly number[]): void {
    if (shards.length === 0) return;
    for (const shard of shards) {
      const tenure = createTenure();
      // Each call that waits for a slot listens.
      setMaxListeners(0, tenure.signal);
      mine.set(shard, tenure);
    }
    logger.info({ instance: heartbeat.word(), shards: shards.length, all: mine.size }, 'tenants are taken over');
    void work.begin(new Set(shards));
  }

  async function giveUp(shards: readonly number[]): Promise<void> {
    const ending = shards.flatMap((shard) => mine.get(shard) ?? []).filter(({ state }) => state === 'working');
    if (ending.length === 0) return;
    for (const tenure of ending) tenure.state = 'ending';
    const shut = () => {
      for (const tenure of ending) tenure.shut();
    };
    const cancel = runtime.setTimer(GRACE_MS, shut);
    await work.end(new Set(shards));
    cancel();
    // Before anybody else may call: what nobody waited for finds its fence shut, and what it has begun ends within a call's time.
    shut();
    await Promise.all(ending.map((tenure) => tenure.quiet()));
    for (const tenure of ending) tenure.state = 'ended';
  }

  /** Nobody takes from the living; should it happen all the same, two must not work on one tenant. */
  function dropStolen(owners: Owners, me: string): void {
    const stolen = shardsThat(() => true).filter((shard) => owners[shard] !== me);
    if (stolen.length === 0) return;
    logger.error({ instance: me, shards: stolen }, 'another instance owns what this one worked on: it is let go');
    for (const shard of stolen) {
      mine.get(shard)?.shut();
      mine.delete(shard);
    }
    work.drop(new Set(stolen));
  }

  /** Writes who owns what: takes what is due to us, gives up what has ended. */
  async function share(): Promise<void> {
    const me = heartbeat.word();
    for (let tries = 0; tries < TRIES; tries += 1) {
      // Owners first: whoever joined before it took them is among the living that are read after.
      const row = await store.fenced.get(KIND, ID);
      const owners = (row?.value as Owners | undefined) ?? NOBODY;
      const living = await heartbeat.living(bury);
      dropStolen(owners, me);
      const { take, giveUp: surplus } = shareOf(owners, living, me);
      const ended = shardsThat(({ state }) => state === 'ended');
      // Ours by a write whose answer was lost.
      const known = owners.flatMap((owner, shard) => (owner === me && !mine.has(shard) ? [shard] : []));
      void giveUp(surplus);
      if (take.length === 0 && ended.length === 0) {
        begin(known);
        return;
      }
      // Whoever had them is dead or gone: none of its jobs may wait for the end of its lease.
      const dead = new Set(take.flatMap((shard) => owners[shard] ?? []));
      for (const word of dead) await store.jobs.buryOwner(word, runtime.now());
      const next = owners.map((owner, shard) => (take.includes(shard) ? me : ended.includes(shard) ? null : owner));
      if (!(await store.fenced.put(KIND, ID, row?.version ?? 0, next, runtime.now()))) continue;
      for (const shard of ended) mine.delete(shard);
      begin([...known, ...take]);
      return;
    }
  }

  async function look(): Promise<void> {
    const hasLapsed = mine.size > 0 && isLost();
    if (!(await heartbeat.beat())) {
      loseAll();
      if (!(await heartbeat.beat())) return;
    }
    await share();
    // Nobody missed us while the store did not answer: what was refused meanwhile is begun again.
    if (hasLapsed && mine.size > 0) void work.begin(new Set(shardsThat(({ state }) => state === 'working')));
  }

  function plan(): void {
    if (stopping.signal.aborted) return;
    const asked = runtime.elapsed();
    looking = look()
      .catch((error: unknown) =>
        logger.error({ err: error }, 'the other instances could not be looked at; it is tried again'),
      )
      .then(() => sleep(runtime, Math.max(0, asked + LOOK_MS - runtime.elapsed()), stopping.signal))
      .then(plan);
  }

  async function leaveNow(): Promise<void> {
    const me = heartbeat.word();
    for (let tries = 0; tries < TRIES; tries += 1) {
      const row = await store.fenced.get(KIND, ID);
      const owners = (row?.value as Owners | undefined) ?? NOBODY;
      if (row === null || !owners.includes(me)) break;
      const next = owners.map((owner) => (owner === me ? null : owner));
      if (await store.fenced.put(KIND, ID, row.version, next, runtime.now())) break;
    }
    await heartbeat.leave();
  }

  return {
    async start() {
      let first = true;
      while (first && !stopping.signal.aborted) {
        try {
          await look();
          first = false;
        } catch (error) {
          logger.error({ err: error }, 'the other instances could not be looked at; it is tried again');
          await sleep(runtime, LOOK_MS, stopping.signal);
        }
      }
      plan();
    },
    stop: () => stopping.abort(),
    async leave() {
      stopping.abort();
      for (const tenure of mine.values()) tenure.shut();
      const late = new AbortController();
      const left = Promise.resolve(looking)
        .then(leaveNow)
        .catch((error: unknown) =>
          logger.error({ err: error }, 'tenants could not be given back: they move in half a minute'),
        );
      await Promise.race([left, sleep(runtime, LEAVE_MS, late.signal)]);
      late.abort();
      mine.clear();
    },
    owns: (tenantId) => mine.get(shardOf(tenantId))?.state === 'working' && !isLost(),
    ownsShard: (shard) => mine.get(shard)?.state === 'working' && !isLost(),
    shards: () => shardsThat(({ state }) => state === 'working'),
    word: heartbeat.word,
    mayCall: () => heartbeat.leaseLeftMs() >= CALL_NEEDS_MS,
    isLost,
    tenureOf: (tenantId) => mine.get(shardOf(tenantId)) ?? null,
  };
}
