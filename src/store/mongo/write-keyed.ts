import { type AnyBulkWriteOperation, type Collection, type Filter, MongoBulkWriteError } from 'mongodb';
import type { CollectionName } from './collections.ts';
import { isDuplicate } from './errors.ts';
import type { Mongo, Row } from './mongo.ts';
import { type OperationName, writing } from './operations.ts';

/**
 * Two upserts of one new key may both want to insert, and one of them is told that the key exists
 * (mongodb.com/docs/manual/reference/method/db.collection.update, upsert with unique index): it finds the document when it is
 * repeated. More losses in a row mean that something else is wrong.
 */
const TRIES = 6;
/** Upserts of one command: none takes so long that its connection is given up meanwhile. */
const BATCH = 500;

/** Runs an upsert by its whole key; repeats it when another one inserted the key at the same moment. */
export async function upserting<T>(write: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await write();
    } catch (error) {
      if (!isDuplicate(error) || tries === TRIES) throw error;
    }
  }
}

/** Runs upserts by their whole keys, in no order; those that lost to an insert of the same key are repeated. */
export async function upsertAll(
  mongo: Mongo,
  collection: CollectionName,
  operation: OperationName,
  upserts: readonly AnyBulkWriteOperation<Row>[],
): Promise<void> {
  for (let start = 0; start < upserts.length; start += BATCH)
    await upsertBatch(mongo, collection, operation, upserts.slice(start, start + BATCH));
}

async function upsertBatch(
  mongo: Mongo,
  collection: CollectionName,
  operation: OperationName,
  upserts: readonly AnyBulkWriteOperation<Row>[],
): Promise<void> {
  let left = upserts;
  for (let tries = 1; left.length > 0; tries++) {
    try {
      await mongo.rows(collection).bulkWrite([...left], { ordered: false, ...writing(operation) });
      return;
    } catch (error) {
      if (!(error instanceof MongoBulkWriteError) || !isDuplicate(error) || tries === TRIES) throw error;
      const lost = new Set([error.writeErrors].flat().map((fault) => fault.index));
      left = left.filter((_, index) => lost.has(index));
    }
  }
}

/**
 * Stores a whole document when the stored version is `from` (0: there is none yet); false when it is another. `key`: what a
 * shard is found by, beside `_id`.
 */
export async function putVersion(
  rows: Collection<Row>,
  row: Row,
  from: number,
  key: Filter<Row>,
  options: ReturnType<typeof writing>,
): Promise<boolean> {
  const { _id, ...fields } = row;
  if (from > 0) return (await rows.replaceOne({ _id, ...key, version: from }, fields, options)).matchedCount > 0;
  try {
    await rows.insertOne(row, options);
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}
