import type { BaseLogger } from 'pino';
import type { Activity } from '../../schemas/records.ts';
import type { Runtime } from '../runtime.ts';
import type { Store } from '../store/port.ts';

/** The place of a line in a tenant's log. */
export interface Place {
  readonly at: number;
  readonly id: string;
}

export interface Follower {
  /** From now on nothing is missed; what was there follows first. */
  begun(): void;
  /** Lines that were written, oldest first; a line may come again. */
  lines(lines: readonly Activity[]): void;
  /** More came than are told at once: the newest follow. */
  gap(): void;
}

export interface ActivityTail {
  /**
   * Tells the newest `last` lines, or what came after a place, and from then on what is written, by whichever instance. Resolves with
   * what ends it when it has told what was there. Raises what the store raises.
   */
  follow(
    tenant: string,
    follower: Follower,
    from: { readonly last: number } | { readonly after: Place },
  ): Promise<() => void>;
  /** Ends all reading. */
  stop(): void;
}

export interface TailDeps {
  readonly runtime: Pick<Runtime, 'now' | 'setTimer'>;
  readonly store: { readonly activity: Pick<Store['activity'], 'list'> };
  readonly logger: Pick<BaseLogger, 'warn'>;
}

const EVERY_MS = 1_000;
/** A store that fails is left alone for longer. */
const AFTER_FAILURE_MS = 5_000;
/** A line is stored at most so long after one with a later time: clocks of instances differ, and so do their waits. */
const OVERLAP_MS = 10_000;
/** Lines that are told at once; beyond, a reader takes the list. */
const MOST_AT_ONCE = 400;
const A_PAGE = 200;

interface Tailed {
  readonly followers: Set<Follower>;
  /** Lines within the overlap that are known, by id, with their time. */
  readonly seen: Map<string, number>;
  newest: number;
  /** Where the log ends was read: from then on every line that is written is told. */
  readonly begun: Promise<void>;
  cancel: () => void;
}

/** Follows the logs of tenants from the store, one reading for all who follow a tenant in this process. */
export function createActivityTail({ runtime, store, logger }: TailDeps): ActivityTail {
  const tenants = new Map<string, Tailed>();
  let stopped = false;

  /** Newest first, down to `from`; `isWhole` false: there were more. */
  async function since(tenant: string, from: number): Promise<{ lines: Activity[]; isWhole: boolean }> {
    const lines: Activity[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.activity.list(tenant, { from, limit: A_PAGE, cursor });
      lines.push(...page.items);
      cursor = page.next ?? undefined;
    } while (cursor !== undefined && lines.length < MOST_AT_ONCE);
    return { lines, isWhole: cursor === undefined };
  }

  /** The lines that were not known, oldest first. */
  async function readNew(tenant: string, tailed: Pick<Tailed, 'seen' | 'newest'>) {
    const { lines, isWhole } = await since(tenant, tailed.newest - OVERLAP_MS);
    const fresh = lines.filter(({ id }) => !tailed.seen.has(id)).reverse();
    for (const { id, at } of fresh) {
      tailed.seen.set(id, at);
      tailed.newest = Math.max(tailed.newest, at);
    }
    for (const [id, at] of tailed.seen) if (at < tailed.newest - OVERLAP_MS) tailed.seen.delete(id);
    return { fresh, isWhole };
  }

  async function round(tenant: string, tailed: Tailed): Promise<void> {
    let waitMs = EVERY_MS;
    try {
      const { fresh, isWhole } = await readNew(tenant, tailed);
      for (const follower of fresh.length === 0 ? [] : [...tailed.followers]) {
        if (!isWhole) follower.gap();
        follower.lines(fresh);
      }
    } catch (error) {
      waitMs = AFTER_FAILURE_MS;
      logger.warn({ err: error, tenant }, 'the activity could not be read for who follows it; it is tried again');
    }
    goOn(tenant, tailed, waitMs);
  }

  function goOn(tenant: string, tailed: Tailed, waitMs = EVERY_MS): void {
    if (!stopped && tenants.get(tenant) === tailed)
      tailed.cancel = runtime.setTimer(waitMs, () => void round(tenant, tailed));
  }

  function tailOf(tenant: string): Tailed {
    const found = tenants.get(tenant);
    if (found !== undefined) return found;
    const place = { seen: new Map<string, number>(), newest: runtime.now() };
    const begun = readNew(tenant, place).then(() => {
      made.newest = place.newest;
      goOn(tenant, made);
    });
    const made: Tailed = { ...place, followers: new Set(), begun, cancel: () => {} };
    tenants.set(tenant, made);
    return made;
  }

  function leave(tenant: string, tailed: Tailed, follower: Follower): void {
    tailed.followers.delete(follower);
    if (tailed.followers.size > 0) return;
    tailed.cancel();
    if (tenants.get(tenant) === tailed) tenants.delete(tenant);
  }

  return {
    async follow(tenant, follower, from) {
      const tailed = tailOf(tenant);
      // What is written while the log is read is told afterwards, so that the order holds.
      const kept: (() => void)[] = [];
      let isOpen = false;
      const whenOpen = (tell: () => void) => (isOpen ? tell() : void kept.push(tell));
      const told = new Set<string>();
      const tellNew = (lines: readonly Activity[]) => {
        const fresh = lines.filter(({ id }) => !told.delete(id));
        if (fresh.length > 0) follower.lines(fresh);
      };
      const joined: Follower = {
        begun: () => {},
        lines: (lines) => whenOpen(() => tellNew(lines)),
        gap: () => whenOpen(() => follower.gap()),
      };
      tailed.followers.add(joined);
      const end = () => leave(tenant, tailed, joined);
      try {
        await tailed.begun;
        follower.begun();
        const { lines, isWhole } = await backlog(tenant, from);
        for (const { id } of lines) told.add(id);
        if (!isWhole) follower.gap();
        if (lines.length > 0) follower.lines(lines);
      } catch (error) {
        end();
        throw error;
      }
      isOpen = true;
      for (const tell of kept) tell();
      return end;
    },
    stop() {
      stopped = true;
      for (const { cancel } of tenants.values()) cancel();
    },
  };

  /** Oldest first. */
  async function backlog(
    tenant: string,
    from: Parameters<ActivityTail['follow']>[2],
  ): Promise<{ lines: readonly Activity[]; isWhole: boolean }> {
    if ('after' in from) {
      const { lines, isWhole } = await since(tenant, from.after.at - OVERLAP_MS);
      return { lines: lines.filter(({ id }) => id !== from.after.id).reverse(), isWhole };
    }
    if (from.last === 0) return { lines: [], isWhole: true };
    const { items } = await store.activity.list(tenant, { limit: from.last });
    return { lines: items.toReversed(), isWhole: true };
  }
}
