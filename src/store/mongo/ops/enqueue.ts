import type { Document } from 'mongodb';
import { type Hint, jobKey, PRIORITY } from '../../../../schemas/records.ts';
import { toStoredText } from '../../stored-text.ts';
import { idOf, type Mongo, type Row } from '../mongo.ts';
import { upsertAll } from '../write-keyed.ts';
import { AGAIN } from './job-row.ts';

const state = (name: string) => ({ $eq: ['$state', name] });

/**
 * What a hint makes of the job that is there, or of none. Expressions see the document as it was; a field that is missing
 * counts as null. A job that waits or runs is its first import's; one that was dead is begun anew, and by the import that
 * begins it.
 */
function merge(hint: Hint, now: number, seq: number): Document[] {
  const literal = (value: string) => ({ $literal: toStoredText(value) });
  const importId = hint.importId === undefined ? null : literal(hint.importId);
  const stays = { $ifNull: ['$importId', importId] };
  const anew = importId ?? { $ifNull: ['$importId', null] };
  const backsOff = { $or: [{ $gt: ['$attempts', 0] }, { $gt: ['$lastError', null] }] };
  const sooner = { $min: ['$runAt', now] };
  const unlessBackingOff = hint.priority === PRIORITY.notification ? sooner : { $cond: [backsOff, '$runAt', sooner] };
  const runAt = { $cond: [state('running'), '$runAt', { $cond: [state('dead'), now, unlessBackingOff] }] };
  const asksMore = hint.full === true || hint.importId !== undefined;
  const asked = asksMore ? AGAIN.more : { $max: [{ $ifNull: ['$again', 0] }, AGAIN.plain] };
  return [
    {
      $set: {
        key: literal(jobKey(hint)),
        entity: hint.entity,
        side: hint.side,
        id: literal(hint.id),
        priority: { $min: ['$priority', hint.priority] },
        importId: { $cond: [state('dead'), anew, stays] },
        full: hint.full === true ? true : { $ifNull: ['$full', false] },
        // Whether a plain hint came while it runs, or one that asks for more: only then that outlives the run.
        again: { $cond: [state('running'), asked, 0] },
        attempts: { $cond: [state('dead'), 0, { $ifNull: ['$attempts', 0] }] },
        runAt,
        state: { $cond: [state('running'), 'running', 'waiting'] },
        createdAt: { $ifNull: ['$createdAt', now] },
        seq: { $ifNull: ['$seq', seq] },
        leaseOwner: { $ifNull: ['$leaseOwner', null] },
        leaseUntil: { $ifNull: ['$leaseUntil', null] },
        claim: { $ifNull: ['$claim', null] },
        lastError: { $ifNull: ['$lastError', null] },
      },
    },
    { $set: { dueAt: { $cond: [state('running'), '$leaseUntil', '$runAt'] } } },
  ];
}

/**
 * One upsert for each hint. It resolves when all are durable; when it does not, some may be: a hint says only that a record
 * may have changed, so that one too many or one twice is harmless, and the caller repeats them all.
 */
export async function enqueue(mongo: Mongo, hints: readonly Hint[], now: number): Promise<void> {
  const upserts = hints.map((hint) => ({
    updateOne: {
      filter: { _id: idOf(hint.tenant, jobKey(hint)), tenant: toStoredText(hint.tenant) } satisfies Partial<Row>,
      update: merge(hint, now, mongo.sequence()),
      upsert: true,
    },
  }));
  await upsertAll(mongo, 'jobs', 'jobs.enqueue', upserts);
}
