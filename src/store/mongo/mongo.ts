import type { Collection, Db, Document, MongoClient } from 'mongodb';
import { newId, type Runtime } from '../../runtime.ts';
import { fromStoredText } from '../stored-text.ts';
import type { CollectionName } from './collections.ts';
import { createTurns } from './in-turn.ts';

/** A document as it is stored: fields that it is found by, and its text. */
export interface Row extends Document {
  readonly _id: string;
}

/** What operations work on. */
export interface Mongo {
  rows(name: CollectionName): Collection<Row>;
  readonly db: Db;
  /** Larger than any this process gave out, and about the time in microseconds: what comes later is younger. */
  sequence(): number;
  /** A random word that nobody else has. */
  token(): string;
  now(): number;
  /** Runs the work of one key in turn, within this process. */
  inTurn<T>(key: string, work: () => Promise<T>): Promise<T>;
}

/** The parts of a collection's methods, written against a database. */
export function createMongo(client: MongoClient, runtime: Runtime): Mongo {
  const db = client.db();
  let last = 0;
  return {
    db,
    rows: (name) => db.collection<Row>(name),
    sequence() {
      last = Math.max(last + 1, Math.trunc(runtime.now()) * 1000);
      return last;
    },
    token: () => newId(runtime),
    now: () => runtime.now(),
    inTurn: createTurns(),
  };
}

/** The `_id` of a document: JSON keeps every text apart from every other, and is well-formed whatever it holds. */
export const idOf = (...key: readonly string[]): string => JSON.stringify(key);

/** Text of a field that may be null. */
export const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? fromStoredText(value) : null);

/** The object without its fields that are null or undefined: partial indexes are about fields that exist. */
export const present = <T extends object>(fields: T): Partial<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined)) as Partial<T>;
