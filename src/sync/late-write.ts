import type { Pair, Side } from '../../schemas/records.ts';
import type { JobContext } from './context.ts';
import type { FieldDecision } from './planner.ts';

type Decided = Pick<FieldDecision, 'changes' | 'nextBase'>;

/**
 * Runs the writes of a pair; they tell of the pair when they stored it before they wrote. When they end in an error and somebody else
 * has changed the pair meanwhile, this instance slept and was held for dead: what it wrote may lie over what another one wrote
 * since. Then the images of the fields that it wrote become those of its write, so that the next job takes that value for what it is and not for an edit of a person's: what the other side shows wins over it.
 */
export async function repairingLate<T>(
  context: JobContext,
  pair: Pair,
  decision: Decided,
  write: (stored: (pair: Pair) => void) => Promise<T>,
): Promise<T> {
  let ours = pair;
  try {
    return await write((stored) => {
      ours = stored;
    });
  } catch (error) {
    await lay(context, ours, decision);
    throw error;
  }
}

async function lay({ store, runtime }: JobContext, { tenant, id, version }: Pair, { changes, nextBase }: Decided) {
  const fields = (['fortnox', 'webcrm'] as const).flatMap((side) => changes[side].map(({ field }) => field));
  if (fields.length === 0) return;
  const present = await store.pairs.get(tenant, id);
  if (present?.base == null || present.version === version) return;
  const { base } = present;
  const laid = (side: Side) => ({
    ...base[side],
    ...Object.fromEntries(
      fields.filter((field) => field in nextBase[side]).map((field) => [field, nextBase[side][field] ?? null]),
    ),
  });
  await store.pairs.replace({
    ...present,
    base: { webcrm: laid('webcrm'), fortnox: laid('fortnox') },
    updatedAt: runtime.now(),
  });
}
