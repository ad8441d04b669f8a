import type { IntendedWrite } from '../../schemas/intended.ts';
import { type Image, otherSide, type Pair, type PairBase, type Side } from '../../schemas/records.ts';
import type { JobContext } from './context.ts';
import { journal } from './journal.ts';
import { exclusion } from './long-pause.ts';
import type { FieldDecision } from './planner.ts';

type Decided = Pick<FieldDecision, 'changes' | 'nextBase' | 'lost' | 'reasons'>;

/**
 * The images to plan with (R1): of a field that shows what a job was to write there, and of which no job knows that it did, they are those
 * of that write. Else our own value would be taken for a person's edit, and an edit that came after it would lose.
 */
export function baseShown({ base, intended = [] }: Pair, now: Readonly<Record<Side, Image>>): PairBase | null {
  const known = knownOf(intended, now);
  if (known === null) return base;
  return { webcrm: { ...base?.webcrm, ...known.webcrm }, fortnox: { ...base?.fortnox, ...known.fortnox } };
}

/**
 * The images that intended writes make known: of what has arrived, both. Of what has not, or was typed over, nobody can tell; but when what
 * was to be carried over is itself another one by now, it was changed since, though it may be again what it was before. null: none.
 */
export function knownOf<F extends string>(
  intended: readonly IntendedWrite<F>[],
  now: Readonly<Record<Side, Readonly<Partial<Record<F, string | null>>>>>,
): Record<Side, Record<string, string | null>> | null {
  const known: Record<Side, Record<string, string | null>> = { webcrm: {}, fortnox: {} };
  const [arrived, open] = split(intended, ({ side, field, images }) => now[side][field] === images[side]);
  for (const { side, field, images, late } of open) {
    const source = otherSide(side);
    const present = now[source][field];
    if (!late && present !== undefined && present !== images[source]) known[source][field] = images[source];
  }
  for (const { field, images } of arrived) {
    known.webcrm[field] = images.webcrm;
    known.fortnox[field] = images.fortnox;
  }
  return Object.keys(known.webcrm).length + Object.keys(known.fortnox).length === 0 ? null : known;
}

function split<T>(all: readonly T[], fits: (one: T) => boolean): [T[], T[]] {
  return [all.filter(fits), all.filter((one) => !fits(one))];
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
    // An older document says it by its last change alone, which this is now.
    ...exclusion(pair, pair.state, runtime.now()),
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
  const late = intended.map((one) => ({ ...one, late: true as const }));
  const all = [...(present.intended ?? []), ...late];
  await store.pairs.replace({ ...present, intended: all, updatedAt: runtime.now() });
}
