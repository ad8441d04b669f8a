import type { Pair, PairEntity, PairState } from '../../schemas/records.ts';
import type { JobContext } from './context.ts';
import { journal } from './journal.ts';
import { move } from './pair-state.ts';
import type { FieldDecision } from './planner.ts';
import type { Reason } from './reasons.ts';

/** R72: a pause that lasted longer is a long one. */
const LONG_PAUSE_MS = 7 * 24 * 3_600_000;

export const isLongPause = (ms: number): boolean => ms > LONG_PAUSE_MS;

type Excludable = Pick<Pair, 'state' | 'updatedAt' | 'excludedAt'>;
/** When a pair was last looked at as a whole: an excluded one, when it was excluded. */
const wholeAt = ({ state, excludedAt, updatedAt }: Excludable): number =>
  state === 'excluded' ? (excludedAt ?? updatedAt) : updatedAt;

/**
 * What a pair that goes to this state keeps of when it was excluded: what flows from Fortnox meanwhile (R11), or another reason to leave
 * it alone, is no end of it (R72). Pure.
 */
export const exclusion = (pair: Excludable, state: PairState, now: number): Pick<Pair, 'excludedAt'> =>
  state === 'excluded' ? { excludedAt: pair.state === 'excluded' ? wholeAt(pair) : now } : {};

/** Name of the state in the store that holds the last long pause of a kind of record. */
export const longPauseOf = (entity: PairEntity): string => `long-pause:${entity}`;

/** Name of the state in the store that holds the tenant's last long stop. */
export const LONG_STOP = 'long-stop';
/** A time in which nothing was synchronised, ms. */
export interface LongStop {
  /** The last poll before it. */
  readonly from: number;
  /** When it was noticed, before work went on. */
  readonly endedAt: number;
  /** Until when jobs waited for a person, as far as known; `endedAt` when they did not. */
  readonly heldUntil: number;
}

/** The planner's words for values that both sides changed. */
const CHANGED_ON_BOTH: ReadonlySet<Reason> = new Set(['conflict-resolved', 'rows-conflict']);

type Planned = Pick<FieldDecision, 'reasons'> & { readonly state: PairState };
const changedOnBoth = ({ reasons, state }: Planned): boolean =>
  state === 'linked' && reasons.some((reason) => CHANGED_ON_BOTH.has(reason));

/**
 * R72: whether what both sides changed is shown to a person before the first write: of a pair that was excluded for long, and of
 * one that was not written since a long stop of the tenant, or a long pause of its kind, ended. Pure.
 */
export function asksFirst(
  pair: Excludable & Pick<Pair, 'reason'>,
  planned: Planned,
  stops: readonly LongStop[],
  now: number,
): boolean {
  if (!changedOnBoth(planned)) return false;
  if (pair.state === 'conflict' && pair.reason === ('changed-on-both-sides' satisfies Reason)) return true;
  if (pair.state === 'excluded' && isLongPause(now - wholeAt(pair))) return true;
  // What the stop left was seen in the first week of work: what differs later was changed later.
  return stops.some((stop) => wholeAt(pair) < stop.endedAt && now - stop.heldUntil <= LONG_PAUSE_MS);
}

/**
 * Marks the pair `conflict` and logs every value that would lose, when a person is to be asked first (R72); null when the plan
 * may be carried out. A person decides the pair, or makes both sides equal.
 */
export async function askFirst(
  context: JobContext,
  pair: Pair,
  planned: Planned & Pick<FieldDecision, 'lost'>,
): Promise<Pair | null> {
  if (!changedOnBoth(planned)) return null;
  const { store, tenant, runtime } = context;
  const names = [LONG_STOP, longPauseOf(pair.entity)];
  const stops = (await Promise.all(names.map((name) => store.states.get(tenant.id, name)))) as (LongStop | null)[];
  if (
    !asksFirst(
      pair,
      planned,
      stops.filter((stop) => stop !== null),
      runtime.now(),
    )
  )
    return null;
  const reason: Reason = 'changed-on-both-sides';
  if (pair.state === 'conflict' && pair.reason === reason) return pair;
  const asked = await store.pairs.replace({
    ...pair,
    state: move(pair, 'conflict'),
    reason,
    updatedAt: runtime.now(),
  });
  await journal(context, { action: 'conflict', lost: planned.lost, reasons: [reason], pair: asked });
  return asked;
}
