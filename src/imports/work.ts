import type { ImportOutcome, ImportRun, Listed, Stretch } from '../../schemas/imports.ts';
import { type Hint, jobKey, PRIORITY, type Tenant } from '../../schemas/records.ts';
import type { Tombstones } from '../persons/tombstones.ts';
import type { LockWatch } from '../queue/key-locks.ts';
import type { Intake } from '../queue/types.ts';
import { type Runtime, sleep } from '../runtime.ts';
import { every } from '../store/every.ts';
import type { Store } from '../store/port.ts';
import type { Calendar } from '../sync/calendar.ts';
import type { SyncDeps } from '../sync/context.ts';
import { recordLock } from '../sync/executor.ts';
import { isUnbroken, stretchNow } from '../sync/listed.ts';
import { documentStart } from '../sync/start-date.ts';
import type { Connections } from '../vendors/connections-types.ts';
import { compare } from './compare.ts';
import { verdictOn } from './judge.ts';
import { keepListed, keepVerdicts } from './kept.ts';
import { isDocument, listsOf, readList, walksOf } from './lists.ts';
import { firstStep, type Step, stepOf, storedStep, walkList } from './step.ts';
import type { Verdict, VerdictDeps } from './verdict.ts';

export interface WorkDeps {
  readonly runtime: Runtime;
  readonly store: Pick<Store, 'imports' | 'jobs' | 'listed' | 'pairs' | 'tenants'>;
  readonly connections: Pick<Connections, 'of'>;
  readonly intake: Intake;
  readonly calendar: (timeZone: string) => Calendar;
  readonly worksIn: SyncDeps['worksIn'];
  readonly locks: Pick<SyncDeps['locks'], 'watch'>;
  readonly tombstones: Pick<Tombstones, 'any' | 'isErased'>;
}

/** One run at work: its document as it stands, and the signal that ends it. */
export interface AtWork {
  run: ImportRun;
  readonly tenant: Tenant;
  readonly signal: AbortSignal;
}

/** A page more of jobs is queued when fewer than this are open: a stop takes few back, and live work waits behind none. */
const FEW_OPEN = 100;
/** So many jobs may go on failing without holding the others, or this share of all that were queued. */
const FEW_FAILING = 10;
const FAILING_SHARE = 0.1;
const LOOK_EVERY_MS = 1_000;
/** Single reads of a comparison at once; the budget paces them. */
const AT_ONCE = 8;

/** Does what the run's state asks for, and leaves the next state. Raises what vendors and the store raise; resumable at any point. */
export async function workOff(deps: WorkDeps, at: AtWork): Promise<void> {
  const stretch = stretchNow(deps, at.tenant);
  // Both sides are listed in one stretch, and compared in it. A run whose jobs are queued goes on: they read singly (R2).
  const isBegun = at.run.state !== 'listing' || stepOf(at.run).at > 0;
  if (at.run.state !== 'running' && isBegun && !isUnbroken(at.run, stretch)) await listAnew(deps, at);
  if (at.run.state === 'listing') await listBoth(deps, at, stretch);
  else if (at.run.state === 'comparing') await compareAll(deps, at);
  else if (at.run.state === 'running') await runAll(deps, at);
}

async function save(deps: WorkDeps, at: AtWork, change: Partial<ImportRun>, step: Step | null): Promise<void> {
  // What a stop has left is the stop's: nothing is stored after it.
  at.signal.throwIfAborted();
  at.run = { ...at.run, ...change, step: step === null ? null : storedStep(step) };
  await deps.store.imports.put(at.run);
}

const listAnew = (deps: WorkDeps, at: AtWork): Promise<void> =>
  save(deps, at, { state: 'listing', total: 0, compared: 0, counts: {} }, firstStep('listing'));

async function listBoth(deps: WorkDeps, at: AtWork, stretch: Stretch): Promise<void> {
  const watch = deps.locks.watch();
  try {
    await listWatched(deps, at, stretch, watch);
  } finally {
    watch.end();
  }
}

/** Upserts, so that a list which a crash cut off is simply read again. */
async function listWatched(deps: WorkDeps, at: AtWork, stretch: Stretch, watch: LockWatch): Promise<void> {
  const { runtime, store, connections } = deps;
  const { tenant } = at;
  const lists = listsOf(at.run);
  const vendors = connections.of(tenant.id);
  // What an older list showed may be gone since.
  if (stepOf(at.run).at === 0) {
    await store.listed.clear(tenant.id, at.run.id);
    await save(deps, at, { listedIn: stretch }, stepOf(at.run));
  }
  for (let step = stepOf(at.run); step.at < lists.length; step = stepOf(at.run)) {
    const list = lists[step.at] as (typeof lists)[number];
    let total = step.counted;
    await readList(list, {
      vendors,
      tenant,
      runtime,
      calendar: deps.calendar,
      from: at.run.from ?? documentStart(tenant),
      async accept(rows) {
        at.signal.throwIfAborted();
        const common = { importId: at.run.id, tenant: tenant.id, kind: list.kind, side: list.side };
        const open = { partner: null, outcome: null, reason: null, lost: [] };
        // A page was read before a job that has begun since could mark in the store what it works on.
        const isStale = ({ id }: { id: string }) =>
          watch.wasHeld(recordLock(tenant.id, jobKey({ entity: list.kind, side: list.side, id })));
        const kept = await keepListed(
          deps,
          rows.map((row) => ({ ...common, ...row, ...open, stale: isStale(row) })),
        );
        // Its mark may have overtaken our write.
        for (const row of kept)
          if (!row.stale && isStale(row)) await store.listed.touch(tenant.id, list.kind, list.side, row.id);
        if (!list.indexOnly) total += kept.length;
        await save(deps, at, { total }, step);
      },
    });
    await save(deps, at, { total }, { ...step, at: step.at + 1, counted: total });
  }
  const state = at.run.dryRun ? 'comparing' : 'running';
  const runningSince = state === 'running' ? runtime.now() : null;
  await save(deps, at, { state, runningSince, compared: 0, counts: {} }, firstStep(state));
}

async function compareAll(deps: WorkDeps, at: AtWork): Promise<void> {
  const vendors = deps.connections.of(at.tenant.id);
  await walkAll(deps, at, async (verdictDeps, records) => {
    const counts = { ...at.run.counts };
    for (let from = 0; from < records.length; from += AT_ONCE) {
      at.signal.throwIfAborted();
      const some = records.slice(from, from + AT_ONCE);
      const judged = await Promise.all(
        some.map(async (record): Promise<Listed> => {
          const verdict = await verdictOn(verdictDeps, record);
          const { partner } = verdict;
          const known = withVerdict(record, verdict);
          if (verdict.outcome !== 'match' || partner === null) return known;
          return { ...known, ...(await compare({ ...verdictDeps, vendors }, known, partner)) };
        }),
      );
      for (const { outcome } of judged) count(counts, outcome);
      await keepVerdicts(deps, judged);
    }
    return { counts, compared: at.run.compared + records.length };
  });
  await save(deps, at, { state: 'ready', finishedAt: deps.runtime.now() }, null);
}

async function runAll(deps: WorkDeps, at: AtWork): Promise<void> {
  const { left } = stepOf(at.run);
  if (left.length > 0) {
    await deps.intake.accept(left.map((key) => hintOf(at.run, ...partsOf(key))));
    await save(deps, at, {}, { ...stepOf(at.run), left: [] });
  }
  await walkAll(
    deps,
    at,
    async (verdictDeps, records) => {
      await untilOpen(deps, at, FEW_OPEN);
      const counts = { ...at.run.counts };
      const hints: Hint[] = [];
      const fresh: Listed[] = [];
      for (const record of records) {
        const verdict = await verdictOn(verdictDeps, record);
        // A dry run has judged and counted it.
        if (record.outcome === null && verdict.outcome !== null) {
          count(counts, verdict.outcome);
          fresh.push(withVerdict(record, verdict));
        }
        if (verdict.job) hints.push(hintOf(at.run, record.kind, record.side, record.id));
      }
      // Before the jobs begin: from then on they mark what they used.
      await keepVerdicts(deps, fresh);
      at.signal.throwIfAborted();
      await deps.intake.accept(hints);
      return { counts, queued: at.run.queued + hints.length };
    },
    // What a document needs is there first.
    (kind) => (isDocument(kind) ? untilOpen(deps, at, 0) : Promise.resolve()),
  );
  await untilOpen(deps, at, 0);
  await save(deps, at, { state: 'done', finishedAt: deps.runtime.now() }, null);
  await deps.store.listed.clear(at.tenant.id, at.run.id);
}

async function walkAll(
  deps: WorkDeps,
  at: AtWork,
  visit: (verdictDeps: VerdictDeps, records: readonly Listed[]) => Promise<Partial<ImportRun>>,
  before: (kind: Listed['kind']) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const walks = walksOf(at.run);
  for (let step = stepOf(at.run); step.at < walks.length; step = stepOf(at.run)) {
    const walk = walks[step.at] as (typeof walks)[number];
    await before(walk.kind);
    const verdictDeps = () => ({ store: deps.store, tenant: at.tenant, run: at.run });
    await walkList(
      deps.store.listed,
      at.run,
      walk,
      (records) => visit(verdictDeps(), records),
      (change, next) => save(deps, at, change, next),
    );
  }
  // A record that moved between two pages of a list was listed twice: now it is known how many there are.
  at.run = { ...at.run, total: stepOf(at.run).counted };
}

/**
 * Waits until no more than `most` jobs of the run are open. Failed ones do not count, nor a few that go on failing: one record that a vendor
 * refuses to give would hold the rest for days. Many that fail are a vendor that is down, and what comes next would fail as well.
 */
async function untilOpen({ store, runtime }: WorkDeps, at: AtWork, most: number): Promise<void> {
  for (;;) {
    const { open, dead, failing } = await store.jobs.countImport(at.tenant.id, at.run.id);
    const leftOut = failing <= Math.max(FEW_FAILING, at.run.queued * FAILING_SHARE) ? failing : 0;
    if (open - dead - leftOut <= most) return;
    await sleep(runtime, LOOK_EVERY_MS, at.signal);
    at.signal.throwIfAborted();
  }
}

const withVerdict = (record: Listed, { outcome, reason, partner }: Verdict): Listed => ({
  ...record,
  outcome,
  reason,
  partner,
  lost: [],
});

function count(counts: Partial<Record<ImportOutcome, number>>, outcome: ImportOutcome | null): void {
  if (outcome !== null) counts[outcome] = (counts[outcome] ?? 0) + 1;
}

const hintOf = (run: ImportRun, entity: Hint['entity'], side: Hint['side'], id: string): Hint => ({
  tenant: run.tenant,
  entity,
  side,
  id,
  priority: PRIORITY.import,
  importId: run.id,
  full: true,
});

/** The parts of a job's key (`jobKey`); an id may hold a colon itself. */
function partsOf(key: string): [Hint['entity'], Hint['side'], string] {
  const [entity = '', side = '', ...id] = key.split(':');
  return [entity as Hint['entity'], side as Hint['side'], id.join(':')];
}

/** Keys of the run's jobs that are not done, but for those that live work has overtaken: what a stop takes back. */
export async function openKeys({ store }: Pick<WorkDeps, 'store'>, run: ImportRun): Promise<string[]> {
  const keys: string[] = [];
  // One that runs now may yet fail and wait again, and be taken back with the rest.
  for (const state of ['running', 'waiting'] as const)
    for await (const job of every((page) => store.jobs.list(run.tenant, { ...page, state })))
      if (job.importId === run.id && job.priority === PRIORITY.import) keys.push(jobKey(job));
  return [...new Set(keys)];
}
