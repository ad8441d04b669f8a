import type { Document } from 'mongodb';
import { type Hint, jobKey, PRIORITY } from '../../../../schemas/records.ts';
import { AGAIN } from '../../again.ts';
import { toStoredText } from '../../stored-text.ts';
import { idOf, type Mongo, type Row } from '../mongo.ts';
import { upsertAll } from '../write-keyed.ts';

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
  const isNudge = hint.nudge === true;
  const shortensBackOff = hint.priority === PRIORITY.notification && !isNudge;
  const unlessBackingOff = shortensBackOff ? sooner : { $cond: [backsOff, '$runAt', sooner] };
  const runAt = { $cond: [state('running'), '$runAt', { $cond: [state('dead'), now, unlessBackingOff] }] };
  const fields = {
    key: literal(jobKey(hint)),
    entity: hint.entity,
    side: hint.side,
    id: literal(hint.id),
    priority: { $min: ['$priority', hint.priority] },
    importId: { $cond: [state('dead'), anew, stays] },
    full: hint.full === true ? true : { $ifNull: ['$full', false] },
    again: { $cond: [state('running'), askedWhileRunning(hint), AGAIN.no] },
    attempts: { $cond: [state('dead'), 0, { $ifNull: ['$attempts', 0] }] },
    runAt,
    state: { $cond: [state('running'), 'running', 'waiting'] },
    createdAt: { $ifNull: ['$createdAt', now] },
    seq: { $ifNull: ['$seq', seq] },
    leaseOwner: { $ifNull: ['$leaseOwner', null] },
    leaseUntil: { $ifNull: ['$leaseUntil', null] },
    claim: { $ifNull: ['$claim', null] },
    lastError: { $ifNull: ['$lastError', null] },
  };
  const dueAt = { $cond: [state('running'), '$leaseUntil', { $cond: [state('dead'), null, '$runAt'] }] };
  return [{ $set: isNudge ? unlessDead(fields) : fields }, { $set: { dueAt } }];
}

/** Only what asks for more keeps `full` and the import beyond the run; a nudge adds nothing to what came. */
function askedWhileRunning({ full, importId, nudge }: Hint): number | Document {
  if (full === true || importId !== undefined) return AGAIN.more;
  const present = { $ifNull: ['$again', AGAIN.no] };
  if (nudge === true) return { $cond: [{ $eq: [present, AGAIN.no] }, AGAIN.nudged, present] };
  return { $cond: [{ $eq: [present, AGAIN.more] }, AGAIN.more, AGAIN.plain] };
}

/** The fields of a dead job as they are. */
const unlessDead = (fields: Document): Document =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, { $cond: [state('dead'), `$${name}`, value] }]),
  );

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
