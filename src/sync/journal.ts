import type { Activity, Pair } from '../../schemas/records.ts';
import { newId } from '../runtime.ts';
import type { JobContext } from './context.ts';
import { type Reason, sentenceOf } from './reasons.ts';

type Line = Pick<Activity, 'action' | 'target' | 'changes' | 'lost'> & {
  reasons: readonly Reason[];
  pair: Pair | null;
};

/** Writes one line of the activity log: what, which record, before and after, and why (B2). */
export async function journal(context: JobContext, line: Line): Promise<void> {
  const { runtime, tenant, job, store, activityKeptMs } = context;
  const at = runtime.now();
  await store.activity.insert([
    {
      schema: 1,
      id: newId(runtime),
      tenant: tenant.id,
      at,
      entity: 'customer',
      webcrmId: line.pair?.webcrmId ?? (job.side === 'webcrm' ? job.id : null),
      fortnoxId: line.pair?.fortnoxId ?? (job.side === 'fortnox' ? job.id : null),
      pairId: line.pair?.id ?? null,
      action: line.action,
      target: line.target,
      changes: line.changes,
      lost: line.lost,
      reasons: line.reasons,
      message: line.reasons.map(sentenceOf).join(' '),
      job: job.key,
      expiresAt: at + activityKeptMs,
    },
  ]);
}

/** A decision not to write, for a record without a pair: logged when its reason changes, not each time. */
export async function journalRefusal(context: JobContext, reason: Reason): Promise<void> {
  const { store, tenant, job, runtime } = context;
  const isNew = await store.decisions.set(tenant.id, job.entity, job.side, job.id, reason, runtime.now());
  if (!isNew) return;
  await journal(context, { action: 'not-written', target: null, changes: [], lost: [], reasons: [reason], pair: null });
}
