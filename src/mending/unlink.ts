import type { Pair } from '../../schemas/records.ts';
import { move } from '../sync/pair-state.ts';
import { recordsOf } from '../sync/record-ref.ts';
import { alone, askedFor, type MendingDeps, pairOf, type Request, refused, tell } from './deps.ts';

/**
 * Takes a pair apart: nothing is written on either side, and nothing links the two again by itself. Both records stay with the
 * pair, so that neither is created or matched anew. Raises `conflict` while it is being created, `record-busy`.
 */
export async function unlink(deps: MendingDeps, request: Request, pairId: string): Promise<Pair> {
  const pair = await pairOf(deps, request, pairId);
  if (pair.state === 'detached') return pair;
  if (pair.state === 'creating')
    throw refused(
      `Pair ${pairId} is being created: its record may exist at the vendor already. Retry its job, or link it by hand to the record that it is.`,
    );
  return detach(deps, request, pair, 'Unlinked by hand: nothing is synchronised.');
}

/** The pair is left alone from now on. */
export async function detach(deps: MendingDeps, request: Request, pair: Pair, message: string): Promise<Pair> {
  return alone(deps, request, recordsOf(pair), async () => {
    const detached = await deps.store.pairs.replace({
      ...pair,
      state: move(pair, 'detached'),
      reason: 'detached',
      candidates: [],
      updatedAt: deps.runtime.now(),
    });
    await tell(deps, request, detached, { action: 'not-written', reasons: ['detached'], message });
    // The job writes nothing but the status on the record (R75).
    await deps.hint(askedFor(request, recordsOf(detached).slice(0, 1)));
    return detached;
  });
}

/**
 * A record that was left alone follows by itself again: its half pair is deleted, and the record is looked at as if it were new. Raises
 * `conflict` for any other pair, `record-busy`.
 */
export async function forget(deps: MendingDeps, request: Request, pairId: string): Promise<void> {
  const pair = await pairOf(deps, request, pairId);
  const isHalf = pair.webcrmId === null || pair.fortnoxId === null;
  if (pair.state !== 'detached' || !isHalf)
    throw refused(
      `Pair ${pairId} is ${pair.state}${isHalf ? '' : ' and has both its records'}: only a single record that was left alone is let go. Unlink or relink it instead.`,
    );
  await alone(deps, request, recordsOf(pair), async () => {
    if (!(await deps.store.pairs.delete(pair.tenant, pair.id, pair.version)))
      throw refused(`Pair ${pairId} was changed meanwhile: look at it again.`);
    await tell(deps, request, pair, {
      action: 'linked',
      message: 'Let go by hand: the record follows by itself again.',
    });
    await deps.hint(askedFor(request, recordsOf(pair)));
  });
}
