import {
  MongoBulkWriteError,
  MongoClientClosedError,
  MongoError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoOperationTimeoutError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
} from 'mongodb';
import type { ErrorCode } from '../../errors/codes.ts';
import { SyncError } from '../../errors/sync-error.ts';

// What a breach of each unique index means to a reader; the server names the index in its message.
const TAKEN: readonly (readonly [index: string, sentence: string])[] = [
  ['tenants_fortnox_database', 'Another tenant is connected to this Fortnox database already'],
  ['tenants_hook_token', 'Another tenant has this webhook token'],
  ['pairs_webcrm', 'The webCRM record is paired already'],
  ['pairs_fortnox', 'The Fortnox record is paired already'],
];
const SAME_ID: Readonly<Record<string, string>> = {
  tenants: 'A tenant with this id exists already',
  pairs: 'A pair with this id exists already',
};

const DUPLICATE_KEY = 11000;

type Verdict = readonly [code: ErrorCode, sentence: string];
const BUSY: Verdict = ['store-busy', 'The store is busy; try again'];
const NO_PRIMARY: Verdict = ['store-busy', 'MongoDB is choosing a primary; try again'];
const TOO_SLOW: Verdict = ['store-busy', 'MongoDB did not answer in time; try again'];
const UNREACHABLE: Verdict = [
  'store-busy',
  'MongoDB cannot be reached; try again, and check MONGODB_URL if it stays so',
];
const NOT_ALLOWED: Verdict = ['store-failed', 'MongoDB refuses our user: check the user, password and roles'];
const CLOSED: Verdict = ['store-failed', 'The store is closed'];

/** What the server's codes mean (its src/mongo/base/error_codes.yml); any other is `store-failed` with its message. */
export const SERVER_CODES: Readonly<Record<number, Verdict>> = {
  6: UNREACHABLE,
  7: UNREACHABLE,
  24: BUSY,
  43: BUSY,
  46: BUSY,
  50: TOO_SLOW,
  63: BUSY,
  64: ['store-busy', 'MongoDB could not confirm the write on a majority in time; try again'],
  89: TOO_SLOW,
  91: NO_PRIMARY,
  112: BUSY,
  133: NO_PRIMARY,
  134: NO_PRIMARY,
  150: BUSY,
  189: NO_PRIMARY,
  202: TOO_SLOW,
  234: BUSY,
  262: TOO_SLOW,
  290: BUSY,
  365: BUSY,
  384: BUSY,
  9001: UNREACHABLE,
  10107: NO_PRIMARY,
  11600: NO_PRIMARY,
  11602: NO_PRIMARY,
  13388: BUSY,
  13435: NO_PRIMARY,
  13436: NO_PRIMARY,
  13: NOT_ALLOWED,
  18: NOT_ALLOWED,
  121: ['store-failed', 'MongoDB refuses the document: it lacks a field that the validator wants'],
  10334: ['store-failed', 'The document is larger than MongoDB keeps (16 MB)'],
  14031: ['store-failed', 'The disk of MongoDB is full: free space, then try again'],
};

/** What the driver's own errors mean; the first that fits counts, so that what is narrower stands first. */
const DRIVER_CLASSES: readonly (readonly [type: abstract new (...args: never[]) => Error, verdict: Verdict])[] = [
  [MongoClientClosedError, CLOSED],
  [MongoTopologyClosedError, CLOSED],
  [MongoNotConnectedError, CLOSED],
  [MongoOperationTimeoutError, TOO_SLOW],
  [MongoServerSelectionError, UNREACHABLE],
  [MongoNetworkError, UNREACHABLE],
];

/** True when every fault of it is a key that exists. */
export function isDuplicate(error: unknown): boolean {
  if (error instanceof MongoBulkWriteError) {
    const faults = [error.writeErrors].flat();
    return faults.length > 0 && faults.every((fault) => fault.code === DUPLICATE_KEY);
  }
  return error instanceof MongoServerError && error.code === DUPLICATE_KEY;
}

function duplicateSentence(text: string): string {
  const index = /index: (\S+)/.exec(text)?.[1] ?? '';
  const known = TAKEN.find(([name]) => index === name);
  if (known) return known[1];
  const collection = /collection: \S+?\.(\w+) index/.exec(text)?.[1] ?? '';
  return SAME_ID[collection] ?? 'A record with this key exists already';
}

function verdictOf(error: MongoError): Verdict {
  // A bulk write wraps what stopped it.
  const stopped: unknown = error instanceof MongoBulkWriteError ? error.errorResponse : undefined;
  if (stopped instanceof MongoError) return verdictOf(stopped);
  const [, known] = DRIVER_CLASSES.find(([type]) => error instanceof type) ?? [];
  if (known) return known;
  const code = typeof error.code === 'number' ? SERVER_CODES[error.code] : undefined;
  if (code) return code;
  // A pool that was cleared or has no free connection in time, and what the server marks so itself.
  if (error.hasErrorLabel('RetryableWriteError') || /^Mongo(PoolCleared|WaitQueueTimeout)/.test(error.name))
    return BUSY;
  return ['store-failed', 'The store failed'];
}

/** Turns whatever was raised into an error of the port; `doing` names the operation. */
export function toSyncError(error: unknown, doing: string): SyncError {
  if (error instanceof SyncError) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (isDuplicate(error)) return new SyncError('store-duplicate', duplicateSentence(text), { cause: error });
  if (!(error instanceof MongoError))
    return new SyncError('store-failed', `The store failed (${doing}): ${text}`, { cause: error });
  const [code, sentence] = verdictOf(error);
  return new SyncError(code, `${sentence} (${doing}: ${text})`, { cause: error });
}
