import type { Filter } from 'mongodb';
import type { Activity } from '../../../../schemas/records.ts';
import { toStoredText } from '../../stored-text.ts';
import { deleteInBatches } from '../delete-batches.ts';
import { reader } from '../documents.ts';
import { idOf, type Mongo, present, type Row } from '../mongo.ts';
import { reading, writing } from '../operations.ts';
import { readPage } from '../paging.ts';
import { checkRows } from '../validators.ts';
import type { OpsOf } from './types.ts';

const read = reader('activity');
/** Lines that one command inserts. */
const BATCH = 1000;
const text = (value: string | null): string | null => (value === null ? null : toStoredText(value));

export const activityRow = (line: Activity, seq: number): Row => ({
  _id: idOf(line.tenant, line.id),
  tenant: toStoredText(line.tenant),
  id: toStoredText(line.id),
  at: line.at,
  seq,
  entity: line.entity,
  action: line.action,
  ...present({
    webcrmId: text(line.webcrmId),
    fortnoxId: text(line.fortnoxId),
    pairId: text(line.pairId),
    reasons: line.reasons.length === 0 ? null : [...new Set(line.reasons.map(toStoredText))],
  }),
  expiresAt: new Date(line.expiresAt),
  doc: JSON.stringify(line),
});

/**
 * All lines or none without a transaction: when one is refused, those that this call wrote are taken back, known by their
 * place in the order. Only the end of the process in between leaves a part of them, as true as it was.
 */
async function insertAll(mongo: Mongo, rows: readonly Row[]): Promise<void> {
  const collection = mongo.rows('activity');
  const options = writing('activity.insert');
  const tried: Row[][] = [];
  try {
    for (let start = 0; start < rows.length; start += BATCH) {
      const batch = rows.slice(start, start + BATCH);
      tried.push(batch);
      await collection.insertMany(batch, { ordered: true, ...options });
    }
  } catch (error) {
    for (const batch of tried) {
      const ours = { _id: { $in: batch.map((row) => row._id) }, seq: { $in: batch.map((row) => row.seq as number) } };
      await collection.deleteMany(ours, options);
    }
    throw error;
  }
}

const FILTERS = ['pairId', 'webcrmId', 'fortnoxId', 'action', 'entity'] as const;

export const activity: OpsOf<'activity'> = {
  async insert(mongo, lines) {
    const rows = lines.map((line) => activityRow(line, mongo.sequence()));
    checkRows('activity', rows);
    const [first] = rows;
    if (first === undefined) return;
    if (rows.length === 1) await mongo.rows('activity').insertOne(first, writing('activity.insert'));
    else await insertAll(mongo, rows);
  },
  list(mongo, tenant, page) {
    const where: Filter<Row>[] = [{ tenant: toStoredText(tenant) }];
    for (const field of FILTERS) {
      const value = page[field];
      if (value !== undefined) where.push({ [field]: toStoredText(value) });
    }
    if (page.reason !== undefined) where.push({ reasons: toStoredText(page.reason) });
    if (page.from !== undefined) where.push({ at: { $gte: page.from } });
    if (page.to !== undefined) where.push({ at: { $lt: page.to } });
    return readPage(
      mongo,
      {
        collection: 'activity',
        operation: 'activity.list',
        where: { $and: where },
        keys: [
          ['at', 'number'],
          ['seq', 'number'],
          ['_id', 'string'],
        ],
        descending: true,
        read,
      },
      page,
    );
  },
  async tally(mongo, tenant, { from, to, stepMs }) {
    const counts = await mongo
      .rows('activity')
      .aggregate<{ _id: { at: number; action: string }; n: number }>(
        [
          { $match: { tenant: toStoredText(tenant), at: { $gte: from, $lt: to } } },
          {
            $group: {
              _id: { at: { $subtract: ['$at', { $mod: ['$at', stepMs] }] }, action: '$action' },
              n: { $sum: 1 },
            },
          },
        ],
        reading('activity.tally'),
      )
      .toArray();
    return counts
      .map(({ _id, n }) => ({ at: _id.at, action: _id.action, count: n }))
      .sort((one, other) => one.at - other.at || (one.action < other.action ? -1 : 1));
  },
  async forget(mongo, tenant, ids) {
    const filter = { tenant: toStoredText(tenant), id: { $in: ids.map(toStoredText) } };
    return (await mongo.rows('activity').deleteMany(filter, writing('activity.forget'))).deletedCount;
  },
  expire: (mongo, now) => deleteInBatches(mongo, 'activity', 'activity.expire', { expiresAt: { $lt: new Date(now) } }),
};
