import type { FortnoxKind, Pair, PairEntity } from '../../schemas/records.ts';
import { newId } from '../runtime.ts';
import type { JobContext } from './context.ts';
import { move } from './pair-state.ts';

/** What a new pair joins; an id that is not known yet is null. */
export interface PairIds {
  readonly entity: PairEntity;
  readonly fortnoxKind: FortnoxKind;
  readonly webcrmId: string | null;
  readonly fortnoxId: string | null;
}

/** A pair as it is stored for the first time. */
export function newPair({ runtime, tenant }: JobContext, ids: PairIds): Pair {
  const now = runtime.now();
  return {
    schema: 2,
    id: newId(runtime),
    tenant: tenant.id,
    ...ids,
    invoiceRef: null,
    customerNumber: null,
    state: 'linked',
    base: null,
    rows: null,
    intent: null,
    reason: null,
    candidates: [],
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}

/** Stores a new pair or a new version of a half-made one. */
export async function storePair(context: JobContext, existing: Pair | null, pair: Pair): Promise<Pair> {
  const { store, runtime } = context;
  if (existing !== null) {
    return store.pairs.replace({ ...pair, state: move(existing, pair.state), updatedAt: runtime.now() });
  }
  await store.pairs.insert(pair);
  return pair;
}
