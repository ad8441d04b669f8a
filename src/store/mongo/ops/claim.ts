import type { AnyBulkWriteOperation } from 'mongodb';
import { type Job, PRIORITY } from '../../../../schemas/records.ts';
import { toStoredText } from '../../stored-text.ts';
import type { Mongo, Row } from '../mongo.ts';
import { reading, writing } from '../operations.ts';
import { readJob } from './job-row.ts';

const PRIORITIES = Object.values(PRIORITY);
const AGE = ['runAt', 'createdAt', 'seq'] as const;
const ORDER = ['priority', ...AGE] as const;
const SORT_BY_AGE = { runAt: 1, createdAt: 1, seq: 1, _id: 1 } as const;

const compare = (a: Row, b: Row): number =>
  ORDER.reduce((found, field) => found || Number(a[field]) - Number(b[field]), 0);

const free = (tenant: string, now: number) => ({ tenant, state: 'waiting', runAt: { $lte: now } });
const ended = (tenant: string, now: number) => ({ tenant, state: 'running', leaseUntil: { $lte: now } });

/** Due jobs in the order of the claim. Each priority is a range of its index, so that a long backlog costs nothing. */
async function due(mongo: Mongo, tenant: string, now: number, limit: number): Promise<Row[]> {
  const rows = mongo.rows('jobs');
  const found = await Promise.all([
    rows
      .find(ended(tenant, now), reading('jobs.claim'))
      .sort({ priority: 1, ...SORT_BY_AGE })
      .limit(limit)
      .toArray(),
    ...PRIORITIES.map((priority) =>
      rows
        .find({ ...free(tenant, now), priority }, reading('jobs.claim'))
        .sort(SORT_BY_AGE)
        .limit(limit)
        .toArray(),
    ),
  ]);
  return found.flat().sort(compare).slice(0, limit);
}

type Claim = (...args: Parameters<typeof claimNow>) => Promise<readonly Job[]>;

/** As claimNow; claims of one tenant in this process take their turns. */
export const claim: Claim = (...args) => args[0].inTurn(args[1], () => claimNow(...args));

/**
 * Takes what is due: each job by an update of its own that finds it only while it is free, then reads those that this call
 * took, by its token. So a driver or a caller that repeats a part takes nothing twice, and whoever is slower takes none.
 * When all that was found went to others, it looks again: an empty answer means that nothing was due.
 */
async function claimNow(
  mongo: Mongo,
  tenantId: string,
  owner: string,
  now: number,
  leaseMs: number,
  limit: number,
): Promise<readonly Job[]> {
  if (limit < 1) return [];
  const tenant = toStoredText(tenantId);
  const leaseUntil = now + leaseMs;
  const token = mongo.token();
  const lease = { state: 'running', leaseOwner: toStoredText(owner), leaseUntil, dueAt: leaseUntil, claim: token };
  for (;;) {
    const candidates = await due(mongo, tenant, now, limit);
    if (candidates.length === 0) return [];
    const updates = candidates.map(
      ({ _id, state }): AnyBulkWriteOperation<Row> => ({
        updateOne:
          state === 'running'
            ? { filter: { _id, ...ended(tenant, now) }, update: { $set: lease, $inc: { attempts: 1 } } }
            : { filter: { _id, ...free(tenant, now) }, update: { $set: lease } },
      }),
    );
    await mongo.rows('jobs').bulkWrite(updates, { ordered: false, ...writing('jobs.claim') });
    const mine = { _id: { $in: candidates.map((row) => row._id) }, tenant, claim: token };
    const taken = await mongo.rows('jobs').find(mine, reading('jobs.claim')).toArray();
    if (taken.length > 0) return taken.sort(compare).map(readJob);
  }
}
