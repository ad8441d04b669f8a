import type { ImportOutcome, ImportRun, Listed } from '../../schemas/imports.ts';
import { type Hint, jobKey, PRIORITY } from '../../schemas/records.ts';
import { sleep } from '../runtime.ts';
import { every } from '../store/every.ts';
import { isUnbroken, stretchNow } from '../sync/listed.ts';
import { type AtWork, save, type WorkDeps } from './at-work.ts';
import { compare } from './compare.ts';
import { verdictOn } from './judge.ts';
import { keepVerdicts } from './kept.ts';
import { listBoth, listCustomersAgain } from './listing.ts';
import { isDocument, walksOf } from './lists.ts';
import { firstStep, stepOf, walkList } from './step.ts';
import type { Verdict, VerdictDeps } from './verdict.ts';

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
  // Both sides are listed in one stretch, and compared in it. A run whose jobs are queued goes on (`afterBreak`).
  const isBegun = at.run.state !== 'listing' || stepOf(at.run).at > 0;
  if (at.run.state !== 'running' && isBegun && !isUnbroken(at.run, stretch)) await listAnew(deps, at);
  if (at.run.state === 'listing') await listBoth(deps, at, stretch);
  else if (at.run.state === 'comparing') await compareAll(deps, at);
  else if (at.run.state === 'running') await runAll(deps, at);
}

const listAnew = (deps: WorkDeps, at: AtWork): Promise<void> =>
  save(deps, at, { state: 'listing', total: 0, compared: 0, counts: {} }, firstStep('listing'));

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
  await afterBreak(deps, at);
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

/** What was listed before a break is trusted no more (R2, R10): the customers are listed again, or their jobs would each read and search singly. */
async function afterBreak(deps: WorkDeps, at: AtWork): Promise<void> {
  if (!at.run.kinds.includes('customer')) return;
  const tenant = await deps.store.tenants.get(at.run.tenant);
  if (tenant?.state !== 'connected') return;
  at.tenant = tenant;
  const stretch = stretchNow(deps, tenant);
  if (!isUnbroken(at.run, stretch)) await listCustomersAgain(deps, at, stretch);
}

/**
 * Waits until no more than `most` jobs of the run are open. Failed ones do not count, nor a few that go on failing: one record that a vendor
 * refuses to give would hold the rest for days. Many that fail are a vendor that is down, and what comes next would fail as well.
 */
async function untilOpen(deps: WorkDeps, at: AtWork, most: number): Promise<void> {
  const { store, runtime } = deps;
  for (;;) {
    const { open, dead, failing } = await store.jobs.countImport(at.tenant.id, at.run.id);
    const leftOut = failing <= Math.max(FEW_FAILING, at.run.queued * FAILING_SHARE) ? failing : 0;
    if (open - dead - leftOut <= most) return;
    await sleep(runtime, LOOK_EVERY_MS, at.signal);
    at.signal.throwIfAborted();
    await afterBreak(deps, at);
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
