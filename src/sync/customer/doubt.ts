import type { JobOutcome } from '../../queue/types.ts';
import { busy, DONE } from '../outcome.ts';
import { recordLock } from '../record-ref.ts';
import { refuse } from '../refuse.ts';
import type { CustomerContext } from './context.ts';
import { holdForPerson } from './link.ts';
import type { Match } from './match.ts';

/**
 * R20: a customer without a pair that may be one of these organisations waits for a person. Where both records of a doubt come up at the
 * same moment, each would ask the same question: the organisation's job speaks first, so that a person is asked once.
 */
export async function holdCustomer(
  context: CustomerContext,
  found: Extract<Match, { kind: 'conflict' }>,
): Promise<JobOutcome> {
  const { locks, tenant, store, job } = context;
  const keys = found.ids.map((id) => recordLock(tenant.id, { entity: 'customer', side: 'webcrm', id }));
  const release = locks.tryLock(keys);
  if (release === null) return busy('another job works on a record that may be the same');
  try {
    for (const id of found.ids) {
      const asked = await store.pairs.bySide(tenant.id, 'customer', 'webcrm', id);
      if (asked?.state === 'conflict' && asked.candidates.includes(job.id)) return await refuse(context, found.reason);
    }
    await holdForPerson(context, null, 'fortnox', found);
    return DONE;
  } finally {
    release();
  }
}
