import type { Listed, Stretch } from '../../schemas/imports.ts';
import type { LockWatch } from '../queue/key-locks.ts';
import { every } from '../store/every.ts';
import { recordLock } from '../sync/record-ref.ts';
import { documentStart } from '../sync/start-date.ts';
import { type AtWork, save, type WorkDeps } from './at-work.ts';
import { keepListed } from './kept.ts';
import { listsOf, readList, type SideList } from './lists.ts';
import { firstStep, stepOf } from './step.ts';

/** What will be, or was, done with a listed record. */
type Judged = Pick<Listed, 'partner' | 'outcome' | 'reason' | 'lost'>;
const OPEN: Judged = { partner: null, outcome: null, reason: null, lost: [] };

/**
 * Reads all lists of the run into the store, and leaves it comparing or running. Upserts, so that a list which a crash cut off is simply
 * read again. Raises what the clients and the store raise.
 */
export function listBoth(deps: WorkDeps, at: AtWork, stretch: Stretch): Promise<void> {
  return watched(deps, (watch) => listAll(deps, at, stretch, watch));
}

async function listAll(deps: WorkDeps, at: AtWork, stretch: Stretch, watch: LockWatch): Promise<void> {
  const lists = listsOf(at.run);
  // What an older list showed may be gone since.
  if (stepOf(at.run).at === 0) {
    await deps.store.listed.clear(at.tenant.id, at.run.id);
    await save(deps, at, { listedIn: stretch }, stepOf(at.run));
  }
  for (let step = stepOf(at.run); step.at < lists.length; step = stepOf(at.run)) {
    const list = lists[step.at] as SideList;
    let total = step.counted;
    await keepList(deps, at, list, watch, async (rows) => {
      const kept = await keepListed(
        deps,
        rows.map((row) => ({ ...row, ...OPEN })),
      );
      if (!list.indexOnly) total += kept.length;
      await save(deps, at, { total }, step);
      return kept;
    });
    await save(deps, at, { total }, { ...step, at: step.at + 1, counted: total });
  }
  const state = at.run.dryRun ? 'comparing' : 'running';
  const runningSince = state === 'running' ? deps.runtime.now() : null;
  await save(deps, at, { state, runningSince, compared: 0, counts: {} }, firstStep(state));
}

/**
 * After a break in the work on a tenant whose jobs are queued: the customers are read into the store once more, since what changed in the
 * break may be unheard of. Until that is done the run's jobs read and search singly (R2, R10). Raises what the clients and the store raise.
 */
export function listCustomersAgain(deps: WorkDeps, at: AtWork, stretch: Stretch): Promise<void> {
  return watched(deps, async (watch) => {
    const { listed } = deps.store;
    const { id: tenant } = at.tenant;
    // What is gone since stands in no list, and stays stale.
    for await (const row of every((page) => listed.list(tenant, at.run.id, { ...page, kind: 'customer' })))
      if (!row.stale) await listed.touch(tenant, 'customer', row.side, row.id);
    for (const list of listsOf(at.run).filter(({ kind }) => kind === 'customer'))
      await keepList(deps, at, list, watch, async (rows) => {
        const found = await Promise.all(rows.map((row) => listedAgain(deps, row)));
        return keepListed(
          deps,
          found.filter((row) => row !== null),
        );
      });
    await save(deps, at, { listedIn: stretch }, stepOf(at.run));
  });
}

/** With what was judged of it before. null: it was made since and has its partner, most likely by this import: nothing is left to do. */
async function listedAgain({ store }: WorkDeps, row: Omit<Listed, keyof Judged>): Promise<Listed | null> {
  const { tenant, importId, kind, side, id } = row;
  const before = await store.listed.get(tenant, importId, kind, side, id);
  if (before === null) {
    const pair = await store.pairs.bySide(tenant, kind, side, id);
    return pair?.state === 'linked' ? null : { ...row, ...OPEN };
  }
  const { partner, outcome, reason, lost } = before;
  return { ...row, partner, outcome, reason, lost };
}

async function watched(deps: WorkDeps, list: (watch: LockWatch) => Promise<void>): Promise<void> {
  const watch = deps.locks.watch();
  try {
    await list(watch);
  } finally {
    watch.end();
  }
}

/** Reads one list, and gives each page to `keep`, which stores it. What a job worked on since the watch began is stale. */
async function keepList(
  deps: WorkDeps,
  at: AtWork,
  list: SideList,
  watch: LockWatch,
  keep: (rows: readonly Omit<Listed, keyof Judged>[]) => Promise<readonly Listed[]>,
): Promise<void> {
  const { tenant, run } = at;
  const { kind, side } = list;
  // A page may have been read before the job whose mark the store has not, or no longer.
  const isStale = (id: string) => watch.wasHeld(recordLock(tenant.id, { entity: kind, side, id }));
  await readList(list, {
    vendors: deps.connections.of(tenant.id),
    tenant,
    runtime: deps.runtime,
    calendar: deps.calendar,
    from: run.from ?? documentStart(tenant),
    async accept(rows) {
      at.signal.throwIfAborted();
      const common = { importId: run.id, tenant: tenant.id, kind, side };
      const kept = await keep(rows.map((row) => ({ ...common, ...row, stale: isStale(row.id) })));
      // A job's mark may have been overtaken by what was just stored.
      for (const row of kept)
        if (!row.stale && isStale(row.id)) await deps.store.listed.touch(tenant.id, kind, side, row.id);
    },
  });
}
