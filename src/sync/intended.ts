import type { IntendedWrite } from '../../schemas/intended.ts';
import type { Image, Pair, PairBase, Side } from '../../schemas/records.ts';
import type { JobContext } from './context.ts';
import { journal } from './journal.ts';
import type { FieldDecision } from './planner.ts';

type Decided = Pick<FieldDecision, 'changes' | 'nextBase' | 'lost' | 'reasons'>;

/**
 * The images to plan with (R1): of a field that shows what a job was to write there, and of which no job knows that it did, they are those
 * of that write. Else our own value would be taken for a person's edit, and an edit that came after it would lose.
 */
export function baseShown({ base, intended = [] }: Pair, now: Readonly<Record<Side, Image>>): PairBase | null {
  const arrived = arrivedOf(intended, now);
  if (arrived === null) return base;
  return { webcrm: { ...base?.webcrm, ...arrived.webcrm }, fortnox: { ...base?.fortnox, ...arrived.fortnox } };
}

/** What both sides showed of the intended fields that have arrived; null: none has. */
export function arrivedOf<F extends string>(
  intended: readonly IntendedWrite<F>[],
  now: Readonly<Record<Side, Readonly<Partial<Record<F, string | null>>>>>,
): Record<Side, Record<string, string | null>> | null {
  const arrived = intended.filter(({ side, field, images }) => now[side][field] === images[side]);
  if (arrived.length === 0) return null;
  const shown = (side: Side) => Object.fromEntries(arrived.map(({ field, images }) => [field, images[side]]));
  return { webcrm: shown('webcrm'), fortnox: shown('fortnox') };
}

/** What is to be written: `fields` by the side that they are written on, `next` what both sides show then. */
export function intendedWrites<F extends string>(
  fields: Readonly<Record<Side, readonly F[]>>,
  next: Readonly<Record<Side, Readonly<Partial<Record<F, string | null>>>>>,
): IntendedWrite<F>[] {
  return (['fortnox', 'webcrm'] as const).flatMap((side) =>
    fields[side].flatMap((field) => {
      const [webcrm, fortnox] = [next.webcrm[field], next.fortnox[field]];
      // A number that is put back has no images.
      return webcrm === undefined || fortnox === undefined ? [] : [{ side, field, images: { webcrm, fortnox } }];
    }),
  );
}

/** The pair's images as they were planned with, and its rows as they are intended, when rows or lines are to be written (R22). */
type Planned = Pick<Pair, 'base'> & Partial<Pick<Pair, 'rows'>>;

/**
 * Logs what is to be overwritten, stores what is intended, when that is anything, and runs `write` with the pair as it is stored then. An
 * error leaves the intention: an answer may be lost, and what was written be there. Also when somebody else has changed the pair meanwhile: then
 * this instance slept and was held for dead, and what it wrote may lie over what another one wrote since. `remember` ends it. Raises
 * `version-changed` before anything is written when the pair is no longer the one that was planned with.
 */
export async function intending<T>(
  context: JobContext,
  pair: Pair,
  decision: Decided,
  planned: Planned,
  write: (stored: Pair) => Promise<T>,
): Promise<T> {
  const { lost, reasons } = decision;
  // Before the writes: when an answer is lost, the next plan finds both sides equal and would have nothing to tell.
  if (lost.length > 0) await journal(context, { action: 'conflict', lost, reasons, pair });
  const { changes, nextBase } = decision;
  const fieldsOf = (side: Side) => changes[side].map(({ field }) => field);
  const intended = intendedWrites({ webcrm: fieldsOf('webcrm'), fortnox: fieldsOf('fortnox') }, nextBase);
  const stored = await storeIntended(context, pair, planned, intended);
  try {
    return await write(stored);
  } catch (error) {
    await leave(context, stored, intended);
    throw error;
  }
}

async function storeIntended(
  { store, runtime }: JobContext,
  pair: Pair,
  planned: Planned,
  intended: readonly IntendedWrite[],
): Promise<Pair> {
  const { rows = pair.rows } = planned;
  if (intended.length === 0 && JSON.stringify(rows) === JSON.stringify(pair.rows)) return pair;
  return store.pairs.replace({
    ...pair,
    ...planned,
    ...(intended.length > 0 && { intended }),
    updatedAt: runtime.now(),
  });
}

async function leave(
  { store, runtime }: JobContext,
  { tenant, id, version }: Pair,
  intended: readonly IntendedWrite[],
) {
  if (intended.length === 0) return;
  const present = await store.pairs.get(tenant, id);
  if (present === null || present.version === version) return;
  const all = [...(present.intended ?? []), ...intended];
  await store.pairs.replace({ ...present, intended: all, updatedAt: runtime.now() });
}
