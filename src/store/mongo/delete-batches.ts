import type { Filter } from 'mongodb';
import type { CollectionName } from './collections.ts';
import type { Mongo, Row } from './mongo.ts';
import { type OperationName, reading, writing } from './operations.ts';

/** Documents that one command deletes: none takes so long that its connection is given up meanwhile. */
const BATCH = 250;

/** Deletes all that the filter finds; gives how many this call deleted. */
export async function deleteInBatches(
  mongo: Mongo,
  collection: CollectionName,
  operation: OperationName,
  filter: Filter<Row>,
): Promise<number> {
  const rows = mongo.rows(collection);
  for (let total = 0; ; ) {
    const found = await rows
      .find(filter, { projection: { _id: 1 }, ...reading(operation) })
      .limit(BATCH)
      .toArray();
    if (found.length === 0) return total;
    const some = { ...filter, _id: { $in: found.map((row) => row._id) } };
    total += (await rows.deleteMany(some, writing(operation))).deletedCount;
    if (found.length < BATCH) return total;
  }
}
