import { type JobState, PRIORITY, type Priority } from '../../../../schemas/records.ts';
import { AGAIN, NEWS } from '../../again.ts';
import { FAILING_ATTEMPTS } from '../../port.ts';
import { fromStoredText, toStoredText } from '../../stored-text.ts';
import { idOf } from '../mongo.ts';
import { reading, writing } from '../operations.ts';
import { readPage } from '../paging.ts';
import { claim } from './claim.ts';
import { enqueue } from './enqueue.ts';
import { readJob } from './job-row.ts';
import type { OpsOf } from './types.ts';

const FREE = { leaseOwner: null, leaseUntil: null, claim: null, again: AGAIN.no } as const;
const waiting = (runAt: number) => ({ state: 'waiting', runAt, dueAt: runAt });
const DEAD = { state: 'dead', dueAt: null } as const;

const keyOf = (tenant: string, key: string) => ({ _id: idOf(tenant, key), tenant: toStoredText(tenant) });
const owned = (tenant: string, key: string, owner: string) => ({
  ...keyOf(tenant, key),
  state: 'running',
  leaseOwner: toStoredText(owner),
});

export const jobs: OpsOf<'jobs'> = {
  enqueue,
  claim,
  async renew(mongo, tenant, key, owner, leaseUntil) {
    const change = { $set: { leaseUntil, dueAt: leaseUntil } };
    const { matchedCount } = await mongo
      .rows('jobs')
      .updateOne(owned(tenant, key, owner), change, writing('jobs.renew'));
    return matchedCount > 0;
  },
  async complete(mongo, tenant, key, owner, now) {
    const rows = mongo.rows('jobs');
    const mine = owned(tenant, key, owner);
    if ((await rows.deleteOne({ ...mine, again: AGAIN.no }, writing('jobs.complete'))).deletedCount > 0) return true;
    // While it runs `again` is only ever set: whoever reached it in between set it, and this finds it.
    // What the import asked is done: what runs now is what was asked meanwhile, such as the echo of its own write.
    const anew = { ...waiting(now), attempts: 0, lastError: null, ...FREE };
    const plain = { $set: { ...anew, full: false, importId: null } };
    const asPlain = await rows.updateOne({ ...mine, again: { $ne: AGAIN.more } }, plain, writing('jobs.complete'));
    if (asPlain.matchedCount > 0) return true;
    return (await rows.updateOne(mine, { $set: anew }, writing('jobs.complete'))).matchedCount > 0;
  },
  async release(mongo, tenant, key, owner, outcome) {
    const rows = mongo.rows('jobs');
    const mine = owned(tenant, key, owner);
    const { runAt } = outcome;
    const error = outcome.error === null ? {} : { lastError: JSON.stringify(outcome.error) };
    const $inc = { attempts: outcome.countAttempt ? 1 : 0 };
    const options = writing('jobs.release');
    if (outcome.state === 'waiting') {
      const change = { $set: { ...waiting(runAt), ...error, ...FREE }, $inc };
      return (await rows.updateOne(mine, change, options)).matchedCount > 0;
    }
    const burial = { $set: { ...DEAD, runAt, ...error, ...FREE }, $inc };
    if ((await rows.updateOne({ ...mine, again: { $nin: NEWS } }, burial, options)).matchedCount > 0) return true;
    // A hint that came while the job ran counts as one that comes after its death: it must not be lost.
    const anew = { $set: { ...waiting(runAt), attempts: 0, ...error, ...FREE } };
    return (await rows.updateOne(mine, anew, options)).matchedCount > 0;
  },
  async releaseOwner(mongo, owner, now) {
    const filter = { state: 'running', leaseOwner: toStoredText(owner) };
    await mongo.rows('jobs').updateMany(filter, { $set: { ...waiting(now), ...FREE } }, writing('jobs.releaseOwner'));
  },
  async buryOwner(mongo, owner, now) {
    const filter = { state: 'running', leaseOwner: toStoredText(owner) };
    const change = { $set: { ...waiting(now), ...FREE }, $inc: { attempts: 1 } };
    await mongo.rows('jobs').updateMany(filter, change, writing('jobs.buryOwner'));
  },
  async get(mongo, tenant, key) {
    const row = await mongo.rows('jobs').findOne(keyOf(tenant, key), reading('jobs.get'));
    return row === null ? null : readJob(row);
  },
  list(mongo, tenant, page) {
    const ofTenant = { tenant: toStoredText(tenant) };
    return readPage(
      mongo,
      {
        collection: 'jobs',
        operation: 'jobs.list',
        where: page.state === undefined ? ofTenant : { ...ofTenant, state: page.state },
        keys: [
          ['createdAt', 'number'],
          ['seq', 'number'],
          ['_id', 'string'],
        ],
        descending: false,
        read: readJob,
      },
      page,
    );
  },
  async counts(mongo, tenant) {
    const counts: Record<JobState, number> = { waiting: 0, running: 0, dead: 0 };
    const stages = [{ $match: { tenant: toStoredText(tenant) } }, { $group: { _id: '$state', n: { $sum: 1 } } }];
    const found = mongo.rows('jobs').aggregate<{ _id: JobState; n: number }>(stages, reading('jobs.counts'));
    for (const { _id, n } of await found.toArray()) counts[_id] = n;
    return counts;
  },
  async depth(mongo, tenant, without = []) {
    const others = without.length === 0 ? {} : { tenant: { $nin: without.map(toStoredText) } };
    const stages = [
      { $match: tenant === null ? others : { tenant: toStoredText(tenant) } },
      {
        $group: {
          _id: { state: '$state', priority: '$priority' },
          count: { $sum: 1 },
          oldestRunAt: { $min: '$runAt' },
        },
      },
    ];
    type Found = { _id: { state: JobState; priority: Priority }; count: number; oldestRunAt: number };
    const found = await mongo.rows('jobs').aggregate<Found>(stages, reading('jobs.depth')).toArray();
    return found.map(({ _id, count, oldestRunAt }) => ({ ..._id, count, oldestRunAt }));
  },
  async countImport(mongo, tenant, importId) {
    const ofImport = { tenant: toStoredText(tenant), importId: toStoredText(importId) };
    const isTried = { $gte: ['$attempts', FAILING_ATTEMPTS] };
    const stages = [
      { $match: ofImport },
      { $group: { _id: '$state', n: { $sum: 1 }, tried: { $sum: { $cond: [isTried, 1, 0] } } } },
    ];
    const found = await mongo
      .rows('jobs')
      .aggregate<{ _id: JobState; n: number; tried: number }>(stages, reading('jobs.countImport'))
      .toArray();
    return {
      open: found.reduce((sum, { n }) => sum + n, 0),
      dead: found.find(({ _id }) => _id === 'dead')?.n ?? 0,
      failing: found.find(({ _id }) => _id === 'waiting')?.tried ?? 0,
    };
  },
  async cancelImport(mongo, tenant, importId) {
    const rows = mongo.rows('jobs');
    const ofImport = { tenant: toStoredText(tenant), importId: toStoredText(importId), state: 'waiting' };
    const options = writing('jobs.cancelImport');
    const { deletedCount } = await rows.deleteMany({ ...ofImport, priority: PRIORITY.import }, options);
    // One that a notification or a poll asked for too is theirs from now on: their change must not be lost.
    const { matchedCount } = await rows.updateMany(ofImport, { $set: { importId: null } }, options);
    return deletedCount + matchedCount;
  },
  async forget(mongo, tenant, keys) {
    const filter = { tenant: toStoredText(tenant), _id: { $in: keys.map((key) => idOf(tenant, key)) } };
    return (await mongo.rows('jobs').deleteMany(filter, writing('jobs.forget'))).deletedCount;
  },
  async retry(mongo, tenant, keys, now) {
    const dead = { tenant: toStoredText(tenant), state: 'dead' };
    const filter = keys === null ? dead : { ...dead, _id: { $in: keys.map((key) => idOf(tenant, key)) } };
    const change = { $set: { ...waiting(now), attempts: 0 } };
    return (await mongo.rows('jobs').updateMany(filter, change, writing('jobs.retry'))).modifiedCount;
  },
  async nextDue(mongo, tenant) {
    const row = await mongo
      .rows('jobs')
      .findOne(
        { tenant: toStoredText(tenant), dueAt: { $gte: 0 } },
        { sort: { dueAt: 1 }, projection: { _id: 0, dueAt: 1 }, ...reading('jobs.nextDue') },
      );
    return typeof row?.dueAt === 'number' ? row.dueAt : null;
  },
  async dueAmong(mongo, tenants, now) {
    const due = { tenant: { $in: tenants.map(toStoredText) }, dueAt: { $gte: 0, $lte: now } };
    const stages = [{ $match: due }, { $group: { _id: '$tenant' } }];
    const found = await mongo.rows('jobs').aggregate<{ _id: string }>(stages, reading('jobs.dueAmong')).toArray();
    return found.map(({ _id }) => fromStoredText(_id));
  },
};
