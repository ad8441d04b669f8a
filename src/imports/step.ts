import type { ImportRun, Listed } from '../../schemas/imports.ts';
import type { Store } from '../store/port.ts';

export type Phase = 'listing' | 'comparing' | 'running';

/** Where an import stands: what it goes on from after a stop or a crash. Stored as JSON in `ImportRun.step`. */
export interface Step {
  readonly phase: Phase;
  /** Which list is read, or which of the lists is walked. */
  readonly at: number;
  /** Of the walk: where the next page begins. */
  readonly cursor: string | null;
  /** Records in the lists before this one; of a walk, those gone over. */
  readonly counted: number;
  /** Keys of the jobs that a stop took back. */
  readonly left: readonly string[];
}

export const firstStep = (phase: Phase): Step => ({ phase, at: 0, cursor: null, counted: 0, left: [] });

export const stepOf = (run: Pick<ImportRun, 'step'>): Step =>
  run.step === null ? firstStep('listing') : (JSON.parse(run.step) as Step);

export const storedStep = (step: Step): string => JSON.stringify(step);

/** Records in memory at once. */
const PAGE = 200;

/** What a walk does with a page; gives back what of the run follows. Stores what it has to store itself. */
export type Visit = (records: readonly Listed[]) => Promise<Partial<ImportRun>>;

/**
 * Goes over what one list holds, page by page, from the step on. The step is stored after each page, so that a crash repeats a
 * page and loses none.
 */
export async function walkList(
  listed: Pick<Store['listed'], 'list'>,
  run: ImportRun,
  where: Pick<Listed, 'kind' | 'side'>,
  visit: Visit,
  save: (change: Partial<ImportRun>, step: Step) => Promise<void>,
): Promise<void> {
  let step = stepOf(run);
  for (;;) {
    const filter = { kind: where.kind, side: where.side };
    const page = await listed.list(run.tenant, run.id, { ...filter, limit: PAGE, cursor: step.cursor ?? undefined });
    const change = await visit(page.items);
    const counted = step.counted + page.items.length;
    const at = page.next === null ? step.at + 1 : step.at;
    step = { ...step, at, cursor: page.next, counted };
    await save(change, step);
    if (page.next === null) return;
  }
}
