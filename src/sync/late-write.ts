import type { Pair, PairBase, Side } from '../../schemas/records.ts';
import type { JobContext } from './context.ts';
import type { FieldDecision } from './planner.ts';

/** What is about to be written, and the images that the pair would have after it. */
export interface Writing {
  readonly decision: Pick<FieldDecision, 'changes'>;
  readonly base: PairBase;
  /** The version of the pair that the writes began with. */
  version(): number;
}

/**
 * Runs the writes of a pair. When they end in an error and somebody else has changed the pair meanwhile, this instance slept and was held
 * for dead: what it wrote may lie over what another one wrote since. Then the images of the fields that it wrote become those of its
 * write, so that the next job takes that value for what it is and not for an edit of a person's: what the other side shows wins over it.
 */
export async function repairingLate<T>(
  context: JobContext,
  pair: Pick<Pair, 'tenant' | 'id'>,
  writing: Writing,
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    await lay(context, pair, writing);
    throw error;
  }
}

async function lay({ store, runtime }: JobContext, { tenant, id }: Pick<Pair, 'tenant' | 'id'>, writing: Writing) {
  const { changes } = writing.decision;
  const fields = (['fortnox', 'webcrm'] as const).flatMap((side) => changes[side].map(({ field }) => field));
  if (fields.length === 0) return;
  const present = await store.pairs.get(tenant, id);
  if (present?.base == null || present.version === writing.version()) return;
  const { base } = present;
  const laid = (side: Side) => ({
    ...base[side],
    ...Object.fromEntries(
      fields.filter((field) => field in writing.base[side]).map((field) => [field, writing.base[side][field] ?? null]),
    ),
  });
  await store.pairs.replace({
    ...present,
    base: { webcrm: laid('webcrm'), fortnox: laid('fortnox') },
    updatedAt: runtime.now(),
  });
}
