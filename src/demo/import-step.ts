import { bar, seconds } from './print.ts';
import { counts } from './records.ts';
import { expect, ofTenant, type Step, type Tour } from './tour.ts';
import { until } from './wait.ts';

interface ImportView {
  readonly id: string;
  readonly state: 'listing' | 'running' | 'done' | 'failed';
  readonly total: number;
  readonly open?: number;
  readonly dead?: number;
  readonly error: string | null;
}
interface Status {
  readonly jobs: { readonly waiting: number; readonly running: number; readonly dead: number };
  readonly budgets: Readonly<Record<'webcrm' | 'fortnox', { inWindow: number; limit: number }>>;
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
      const { budgets } = await tour.api.get<Status>(ofTenant(tour, '/status'));
      const done = view.total - (view.open ?? 0);
      const use = (side: 'webcrm' | 'fortnox') => `${budgets[side].inWindow} of ${budgets[side].limit}`;
      tour.printer.progress(
        `${bar(done, view.total)} ${done} of ${view.total} records; calls in the window: webCRM ${use('webcrm')}, Fortnox ${use('fortnox')}`,
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
    expect((view.dead ?? 0) === 0, `${view.dead} records of the import failed.`);
    const after = await counts(tour);
    tour.printer.line(
      `${view.total} records in ${seconds(tookMs)} with ${after.webcrm.total - before.webcrm.total} calls to webCRM and ${after.fortnox.total - before.fortnox.total} to Fortnox.`,
    );
    await settled(tour);
  },
};
