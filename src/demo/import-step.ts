import type { ImportState } from '../../schemas/imports.ts';
import { bar, seconds } from '../terminal/print.ts';
import { counts } from './records.ts';
import { expect, ofTenant, type Step, type Tour } from './tour.ts';
import { until } from './wait.ts';

interface ImportView {
  readonly id: string;
  readonly state: ImportState;
  readonly total: number;
  readonly done: number;
  readonly dead: number;
  readonly error: string | null;
}
interface Status {
  readonly jobs: { readonly waiting: number; readonly running: number; readonly dead: number };
  readonly budgets: Readonly<Record<'webcrm' | 'fortnox', { inWindow: number; limit: number }>>;
}

interface Activity {
  readonly reasons: readonly string[];
  readonly lost: readonly { field: string; before: string | null; after: string | null }[];
}

const IMPORT_LIMIT_MS = 180_000;
/** On a terminal the bar moves twice a second; each look costs the service two small queries. */
const LOOK_EVERY_MS = 500;

async function followImport(tour: Tour, id: string): Promise<{ value: ImportView; tookMs: number }> {
  return until(
    tour.runtime,
    'the end of the import',
    IMPORT_LIMIT_MS,
    async () => {
      const view = await tour.api.get<ImportView>(ofTenant(tour, `/imports/${id}`));
      if (view.state === 'listing') return null;
      const { done } = view;
      const { budgets } = await tour.api.get<Status>(ofTenant(tour, '/status'));
      const use = (side: 'webcrm' | 'fortnox') => `${budgets[side].inWindow} of ${budgets[side].limit}`;
      tour.printer.progress(
        `${bar(done, view.total)} ${done} of ${view.total} records; calls in the window: webCRM ${use('webcrm')}, Fortnox ${use('fortnox')}`,
        Math.floor((done / Math.max(1, view.total)) * 8),
      );
      return view.state === 'running' ? null : view;
    },
    { signal: tour.signal, everyMs: LOOK_EVERY_MS },
  );
}

/** Waits until no job is left: what the import's own writes raised has been looked at, too. */
export async function settled(tour: Tour): Promise<void> {
  await until(
    tour.runtime,
    'the last jobs',
    60_000,
    async () => {
      const { jobs } = await tour.api.get<Status>(ofTenant(tour, '/status'));
      return jobs.waiting + jobs.running === 0 ? true : null;
    },
    { signal: tour.signal, everyMs: LOOK_EVERY_MS },
  );
}

export const IMPORT_STEP: Step = {
  title: 'The first import: both registers are matched, what is missing is made',
  async run(tour) {
    const before = await counts(tour);
    const { id } = await tour.api.post<ImportView>(ofTenant(tour, '/imports'));
    const { value: view, tookMs } = await followImport(tour, id);
    tour.printer.settle();
    expect(view.state === 'done', `The import ended as ${view.state}: ${view.error ?? 'no reason given'}`);
    expect(view.dead === 0, `${view.dead} records of the import failed.`);
    const after = await counts(tour);
    tour.printer.line(
      `${view.total} records in ${seconds(tookMs)} with ${after.webcrm.total - before.webcrm.total} calls to webCRM and ${after.fortnox.total - before.fortnox.total} to Fortnox.`,
    );
    await settled(tour);
    await tellOverwritten(tour);
  },
};

/** What the first link overwrote is in the log, with the value that lost (R21). */
async function tellOverwritten(tour: Tour): Promise<void> {
  const overwritten: Activity[] = [];
  for (let cursor = ''; ; ) {
    const page = await tour.api.get<{ items: Activity[]; next: string | null }>(
      ofTenant(tour, `/activity?action=conflict&limit=200${cursor}`),
    );
    overwritten.push(...page.items.filter((line) => line.reasons.includes('first-link-overwrote')));
    if (page.next === null) break;
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
  const expected = tour.seeded.differing.length;
  expect(overwritten.length === expected, `${overwritten.length} differences were logged instead of ${expected}.`);
  const lost = overwritten[0]?.lost[0];
  expect(lost !== undefined, 'The log does not hold what the first link overwrote.');
  tour.printer.line(
    `${expected} matched customers differed: Fortnox's value was kept, the other is in the log (${lost.field} was ${lost.before}, is ${lost.after}).`,
  );
}
