import { PAIR_MOVES, type Pair, type PairState } from '../../schemas/records.ts';
import { SyncError } from '../errors/sync-error.ts';

/** The state to store next; raises `internal` when the table of moves does not permit it. */
export function move(pair: Pick<Pair, 'id' | 'state'>, state: PairState): PairState {
  if (state !== pair.state && !PAIR_MOVES[pair.state].includes(state)) {
    throw new SyncError('internal', `Pair ${pair.id} cannot move from ${pair.state} to ${state}.`);
  }
  return state;
}
