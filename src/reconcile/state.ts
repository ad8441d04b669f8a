import type { Entity, PairEntity } from '../../schemas/records.ts';
import type { Store } from '../store/port.ts';

/**
 * What a run does, in this order. `hooks` and `verdict` belong to a run after a long stop, `turn` to all others: it hints the
 * records whose turn it is to be read singly.
 */
export const PHASES = [
  'hooks',
  'polls',
  'organisations',
  'deliveries',
  'lines',
  'register',
  'customers',
  'orders',
  'invoices',
  'turn',
  'verdict',
] as const;
export type Phase = (typeof PHASES)[number];

/** Why a run was begun. */
export type RunCause = 'nightly' | 'by-hand' | 'long-stop';

export interface RunCounts {
  /** Records that lists showed, or that pairs were looked up for. */
  readonly compared: number;
  /** Records that were hinted because a list shows them otherwise than their images, or for the first time; by entity. */
  readonly hinted: Readonly<Partial<Record<Entity, number>>>;
  /** Of these: records of pairs that no list shows any more. */
  readonly gone: number;
  /** Records hinted because it was their turn. */
  readonly turn: number;
}

export interface ReconcileRun {
  readonly id: string;
  readonly cause: RunCause;
  /** The phase that runs, or ran last. */
  readonly phase: Phase;
  readonly counts: RunCounts;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  /** Tries of this phase that failed. */
  readonly failures: number;
  /** Phases that were left out after several failures, each with what went wrong. */
  readonly leftOut: readonly { phase: Phase; message: string }[];
}

/** Everything is read singly once in a cycle. */
export interface Cycle {
  readonly startedAt: number;
  /** Runs of this cycle that have ended. */
  readonly runs: number;
  /** Pairs whose turn has been. */
  readonly read: number;
  /** Pairs when the last run counted them. */
  readonly total: number;
  /** Where the next run goes on: `cursor` null is the beginning of the entity. */
  readonly entity: PairEntity;
  readonly cursor: string | null;
}

export interface ReconcileState {
  readonly schema: 1;
  readonly last: ReconcileRun | null;
  readonly present: ReconcileRun | null;
  readonly cycle: Cycle | null;
  /** The calendar date in Stockholm of the last nightly run. */
  readonly night: string | null;
  /** When the last run that compared everything was begun: a refused record that changed since is looked at again. */
  readonly comparedSince: number | null;
}

export const NO_COUNTS: RunCounts = { compared: 0, hinted: {}, gone: 0, turn: 0 };
export const NOTHING_YET: ReconcileState = {
  schema: 1,
  last: null,
  present: null,
  cycle: null,
  night: null,
  comparedSince: null,
};

const NAME = 'reconcile';

export const readState = async (store: Pick<Store, 'states'>, tenant: string): Promise<ReconcileState> =>
  ((await store.states.get(tenant, NAME)) as ReconcileState | null | undefined) ?? NOTHING_YET;

export const putState = (
  store: Pick<Store, 'states'>,
  tenant: string,
  state: ReconcileState,
  now: number,
): Promise<void> => store.states.put(tenant, NAME, state, now);

export function addCounts(a: RunCounts, b: RunCounts): RunCounts {
  const hinted: Partial<Record<Entity, number>> = { ...a.hinted };
  for (const [entity, count] of Object.entries(b.hinted) as [Entity, number][])
    hinted[entity] = (hinted[entity] ?? 0) + count;
  return { compared: a.compared + b.compared, hinted, gone: a.gone + b.gone, turn: a.turn + b.turn };
}
